/** `syntrack guard`: the exit code is the answer, and it never says "enough" if it does not know. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { assertGolden } from "../support/golden.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { advance as advanceState } from "../../lib/model/engine/advance.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { BALANCE, HOUR_MS, MINUTE_MS, ONE_WEEK, reading, utc } from "../support/readings.ts";
import { until } from "../support/until.ts";
import { type CliHome, NOW, withCliHome } from "./support.ts";

/** 55 of 135 left, which is 40.7 %. */
async function someLeft(place: CliHome): Promise<void> {
  await place.fill([["2026-11-21 12:50", 60], ["2026-11-21 12:58", 80]], {
    resetsAt: utc("2026-11-21 15:00"),
  });
}

/** Lets the command run until its next sleep, and then time pass. */
async function advance(clock: FakeClock, ms: number): Promise<void> {
  await until("the command to sleep", () => clock.sleeping > 0);
  await clock.advance(ms);
}

Deno.test("guard ends with 0 if enough is left and with 1 if too little is", () =>
  withCliHome(async (place) => {
    await someLeft(place);
    const enough = await place.run("guard --min-remaining 40%");
    assertEquals([enough.code, enough.stderr], [0, ""]);
    assertEquals(enough.stdout, "Enough: 41% left of acme/work/five-hour, resets in 2h (40% needed)\n");
    const below = await place.run("guard --min-remaining 41");
    assertEquals(below.code, 1);
    assertEquals(below.stdout, "Too little: 41% left of acme/work/five-hour, resets in 2h (41% needed)\n");
    assertEquals((await place.run("guard")).code, 0);
    await assertGolden("guard", JSON.parse((await place.run("guard --min-remaining 41 --json")).stdout));
  }));

Deno.test("guard ends with 69 if it cannot tell, or with 0 with --fail-open", () =>
  withCliHome(async (place) => {
    const unknown = async (args: string, says: RegExp) => {
      const closed = await place.run(`guard ${args}`);
      assertEquals([args, closed.code, closed.stdout], [args, 69, ""]);
      assertMatch(closed.stderr, says);
      const open = await place.run(`guard ${args} --fail-open`);
      assertEquals([open.code, open.stdout], [0, ""]);
      assertStringIncludes(open.stderr, "Cannot tell");
    };
    await unknown("", /No readings yet/);
    await someLeft(place);
    await unknown("--now 2026-11-21T13:40:00Z", /read 42m ago, too old/);
    await unknown("--now 2026-11-21T15:01:00Z --max-age 1d", /its reset has passed since/);
    await place.fill([["2026-11-21 12:59", null]], { quota: "blank", remaining: null });
    await unknown("--quota blank", /does not report how much is left/);
    await unknown("", /blank/);
    await Deno.writeTextFile(place.dbPath, "no database");
    const broken = await place.run("guard");
    assertEquals([broken.code, broken.stdout], [69, ""]);
    assertEquals((await place.run("guard --fail-open")).code, 0);
    // A named file that does not exist cannot be judged either; only usage errors are refused.
    assertEquals((await place.run("guard --db missing.db")).code, 69);
    const open = await place.run("guard --db missing.db --fail-open");
    assertEquals(open.code, 0);
    assertMatch(open.stderr, /Cannot decide: .*missing\.db/);
  }));

Deno.test("guard ends with 64 for usage errors, with or without --fail-open", () =>
  withCliHome(async (place) => {
    await someLeft(place);
    const wrong: readonly (readonly [args: string, says: RegExp])[] = [
      ["--min-remaining 101%", /percentage from 0% to 100%/],
      ["--min-remaining -1", /percentage|argument missing/i],
      ["--min-remaining few", /percentage/],
      ["--window fortnight", /hours, day, week, month.*5h or 7d/],
      ["--window weekly", /did you mean week\?/],
      ["--window week", /No quota has a window of this length/],
      ["--max-age 0s", /90s, 30m, 2h/],
      ["--provider synthetik", /did you mean synthetic/],
      ["--quota five-hours", /did you mean five-hour/],
      ["--wait --now 2026-11-21T13:00:00Z", /--now stops it/],
      ["--now tomorrow", /takes an instant/],
      ["--nonsense", /unknown option/i],
      ["extra", /too many arguments/i],
    ];
    for (const [args, says] of wrong) {
      for (const open of ["", " --fail-open"]) {
        const { code, stdout, stderr } = await place.run(`guard ${args}${open}`);
        assertEquals([args, code, stdout], [args, 64, ""]);
        assertMatch(stderr, says);
      }
    }
  }));

