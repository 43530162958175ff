/**
 * Adds to cycles and sessions what only their readings tell: whether a quota without a known amount was used up, and
 * the unit in which it was counted at the time.
 */
import { bucketStart, DAY, FIVE_MINUTES, HOUR, type Step, STEPS } from "../model/engine/bucket.ts";
import type { Cycle } from "../model/engine/cycle.ts";
import { type QuotaKey, quotaKey, type Unit, type Window } from "../model/quota.ts";
import type { Session } from "../model/engine/session.ts";
import { unitAt } from "../model/engine/terms.ts";
import { type DisplayCycle, displayCycle, hasNoAmounts } from "../model/view/display_cycle.ts";
import type { Store } from "../store/store.ts";
import { seriesAt } from "./as_of.ts";
import type { DisplaySession } from "../model/view/display_session.ts";

/** Returns the cycles in the same order. */
export async function readDisplayCycles(
  store: Store,
  cycles: readonly Cycle[],
  now: number,
): Promise<readonly DisplayCycle[]> {
  const aboutOf = quotaFacts(store);
  const shown: DisplayCycle[] = [];
  for (const cycle of cycles) {
    const { window, unitAt } = await aboutOf(cycle.quota);
    const highest = hasNoAmounts(cycle) ? await readHighestShare(store, cycle, now) : null;
    const unit = unitAt(cycle.lastAt);
    shown.push({ ...displayCycle(cycle, window, highest), ...unit && { unit } });
  }
  return shown;
}

/** Adds to sessions the unit in which each quota was counted at the time, if it has changed since. */
export async function readDisplaySessions(
  store: Store,
  sessions: readonly Session[],
): Promise<readonly DisplaySession[]> {
  const aboutOf = quotaFacts(store);
  const shown: DisplaySession[] = [];
  for (const session of sessions) {
    const quotas: DisplaySession["quotas"][number][] = [];
    for (const one of session.quotas) {
      const unit = (await aboutOf(quotaKey(session.account, one.quota))).unitAt(one.lastRiseAt);
      quotas.push(unit ? { ...one, unit } : one);
    }
    shown.push({ ...session, quotas });
  }
  return shown;
}

interface QuotaFacts {
  readonly window: Window;
  readonly unitAt: (at: number) => Unit | undefined;
}

const UNKNOWN: QuotaFacts = { window: { kind: "fixed", seconds: null }, unitAt: () => undefined };

/** Returns a function that reads what is stored about a quota, once for each. */
function quotaFacts(store: Pick<Store, "describe" | "terms">): (quota: QuotaKey) => Promise<QuotaFacts> {
  const known = new Map<QuotaKey, Promise<QuotaFacts>>();
  async function read(quota: QuotaKey): Promise<QuotaFacts> {
    const about = await store.describe(quota);
    if (!about) return UNKNOWN;
    const terms = await store.terms(quota);
    return { window: about.window, unitAt: (at) => unitAt(terms, about.unit, at) };
  }
  return (quota) => {
    const facts = known.get(quota) ?? read(quota);
    known.set(quota, facts);
    return facts;
  };
}

async function readHighestShare(
  store: Store,
  { quota, startedAt, lastAt }: Cycle,
  now: number,
): Promise<number | null> {
  const step = chooseStep(lastAt - startedAt);
  const query = { quota, from: bucketStart(startedAt, step), to: lastAt + 1, step };
  // A bucket that began before the cycle may contain the peak of the previous one.
  const own = (await seriesAt(store, query, now)).filter(({ firstAt }) => firstAt >= startedAt);
  return own.reduce<number | null>(
    (highest, { shareHigh }) => shareHigh === null ? highest : Math.max(highest ?? 0, shareHigh),
    null,
  );
}

/** Returns what the last reading of a cycle states as used; null when that is no longer stored, or was unknown. */
export async function readLastUsed(
  store: Pick<Store, "readings" | "series">,
  { quota, lastAt }: Pick<Cycle, "quota" | "lastAt">,
): Promise<number | null> {
  const [own] = await store.readings({ quota, from: lastAt, to: lastAt + 1 });
  if (own) return own.used;
  for (const step of STEPS) {
    const from = bucketStart(lastAt, step);
    const [bucket] = await store.series({ quota, from, to: from + step, step });
    // It may contain readings of the next cycle as well.
    if (bucket?.lastAt === lastAt) return bucket.last;
  }
  return null;
}

function chooseStep(lengthMs: number): Step {
  if (lengthMs <= 2 * DAY) return FIVE_MINUTES;
  return lengthMs <= 90 * DAY ? HOUR : DAY;
}
