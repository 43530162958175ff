import fc from "fast-check";
import { decideAlerts } from "../../lib/model/alerts/decide.ts";
import type { MonthSpend } from "../../lib/model/alerts/decide_budget.ts";
import type { AlertMemory } from "../../lib/model/alerts/memory.ts";
import { type AlertRules, DEFAULT_ALERT_RULES } from "../../lib/model/alerts/rules.ts";
import {
  decideSummaries,
  lastPeriod,
  parseDaily,
  parseWeekly,
  type SummaryMemory,
  type SummaryPeriod,
  type SummaryTimes,
  summaryTimesWords,
} from "../../lib/model/alerts/summary.ts";
import { type SummaryQuota, writeSummary } from "../../lib/model/alerts/summary_text.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../lib/model/duration.ts";
import { isoDate, wallTime } from "../../lib/model/time.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { accountViewOf, quotaViewOf, READ_AT } from "../support/views.ts";

const ZONE = "Europe/Berlin";
const EIGHT = { daily: { minute: 8 * 60 } };

/** Decides at consecutive times, with the memory stored as JSON between them. */
function deciding(times: SummaryTimes, zone = ZONE) {
  let memory: SummaryMemory | null = null;
  return (at: number): readonly SummaryPeriod[] => {
    const decided = decideSummaries(times, memory, at, zone);
    memory = JSON.parse(JSON.stringify(decided.memory));
    return decided.decisions.flatMap(({ period }) => period ?? []);
  };
}

const reasonAt = (times: SummaryTimes, memory: SummaryMemory | null, at: number) =>
  decideSummaries(times, memory, at, ZONE).decisions[0]!;

Deno.test("a daily summary comes once at its hour in the user's zone, and covers the time since the previous one", () => {
  const at = deciding(EIGHT);
  const start = Date.parse("2026-11-19T13:00:00Z");
  assertEquals(at(start), [], "a channel added in the afternoon waits for the next morning");
  assertEquals(at(Date.parse("2026-11-20T06:59:00Z")), []);
  const [period] = at(Date.parse("2026-11-20T07:00:30Z"));
  assertEquals(period, {
    interval: "daily",
    from: Date.parse("2026-11-19T07:00:00Z"),
    to: Date.parse("2026-11-20T07:00:00Z"),
    date: "2026-11-20",
  });
  for (const minutes of [1, 5, 600]) assertEquals(at(period!.to + minutes * MINUTE_MS), []);
});

Deno.test("the day of a clock change has 23 or 25 hours, and still one summary", () => {
  for (const [day, hours] of [["2026-03-29", 23], ["2026-10-25", 25]] as const) {
    const noon = Date.parse(`${day}T12:00:00Z`);
    const { from, to } = lastPeriod("daily", { minute: 8 * 60 }, noon, ZONE);
    assertEquals((to - from) / HOUR_MS, hours);
    // An hour that does not exist, or exists twice.
    const at = deciding({ daily: { minute: 150 } });
    at(noon - 2 * DAY_MS);
    const sent = [];
    for (let now = noon - 2 * DAY_MS; now < noon + DAY_MS; now += 10 * MINUTE_MS) sent.push(...at(now));
    assertEquals(sent.map(({ date }) => date).slice(-2), [
      day,
      isoDate(noon + DAY_MS, ZONE),
    ]);
    assertEquals(new Set(sent.map(({ date }) => date)).size, sent.length);
  }
});

Deno.test("a weekly summary comes on its weekday", () => {
  const at = deciding({ weekly: { minute: 9 * 60, weekday: 0 } });
  at(Date.parse("2026-11-19T13:00:00Z"));
  const sent = [];
  for (let hour = 0; hour < 24 * 21; hour++) {
    sent.push(...at(Date.parse("2026-11-19T13:00:00Z") + hour * HOUR_MS));
  }
  assertEquals(sent.map(({ date }) => date), ["2026-11-23", "2026-11-30", "2026-12-07"]);
  assertEquals(new Set(sent.map(({ to }) => new Date(to).getUTCDay())), new Set([1]));
});

