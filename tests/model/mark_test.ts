import {
  beginMark,
  changeOfWhole,
  convert,
  isNewSource,
  measureAbove,
  measureSinceReset,
  raiseMark,
  unitFactor,
} from "../../lib/model/engine/mark.ts";
import type { Reading } from "../../lib/model/quota.ts";
import fc from "fast-check";
import { assert, assertEquals } from "../support/assert.ts";
import { BALANCE, FIVE_HOURS, reading, ROLLING } from "../support/readings.ts";

/** What each reading after the first adds to the previous ones. */
function countAll(readings: readonly Partial<Reading>[]): readonly number[] {
  const [first, ...rest] = readings.map((fields) => reading(fields));
  if (!first) return [];
  let mark = beginMark(first, null);
  return rest.map((one) => {
    const consumed = measureAbove(mark, one);
    mark = raiseMark(mark, one, null, consumed);
    return consumed;
  });
}

const used = (...values: readonly (number | null)[]) => values.map((used) => ({ used }));
const left = (...values: readonly (number | null)[]) =>
  values.map((remaining) => ({ used: null, remaining, window: BALANCE }));

Deno.test("the rise above the highest value so far counts", () => {
  assertEquals(countAll(used(10, 25, 25, 30)), [15, 0, 5]);
  assertEquals(countAll(used(50, 51, 0, 51, 52)), [1, 0, 0, 1]);
  assertEquals(countAll(used(54, 0, 54)), [0, 0]);
  assertEquals(countAll(used(0, 12.25, 7, 13.5)), [12.25, 0, 1.25]);
});

Deno.test("a rise counts once it is more than a billionth of the whole, or of one when that is less", () => {
  const rise = (by: number, whole: number) => {
    const mark = beginMark(reading({ used: 0.125, limit: whole }), null);
    return measureAbove(mark, reading({ used: 0.125 + by, limit: whole })) > 0;
  };
  assertEquals([rise(0.9e-9, 0.5), rise(1.1e-9, 0.5), rise(0.9e-9, 1), rise(1.1e-9, 1)], [
    false,
    true,
    false,
    true,
  ]);
  assertEquals([rise(0.9e-6, 1000), rise(1.1e-6, 1000)], [false, true]);
  const from0 = (used: number, limit: number | null) =>
    measureAbove(beginMark(reading({ used: 0, limit }), null), reading({ used, limit }));
  assertEquals([from0(1e-9, 1), from0(1.1e-9, 1), from0(1.1e-9, null)], [0, 1.1e-9, 1.1e-9]);
});

Deno.test("with only a known remainder, a fall below the lowest value counts", () => {
  assertEquals(countAll(left(80, 70, 75, 65)), [10, 0, 5]);
  assertEquals(countAll(left(80, null, 60)), [0, 20]);
  assertEquals(countAll(left(null, 80, 70)), [0, 10]);
});

Deno.test("a value stated for the first time is the starting point", () => {
  assertEquals(countAll(used(null, 40, 41)), [0, 1]);
});

Deno.test("a vendor that alternates between two amounts is not counted twice", () => {
  assertEquals(
    countAll([
      { used: 10, remaining: 90 },
      { used: null, remaining: 80 },
      { used: 20, remaining: null },
      { used: null, remaining: 79 },
      { used: 21, remaining: 79 },
    ]),
    [10, 0, 1, 0],
  );
  // What is not stated moves along.
  assertEquals(countAll([{ used: 10, remaining: 90 }, { used: 20 }, { used: null, remaining: 75 }]), [10, 5]);
  assertEquals(
    countAll([{ used: 10, remaining: 90 }, { used: null, remaining: 80 }, { used: 25 }]),
    [10, 5],
  );
});

Deno.test("rounding is not use", () => {
  assertEquals(countAll(used(0.3, 0.1 + 0.2)), [0]);
});