Deno.test("guard checks every selected quota, and skips those without a limit", () =>
  withCliHome(async (place) => {
    await someLeft(place);
    const week = { quota: "weekly", window: ONE_WEEK, resetsAt: utc("2026-11-24 00:00") };
    await place.fill([["2026-11-21 12:59", 134]], week, "acme/home");
    await place.fill([["2026-11-21 12:59", null]], {
      quota: "credits",
      window: BALANCE,
      limit: null,
      remaining: 12,
    }, "acme/purse");
    assertEquals((await place.run("guard")).code, 1);
    assertEquals((await place.run("guard --account work")).code, 0);
    assertEquals((await place.run("guard --quota five-hour")).code, 0);
    assertEquals((await place.run("guard --quota acme/home/weekly")).code, 1);
    for (const [window, code] of [["hours", 0], ["5h", 0], ["week", 1], ["7d", 1], ["1w", 1]] as const) {
      assertEquals([window, (await place.run(`guard --window ${window}`)).code], [window, code]);
    }
    // A balance alone has nothing to compare with.
    assertEquals((await place.run("guard --quota credits")).code, 69);
  }));

Deno.test("guard names nine quotas with too little left, and says how many more there are", () =>
  withCliHome(async (place) => {
    const lines = async () => (await place.run("guard --min-remaining 50")).stdout.trimEnd().split("\n");
    for (let count = 1; count <= 11; count++) {
      await place.fill([["2026-11-21 12:59", 100 + count]], { resetsAt: null }, `acme/of-${count}`);
      if (count === 9) assertEquals((await lines()).length, 9);
    }
    const said = await lines();
    assertEquals([said.length, said[0]], [10, "Too little: 18% left of acme/of-11/five-hour (50% needed)"]);
    assertEquals(said.at(-1), "Too little: 2 more, which --json lists");
    const enough = await place.run("guard --min-remaining 10");
    assertEquals(enough.stdout, "Enough: 18% left of acme/of-11/five-hour (10% needed)\n");
  }));

Deno.test("guard distinguishes hours, days, weeks and months at their bounds", () =>
  withCliHome(async (place) => {
    const hour = 3600;
    const lengths = [23 * hour, 24 * hour, 71 * hour, 72 * hour, 335 * hour, 336 * hour, 720 * hour];
    for (const seconds of lengths) {
      await place.fill([["2026-11-21 12:59", 1]], {
        quota: `of-${seconds / hour}-hours`,
        window: { kind: "fixed", seconds },
        resetsAt: utc("2026-11-21 20:00"),
      }, `acme/of-${seconds / hour}-hours`);
    }
    const asked = async (window: string) => {
      const { quotas } = await place.json(`guard --json --window ${window}`) as {
        readonly quotas: readonly { readonly quota?: string; readonly key?: string }[];
      };
      return quotas.map(({ quota, key }) => parseInt((quota ?? key ?? "").split("-")[1] ?? "")).toSorted((
        a,
        b,
      ) => a - b);
    };
    assertEquals(await asked("hours"), [23]);
    assertEquals(await asked("day"), [24, 71]);
    assertEquals(await asked("week"), [72, 335]);
    assertEquals(await asked("month"), [336, 720]);
  }));

Deno.test("guard --wait checks again until enough is left", () =>
  withCliHome(async (place) => {
    await place.fill([["2026-11-21 12:58", 130]], { resetsAt: utc("2026-11-21 13:20") });
    const clock = new FakeClock(NOW);
    const waiting = place.run("guard --min-remaining 50% --wait", { clock, isTty: true });
    for (let minute = 1; minute <= 21; minute++) await advance(clock, MINUTE_MS);
    await place.fill([["2026-11-21 13:20:30", 0]], { resetsAt: utc("2026-11-21 18:20") });
    await advance(clock, MINUTE_MS);
    const { code, stdout, stderr } = await waiting;
    assertEquals(code, 0);
    assertStringIncludes(stdout, "Enough: 100% left");
    assertStringIncludes(stderr, "Waiting: 3.7% left of acme/work/five-hour, resets in 20m");
    assertStringIncludes(stderr, "its reset has passed since");
  }));

