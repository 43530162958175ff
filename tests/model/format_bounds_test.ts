/** Figures at the exact bounds where their decimals, their unit or their wording change. */
import {
  formatAbout,
  formatAge,
  formatAmount,
  formatCountdown,
  formatLeft,
  formatLimits,
  formatNumber,
  formatQuantity,
  formatRate,
  formatShare,
  formatShareExactly,
  formatSpan,
  UNKNOWN,
  withPreposition,
} from "../../lib/model/view/format.ts";
import { assertEquals } from "../support/assert.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../support/readings.ts";

type Texts<T> = readonly (readonly [T, string])[];

function check<T>(format: (value: T) => string, texts: Texts<T>): void {
  for (const [value, text] of texts) assertEquals([value, format(value)], [value, text]);
}

Deno.test("a number has fewer decimals the larger it is, and halves are rounded up", () => {
  check(formatNumber, [
    [99.994, "99.99"],
    [100.26, "100.3"],
    [999.94, "999.9"],
    [1000.5, "1,001"],
    [99_999.4, "99,999"],
    [99_999.5, "100K"],
    [1_250_000, "1.3M"],
    [999_949_999, "999.9M"],
    [999_950_000, "1B"],
    [1_250_000_000, "1.3B"],
    [-1_250_000_000, "-1.3B"],
    [1.25e12, "1,250B"],
    [1e15, "1,000,000B"],
  ]);
});

Deno.test("a figure too large for digits has an exponent", () => {
  assertEquals(formatAmount(1.26e21, "percent"), "1.3e+21%");
  assertEquals(formatAmount(2e30, "percent"), "2.0e+30%");
});

Deno.test("money has its sign before the currency, and none when it rounds to nothing", () => {
  check((value: number) => formatAmount(value, "usd"), [
    [0, "$0.00"],
    [-0.004, "$0.00"],
    [-0.01, "-$0.01"],
    [-0.5, "-$0.50"],
    [-1234.5, "-$1,234.50"],
  ]);
});

Deno.test("a quantity ends with the word of its unit, unless the figure shows it or is unknown", () => {
  assertEquals(formatQuantity(97.2, "requests"), "97.2 requests");
  assertEquals(formatQuantity(0, "tokens"), "0 tokens");
  const one = (["requests", "tokens", "credits", "seconds"] as const).map((unit) => formatQuantity(1, unit));
  assertEquals(one, ["1 request", "1 token", "1 credit", "1 second"]);
  assertEquals([formatQuantity(12.84, "usd"), formatQuantity(27, "percent")], ["$12.84", "27%"]);
  assertEquals([formatQuantity(null, "requests"), formatQuantity(NaN, "requests")], [UNKNOWN, UNKNOWN]);
});

Deno.test("a share has a tenth below ten percent and near the limit, and whole percents otherwise", () => {
  check(formatShare, [
    [0.04567, "4.6%"],
    [0.0994, "9.9%"],
    [0.1, "10%"],
    [0.104, "10%"],
    [0.986, "99%"],
    [0.9904, "99%"],
    [0.9914, "99.1%"],
    [1.0096, "101%"],
    [1.0094, "100.9%"],
    [1.014, "101%"],
    [-0.00001, "0%"],
    [NaN, UNKNOWN],
  ]);
});

Deno.test("less than all is never shown as all, and less than nothing left never as something", () => {
  check(formatShare, [[0.9994, "99.9%"], [0.99999999999, "99.9%"], [1, "100%"], [1.0004, "100%"]]);
  check(formatShareExactly, [[0.9994, "99.9%"], [0.99999, "99.9%"], [1, "100.0%"], [NaN, UNKNOWN]]);
  check(formatLeft, [[0.0001, "0.1%"], [0, "0%"], [-0.0001, "0%"], [NaN, UNKNOWN]]);
});

Deno.test("what is left has a tenth below ten percent, and completes what is used from there on", () => {
  check(formatLeft, [
    [0.075, "7.5%"],
    [0.0994, "9.9%"],
    [0.1, "10%"],
    [0.1249, "12%"],
    [0.955, "95.5%"],
    [0.999, "99.9%"],
    [0.9996, "100%"],
    [1, "100%"],
    [1.5, "150%"],
  ]);
});

Deno.test("a sum of shares has a tenth below ten percent, and may round to whole limits", () => {
  check(formatLimits, [
    [0, "0%"],
    [0.004, "0.4%"],
    [0.0456, "4.6%"],
    [0.0994, "9.9%"],
    [0.104, "10%"],
    [0.834, "83%"],
    [0.997, "100%"],
    [53.27, "5,327%"],
    [null, UNKNOWN],
    [NaN, UNKNOWN],
  ]);
});

Deno.test("an estimate is in hours up to two days, and in days from then on", () => {
  check(formatAbout, [
    [0, "1 minute"],
    [2 * MINUTE_MS, "2 minutes"],
    [89 * MINUTE_MS, "89 minutes"],
    [90 * MINUTE_MS, "2 hours"],
    [47 * HOUR_MS, "47 hours"],
    [48 * HOUR_MS, "2 days"],
    [1500 * DAY_MS, "1,500 days"],
    [NaN, UNKNOWN],
  ]);
});

Deno.test("a countdown shows hours below a day, and no seconds from a day on", () => {
  check(formatCountdown, [
    [HOUR_MS - 1, "00:59:59"],
    [HOUR_MS, "01:00:00"],
    [HOUR_MS + MINUTE_MS, "01:01:00"],
    [DAY_MS, "1d"],
    [2 * DAY_MS - SECOND_MS, "1d 23h"],
  ]);
});

Deno.test("an age is in the future from where clocks no longer agree", () => {
  check(formatAge, [
    [-5000, "just now"],
    [-5001, "5s in the future"],
    [-HOUR_MS, "1h in the future"],
  ]);
});

Deno.test("a small rate has two digits, and below a millionth only its bound", () => {
  check((rate: number) => formatRate(rate, "percent"), [
    [0.1, "0.1%/h"],
    [0.144, "0.1%/h"],
    [0.099, "0.099%/h"],
    [0.07, "0.07%/h"],
    [0.0346, "0.035%/h"],
    [-0.0346, "-0.035%/h"],
    [1e-6, "0.000001%/h"],
    [9e-7, "under 0.1%/h"],
    [-9e-7, "-under 0.1%/h"],
    [-3.14, "-3.1%/h"],
  ]);
  check((rate: number) => formatRate(rate, "usd"), [
    [0.01, "$0.01/h"],
    [0.007, "$0.007/h"],
    [-0.007, "-$0.007/h"],
    [-2.5, "-$2.50/h"],
    [0, "$0.00/h"],
  ]);
  check((rate: number) => formatRate(rate, "requests"), [
    [0.007, "0.007 requests/h"],
    [0.01, "0.01 requests/h"],
    [0.9996, "1 request/h"],
    [1, "1 request/h"],
    [1.01, "1.01 requests/h"],
    [1_000_000, "1M requests/h"],
    [-0.007, "-0.007 requests/h"],
    [NaN, UNKNOWN],
  ]);
});

Deno.test("less than five minutes more or less than an hour count as an hour", () => {
  check(formatSpan, [
    [55 * MINUTE_MS, "last 55m"],
    [55 * MINUTE_MS + 1, "last hour"],
    [65 * MINUTE_MS - 1, "last hour"],
    [65 * MINUTE_MS, "last 1h 5m"],
  ]);
});

Deno.test("an instant of another day is on that day, a time of today at that time", () => {
  assertEquals([withPreposition("15:20"), withPreposition("Sat 15:20")], ["at 15:20", "on Sat 15:20"]);
});
