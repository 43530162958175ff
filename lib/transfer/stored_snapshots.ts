/** Rebuilds an account's snapshots from its stored readings, oldest first. */
import type { AccountState } from "../model/engine/advance.ts";
import { type QuotaKey, quotaKey, type Reading } from "../model/quota.ts";
import { termsCursor, type TermsOfReading } from "../model/engine/terms.ts";
import { rebuildReading } from "../read/as_of.ts";
import type { Store, StoredReading } from "../store/store.ts";

export interface StoredSnapshot {
  readonly at: number;
  readonly plan: string | null;
  readonly readings: readonly Reading[];
}

/** Readings of one quota read at once. */
const BATCH = 2_000;

interface Source {
  readonly key: QuotaKey;
  readonly about: Pick<Reading, "quota" | "label" | "unit" | "window">;
  readonly termsAt: (at: number) => TermsOfReading;
  batch: readonly StoredReading[];
  next: number;
}

/** @param from the first instant, epoch milliseconds */
export async function* readStoredSnapshots(
  store: Pick<Store, "readings" | "describe" | "terms">,
  { account, quotas, plan }: AccountState,
  from = 0,
): AsyncGenerator<StoredSnapshot, undefined> {
  const sources: Source[] = [];
  for (const quota of Object.keys(quotas)) {
    const key = quotaKey(account, quota);
    const about = await store.describe(key);
    if (!about) continue;
    const batch = await store.readings({ quota: key, from, limit: BATCH });
    const termsAt = termsCursor(await store.terms(key), { unit: about.unit, plan });
    sources.push({ key, about: { quota, ...about }, termsAt, batch, next: 0 });
  }
  while (true) {
    let at = Number.POSITIVE_INFINITY;
    for (const { batch, next } of sources) at = Math.min(at, batch[next]?.at ?? at);
    if (at === Number.POSITIVE_INFINITY) return;
    const readings: Reading[] = [];
    let planThen = plan;
    for (const source of sources) {
      const stored = source.batch[source.next];
      if (stored?.at !== at) continue;
      const terms = source.termsAt(at);
      planThen = terms.plan;
      readings.push(rebuildReading(source.about.quota, { ...source.about, unit: terms.unit }, stored));
      if (++source.next < source.batch.length) continue;
      source.batch = await store.readings({ quota: source.key, from: at + 1, limit: BATCH });
      source.next = 0;
    }
    yield { at, plan: planThen, readings };
  }
}