Deno.test("a summary missed by a long time is not sent, and explain says so", () => {
  const known: SummaryMemory = { daily: { date: "2026-11-18", reason: "raised" } };
  const late = reasonAt(EIGHT, known, Date.parse("2026-11-19T21:00:00Z"));
  assertEquals([late.reason, late.figure], ["missed", "next on 2026-11-20 at 08:00 (in 10h)"]);
  assertEquals(reasonAt(EIGHT, known, Date.parse("2026-11-19T15:00:00Z")).reason, "raised");
  const after: SummaryMemory = { daily: { date: "2026-11-19", reason: "raised" } };
  assertEquals(reasonAt(EIGHT, after, Date.parse("2026-11-19T15:00:00Z")).reason, "already-raised");
  assertEquals(
    reasonAt(EIGHT, after, Date.parse("2026-11-17T15:00:00Z")).reason,
    "already-raised",
    "a clock set back",
  );
  assertEquals(reasonAt(EIGHT, null, Date.parse("2026-11-19T15:00:00Z")).reason, "not-due");
});

Deno.test("a clock that was a month ahead does not suppress the summaries of the following days", () => {
  const at = deciding(EIGHT);
  const morning = (day: number) => Date.parse(`2026-11-${day}T07:00:30Z`);
  at(morning(18));
  assertEquals(at(morning(19)).length, 1);
  at(morning(19) + 31 * DAY_MS);
  assertEquals(at(morning(19) + HOUR_MS), [], "what was sent is not sent again");
  assertEquals([20, 21].map((day) => at(morning(day)).map(({ date }) => date)), [["2026-11-20"], [
    "2026-11-21",
  ]]);
});

Deno.test("property: a day has at most one summary at any interval of checks, and continuous checks miss none", () => {
  const zones = fc.constantFrom(
    "Europe/Berlin",
    "America/St_Johns",
    "Pacific/Apia",
    "Africa/Casablanca",
    "UTC",
  );
  fc.assert(fc.property(
    zones,
    fc.integer({ min: 0, max: 1439 }),
    fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 0, 1) }),
    fc.array(fc.integer({ min: 1, max: 30 * 60 }), { minLength: 5, maxLength: 60 }),
    (zone, minute, start, steps) => {
      const at = deciding({ daily: { minute } }, zone);
      at(start);
      const sent: SummaryPeriod[] = [];
      let now = start;
      for (const step of steps) sent.push(...at(now += step * MINUTE_MS));
      assertEquals(new Set(sent.map(({ date }) => date)).size, sent.length);
      for (const { from, to } of sent) {
        assert(
          to <= now && to - from >= 22 * HOUR_MS && to - from <= 26 * HOUR_MS,
          `${(to - from) / HOUR_MS} hours`,
        );
      }
      const always = deciding({ daily: { minute } }, zone);
      always(start);
      const all: SummaryPeriod[] = [];
      for (let quarter = 1; quarter <= 4 * 24 * 4; quarter++) {
        all.push(...always(start + quarter * 15 * MINUTE_MS));
      }
      all.forEach((period, place) =>
        place > 0 && assertEquals(period.from, all[place - 1]!.to, "none is left out")
      );
      assert(all.length >= 3 && all.length <= 5, `${all.length}`);
      for (const { to } of all) {
        const wall = wallTime(to, zone);
        const away = Math.abs(wall.hour * 60 + wall.minute - minute);
        assert(away === 0 || away === 60 || away === 30, `${wall.hour}:${wall.minute} for ${minute}`);
      }
    },
  ));
});

Deno.test("times of summaries are entered as hours and as weekdays with three or more letters", () => {
  assertEquals([parseDaily("8:05"), parseDaily("23:59")], [{ minute: 485 }, { minute: 1439 }]);
  for (const wrong of ["24:00", "8", "08:60", "-1:00", "eight", ""]) {
    assertEquals(parseDaily(wrong), null, wrong);
  }
  assertEquals(parseWeekly("Sunday-18:30"), { weekday: 6, minute: 1110 });
  for (const wrong of ["su 08:00", "08:00", "mon", "mon 08:00 x"]) {
    assertEquals(parseWeekly(wrong), null, wrong);
  }
});

