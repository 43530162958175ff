/** What the options of `syntrack guard` mean, at the bounds of each. */
import { type GuardArguments, parseGuardArguments } from "../../lib/cli/guard_args.ts";
import type { Tools } from "../../lib/cli/tools.ts";
import type { Window } from "../../lib/model/quota.ts";
import { assertEquals, assertThrows } from "../support/assert.ts";

const HOUR = 3600;
const DAY = 24 * HOUR;

function parse(options: Readonly<Record<string, string | boolean>>): GuardArguments {
  return parseGuardArguments({ typed: { options } } as unknown as Tools);
}

Deno.test("without options, ten percent of every quota must be left", () => {
  const { fits, ...plain } = parse({});
  assertEquals(plain, { minLeft: 0.1, maxAgeMs: null, failOpen: false, wait: false });
  assertEquals(fits({ kind: "balance", seconds: null }), true);
});

Deno.test("--fail-open, --wait and --now are independent, except that --wait needs a running clock", () => {
  assertEquals([parse({ "fail-open": true }).failOpen, parse({ "fail-open": true }).wait], [true, false]);
  assertEquals([parse({ wait: true }).failOpen, parse({ wait: true }).wait], [false, true]);
  assertEquals(parse({ now: "2026-11-21T13:00:00Z" }).wait, false);
  assertThrows(() => parse({ wait: true, now: "2026-11-21T13:00:00Z" }), /--now stops it/);
});

Deno.test("--min-remaining is a percentage from 0 to 100, with or without a sign and decimals", () => {
  const least = (text: string) => parse({ "min-remaining": text }).minLeft;
  assertEquals([least("0"), least("0%"), least("12.5%"), least("100"), least("100%")], [0, 0, 0.125, 1, 1]);
  for (const text of ["100.1%", "101", "-1", "", "%", "1.", ".5", "1e1", "10 %", "few", "Infinity"]) {
    assertThrows(() => least(text), /percentage from 0% to 100%/);
  }
});

Deno.test("--max-age is a length in seconds, minutes, hours, days or weeks, of at least one", () => {
  const ages = ["1s", "90s", "30m", "2h", "1d", "2w", "999999s"].map((text) => parse({ "max-age": text }));
  const seconds = [1, 90, 1800, 2 * HOUR, DAY, 14 * DAY, 999_999];
  assertEquals(ages.map(({ maxAgeMs }) => maxAgeMs), seconds.map((one) => one * 1000));
  for (const text of ["0s", "0w", "5", "s", "-1s", "1.5h", "1000000s", "5 m", "5y", "soon", ""]) {
    assertThrows(() => parse({ "max-age": text }), /takes a time such as 90s, 30m, 2h or 1d/);
  }
});

const NAMES = ["hours", "day", "week", "month"] as const;

/** The names that include a window. */
function namesOf(window: Window): readonly string[] {
  return NAMES.filter((name) => parse({ window: name }).fits(window));
}

Deno.test("each window has one name: hours below a day, a day below three, a week below two, and longer a month", () => {
  const bounds: readonly (readonly [number, string])[] = [
    [1, "hours"],
    [DAY - 1, "hours"],
    [DAY, "day"],
    [3 * DAY - 1, "day"],
    [3 * DAY, "week"],
    [14 * DAY - 1, "week"],
    [14 * DAY, "month"],
    [366 * DAY, "month"],
  ];
  for (const [seconds, name] of bounds) {
    for (const kind of ["fixed", "rolling"] as const) assertEquals(namesOf({ kind, seconds }), [name]);
  }
});

Deno.test("a calendar window is a month, and what has no window has no name", () => {
  assertEquals(namesOf({ kind: "calendar", seconds: null }), ["month"]);
  assertEquals(namesOf({ kind: "balance", seconds: null }), []);
  assertEquals(namesOf({ kind: "allocation", seconds: null }), []);
});

Deno.test("--window can be an exact length", () => {
  const { fits } = parse({ window: "5h" });
  const fitting = [5 * HOUR - 1, 5 * HOUR, 5 * HOUR + 1, null].filter((seconds) =>
    fits({ kind: "fixed", seconds })
  );
  assertEquals(fitting, [5 * HOUR]);
  assertEquals(parse({ window: "1s" }).fits({ kind: "rolling", seconds: 1 }), true);
  for (const text of ["0h", "fortnight", "constructor", ""]) {
    assertThrows(
      () => parse({ window: text }),
      /takes hours, day, week, month, or a length such as 5h or 7d, got/,
    );
  }
  assertThrows(() => parse({ window: "weeks" }), /did you mean week\?/);
});