Deno.test("in a rolling window each rise counts, except one that only undoes a slip", () => {
  const rolling = (...values: readonly number[]) =>
    used(...values).map((one) => ({ ...one, window: ROLLING }));
  assertEquals(countAll(rolling(50, 40, 45, 43, 60)), [0, 5, 0, 17]);
  assertEquals(countAll(rolling(54, 0, 54, 55)), [0, 0, 1]);
  assertEquals(countAll(rolling(54, 0, 0, 56)), [0, 0, 2]);
  assertEquals(countAll(rolling(54, 0, 10, 20)), [0, 10, 10]);
  assertEquals(countAll(rolling(54, 0, 0, 0, 0, 54)), [0, 0, 0, 0, 54]);
  // A slip falls below a half.
  assertEquals([countAll(rolling(54, 27, 54)), countAll(rolling(54, 26, 54))], [[0, 27], [0, 0]]);
  // Within two percent it is back.
  assertEquals(countAll(rolling(54, 0, 53, 56)), [0, 0, 3]);
  assertEquals([countAll(rolling(54, 0, 52)), countAll(rolling(54, 0, 51.5))], [[0, 0], [0, 51.5]]);
  // After three readings it is no slip any more.
  assertEquals(countAll(rolling(54, 0, 0, 0, 54)), [0, 0, 0, 0]);
  assertEquals(countAll(rolling(54, 0, 0, 0, 0, 54)), [0, 0, 0, 0, 54]);
});

Deno.test("in a rolling window a reading without the amount of the others is no slip, and ends none", () => {
  const amounts = (...values: readonly (readonly [used: number | null, left: number | null])[]) =>
    countAll(values.map(([used, remaining]) => ({ used, remaining, window: ROLLING })));
  const [unknown, empty] = [[null, null], [20, null]] as const;
  assertEquals(amounts([50, null], unknown, empty, empty, empty, [51, null]), [0, 0, 0, 0, 1]);
  assertEquals(amounts([null, 46], [0, 100], [54, 46]), [0, 0]);
  assertEquals(amounts([54, 46], [0, 100], [null, 46]), [0, 0]);
  assertEquals(amounts([54, null], [0, null], unknown, [54, null]), [0, 0, 0]);
});

Deno.test("in a rolling window that states only what is left the same holds, if its limit is known", () => {
  const left = (limit: number | null, ...values: readonly number[]) =>
    values.map((value) => ({ used: null, remaining: 100 - value, limit, window: ROLLING }));
  assertEquals(countAll(left(100, 50, 40, 45, 43, 60)), [0, 5, 0, 17]);
  assertEquals(countAll(left(100, 54, 0, 54, 55)), [0, 0, 1]);
  assertEquals([countAll(left(100, 54, 27, 54)), countAll(left(100, 54, 26, 54))], [[0, 27], [0, 0]]);
  assertEquals(countAll(left(100, 54, 0, 53, 56)), [0, 0, 3]);
  assertEquals([countAll(left(100, 54, 0, 52)), countAll(left(100, 54, 0, 51.5))], [[0, 0], [0, 51.5]]);
  assertEquals(countAll(left(100, 54, 0, 10, 20)), [0, 10, 10]);
  assertEquals(countAll(left(null, 54, 0, 54, 55)), [0, 54, 1]);
});

Deno.test("after a reset the whole new value counts, from the limit if only the remainder is known", () => {
  assertEquals(measureSinceReset(reading({ used: 25 })), 25);
  assertEquals(measureSinceReset(reading({ used: null, remaining: 95 })), 5);
  assertEquals(measureSinceReset(reading({ used: null, remaining: 95, limit: null })), 0);
  assertEquals(measureSinceReset(reading({ used: null, remaining: null })), 0);
});

Deno.test("another unit, currency, plan or limit makes another total; missing ones change nothing", () => {
  const mark = beginMark(reading({ used: 10, limit: 1000 }), "pro");
  const changed = (fields: Partial<Reading>, plan: string | null = "pro") =>
    changeOfWhole(mark, reading({ used: 10, limit: 1000, ...fields }), plan);
  assertEquals(changed({}), null);
  assertEquals(changed({ unit: "percent" }), "unit");
  assertEquals(changed({ currency: "EUR" }), "unit");
  assertEquals(changed({}, "plus"), "plan");
  assertEquals(changed({}, null), null);
  assertEquals(changed({ limit: 1500 }), "limit");
  assertEquals(changed({ limit: 900 }), "limit");
  assertEquals(changed({ limit: null }), null);
  assertEquals(changed({ window: ROLLING }), "window");
  // A limit may be stated more precisely, by a hundredth of the larger one.
  assertEquals([1010.05, 990].map((limit) => changed({ limit })), [null, null]);
  assertEquals([1011, 989].map((limit) => changed({ limit })), ["limit", "limit"]);
  // So may the length of a window, by a twentieth.
  const length = (seconds: number) => changed({ window: { ...FIVE_HOURS, seconds } });
  assertEquals([17_100, 18_900].map(length), [null, null]);
  assertEquals([17_099, 18_948].map(length), ["window", "window"]);
});

