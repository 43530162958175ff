import fc from "fast-check";
import type { QuotaKey } from "../../lib/model/quota.ts";
import type { Use } from "../../lib/model/history/usage.ts";
import {
  columnHighs,
  columnSums,
  combineValues,
  findDepletions,
  groupRows,
  heatLevel,
  limitRows,
  MEASURES,
  relativeChange,
  type UsageGroup,
} from "../../lib/model/history/usage_groups.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { DAY_MS, HOUR_MS } from "../support/readings.ts";

const use = (share: number | null, high: number | null = share, consumed = 1): Use => ({
  consumed,
  share,
  high,
  resets: 0,
});
const member = (group: string, ...uses: (Use | null)[]): UsageGroup => ({
  key: `acme/work/${group}` as QuotaKey,
  group,
  uses,
});

Deno.test("a group adds up shares, and takes the fullest if they cannot be added", () => {
  const quotas = [
    member("a", use(0.5), null),
    member("b", use(0.1), use(0.2)),
    member("a", use(0.7), use(0.3)),
  ];
  const values = (measure: typeof MEASURES[number]) =>
    Object.fromEntries(groupRows(quotas, measure).map(({ group, values }) => [group, values]));
  assertEquals(values("share"), { a: [1.2, 0.3], b: [0.1, 0.2] });
  assertEquals(values("used"), { a: [0.7, 0.3], b: [0.1, 0.2] });
  assertEquals(values("left").a, [0.30000000000000004, 0.7]);
  assertEquals(values("amount"), { a: [2, 1], b: [1, 1] });
});

Deno.test("unknown stays unknown: it is neither zero nor full", () => {
  const [row] = groupRows([member("a", null, use(null))], "share");
  assertEquals(row!.values, [null, null]);
  assertEquals(combineValues(row!.values, "share"), null);
  assertEquals(groupRows([member("a", null, use(null))], "left")[0]!.values, [null, null]);
});

const shares = fc.option(fc.integer({ min: 0, max: 1000 }).map((part) => part / 8), { freq: 5 });

Deno.test("grouping changes no sum, and neither does reducing to a few groups", () => {
  const quotas = fc.array(
    fc.tuple(fc.constantFrom(..."abcdefghijklmnop"), fc.array(shares, { minLength: 4, maxLength: 4 })),
    { minLength: 1 },
  ).map((list) =>
    list.map(([group, values]) => member(group, ...values.map((share) => share === null ? null : use(share))))
  );
  fc.assert(fc.property(quotas, fc.integer({ min: 2, max: 12 }), (quotas, most) => {
    const sumOf = (rows: readonly { readonly values: readonly (number | null)[] }[]) =>
      rows.flatMap(({ values }) => values).reduce<number>((sum, value) => sum + (value ?? 0), 0);
    const rows = groupRows(quotas, "share");
    const all = quotas.flatMap(({ uses }) => uses).reduce((sum, one) => sum + (one?.share ?? 0), 0);
    assertEquals(sumOf(rows), all);
    const few = limitRows(rows, most, "share", "rest");
    assert(few.length <= most);
    assertEquals(sumOf(few), all);
    assertEquals(columnSums(few).reduce<number>((sum, value) => sum + (value ?? 0), 0), all);
    const greatest = Math.max(...rows.map(({ values }) => combineValues(values, "share") ?? -1));
    assert(few.length < 2 || few.some(({ values }) => (combineValues(values, "share") ?? -1) >= greatest));
  }));
});

Deno.test("the groups with the most remain in order, and the others become one at the end", () => {
  const rows = [[3], [1], [4], [null], [5]].map((values, i) => ({ group: "abcde"[i]!, values }));
  const names = (most: number, measure: typeof MEASURES[number] = "share") =>
    limitRows(rows, most, measure, "rest").map(({ group, values }) => [group, values[0]]);
  assertEquals(names(3), [["c", 4], ["e", 5], ["rest", 4]]);
  assertEquals(names(4), [["a", 3], ["c", 4], ["e", 5], ["rest", 1]]);
  assertEquals(names(5).map(([group]) => group), ["a", "b", "c", "d", "e"]);
  // For remainders the smallest counts, and otherwise the fullest.
  assertEquals(names(3, "left"), [["a", 3], ["b", 1], ["rest", 4]]);
  assertEquals(names(3, "used"), [["c", 4], ["e", 5], ["rest", 3]]);
});

