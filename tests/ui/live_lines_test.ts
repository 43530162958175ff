import fc from "fast-check";
import { findRange, type HistoryView, type Point } from "../../lib/model/history/history.ts";
import type { QuotaKey } from "../../lib/model/quota.ts";
import { type DashboardView, DEFAULT_VIEW, type QuotaView } from "../../lib/model/view/view.ts";
import { extend, shareAt } from "../../lib/ui/chart/live_lines.ts";
import { assert, assertEquals } from "../support/assert.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = Date.parse("2026-11-21T12:00:00Z");
const KEY: QuotaKey = "acme/default/five-hour";

function viewOf(at: number, share: number | null, key: QuotaKey = KEY): DashboardView {
  const quota: QuotaView = {
    key,
    quota: "five-hour",
    label: "Five hours",
    unit: "requests",
    window: { kind: "fixed", seconds: 18_000 },
    at,
    used: share,
    limit: 1,
    remaining: null,
    utilization: share,
    share,
    status: "healthy",
    resetsAt: null,
    ratePerHour: null,
    rateSpanMs: null,
    cycle: { startedAt: at, peak: null, consumed: 0, whole: false },
    gone: false,
    parts: [],
  };
  return {
    at,
    eventId: 1,
    settings: { ...DEFAULT_VIEW, zone: "UTC" },
    trouble: null,
    accounts: [{
      key: "acme/default",
      provider: "acme",
      providerName: "Acme",
      name: "default",
      plan: null,
      health: { state: "fresh", failure: null, hint: null, triedAt: at, okAt: at, nextAt: null },
      at,
      quotas: [quota],
    }],
  };
}

function historyOf(points: readonly Point[], to = NOW): HistoryView {
  return { range: "6h", from: to - 6 * HOUR, to, lines: [{ key: KEY, points }] };
}

function pointsOf(history: HistoryView): readonly Point[] {
  return history.lines.find(({ key }) => key === KEY)!.points;
}

Deno.test("extend() adds a new reading at the end and moves the range on", () => {
  const { history, missed } = extend(historyOf([[NOW, 0.2]]), viewOf(NOW + MINUTE, 0.3));
  assertEquals(pointsOf(history), [[NOW, 0.2], [NOW + MINUTE, 0.3]]);
  assertEquals([history.from, history.to], [NOW + MINUTE - 6 * HOUR, NOW + MINUTE]);
  assertEquals(missed, false);
});

Deno.test("extend() returns the same object if nothing is new", () => {
  const history = historyOf([[NOW, 0.2]]);
  assertEquals(extend(history, viewOf(NOW, 0.2)), { history, missed: false });
  assert(extend(history, viewOf(NOW - MINUTE, 0.9)).history === history);
  assert(extend(history, viewOf(NOW + MINUTE, null)).history === history);
});

Deno.test("extend() leaves a gap, and reports that something may be missing", () => {
  const { history, missed } = extend(historyOf([[NOW, 0.2]]), viewOf(NOW + HOUR, 0.3));
  assertEquals(pointsOf(history), [[NOW, 0.2], [NOW, null], [NOW + HOUR, 0.3]]);
  assertEquals(missed, true);
});

Deno.test("extend() begins a line for a new quota", () => {
  const key: QuotaKey = "acme/default/weekly";
  const { history, missed } = extend(historyOf([[NOW, 0.2]]), viewOf(NOW + MINUTE, 0.1, key));
  assertEquals(history.lines.map((line) => line.key), [KEY, key]);
  assertEquals(history.lines[1]?.points, [[NOW + MINUTE, 0.1]]);
  assertEquals(missed, false);
});

Deno.test("extend() drops points outside the range, except the one where the line enters it", () => {
  const old: Point[] = [[NOW - 9 * HOUR, 0.1], [NOW - 7 * HOUR, 0.2], [NOW - 5 * HOUR, 0.3], [NOW, 0.4]];
  const { history } = extend(historyOf(old), viewOf(NOW + MINUTE, 0.5));
  assertEquals(pointsOf(history)[0], [NOW - 7 * HOUR, 0.2]);
});

Deno.test("extend() keeps the peak before a reset", () => {
  let history = historyOf([[NOW - MINUTE, 0.8], [NOW, 0.9]]);
  for (const [after, share] of [[1, 0.95], [2, 0.01], [3, 0.02]] as const) {
    history = extend(history, viewOf(NOW + after * MINUTE, share)).history;
  }
  const shares = pointsOf(history).map(([, share]) => share);
  assertEquals(Math.max(...shares.map((share) => share ?? 0)), 0.95);
  assert(shares.includes(0.01));
  assertEquals(shares.at(-1), 0.02);
});

Deno.test("a page left open for a day keeps a bounded number of points, and ends at the last reading", () => {
  const everyMs = 5_000;
  let history = historyOf([]);
  const day = 24 * HOUR / everyMs;
  for (let i = 1; i <= day; i++) {
    const share = (i % 3600) / 3600;
    history = extend(history, viewOf(NOW + i * everyMs, share)).history;
  }
  const range = findRange("6h")!;
  const most = 2 * range.lengthMs / range.showMs + 20;
  assert(pointsOf(history).length <= most, `${pointsOf(history).length} points`);
  assertEquals(pointsOf(history).at(-1), [NOW + 24 * HOUR, (day % 3600) / 3600]);
});

Deno.test("extend() keeps points in time order, whatever arrives", () => {
  fc.assert(fc.property(
    fc.array(fc.tuple(fc.integer({ min: -30, max: 90 }), fc.double({ min: 0, max: 2, noNaN: true }))),
    (steps) => {
      let history = historyOf([[NOW, 0.5]]);
      let at = NOW;
      for (const [minutes, share] of steps) {
        at += minutes * MINUTE;
        history = extend(history, viewOf(at, share)).history;
      }
      const times = pointsOf(history).map(([time]) => time);
      return times.every((time, i) => i === 0 || time >= times[i - 1]!);
    },
  ));
});

Deno.test("shareAt() is that of the last reading before, and absent in a gap or before the first", () => {
  const line = { key: KEY, points: [[10, 0.1], [20, 0.2], [20, null], [30, 0.3]] as Point[] };
  assertEquals([5, 10, 15, 20, 25, 30, 99].map((at) => shareAt(line, at)), [
    null,
    0.1,
    0.1,
    null,
    null,
    0.3,
    0.3,
  ]);
});