const PERIOD: SummaryPeriod = {
  interval: "daily",
  from: Date.parse("2026-11-18T07:00:00Z"),
  to: Date.parse("2026-11-19T07:00:00Z"),
  date: "2026-11-19",
};

const quota = (fields: Partial<SummaryQuota>): SummaryQuota => ({
  name: "Acme 5-hour",
  unit: "requests",
  isBalance: false,
  use: null,
  parts: [],
  ended: [],
  ...fields,
});

Deno.test("a summary states the use, its sources, the waste and whether the plan fits", () => {
  const words = writeSummary(PERIOD, {
    quotas: [
      quota({
        use: { consumed: 210, share: 2.1, high: 0.85, resets: 4 },
        parts: [{ name: "search", used: 30 }, { name: "chat", used: 90 }],
      }),
      quota({
        name: "Acme Weekly",
        unit: "percent",
        use: { consumed: 0, share: 0, high: 0.38, resets: 1 },
        ended: [{ peakShare: 0.38, lengthMs: 7 * DAY_MS }],
      }),
      quota({
        name: "Wallet",
        unit: "usd",
        isBalance: true,
        use: { consumed: 3.2, share: null, high: null, resets: 0 },
      }),
      quota({ name: "Never read" }),
    ],
    alerts: ["Acme 5-hour: 85% used"],
    plans: ["Most of it goes unused: a smaller plan may be enough."],
  }, ZONE)!;
  assertEquals(words.title, "Daily summary: 2 of 3 quotas used");
  assertEquals(
    words.text,
    "Acme 5-hour: 210% of its limit (210 requests), at most 85% at once, 4 resets\nWallet: $3.20 spent\n" +
      "Unused: Acme Weekly: 62% was left at its reset",
  );
  for (
    const part of [
      "From 2026-11-18 08:00 to 2026-11-19 08:00 (Europe/Berlin).",
      "Acme 5-hour: chat 75%, search 25%",
      "Ended unused:\n- Acme Weekly",
      "Alerts:\n- Acme 5-hour: 85% used",
      "Plans:\n- Most of it goes unused",
    ]
  ) assert(words.details.includes(part), `${part} in ${words.details}`);
  assertEquals(writeSummary(PERIOD, { quotas: [quota({})], alerts: [], plans: [] }, ZONE), null);
});

Deno.test("a month over budget is reported once, a raised budget is another threshold, and without one nothing is computed", () => {
  let memory: AlertMemory | null = null;
  const rules = (budget: number): AlertRules => ({
    ...DEFAULT_ALERT_RULES,
    only: { "acme/default": { budget } },
  });
  const see = (amount: number, budget = 50, month = "2026-11") => {
    const spend: MonthSpend = { month, amount, currency: "USD" };
    const account = accountViewOf([quotaViewOf()]);
    const decided = decideAlerts({ account, memory, rules: rules(budget), now: READ_AT, zone: ZONE, spend });
    memory = JSON.parse(JSON.stringify(decided.memory));
    return decided.decisions.filter(({ kind }) => kind === "over-budget");
  };
  assertEquals(see(10).map(({ reason }) => reason), ["not-reached"]);
  const [over] = see(52.5);
  assertEquals(over?.alert?.text, "$52.50 spent in 2026-11, 105% of the budget of $50.00.");
  assertEquals(see(60)[0]?.reason, "already-raised");
  assertEquals(see(49)[0]?.reason, "not-reached");
  assertEquals(see(51)[0]?.reason, "already-raised", "a corrected figure is no news");
  assertEquals(see(60, 55)[0]?.reason, "raised");
  assertEquals(see(51, 50, "2026-12")[0]?.reason, "raised");
  assertEquals(see(500, 0), []);
});

Deno.test("an account with its first readings late counts as new then, once", () => {
  let memory: AlertMemory | null = null;
  const rules = { ...DEFAULT_ALERT_RULES, off: [] };
  const see = (quotas: number) => {
    const account = accountViewOf(Array.from({ length: quotas }, () => quotaViewOf()));
    const decided = decideAlerts({ account, memory, rules, now: READ_AT, zone: ZONE });
    memory = decided.memory;
    return decided.decisions.flatMap(({ alert }) => alert?.kind === "new-account" ? [alert.text] : []);
  };
  assertEquals([see(0), see(1), see(1)], [[], ["1 quota read."], []]);
});

