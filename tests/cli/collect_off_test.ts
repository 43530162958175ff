/** What `collect` polls, and says, of accounts whose polling is off or whose login cannot be used. */
import { createFixedClock } from "../../lib/base/clock.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { HOUR_MS } from "../support/readings.ts";
import { startVendor, type Vendor } from "../support/vendor.ts";
import { type CliHome, NOW, withCliHome } from "./support.ts";

/** An account of the environment, and one added as `work` with a key of its own. */
async function withTwo(
  work: (place: CliHome, env: Record<string, string>, vendor: Vendor) => Promise<void>,
): Promise<void> {
  await withCliHome(async (place) => {
    await using vendor = startVendor(() =>
      Response.json({ is_available: true, balance_infos: [{ currency: "USD", total_balance: "7.50" }] })
    );
    const env = { SYNTRACK_DEEPSEEK_BASE_URL: vendor.origin, DEEPSEEK_API_KEY: "sk-one-1234567890" };
    await place.run("account add deepseek --name work --stdin", { env, stdin: "sk-two-1234567890\n" });
    await work(place, env, vendor);
  });
}

const after = (hours: number) => createFixedClock(NOW + hours * HOUR_MS);

Deno.test("a timer that collects polls no account whose polling is off, unless it names it", () =>
  withTwo(async (place, env, vendor) => {
    await place.run("collect", { env });
    assertEquals(vendor.requests.length, 2);
    await place.run("account disable deepseek/work", { env });
    for (const command of ["collect", "collect --provider deepseek", "collect --force"]) {
      const before = vendor.requests.length;
      const { code, stdout } = await place.run(command, { env, clock: after(1 + command.length) });
      assertEquals([command, code, stdout, vendor.requests.length - before], [
        command,
        0,
        "Collected: $7.50 leftover\n",
        1,
      ]);
    }
    const before = vendor.requests.length;
    assertEquals((await place.run("collect --account work", { env, clock: after(100) })).code, 0);
    assertEquals(vendor.requests.length - before, 1);
  }));

Deno.test("when the polling of every account is off, nothing is collected, and the headline promises nothing of it", () =>
  withTwo(async (place, env, vendor) => {
    await place.run("collect", { env });
    for (const name of ["default", "work"]) await place.run(`account disable deepseek/${name}`, { env });
    const { code, stderr } = await place.run("collect", { env, clock: after(1) });
    assertEquals([code, vendor.requests.length], [1, 2]);
    assertStringIncludes(stderr, "polling is off");
    const { stdout } = await place.run("status", { env, clock: after(1) });
    assertEquals(stdout.split("\n")[0], "Unknown: the last reading is 1h ago. Of 2 accounts: 2 unknown.");
  }));

Deno.test("an added account whose login cannot be read is named with the reason, also when it is the only one", () =>
  withTwo(async (place, { DEEPSEEK_API_KEY: _, ...env }) => {
    await Deno.remove(`${place.folder}/.syntrack/data/syntrack.key`);
    const { code, stderr } = await place.run("collect", { env });
    assertEquals(code, 1);
    assertStringIncludes(stderr, "deepseek/work: missing: ");
    assert(!stderr.includes("No account is configured"), stderr);
  }));