Deno.test("guard --wait gives up soon after the reset if nothing polls, and at once if nothing will change", () =>
  withCliHome(async (place) => {
    await place.fill([["2026-11-21 12:58", 130]], { resetsAt: utc("2026-11-21 13:20") });
    const clock = new FakeClock(NOW);
    const waiting = place.run("guard --min-remaining 50% --wait", { clock });
    let over = false;
    waiting.then(() => over = true);
    for (let minute = 1; minute <= 24; minute++) await advance(clock, MINUTE_MS);
    assertEquals(over, false);
    await advance(clock, 2 * MINUTE_MS);
    const gaveUp = await waiting;
    assertEquals([gaveUp.code, gaveUp.stdout], [69, ""]);
    // Without a terminal nothing is printed while waiting.
    assertEquals(gaveUp.stderr.includes("Waiting"), false);

    await place.fill([["2026-11-21 13:25", 130]], { quota: "no-reset" });
    const atOnce = await place.run("guard --quota no-reset --min-remaining 50% --wait", {
      clock: new FakeClock(utc("2026-11-21 13:26")),
    });
    assertEquals(atOnce.code, 1);
  }));

Deno.test("guard --wait ends with 130 when interrupted", () =>
  withCliHome(async (place) => {
    await place.fill([["2026-11-21 12:58", 130]], { resetsAt: utc("2026-11-21 13:20") });
    const clock = new FakeClock(NOW);
    let interrupt: (() => void) | undefined;
    const waiting = place.run("guard --min-remaining 50% --wait", {
      clock,
      onStop: (stop) => interrupt = stop,
    });
    await advance(clock, MINUTE_MS);
    assert(interrupt);
    interrupt();
    assertEquals((await waiting).code, 130);
  }));

const ALLOCATION = { kind: "allocation", seconds: null } as const;

Deno.test("guard ends with 1 for a quota blocked by its vendor, however much is left, and says so", () =>
  withCliHome(async (place) => {
    await place.fill([["2026-11-21 12:58", 51]], { allowed: false, resetsAt: utc("2026-11-21 15:00") });
    const blocked = await place.run("guard --min-remaining 20%");
    assertEquals([blocked.code, blocked.stderr], [1, ""]);
    assertEquals(blocked.stdout, "Blocked: its vendor blocks acme/work/five-hour, resets in 2h\n");
    const { stdout } = await place.run("guard --min-remaining 20% --json");
    const { verdict, quotas } = JSON.parse(stdout);
    assertEquals([verdict, quotas[0].blocked, quotas[0].verdict], ["below", true, "below"]);
    // Once it is allowed again, the figures decide.
    await place.fill([["2026-11-21 12:59", 51]], { allowed: true, resetsAt: utc("2026-11-21 15:00") });
    assertEquals((await place.run("guard --min-remaining 20%")).code, 0);
  }));

Deno.test("guard ends with 1 for a used-up quota, even if that is all its vendor states", () =>
  withCliHome(async (place) => {
    await someLeft(place);
    const nothing = { quota: "weekly", window: ONE_WEEK, limit: null, remaining: 0 };
    await place.fill([["2026-11-21 12:59", null]], nothing, "acme/home");
    const { code, stdout } = await place.run("guard --account home");
    assertEquals([code, stdout], [1, "Too little: 0% left of acme/home/weekly (10% needed)\n"]);
    assertEquals((await place.run("guard")).code, 1);
    await place.fill(
      [["2026-11-21 12:59", null]],
      { ...nothing, quota: "purse", window: BALANCE },
      "acme/purse",
    );
    assertEquals((await place.run("guard --account purse")).code, 1);
  }));

