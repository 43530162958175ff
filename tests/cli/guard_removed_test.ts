/** `syntrack guard` and accounts that are no longer configured: no work can use them, so they decide nothing. */
import { createFixedClock } from "../../lib/base/clock.ts";
import { assertEquals, assertStringIncludes } from "../support/assert.ts";
import { HOUR_MS, utc } from "../support/readings.ts";
import { startVendor } from "../support/vendor.ts";
import { type CliHome, withCliHome } from "./support.ts";

const NOW = utc("2026-11-21 13:00");
const REMOVED = "synthetic/default";

/** Kimi is read now and has 40% left; of Synthetic there is only an older reading. */
async function withRemoved(work: (place: CliHome, env: Record<string, string>) => Promise<void>) {
  await withCliHome(async (place) => {
    await using vendor = startVendor(() =>
      Response.json({ usage: { limit: "100", used: "60", resetTime: "2026-11-25T00:00:00Z" } })
    );
    const env = {
      KIMI_CODE_API_KEY: "one",
      KIMI_BASE_URL: vendor.origin,
      SYNTRACK_KIMI_BASE_URL: vendor.origin,
    };
    await place.fill([["2026-11-21 09:00", 100], ["2026-11-21 10:00", 134]], {}, REMOVED);
    assertEquals((await place.run("collect --provider kimi", { env })).code, 0);
    await work(place, env);
  });
}

Deno.test("an account that is no longer configured does not prevent guard from answering for the others", () =>
  withRemoved(async (place, env) => {
    const enough = await place.run("guard", { env });
    assertEquals([enough.code, enough.stderr], [0, ""]);
    assertStringIncludes(enough.stdout, "Enough: 40% left of kimi/default/");
    assertEquals((await place.run("guard --min-remaining 50%", { env })).code, 1);
    const { quotas } = JSON.parse((await place.run("guard --json", { env })).stdout) as {
      quotas: readonly { provider: string; doubt: string | null }[];
    };
    assertEquals(Object.fromEntries(quotas.map(({ provider, doubt }) => [provider, doubt])), {
      kimi: null,
      synthetic: "removed",
    });
  }));

Deno.test("guard cannot tell about an account that is named, or that is configured, but that nothing polls", () =>
  withRemoved(async (place, env) => {
    for (
      const named of ["--provider synthetic --account default", "--provider synthetic"]
    ) {
      const { code, stderr } = await place.run(`guard ${named}`, { env });
      assertEquals(code, 69, named);
      assertStringIncludes(stderr, "read 3h ago, too old");
    }
    const configured = { ...env, SYNTHETIC_API_KEY: "two" };
    const { code } = await place.run("guard", { env: configured });
    assertEquals(code, 69);
  }));

Deno.test("an account whose polling is off does not prevent guard from answering for the others, until it is on again", () =>
  withRemoved(async (place, env) => {
    const configured = { ...env, SYNTHETIC_API_KEY: "two" };
    await place.run(`account disable ${REMOVED}`, { env: configured });
    assertEquals((await place.run("guard", { env: configured })).code, 0);
    const { quotas } = JSON.parse((await place.run("guard --json", { env: configured })).stdout) as {
      quotas: readonly { provider: string; doubt: string | null }[];
    };
    assertEquals(quotas.find(({ provider }) => provider === "synthetic")?.doubt, "off");
    const named = await place.run("guard --provider synthetic", { env: configured });
    assertEquals(named.code, 69);
    await place.run(`account enable ${REMOVED}`, { env: configured });
    assertEquals((await place.run("guard", { env: configured })).code, 69);
  }));

Deno.test("an account that something reads every half hour counts until it is late", () =>
  withRemoved(async (place, env) => {
    await place.fill(
      [["2026-11-21 10:30", 134], ["2026-11-21 11:00", 134], ["2026-11-21 11:30", 134], [
        "2026-11-21 12:00",
        134,
      ]],
      {},
      REMOVED,
    );
    const at = (time: string) => ({ env, clock: createFixedClock(utc(`2026-11-21 ${time}`)) });
    assertEquals((await place.run("guard --min-remaining 20%", at("13:10"))).code, 1);
    assertEquals((await place.run("guard --min-remaining 20%", at("13:20"))).code, 0);
  }));

Deno.test("guard cannot tell when no account that is still configured was read lately", () =>
  withRemoved(async (place, env) => {
    const clock = createFixedClock(NOW + 5 * HOUR_MS);
    const { code, stderr } = await place.run("guard", { env, clock });
    assertEquals(code, 69);
    assertStringIncludes(stderr, "kimi/default/");
  }));
