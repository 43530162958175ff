/** A poll with a clock a year ahead, and what every command says after the clock was corrected. */
import { MINUTE_MS } from "../../lib/model/duration.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { createFixedClock } from "../../lib/base/clock.ts";
import { NOW, withCliHome } from "./support.ts";
import { startVendor } from "../support/vendor.ts";

const YEAR_MS = 365 * 86_400_000;

interface Collected {
  readonly accounts: readonly {
    readonly outcome: string;
    readonly quotas: readonly { readonly used: number }[];
  }[];
}

Deno.test("one poll dated a year ahead blocks no later reading", () =>
  withCliHome(async (place) => {
    let requests = 10;
    await using vendor = startVendor(() =>
      Response.json({
        subscription: { limit: 135, requests, renewsAt: new Date(NOW + 200 * MINUTE_MS).toISOString() },
      })
    );
    place.env.SYNTHETIC_API_KEY = "syn-a-secret-key";
    place.env.SYNTRACK_SYNTHETIC_BASE_URL = vendor.origin;
    const at = (ms: number) => ({ clock: createFixedClock(NOW + ms) });
    await place.run("collect", at(0));
    await place.run("collect", at(YEAR_MS));
    // Nothing was polled since: nothing is fresh, nothing is enough, and it is named.
    const late = await place.run("status --long", at(10 * MINUTE_MS));
    assertMatch(late.stdout, /stale, read .* in the future/);
    const guard = await place.run("guard --min-remaining 20%", at(10 * MINUTE_MS));
    assertEquals(guard.code, 69);
    assertMatch(guard.stderr, /in the future/);
    const doctor = JSON.parse(
      (await place.run("doctor --json --provider synthetic", at(10 * MINUTE_MS))).stdout,
    ) as {
      checks: readonly { level: string; about: string; finding: string }[];
    };
    const clock = doctor.checks.find(({ about }) => about === "Clock");
    assertEquals(clock?.level, "warning");
    assertStringIncludes(clock?.finding ?? "", "2027-11-21");

    requests = 134;
    const { stdout, code } = await place.run("collect --json", at(20 * MINUTE_MS));
    const { accounts } = JSON.parse(stdout) as Collected;
    assertEquals([code, accounts[0]?.outcome, accounts[0]?.quotas.map(({ used }) => used)], [0, "ok", [134]]);
    assertEquals((await place.run("guard --min-remaining 20%", at(21 * MINUTE_MS))).code, 1);
    assertMatch((await place.run("status --long", at(21 * MINUTE_MS))).stdout, /fresh, read 1m ago/);
    for (const command of ["query current", "query history -d 999", "cycles --json", "sessions --json"]) {
      assertEquals((await place.run(command, at(21 * MINUTE_MS))).stdout.includes("2027"), false, command);
    }
    assertMatch((await place.run("db check", at(21 * MINUTE_MS))).stdout, /is sound/);
  }));

Deno.test("a time given on the command line removes nothing whose time has come", () =>
  withCliHome(async (place) => {
    await using vendor = startVendor(() => Response.json({ subscription: { limit: 135, requests: 10 } }));
    place.env.SYNTHETIC_API_KEY = "syn-a-secret-key";
    place.env.SYNTRACK_SYNTHETIC_BASE_URL = vendor.origin;
    assertEquals((await place.run("collect")).code, 0);
    const past = "--now 2026-11-01T12:00:00Z";
    const collected = await place.run(`collect ${past}`);
    assertEquals(collected.code, 1);
    assertMatch(collected.stderr, /unavailable: .* dated 2026-11-01T12:00:00.000Z, .* later readings/);
    const json = JSON.parse((await place.run(`collect --json ${past}`)).stdout) as Collected;
    assertEquals(json.accounts.map(({ outcome, quotas }) => [outcome, quotas]), [["unavailable", []]]);
    // The poll has no valid time, so nothing is enough.
    assertEquals((await place.run(`guard --min-remaining 1% ${past}`)).code, 69);
    assertEquals((await place.run("guard --min-remaining 1%")).code, 0);
    const history = await place.json("query history -d 3") as unknown[];
    assert(history.length === 1);
  }));
