/** A history means the same, however often it was read and wherever it is viewed. */
import { join } from "node:path";
import { createFixedClock } from "../../lib/base/clock.ts";
import { prepareDemo } from "../../lib/demo/mod.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { providers } from "../../providers/mod.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { startVendor } from "../support/vendor.ts";
import { HOUR_MS, MINUTE_MS, utc } from "../support/readings.ts";
import { type CliHome, readContents, withCliHome } from "./support.ts";

const MORNING = utc("2026-11-21 06:00");
/** Working hours of a day: three periods. */
const WORK = [[7, 10], [12, 14], [15.5, 17.5]] as const;

interface SessionRow {
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly lastUseAt: string;
}

/** Collects every `everyMs` from 6 to 18 o'clock, like a system timer: one command each time. */
async function collectAllDay(
  place: CliHome,
  everyMs: number,
): Promise<readonly (readonly [number, number])[]> {
  let now = MORNING;
  await using vendor = startVendor(() => {
    const hour = (now - MORNING) / HOUR_MS + 6;
    const worked = WORK.reduce((sum, [from, to]) => sum + Math.max(0, Math.min(hour, to) - from), 0);
    const subscription = { limit: 1000, requests: Math.round(worked * 60), renewsAt: "2026-11-22T06:00:00Z" };
    return Response.json({ subscription });
  });
  place.env.SYNTHETIC_API_KEY = "syn_test";
  place.env.SYNTRACK_SYNTHETIC_BASE_URL = vendor.origin;
  for (; now <= MORNING + 12 * HOUR_MS; now += everyMs) {
    const { code, stderr } = await place.run(`collect --now ${new Date(now).toISOString()}`);
    assertEquals([code, stderr], [0, ""]);
  }
  const { sessions } = await place.json("sessions --json --now 2026-11-21T20:00:00Z") as {
    sessions: readonly SessionRow[];
  };
  return sessions.map((one) => [hourOf(one.startedAt), hourOf(one.lastUseAt)] as const).toReversed();
}

function hourOf(instant: string): number {
  return (Date.parse(instant) - MORNING) / HOUR_MS + 6;
}

Deno.test("12 hours collected each half hour have the periods that were worked", () =>
  withCliHome(async (place) => {
    assertEquals(await collectAllDay(place, 30 * MINUTE_MS), WORK.map(([from, to]) => [from, to] as const));
    const { stdout } = await place.run("insights --now 2026-11-21T20:00:00Z");
    assert(!/on average 10m/.test(stdout), stdout);
    // Read at 18:00, each half hour.
    const stateAt = async (time: string) => {
      const { accounts } = await place.json(`status --json --now 2026-11-21T${time}Z`) as {
        accounts: readonly { readonly health: { readonly state: string } }[];
      };
      return accounts[0]?.health.state;
    };
    assertEquals([await stateAt("18:40:00"), await stateAt("19:20:00")], ["fresh", "stale"]);
    assertEquals((await place.run("guard --now 2026-11-21T18:40:00Z")).code, 0);
  }));

Deno.test("an export of several vendors is imported with the same sessions, whatever the settings there", () =>
  withCliHome(async (place) => {
    const anchor = utc("2026-11-21 13:00");
    const vendors = ["synthetic", "zai", "codex", "anthropic"];
    const demo = await prepareDemo({
      clock: createFixedClock(anchor),
      providers,
      seed: 3,
      zone: "UTC",
      vendors,
    });
    const file = join(place.folder, "demo.db");
    try {
      await using store = await openSqliteStore(file);
      await demo.fill(store, { spanMs: 40 * HOUR_MS });
    } finally {
      await demo.close();
    }
    const copy = join(place.folder, "copy.db");
    assertEquals((await place.run(`export --db ${file} -o all.csv`)).code, 0);
    const { code, stderr } = await place.run(`import all.csv --db ${copy}`, {
      env: { SYNTRACK_POLL_INTERVAL: "1800" },
      clock: createFixedClock(anchor),
    });
    assertEquals([code, stderr], [0, ""]);
    const [here, there] = [await readContents(file), await readContents(copy)];
    assertEquals(there.sessions, here.sessions);
    assertEquals(
      (await place.run(`export --what sessions --db ${copy} --now 2026-11-21T13:00:00Z`)).stdout,
      (await place.run(`export --what sessions --db ${file} --now 2026-11-21T13:00:00Z`)).stdout,
    );
  }));
