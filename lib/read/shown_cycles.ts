/** Adds to cycles what only their readings tell: that a quota without a known amount was used up. */
import { DAY, FIVE_MINUTES, HOUR, startOf, type Step } from "../model/engine/bucket.ts";
import type { Cycle } from "../model/engine/cycle.ts";
import type { QuotaKey, Window } from "../model/quota.ts";
import { displayCycle, type ShownCycle, statesNothing } from "../model/view/shown_cycle.ts";
import type { Store } from "../store/store.ts";
import { seriesAt } from "./as_of.ts";

const UNKNOWN_WINDOW: Window = { kind: "fixed", seconds: null };

/** Returns them in the same order. */
export async function readDisplayCycles(
  store: Store,
  cycles: readonly Cycle[],
  now: number,
): Promise<readonly ShownCycle[]> {
  const windows = new Map<QuotaKey, Window>();
  const shown: ShownCycle[] = [];
  for (const cycle of cycles) {
    const { quota } = cycle;
    if (!windows.has(quota)) windows.set(quota, (await store.describe(quota))?.window ?? UNKNOWN_WINDOW);
    const highest = statesNothing(cycle) ? await highestShareOf(store, cycle, now) : null;
    shown.push(displayCycle(cycle, windows.get(quota)!, highest));
  }
  return shown;
}

async function highestShareOf(
  store: Store,
  { quota, startedAt, lastAt }: Cycle,
  now: number,
): Promise<number | null> {
  const step = stepOf(lastAt - startedAt);
  const query = { quota, from: startOf(startedAt, step), to: lastAt + 1, step };
  // A bucket that began before the cycle may have seen the previous one.
  const own = (await seriesAt(store, query, now)).filter(({ firstAt }) => firstAt >= startedAt);
  return own.reduce<number | null>(
    (highest, { shareHigh }) => shareHigh === null ? highest : Math.max(highest ?? 0, shareHigh),
    null,
  );
}

function stepOf(lengthMs: number): Step {
  if (lengthMs <= 2 * DAY) return FIVE_MINUTES;
  return lengthMs <= 90 * DAY ? HOUR : DAY;
}