Deno.test("a change is relative to the previous value, and absent if that was zero", () => {
  assertEquals(relativeChange(1.5, 1), 0.5);
  assertEquals(relativeChange(3, 2), 0.5);
  assertEquals(relativeChange(0, 2), -1);
  assertEquals(relativeChange(1, 0), null);
  assertEquals(relativeChange(null, 1), null);
  assertEquals(relativeChange(1, null), null);
});

Deno.test("a day is darker the more was used, and never dark for zero", () => {
  assertEquals([null, 0, 0.01, 1, 2, 3, 4].map((value) => heatLevel(value, 4)), [0, 0, 1, 1, 2, 3, 4]);
  assertEquals([1.01, 2.01, 3.01].map((value) => heatLevel(value, 4)), [2, 3, 4]);
  assertEquals([0.2, 1].map((value) => heatLevel(value, 1)), [1, 4]);
  assertEquals([heatLevel(1, 0), heatLevel(0, 0), heatLevel(null, 4)], [0, 0, 0]);
});

Deno.test("columns have the highest of all rows, and none without rows", () => {
  const row = (...values: (number | null)[]) => ({ group: "a", values });
  assertEquals(columnHighs([]), []);
  assertEquals(columnHighs([row(0.2, null, null)]), [0.2, null, null]);
  assertEquals(columnHighs([row(0.2, null, null), row(0.1, 0.4, null), row(0.3)]), [0.3, 0.4, null]);
  assertEquals(columnSums([]), []);
});

Deno.test("the fastest depletion comes first, with its day; unknown days do not count", () => {
  const slots = [0, 1, 2].map((day) => ({ from: day * DAY_MS, to: (day + 1) * DAY_MS }));
  const quota = (id: string, windowMs: number | null, ...uses: (Use | null)[]) => ({
    key: `acme/work/${id}` as QuotaKey,
    windowMs,
    uses,
  });
  const rows = findDepletions(
    [
      quota("slow", 7 * DAY_MS, use(0.24), use(0), null),
      quota("fast", 5 * HOUR_MS, use(0), use(3), use(1.5)),
      quota("idle", null, use(0), null, null),
    ],
    slots,
    3 * DAY_MS,
  );
  assertEquals(rows.map(({ key }) => key), ["acme/work/fast", "acme/work/slow"]);
  const [fast, slow] = rows;
  assertEquals([fast!.fastest, fast!.fastestAt], [0.125, DAY_MS]);
  assert(Math.abs(fast!.mean - 4.5 / 72) < 1e-12);
  assert(Math.abs(fast!.perWindow! - 5 * 4.5 / 72) < 1e-12);
  // Unknown days do not make it slower.
  assert(Math.abs(slow!.mean - 0.24 / 48) < 1e-12);
});

Deno.test("a slot that has just begun counts with the time that has passed, but for its speed a quarter at least", () => {
  const slots = [{ from: 8 * HOUR_MS, to: 12 * HOUR_MS }, { from: 12 * HOUR_MS, to: 16 * HOUR_MS }];
  const key = "acme/work/weekly" as QuotaKey;
  const at = (now: number, first: number, second: number | null) => {
    const uses = [use(first), second === null ? null : use(second)];
    const [row] = findDepletions([{ key, windowMs: null, uses }], slots, now);
    return row && [row.fastest, row.fastestAt / HOUR_MS, row.mean];
  };
  const now = 12 * HOUR_MS;
  assertEquals(at(now + HOUR_MS / 2, 0.5, 0.25), [0.25, 12, 0.75 / 4.5]);
  assertEquals(at(now + 2 * HOUR_MS, 0.5, 0.5), [0.25, 12, 1 / 6]);
  // A future slot does not count, one that began a moment ago does.
  assertEquals(at(now, 0.5, 0.25), [0.125, 8, 0.125]);
  assertEquals(at(now + 1, 0.5, 0.25)?.slice(0, 2), [0.25, 12]);
  // Of two equally fast slots the first is meant.
  assertEquals(at(16 * HOUR_MS, 0.5, 0.5), [0.125, 8, 0.125]);
});
