import { assert, assertClose, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { assertGolden } from "../support/golden.ts";
import { utc } from "../support/readings.ts";
import { NOW, ORACLE_DAY, withCliHome } from "./support.ts";

function numberAt(value: unknown, key: string): number {
  const found = (value as Record<string, unknown>)[key];
  if (typeof found !== "number") throw new TypeError(`Expected a number at "${key}", got ${String(found)}`);
  return found;
}

Deno.test("query today and burn-rate count consumption across resets", () =>
  withCliHome(async (place) => {
    await place.fill(ORACLE_DAY);
    assertEquals(numberAt(await place.json("query today"), "consumed_today"), 290);
    const rate = await place.json("query burn-rate");
    assertClose(numberAt(rate, "rate_per_hour"), 24.1667, 1e-5);
    // 95 left at 24.1667 an hour: 3 hours, 55 minutes and 52 seconds.
    assertStringIncludes(JSON.stringify(rate), '"estimated_empty_at":"2026-11-21T16:55:51.724Z"');
  }));

Deno.test("query keeps the format of every answer", () =>
  withCliHome(async (place) => {
    await place.fill([["2026-11-20 11:00", 8], ...ORACLE_DAY], { resetsAt: utc("2026-11-21 16:14") });
    for (
      const type of ["current", "today", "yesterday", "week", "burn-rate", "history", "daily", "weekly"]
    ) {
      await assertGolden(`query_${type.replace("-", "_")}`, await place.json(`query ${type}`));
    }
  }));

Deno.test("query of an empty place gives null for unknown values, and says so on stderr", () =>
  withCliHome(async (place) => {
    const { code, stdout, stderr } = await place.run("query current");
    assertEquals(code, 0);
    assertEquals(JSON.parse(stdout), {
      timestamp: "2026-11-21T13:00:00.000Z",
      limit: null,
      used: null,
      leftover: null,
      usage_percent: null,
    });
    assertStringIncludes(stderr, "syntrack collect");
    assertEquals(await place.json("query history"), []);
    assertEquals(await place.json("query daily"), []);
    assertEquals(numberAt(await place.json("query burn-rate"), "data_points"), 0);
  }));

Deno.test("query creates no database", () =>
  withCliHome(async (place) => {
    await place.run("query current");
    await place.run("status");
    assertEquals([...Deno.readDirSync(place.folder)].length, 0);
  }));

Deno.test("query with a limit of 0 and with overuse gives figures valid in JSON", () =>
  withCliHome(async (place) => {
    await place.fill([["2026-11-21 12:00", 0], ["2026-11-21 12:30", 0]], { limit: 0, remaining: 0 });
    assertEquals((await place.json("query current") as { usage_percent: unknown }).usage_percent, null);
    assertEquals((await place.run("stats")).code, 0);
    await place.fill([["2026-11-21 12:00", 200]], { quota: "over" }, "beta/default");
    const over = await place.json("query current --provider beta");
    assertClose(numberAt(over, "usage_percent"), 200 / 135 * 100);
    for (const command of ["stats", "stats -c", "status", "chart", "chart -t daily", "history -c"]) {
      assertEquals((await place.run(command)).code, 0, command);
    }
  }));

Deno.test("query --now counts only what was read by then", () =>
  withCliHome(async (place) => {
    await place.fill(ORACLE_DAY);
    const then = "--now 2026-11-21T04:30:00Z";
    const current = await place.json(`query current ${then}`);
    assertEquals([numberAt(current, "used"), numberAt(current, "leftover")], [130, 5]);
    assertEquals(numberAt(await place.json(`query today ${then}`), "consumed_today"), 130);
    const [day] = await place.json(`query daily ${then}`) as {
      requests_consumed: number;
      snapshots: number;
    }[];
    assertEquals([day?.requests_consumed, day?.snapshots], [130, 3]);
    assertEquals(numberAt(await place.json(`query burn-rate ${then}`), "data_points"), 3);
    const early = await place.run("query current --now 2026-11-20T00:00:00Z");
    assertEquals([early.code, JSON.parse(early.stdout).used], [0, null]);
  }));

Deno.test("query uses days of the requested zone, even if they begin at a half hour", () =>
  withCliHome(async (place) => {
    // 18:40 UTC is 00:10 of the next day in Kolkata, in one hour of UTC with 18:10.
    await place.fill([["2026-11-20 17:00", 1], ["2026-11-20 18:10", 4], ["2026-11-20 18:40", 9]]);
    const days = async (zone: string) =>
      (await place.json(`query daily --timezone ${zone}`) as { day: string; requests_consumed: number }[])
        .map(({ day, requests_consumed }) => [day, requests_consumed]);
    assertEquals(await days("UTC"), [["2026-11-20", 8]]);
    assertEquals(await days("Asia/Kolkata"), [["2026-11-21", 5], ["2026-11-20", 3]]);
    const today = await place.json("query today --timezone Asia/Kolkata");
    assertEquals((today as { date: string }).date, "2026-11-21");
    assertEquals(numberAt(today, "consumed_today"), 5);
  }));

Deno.test("query weekly accepts -w, and query daily -d", () =>
  withCliHome(async (place) => {
    await place.fill([["2026-11-03 12:00", 1], ["2026-11-12 12:00", 2], ["2026-11-19 12:00", 3]]);
    const weeks = await place.json("query weekly -w 2") as { week: string }[];
    assertEquals(weeks.map(({ week }) => week), ["2026-W47", "2026-W46"]);
    assertEquals((await place.json("query weekly") as unknown[]).length, 3);
    assertEquals((await place.json("query daily -d 20") as unknown[]).length, 3);
    assertEquals((await place.json("query history -d 3") as unknown[]).length, 1);
  }));

Deno.test("query answers for the named quota, or for the first recently read one", () =>
  withCliHome(async (place) => {
    await place.fill([["2026-10-01 12:00", 1]], {}, "aaa/gone");
    await place.fill([["2026-11-21 12:00", 2]], {}, "acme/work");
    await place.fill([["2026-11-21 12:00", 3]], { quota: "weekly" }, "beta/default");
    assertEquals(numberAt(await place.json("query current"), "used"), 2);
    for (
      const choice of [
        "--provider beta",
        "--account default",
        "--quota weekly",
        "--quota beta/default/weekly",
      ]
    ) {
      assertEquals(numberAt(await place.json(`query current ${choice}`), "used"), 3, choice);
      assertEquals(numberAt(await place.json(`${choice} query current`), "used"), 3, choice);
    }
  }));

Deno.test("query states the time to a renewal only if it is ahead", () =>
  withCliHome(async (place) => {
    await place.fill([["2026-11-21 12:00", 2]], { resetsAt: utc("2026-11-21 16:15") });
    const ahead = await place.json("query current") as Record<string, unknown>;
    assertEquals([ahead.renews_at, ahead.time_until_renew], ["2026-11-21T16:15:00.000Z", "3h15m0s"]);
    const past = await place.json("query current --now 2026-11-21T17:00:00Z") as Record<string, unknown>;
    assertEquals("time_until_renew" in past, false);
  }));

Deno.test("query burn-rate states the run-out of the forecast", () =>
  withCliHome(async (place) => {
    type Answer = {
      readonly estimated_empty_at?: string;
      readonly runs_dry_at: string | null;
      readonly hours_until_empty: number | null;
      readonly forecast: string;
    };
    const ask = async () => await place.json("query burn-rate") as Answer;
    // A burst long ago: the rate of the day and the forecast differ widely.
    await place.fill(
      [["2026-11-21 01:00", 0], ["2026-11-21 11:30", 0], ["2026-11-21 12:00", 50], ["2026-11-21 12:59", 100]],
      { resetsAt: utc("2026-11-21 16:14") },
    );
    const dry = await ask();
    assertEquals(dry.forecast, "runs-dry");
    assert(dry.runs_dry_at !== null);
    assertEquals(dry.estimated_empty_at, dry.runs_dry_at);
    assertClose(dry.hours_until_empty!, (Date.parse(dry.runs_dry_at) - NOW) / 3_600_000);
    // A quota that lasts until its reset has no run-out time.
    await place.fill([["2026-11-21 12:59:30", 2]], { resetsAt: utc("2026-11-21 13:10") }, "acme/lasting");
    await place.fill([["2026-11-21 12:59:50", 8]], { resetsAt: utc("2026-11-21 13:10") }, "acme/lasting");
    const lasting = await place.json("query burn-rate --account lasting") as Answer;
    assertEquals([lasting.forecast, lasting.runs_dry_at, lasting.hours_until_empty], ["lasts", null, null]);
    assert(!("estimated_empty_at" in lasting));
  }));

Deno.test("query shows a quota as fully used if its vendor states that without figures", () =>
  withCliHome(async (place) => {
    await place.fill([["2026-11-21 12:50", null], ["2026-11-21 12:59", null]], { limit: null, remaining: 0 });
    const current = await place.json("query current") as Record<string, unknown>;
    assertEquals([current.used, current.limit, current.leftover, current.usage_percent], [
      null,
      null,
      0,
      100,
    ]);
    const [entry] = await place.json("query history") as Record<string, unknown>[];
    assertEquals(entry!.usage_percent, 100);
    const rate = await place.json("query burn-rate") as Record<string, unknown>;
    assertEquals([rate.rate_per_hour, rate.hours_until_empty, rate.forecast], [null, null, "exhausted"]);
  }));

Deno.test("query says blocked while the vendor refuses work, and no longer once the reset has passed", () =>
  withCliHome(async (place) => {
    const fields = { allowed: false, resetsAt: utc("2026-11-21 13:30") };
    await place.fill([["2026-11-21 12:00", 50], ["2026-11-21 12:50", 51]], fields);
    for (const type of ["current", "burn-rate", "summary"]) {
      const { blocked } = await place.json(`query ${type}`) as { blocked?: true };
      assertEquals(blocked, true, type);
      const later = await place.json(`query ${type} --now 2026-11-21T13:40:00Z`) as { blocked?: true };
      assertEquals(later.blocked, undefined, type);
    }
    const history = await place.json("query history") as readonly { blocked?: true }[];
    assertEquals(history.map(({ blocked }) => blocked), [true, true]);
    await place.fill([["2026-11-21 12:55", 52]], { resetsAt: fields.resetsAt });
    assertEquals("blocked" in (await place.json("query current") as object), false);
  }));

Deno.test("JSON has no digits that only binary fractions add", () =>
  withCliHome(async (place) => {
    await place.fill([["2026-11-21 12:00", 586]], { limit: 2000, remaining: 1414 });
    const { usage_percent: percent } = await place.json("query current") as Record<string, unknown>;
    assertEquals(percent, 29.3);
    const money = { quota: "credits", unit: "usd", limit: 315, remaining: null } as const;
    await place.fill([["2026-11-21 12:10", 284.49], ["2026-11-21 12:20", 284.5]], money);
    const { leftover } = await place.json("query current --quota credits") as Record<string, unknown>;
    assertEquals(leftover, 30.5);
    for (const command of ["history", "cycles", "stats", "sessions", "guard --min-remaining 1%"]) {
      const { stdout } = await place.run(`${command} --json`);
      assertEquals(/\d\.\d*?(?:0{7}|9{7})\d*/.exec(stdout)?.[0], undefined, command);
    }
  }));
