/**
 * The stored history of one quota in the form a back-test needs: raw readings if they still exist and the
 * window is short, otherwise buckets.
 */
import { DAY_MS } from "../model/duration.ts";
import { seriesAt } from "../read/as_of.ts";
import { bucketStart, FIVE_MINUTES, HOUR, type Step } from "../model/engine/bucket.ts";
import { pointsFromBuckets, type QuotaHistory } from "../model/forecast/backtest.ts";
import type { QuotaKey, Window } from "../model/quota.ts";
import { type Subjects } from "./analysing.ts";
import { takePages } from "../read/take_pages.ts";

const PAGE = 200;
/** Hours resolve longer windows well enough. */
const MAX_FINE_MS = 2 * DAY_MS;

/** @param range of the cycles; `to` at most the present */
export async function readHistory(
  { analysis, store }: Subjects,
  quota: QuotaKey,
  window: Window,
  range: { readonly from?: number; readonly to: number },
): Promise<QuotaHistory> {
  const { items } = await takePages(
    { ...range, limit: Number.MAX_SAFE_INTEGER, accept: () => true },
    (after) => analysis.cycles({ quotas: [quota], limit: PAGE, after }, range.to - 1),
  );
  const cycles = items.map((cycle) => ({ ...cycle, consumed: cycle.consumed ?? 0 }));
  const from = cycles.at(-1)?.startedAt ?? range.to;
  const step = stepFor(window);
  // Only the current bucket may contain readings from after the range.
  const under = bucketStart(range.to - 1, step);
  const settled = await store.points({ quota, from: bucketStart(from, step), to: under, step });
  const last = await seriesAt(store, { quota, from: under, to: range.to, step }, range.to - 1);
  return { window, intervalMs: step, points: [...settled, ...pointsFromBuckets(last)], cycles };
}

function stepFor({ seconds }: Window): Step {
  return seconds !== null && seconds * 1000 <= MAX_FINE_MS ? FIVE_MINUTES : HOUR;
}