Deno.test("a weekly period ends on the last such weekday, whatever day it is now", () => {
  // A Thursday, at two in the afternoon in the zone.
  const now = Date.parse("2026-11-19T13:00:00Z");
  const dates = [0, 1, 2, 3, 4, 5, 6].map((weekday) =>
    lastPeriod("weekly", { minute: 8 * 60, weekday }, now, ZONE)
  );
  assertEquals(dates.map(({ date }) => date.slice(8)), ["16", "17", "18", "19", "13", "14", "15"]);
  assertEquals(dates.map(({ from, to }) => (to - from) / DAY_MS), Array(7).fill(7));
  assertEquals(lastPeriod("weekly", { minute: 15 * 60, weekday: 3 }, now, ZONE).date, "2026-11-12");
});

Deno.test("a remembered summary up to a week ahead is believed, and stays as it was", () => {
  const now = Date.parse("2026-11-19T13:00:00Z");
  const decide = (date: string) => decideSummaries(EIGHT, { daily: { date, reason: "raised" } }, now, ZONE);
  const ahead = decide("2026-11-26");
  assertEquals(ahead.decisions[0]?.reason, "already-raised");
  assertEquals(ahead.memory, { daily: { date: "2026-11-26", reason: "raised" } });
  const wrong = decide("2026-11-27");
  assertEquals(wrong.decisions[0]?.reason, "not-due");
  assertEquals(wrong.memory, { daily: { date: "2026-11-19", reason: "not-due" } });
  assertEquals(decide("2026-11-19").memory, { daily: { date: "2026-11-19", reason: "raised" } });
});

Deno.test("property: the times of summaries are written as they are entered", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1439 }), fc.integer({ min: 0, max: 6 }), (minute, weekday) => {
      const [daily, weekly] = summaryTimesWords({ daily: { minute }, weekly: { minute, weekday } });
      assertEquals(parseDaily(daily!.replace("daily ", "")), { minute });
      assertEquals(parseWeekly(weekly!.replace("weekly ", "")), { minute, weekday });
    }),
  );
  assertEquals(summaryTimesWords({ daily: { minute: 61 } }), ["daily 01:01"]);
  assertEquals(summaryTimesWords({}), []);
});

Deno.test("a summary is due from its minute until it is too late, and states the time of the next one", () => {
  const due = Date.parse("2026-11-20T07:00:00Z");
  const readReasons = (times: SummaryTimes, date: string, at: number) =>
    reasonAt(times, { daily: { date, reason: "raised" }, weekly: { date, reason: "raised" } }, at).reason;
  assertEquals(readReasons(EIGHT, "2026-11-19", due - 1), "already-raised");
  assertEquals(readReasons(EIGHT, "2026-11-19", due), "raised");
  assertEquals(readReasons(EIGHT, "2026-11-19", due + 12 * HOUR_MS), "raised");
  assertEquals(readReasons(EIGHT, "2026-11-19", due + 12 * HOUR_MS + 1), "missed");
  const friday = { weekly: { minute: 8 * 60, weekday: 4 } };
  assertEquals(readReasons(friday, "2026-11-13", due - 1), "already-raised");
  assertEquals(readReasons(friday, "2026-11-13", due), "raised");
  assertEquals(readReasons(friday, "2026-11-13", due + 3 * DAY_MS), "raised");
  assertEquals(readReasons(friday, "2026-11-13", due + 3 * DAY_MS + 1), "missed");
  assertStringIncludes(reasonAt(EIGHT, null, due).figure, "next on 2026-11-21 at 08:00 (in 1d");
  assertStringIncludes(reasonAt(friday, null, due).figure, "next on 2026-11-27 at 08:00 (in 7d");
  const { from, to } = lastPeriod("weekly", friday.weekly, due, ZONE);
  assertEquals([from, to], [due - 7 * DAY_MS, due]);
});
