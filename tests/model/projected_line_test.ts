import fc from "fast-check";
import {
  axisEnd,
  clipLine,
  findProjectedShare,
  projectLine,
} from "../../lib/model/forecast/projected_line.ts";
import { mergeRanges } from "../../lib/model/history/merge_ranges.ts";
import type { QuotaView } from "../../lib/model/view/view.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { FIVE_HOURS, ROLLING } from "../support/readings.ts";

const quota = (fields: object, forecast?: object) =>
  ({
    share: 0.4,
    at: 100,
    window: FIVE_HOURS,
    resetsAt: 300,
    ...fields,
    ...forecast && { forecast },
  }) as unknown as QuotaView;

Deno.test("a quota that lasts is drawn up to its reset", () => {
  const forecast = { state: "lasts", projectedShare: 0.7, emptyAt: null };
  assertEquals(projectLine(quota({}, forecast)), [[100, 0.4], [300, 0.7]]);
  assertEquals(projectLine(quota({}, { ...forecast, projectedShare: 0.1 })), [[100, 0.4], [300, 0.4]]);
});

Deno.test("a quota that runs out is drawn up to its limit, and along it to the reset", () => {
  const forecast = { state: "runs-dry", projectedShare: 1.9, emptyAt: 200 };
  assertEquals(projectLine(quota({}, forecast)), [[100, 0.4], [200, 1], [300, 1]]);
  assertEquals(projectLine(quota({ resetsAt: null }, forecast)), [[100, 0.4], [200, 1]]);
  // What refills comes back before it is full again.
  assertEquals(projectLine(quota({ window: ROLLING }, forecast)), [[100, 0.4], [200, 1]]);
  // An end no later than the reading, or no earlier than the reset, is no corner of the line.
  for (const emptyAt of [100, 300]) {
    assertEquals(projectLine(quota({}, { ...forecast, emptyAt })), [[100, 0.4], [300, 1.9]]);
  }
});

Deno.test("a projection has a share at each instant from its first point to its last, and at no other", () => {
  const points = [[100, 0.4], [200, 1], [300, 1]] as const;
  assertEquals([99, 100, 150, 200, 250, 300, 301].map((at) => findProjectedShare(points, at)), [
    null,
    0.4,
    0.7,
    1,
    1,
    1,
    null,
  ]);
  assertEquals(findProjectedShare([], 100), null);
});

Deno.test("nothing is drawn without a forecast", () => {
  assertEquals(projectLine(quota({})), []);
  for (const state of ["idle", "analysing", "exhausted", "unknown"]) {
    assertEquals(projectLine(quota({}, { state, projectedShare: 0.7, emptyAt: 200 })), []);
  }
  const lasts = { state: "lasts", projectedShare: 0.7, emptyAt: null };
  assertEquals(projectLine(quota({ share: null }, lasts)), []);
  assertEquals(projectLine(quota({ resetsAt: 50 }, lasts)), []);
  assertEquals(projectLine(quota({ resetsAt: 100 }, lasts)), []);
  assertEquals(projectLine(quota({ resetsAt: null }, lasts)), []);
  assertEquals(projectLine(quota({}, { ...lasts, projectedShare: null })), []);
  assertEquals(projectLine(quota({ share: 1 }, lasts)), []);
  assertEquals(projectLine(quota({ share: 0.99 }, lasts)).length, 2);
});

Deno.test("a line is cut on the line itself", () => {
  assertEquals(clipLine([[0, 0], [10, 1]], 5), [[0, 0], [5, 0.5]]);
  assertEquals(clipLine([[0, 0], [10, 1]], 10), [[0, 0], [10, 1]]);
  assertEquals(clipLine([[0, 0], [10, 1]], -1), []);
  assertEquals(clipLine([[100, 0.2], [110, 0.6], [200, 0.8]], 105), [[100, 0.2], [105, 0.4]]);
  assertEquals(clipLine([[0, 0.5], [10, 0.7], [20, 0.9]], 10), [[0, 0.5], [10, 0.7]]);
  // Across a gap there is no line to cut.
  assertEquals(clipLine([[100, 0.2], [110, null], [200, 0.8]], 150), [[100, 0.2], [110, null]]);
  assertEquals(clipLine([[100, 0.2], [110, null]], 105), [[100, 0.2]]);
});

Deno.test("the axis ends at most a fifth later than known data, and not later if that would be invisible", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 10_000 }), (ahead) => {
    const end = axisEnd(0, 1000, [[[1000, 0.1], [1000 + ahead, 0.2]]]);
    assert(end >= 1000 && end <= 1200);
    assert(end === 1000 || end >= 1020);
  }));
  assertEquals(axisEnd(0, 1000, []), 1000);
  const end = (ahead: number) => axisEnd(1000, 2000, [[[2000, 0.1], [2000 + ahead, 0.2]], []]);
  assertEquals(axisEnd(1000, 2000, [[[1500, 0.1], [2000, 0.2], [2100, 0.2]]]), 2100);
  assertEquals([0, 19, 20, 100, 180, 900].map(end), [2000, 2000, 2020, 2100, 2180, 2180]);
});

Deno.test("merged ranges cover what the single ones did, in order and apart from each other", () => {
  const timeRange = fc.tuple(fc.nat(1000), fc.nat(50)).map(([from, length]) =>
    [from, from + length] as const
  );
  fc.assert(fc.property(fc.array(timeRange), fc.nat(20), (timeRanges, gap) => {
    const merged = mergeRanges(timeRanges, gap);
    merged.forEach(([from, to], i) => assert(from <= to && (i === 0 || from - merged[i - 1]![1] > gap)));
    for (const [from, to] of timeRanges) assert(merged.some((one) => one[0] <= from && to <= one[1]));
    const edges = new Set(timeRanges.flat());
    for (const [from, to] of merged) assert(edges.has(from) && edges.has(to));
  }));
});
