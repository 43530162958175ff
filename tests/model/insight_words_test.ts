/** Figures in the sentences of insights, and the facts behind them in order. */
import { createInsightContext } from "../../lib/model/insights/insight_context.ts";
import {
  amountText,
  countPhrase,
  daysText,
  partText,
  roundRoughly,
  useText,
} from "../../lib/model/insights/words.ts";
import type { Unit } from "../../lib/model/quota.ts";
import { assertEquals } from "../support/assert.ts";
import { account, cycles, days, facts, hours, NOW, quota } from "../support/insight_facts.ts";
import { DAY_MS, HOUR_MS, utc } from "../support/readings.ts";

Deno.test("averages have no decimals from 20 on, one from 1 on, and two below", () => {
  const rounded = [
    [20.49, 20],
    [20, 20],
    [19.96, 20],
    [19.94, 19.9],
    [1.26, 1.3],
    [1.04, 1],
    [0.996, 1],
    [0.126, 0.13],
    [0.004, 0],
    [-19.94, -19.9],
    [-20.4, -20],
  ] as const;
  for (const [value, expected] of rounded) assertEquals(roundRoughly(value), expected, `${value}`);
  // Just above the bounds.
  assertEquals([20.04, 1.04, 1.06].map(roundRoughly), [20, 1, 1.1]);
});

Deno.test("amounts have their unit, in the singular for one, and money has its cents", () => {
  const amounts: readonly (readonly [number, Unit, string])[] = [
    [1, "requests", "1 request"],
    [1.04, "requests", "1 request"],
    [0, "requests", "0 requests"],
    [1234, "tokens", "1,234 tokens"],
    [62, "percent", "62%"],
    [62.4, "percent", "62%"],
    [12.84, "usd", "$12.84"],
    [23.456, "usd", "$23.46"],
  ];
  for (const [value, unit, text] of amounts) assertEquals(amountText(value, unit), text);
  assertEquals(partText(62.4, 100, "requests"), "62 of 100 requests");
  assertEquals(partText(23.45, 102.84, "usd"), "$23.45 of $102.84");
  assertEquals([countPhrase(1, "day"), countPhrase(0, "day"), countPhrase(1200, "day")], [
    "1 day",
    "0 days",
    "1,200 days",
  ]);
});

Deno.test("percentages beyond one window are whole windows, other units never", () => {
  assertEquals(useText(100, "percent"), "100%");
  assertEquals([useText(100.5, "percent"), useText(104, "percent")], ["1 full window", "1 full window"]);
  assertEquals(useText(340, "percent"), "3.4 full windows");
  assertEquals(useText(1900, "percent"), "19 full windows");
  assertEquals(useText(340, "requests"), "340 requests");
});

Deno.test("days have a decimal below twenty, and one is in the singular", () => {
  const texts = [0.5, 1, 1.04, 1.5, 6.46, 30.4].map((count) => daysText(count * DAY_MS));
  assertEquals(texts, ["0.5 days", "1 day", "1 day", "1.5 days", "6.5 days", "30 days"]);
});

Deno.test("dates are those of the zone from its midnight on, in zones of quarter hours too", () => {
  // Kathmandu is 5:45 ahead, so its midnight is at 18:15.
  const { date } = createInsightContext(facts({ zone: "Asia/Kathmandu" }));
  const midnight = utc("2026-11-20 18:15");
  assertEquals([midnight - 1, midnight, midnight + 1].map(date), ["2026-11-20", "2026-11-21", "2026-11-21"]);
});

Deno.test("rules find the facts in order of time, without those of the future", () => {
  const session = (startedAt: number) => ({ startedAt, endedAt: null, use: [] });
  const [old, recent] = cycles([10, 20]);
  const now = { ...recent!, startedAt: NOW, endedAt: null };
  const after = { ...now, startedAt: NOW + 1 };
  const [yesterday, today] = days([1, 2]);
  const [before, hour] = hours([1, 2]);
  const context = createInsightContext(facts({
    accounts: [
      account({
        account: "acme/work",
        quotas: [
          quota({ quota: "weekly" }),
          quota({
            quota: "five-hour",
            cycles: [after, now, recent!, old!],
            days: [today!, { ...today!, start: NOW + 1 }, yesterday!],
            hours: [{ ...hour!, start: NOW + HOUR_MS }, hour!, before!],
          }),
        ],
        sessions: [session(NOW), session(NOW + 1), session(NOW - 2), session(NOW - 1)],
      }),
      account({ account: "acme/home" }),
    ],
  }));
  const [home, work] = context.accounts;
  assertEquals([home?.account, work?.account], ["acme/home", "acme/work"]);
  assertEquals(work?.sessions.map(({ startedAt }) => startedAt), [NOW - 2, NOW - 1, NOW]);
  const [first, second] = work!.quotas;
  assertEquals([first?.quota, second?.quota], ["five-hour", "weekly"]);
  assertEquals(first?.cycles.map(({ startedAt }) => startedAt), [old!.startedAt, recent!.startedAt, NOW]);
  assertEquals(first?.days, [yesterday!, today!]);
  assertEquals(first?.hours, [before!, hour!]);
});