Deno.test("a mark of an older version, which has no window, accepts any", () => {
  const { window: _, ...mark } = beginMark(reading({ used: 10 }), null);
  assertEquals(changeOfWhole(mark, reading({ used: 11, window: ROLLING }), null), null);
});

Deno.test("two limits tell how many new units equal an old one, unless one is missing or 0", () => {
  assertEquals([unitFactor(100, 250), unitFactor(250, 100)], [2.5, 0.4]);
  for (const [before, after] of [[null, 5], [5, null], [null, null], [0, 5], [5, 0], [0, 0]] as const) {
    assertEquals(unitFactor(before, after), null, `${before} ${after}`);
  }
});

Deno.test("an amount in another unit has twelve digits, so that arithmetic adds none", () => {
  assertEquals(convert(0.1, 3), 0.3);
  assertEquals([convert(1.23456789012, 1), convert(1.234567890123, 1)], [1.23456789012, 1.23456789012]);
});

Deno.test("a source is new until one of its values was compared", () => {
  const mark = beginMark(reading({ used: 10 }), null);
  assertEquals(isNewSource(mark, reading({ used: 10 })), false);
  assertEquals(isNewSource(mark, reading({ used: 10, source: "statusline" })), true);
  const both = raiseMark(mark, reading({ used: 10, source: "statusline" }), null, 0);
  assertEquals(isNewSource(both, reading({ used: 10, source: "statusline" })), false);
  assertEquals(isNewSource(both, reading({ used: 10 })), false);
});

Deno.test("a gauge shows a current level: it has no consumption that could be added up", () => {
  const window = { kind: "rolling", seconds: 60 } as const;
  fc.assert(fc.property(fc.nat(1000), fc.nat(1000), (before, after) => {
    for (const gauge of [window, { kind: "allocation", seconds: null } as const]) {
      assertEquals(countAll([{ used: before, window: gauge }, { used: after, window: gauge }]), [0]);
      assertEquals(measureSinceReset(reading({ used: after, window: gauge })), 0);
    }
  }));
});

const amount = fc.oneof(
  fc.constant(null),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }),
);

Deno.test("no sequence counts less than zero, or more than its highest value minus its first", () => {
  fc.assert(fc.property(fc.array(fc.record({ used: amount, remaining: amount, limit: amount })), (list) => {
    for (const consumed of countAll(list)) assert(consumed >= 0 && !Object.is(consumed, -0));
    const values = list.flatMap(({ used }) => used === null ? [] : [used]);
    const total = countAll(values.map((used) => ({ used }))).reduce((sum, one) => sum + one, 0);
    const bound = values.length === 0 ? 0 : Math.max(...values) - values[0]!;
    assert(total <= bound + 1e-6 * Math.max(1, Math.abs(bound)), `${total} > ${bound}`);
  }));
});

Deno.test("eight sources are distinguished, and further ones count like a known one", () => {
  const from = (place: number, used: number) => reading({ used, source: `source ${place}` });
  let mark = beginMark(from(1, 10), null);
  for (let place = 2; place <= 8; place++) {
    assertEquals(isNewSource(mark, from(place, 10)), true);
    mark = raiseMark(mark, from(place, 10), null, 0);
  }
  assertEquals([1, 8, 9].map((place) => isNewSource(mark, from(place, 12))), [false, false, false]);
  assertEquals(measureAbove(mark, from(9, 12)), 2);
  assertEquals(raiseMark(mark, from(9, 12), null, 2).sources.length, 8);
});
