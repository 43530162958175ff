import {
  formatAbout,
  formatAge,
  formatAmount,
  formatCountdown,
  formatDuration,
  formatLeft,
  formatLimits,
  formatNumber,
  formatPlan,
  formatQuantity,
  formatRate,
  formatShare,
  formatShareExactly,
  formatSpan,
  formatWindow,
  unitWord,
  UNKNOWN,
} from "../../lib/model/view/format.ts";
import { type Unit, UNITS } from "../../lib/model/quota.ts";
import fc from "fast-check";
import { assert, assertEquals } from "../support/assert.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../support/readings.ts";

const value = fc.oneof(
  fc.double(),
  fc.double({ min: -2000, max: 2_000_000 }),
  fc.integer({ min: -1000, max: 10_000_000 }),
  fc.constantFrom(0, -0, -0.0001, -0.004, NaN, Infinity, -Infinity, Number.MAX_VALUE, Number.MIN_VALUE),
);

Deno.test("no figure is ever shown as NaN, Infinity, undefined or minus zero", () => {
  fc.assert(
    fc.property(value, fc.constantFrom(...UNITS), (value, unit) => {
      const texts = [
        formatNumber(value),
        formatAmount(value, unit),
        formatRate(value, unit),
        formatShare(value),
        formatDuration(value),
        formatCountdown(value),
        formatAge(value),
        formatWindow(value),
      ];
      for (const text of texts) {
        assert(!/NaN|Infinity|undefined|null/.test(text), text);
        assert(!/-\$?0(\.0+)?(?![.\d])/.test(text), text);
        assert(text.trim() === text && text.length > 0, text);
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("formatNumber() groups thousands and shortens large numbers to one decimal", () => {
  const texts: readonly (readonly [number, string])[] = [
    [0, "0"],
    [0.004, "0"],
    [0.05, "0.05"],
    [1, "1"],
    [12.345, "12.35"],
    [99.999, "100"],
    [138.5, "138.5"],
    [138.54, "138.5"],
    [999.96, "1,000"],
    [1000, "1,000"],
    [4050, "4,050"],
    [-4050, "-4,050"],
    [99_999, "99,999"],
    [99_999.9, "100K"],
    [100_000, "100K"],
    [123_456, "123.5K"],
    [999_949, "999.9K"],
    [999_950, "1M"],
    [1_200_000, "1.2M"],
    [999_999_999, "1B"],
    [2_500_000_000, "2.5B"],
  ];
  for (const [value, text] of texts) assertEquals(formatNumber(value), text);
});

Deno.test("formatAmount() shows money, percentages and counts in their own formats", () => {
  assertEquals(formatAmount(12.84, "usd"), "$12.84");
  assertEquals(formatAmount(1234.5, "usd"), "$1,234.50");
  assertEquals(formatAmount(-3, "usd"), "-$3.00");
  assertEquals(formatAmount(-0.001, "usd"), "$0.00");
  assertEquals(formatAmount(27, "percent"), "27%");
  assertEquals(formatAmount(27.55, "percent"), "27.6%");
  assertEquals(formatAmount(138.5, "requests"), "138.5");
  for (const unit of UNITS) assertEquals(formatAmount(null, unit), UNKNOWN);
});

Deno.test("the unit is shown once", () => {
  const rates: readonly (readonly [Unit, string])[] = [
    ["percent", "3.1%/h"],
    ["usd", "$3.10/h"],
    ["requests", "3.1 requests/h"],
    ["tokens", "3.1 tokens/h"],
    ["credits", "3.1 credits/h"],
    ["seconds", "3.1 seconds/h"],
  ];
  for (const [unit, text] of rates) {
    assertEquals(formatRate(3.1, unit), text);
    assertEquals(unitWord(unit), unit === "usd" || unit === "percent" ? "" : unit);
  }
  assertEquals(formatRate(null, "usd"), UNKNOWN);
  assertEquals(formatRate(48.976, "requests"), "49 requests/h");
  assertEquals(formatRate(1551.4, "requests"), "1,550 requests/h");
});

Deno.test("a quantity has the word of its unit, in the singular for what is shown as one", () => {
  const quantities: readonly (readonly [number | null, Unit, string])[] = [
    [97.2, "requests", "97.2 requests"],
    [1, "requests", "1 request"],
    [1.001, "tokens", "1 token"],
    [1.01, "credits", "1.01 credits"],
    [0, "seconds", "0 seconds"],
    [-1, "requests", "-1 requests"],
    [1, "usd", "$1.00"],
    [1, "percent", "1%"],
    [null, "requests", UNKNOWN],
  ];
  for (const [value, unit, text] of quantities) assertEquals(formatQuantity(value, unit), text);
});

Deno.test("formatLeft() is never 0 while anything is left, and complements what formatShare() says is used", () => {
  assertEquals([null, -0.2, 0, 0.0004, 0.002, 0.27, 1].map(formatLeft), [
    UNKNOWN,
    "0%",
    "0%",
    "0.1%",
    "0.2%",
    "27%",
    "100%",
  ]);
  fc.assert(fc.property(fc.double({ min: 0.99, max: 1, noNaN: true }), (share) => {
    const [used, left] = [formatShare(share), formatLeft(1 - share)].map((text) => Number(text.slice(0, -1)));
    assert(Math.abs((used ?? 0) + (left ?? 0) - 100) < 0.11, `${used} + ${left}`);
    assertEquals(left === 0, used === 100);
  }));
});

Deno.test("what is shown as used and as left adds up to 100, but for the tenth of the last ten percent", () => {
  assertEquals(
    [0.415, 0.145, 0.855, 0.0049, 0.999].map((used) => [formatShare(used), formatLeft(1 - used)]),
    [
      ["42%", "58%"],
      ["15%", "85%"],
      ["86%", "14%"],
      ["0.5%", "99.5%"],
      ["99.9%", "0.1%"],
    ],
  );
  fc.assert(fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (used) => {
    const sum = parseFloat(formatShare(used)) + parseFloat(formatLeft(1 - used));
    assert(
      Math.abs(sum - 100) < (used > 0.9 ? 0.56 : 1e-9),
      `${formatShare(used)} and ${formatLeft(1 - used)}`,
    );
  }));
});

Deno.test("formatShare() is a percentage of the limit, never rounded up to 100", () => {
  const texts: readonly (readonly [number | null, string])[] = [
    [null, UNKNOWN],
    [0, "0%"],
    [0.045, "4.5%"],
    [0.0996, "10%"],
    [0.27, "27%"],
    [0.994, "99.4%"],
    [0.9996, "99.9%"],
    [0.999999, "99.9%"],
    [1, "100%"],
    [1.2, "120%"],
  ];
  for (const [share, text] of texts) assertEquals(formatShare(share), text);
  fc.assert(fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (share) => {
    assert(formatShare(share) !== "100%");
  }));
});

Deno.test("formatDuration() has at most two parts", () => {
  const texts: readonly (readonly [number, string])[] = [
    [-5000, "0s"],
    [0, "0s"],
    [999, "0s"],
    [45 * SECOND_MS, "45s"],
    [MINUTE_MS - 1, "59s"],
    [MINUTE_MS, "1m"],
    [16 * MINUTE_MS + 40 * SECOND_MS, "16m"],
    [HOUR_MS - 1, "59m"],
    [4 * HOUR_MS, "4h"],
    [4 * HOUR_MS + 16 * MINUTE_MS, "4h 16m"],
    [DAY_MS - 1, "23h 59m"],
    [DAY_MS, "1d"],
    [HOUR_MS, "1h"],
    [HOUR_MS + MINUTE_MS, "1h 1m"],
    [DAY_MS + HOUR_MS, "1d 1h"],
    [DAY_MS + HOUR_MS - 1, "1d"],
    [4 * DAY_MS + 11 * HOUR_MS, "4d 11h"],
    [4 * DAY_MS + 59 * MINUTE_MS, "4d"],
  ];
  for (const [ms, text] of texts) assertEquals(formatDuration(ms), text);
});

Deno.test("formatCountdown() counts seconds on the last day and stops at zero", () => {
  assertEquals(formatCountdown(-1), "00:00:00");
  assertEquals(formatCountdown(999), "00:00:00");
  assertEquals(formatCountdown(4 * HOUR_MS + 16 * MINUTE_MS + 9 * SECOND_MS), "04:16:09");
  assertEquals(formatCountdown(DAY_MS - 1), "23:59:59");
  assertEquals(formatCountdown(3 * DAY_MS + 4 * HOUR_MS + 16 * MINUTE_MS + 9 * SECOND_MS), "3d 4h");
});

Deno.test("formatAge() says just now, even if the clock is slightly behind", () => {
  assertEquals(formatAge(-2000), "just now");
  assertEquals(formatAge(4999), "just now");
  assertEquals(formatAge(5000), "5s ago");
  assertEquals(formatAge(4 * HOUR_MS + 16 * MINUTE_MS), "4h 16m ago");
});

Deno.test("formatWindow() names lengths in the largest whole unit", () => {
  const texts = [[30, "30 s"], [90, "90 s"], [900, "15 min"], [3600, "1 h"], [18_000, "5 h"], [
    86_400,
    "1 day",
  ], [
    604_800,
    "7 days",
  ], [129_600, "36 h"]] as const;
  for (const [seconds, text] of texts) assertEquals(formatWindow(seconds), text);
});

Deno.test("formatShareExactly() always shows one decimal and never rounds a remainder up to full", () => {
  assertEquals(
    [0, 0.5, 0.65926, 0.999, 0.9996, 1, 1.2, null].map(formatShareExactly),
    ["0.0%", "50.0%", "65.9%", "99.9%", "99.9%", "100.0%", "120.0%", "unknown"],
  );
});

Deno.test("shares beyond a thousand percent are grouped like all figures", () => {
  assertEquals([formatShare(26.51), formatLimits(55.98)], ["2,651%", "5,598%"]);
  assertEquals([formatShare(1.005), formatShare(0.996), formatShare(0.425)], ["100.5%", "99.6%", "43%"]);
});

Deno.test("a small rate is not shown as zero", () => {
  assertEquals(formatRate(0.034, "percent"), "0.034%/h");
  assertEquals(formatRate(0.0042, "usd"), "$0.0042/h");
  assertEquals(formatRate(0.0042, "requests"), "0.0042 requests/h");
  assertEquals(formatRate(1e-9, "percent"), "under 0.1%/h");
  assertEquals(formatRate(9.99e-7, "usd"), "under $0.01/h");
  assertEquals(formatRate(-1e-6, "usd"), "-$0.000001/h");
  assertEquals(formatRate(0, "percent"), "0%/h");
  fc.assert(
    fc.property(fc.double({ min: 1e-12, max: 1e6, noNaN: true }), fc.constantFrom(...UNITS), (rate, unit) => {
      assert(!/^\$?0(\.0+)?( |%|\/)/.test(formatRate(rate, unit)), formatRate(rate, unit));
    }),
  );
});

Deno.test("plans with ids as names are shown in words, and names are unchanged", () => {
  assertEquals(formatPlan("individual_pro"), "Individual Pro");
  assertEquals(formatPlan("max-20x"), "Max 20x");
  assertEquals(formatPlan("plus"), "Plus");
  assertEquals(formatPlan("LEVEL_INTERMEDIATE"), "Level Intermediate");
  assertEquals(formatPlan("PRO"), "PRO");
  for (const name of ["", "Claude Max", "Pro+", "Coding Plan Lite"]) assertEquals(formatPlan(name), name);
});

Deno.test("estimates have one part, and rates their period", () => {
  const HOUR = 3_600_000;
  assertEquals(
    [0.02, 1.4, 89.4 / 60, 89.5 / 60, 1.6, 47, 49, 216].map((hours) => formatAbout(hours * HOUR)),
    [
      "1 minute",
      "84 minutes",
      "89 minutes",
      "2 hours",
      "2 hours",
      "47 hours",
      "2 days",
      "9 days",
    ],
  );
  assertEquals([59, 61, 25, 150].map((minutes) => formatSpan(minutes * 60_000)), [
    "last hour",
    "last hour",
    "last 25m",
    "last 2h 30m",
  ]);
});