Deno.test("guard never says enough for an allocation, or for a quota without a limit, on its own", () =>
  withCliHome(async (place) => {
    await place.fill([["2026-11-21 12:59", 10]], { quota: "capacity", window: ALLOCATION }, "acme/cloud");
    await place.fill(
      [["2026-11-21 12:59", 10]],
      { quota: "counter", limit: null, remaining: null },
      "acme/count",
    );
    for (
      const [args, says] of [["capacity", /reserved capacity/], ["counter", /no limit to compare/]] as const
    ) {
      const { code, stderr } = await place.run(`guard --quota ${args}`);
      assertEquals([args, code], [args, 69]);
      assertMatch(stderr, says);
    }
    assertEquals((await place.run("guard")).code, 69);
    await someLeft(place);
    assertEquals((await place.run("guard")).code, 0);
  }));

Deno.test("guard does not trust a reading from the future", () =>
  withCliHome(async (place) => {
    await someLeft(place);
    const { code, stderr } = await place.run("guard", { clock: new FakeClock(utc("2026-11-20 13:00")) });
    assertEquals(code, 69);
    assertMatch(stderr, /read 23h 58m in the future, so a clock was wrong/);
  }));

/** A local source that names only the five hours, after a poll that named the week as well. */
async function fedAfterWhole(
  place: CliHome,
  wholeAt: number,
  fedAt: readonly number[],
  weekUsed: number,
): Promise<void> {
  await using store = await openSqliteStore(place.dbPath);
  const account = "acme/work";
  const five = reading({ used: 10, resetsAt: fedAt.at(-1)! + 4 * HOUR_MS });
  const week = reading({
    quota: "weekly",
    window: ONE_WEEK,
    used: weekUsed,
    resetsAt: utc("2026-11-24 00:00"),
  });
  const polls = [
    { at: wholeAt, readings: [five, week], partial: false },
    ...fedAt.map((at) => ({ at, readings: [five], partial: true })),
  ];
  let state = await store.recall(account);
  for (const { at, readings, partial } of polls) {
    const snapshot = { account, at, readings, ...partial && { partial: true as const } } as const;
    const step = advanceState(state, snapshot);
    state = step.state;
    const outcome = {
      account,
      at,
      durationMs: 1,
      kind: "ok",
      failures: 0,
      // The vendor asked to wait for hours.
      nextAt: partial ? at + 6 * HOUR_MS : at + MINUTE_MS,
      nextReason: partial ? "fed-waiting" : "interval",
      credential: null,
    } as const;
    await store.commit({ snapshot, ...step, outcome });
  }
}

Deno.test("guard still checks the quotas that a local source does not name", () =>
  withCliHome(async (place) => {
    await fedAfterWhole(place, NOW - 10 * MINUTE_MS, [NOW - 5 * MINUTE_MS, NOW - MINUTE_MS], 100);
    const { code, stdout } = await place.run("guard");
    assertEquals(code, 1);
    assertStringIncludes(stdout, "acme/work/weekly");
    const insights = await place.json("forecast --json") as {
      quotas: { key: string; forecast: { state: string } }[];
    };
    assertEquals(insights.quotas.map(({ key, forecast }) => [key, forecast.state])[1], [
      "weekly",
      "exhausted",
    ]);
    const { accounts: [{ quotas }] } = await place.json("status --json") as {
      accounts: [{ quotas: { key: string; status: string }[] }];
    };
    assertEquals(quotas.map(({ key, status }) => [key, status])[1], ["weekly", "critical"]);
    assertEquals((await place.run("status")).stdout.includes("no longer reported"), false);
  }));

Deno.test("guard does not take a local source for a reading of other quotas, however long the vendor is not polled", () =>
  withCliHome(async (place) => {
    const feeds = Array.from({ length: 20 }, (_, turn) => NOW - (20 - turn) * MINUTE_MS);
    await fedAfterWhole(place, NOW - 10 * HOUR_MS, feeds, 10);
    const { code, stderr } = await place.run("guard");
    assertEquals(code, 69);
    assertMatch(stderr, /acme\/work\/weekly: read 10h ago, too old/);
    assertEquals((await place.run("guard --quota five-hour")).code, 0);
    assertEquals((await place.run("guard --max-age 11h")).code, 0);
    assertEquals((await place.run("guard --max-age 9h")).code, 69);
  }));
