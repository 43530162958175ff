/**
 * Answers as of an instant: what was not read yet does not count. States are rebuilt by
 * replaying the readings since the cycle began through the engine, buckets by leaving out
 * what came later, so that the figures are those every surface would have shown then.
 */
import { type AccountState, advance, emptyState, type QuotaState } from "../model/engine/advance.ts";
import { type Bucket, bucketOf, merge, startOf, type Step } from "../model/engine/bucket.ts";
import type { Cycle } from "../model/engine/cycle.ts";
import { type AccountKey, type QuotaKey, quotaKey, type Reading, splitQuotaKey } from "../model/quota.ts";
import { distancesOf, MAX_DISTANCES } from "../model/engine/interval.ts";
import { type Session, sessionIdleMs, type SessionQuota } from "../model/engine/session.ts";
import type { AccountRecord, Store, StoredReading } from "../store/store.ts";

/** The record of an account as it stood at `now`. */
export async function recordAt(store: Store, record: AccountRecord, now: number): Promise<AccountRecord> {
  const { account, state } = record;
  const late = (at: number | null | undefined) => typeof at === "number" && at > now;
  if (!late(state.at) && !late(record.outcome?.at)) return record;
  // One of each is wanted, of what may be a year of polls.
  const last = { account, to: now + 1, limit: 1 };
  const [[outcome = null], [ok]] = await Promise.all([
    store.outcomes(last),
    store.outcomes({ ...last, kind: "ok" }),
  ]);
  const okAt = ok?.at ?? null;
  return { account, state: late(state.at) ? await stateAt(store, state, now) : state, outcome, okAt };
}

/** The state as it stood at `now`, without its sessions. */
export async function stateAt(store: Store, state: AccountState, now: number): Promise<AccountState> {
  const quotas: [string, QuotaState][] = [];
  for (const id of Object.keys(state.quotas)) {
    const key = quotaKey(state.account, id);
    const rebuilt = await quotaStateAt(store, state.account, key, now);
    if (rebuilt) quotas.push([id, rebuilt]);
  }
  const at = quotas.reduce<number | null>((last, [, quota]) => Math.max(last ?? 0, quota.at), null);
  return { account: state.account, at, plan: state.plan, quotas: Object.fromEntries(quotas) };
}

async function quotaStateAt(
  store: Store,
  account: AccountKey,
  quota: QuotaKey,
  now: number,
): Promise<QuotaState | null> {
  const about = await store.describe(quota);
  if (!about) return null;
  const [cycle] = await store.cycles({ quota, to: now + 1, limit: 1 });
  const began = cycle?.startedAt ?? 0;
  // The reading before the cycle shows the engine where it begins, and those before that how often was read.
  const before = await store.readings({ quota, to: began, limit: MAX_DISTANCES + 1, newestFirst: true });
  const own = await store.readings({ quota, from: began, to: now + 1 });
  let state = emptyState(account);
  for (const stored of [...before.toReversed(), ...own]) {
    const reading = readingOf(splitQuotaKey(quota).quota, about, stored);
    state = advance(state, { account, at: stored.at, readings: [reading] }).state;
  }
  return Object.values(state.quotas)[0] ?? null;
}

function readingOf(
  quota: string,
  about: Pick<Reading, "label" | "unit" | "window">,
  { used, limit, remaining, resetsAt }: StoredReading,
): Reading {
  return { quota, ...about, used, limit, remaining, resetsAt };
}

/** Buckets that start in `[from, to)`, without what was read after `now`. */
export async function seriesAt(
  store: Store,
  query: { readonly quota: QuotaKey; readonly from: number; readonly to: number; readonly step: Step },
  now: number,
): Promise<readonly Bucket[]> {
  const { quota, from, to, step } = query;
  const under = startOf(now, step);
  const whole = await store.series({ quota, from, to: Math.min(to, under), step });
  if (under < from || under >= to) return whole;
  const [open] = await store.series({ quota, from: under, to: under + step, step });
  if (!open) return whole;
  if (open.lastAt <= now) return [...whole, open];
  const cut = await cutBucket(store, quota, under, now, step);
  return cut ? [...whole, cut] : whole;
}

/** The bucket under way at `now`, from the raw readings; null where it holds none. */
export async function cutBucket(
  store: Store,
  quota: QuotaKey,
  start: number,
  now: number,
  step: Step,
): Promise<Bucket | null> {
  const about = await store.describe(quota);
  if (!about) return null;
  let cut: Bucket | null = null;
  for (const stored of await store.readings({ quota, from: start, to: now + 1 })) {
    const reading = readingOf(splitQuotaKey(quota).quota, about, stored);
    const one = bucketOf(reading, stored.at, stored, step);
    cut = cut ? merge(cut, one) : one;
  }
  return cut;
}

/** A cycle as it stood at `now`, when it had begun. */
export async function cycleAt(store: Store, cycle: Cycle, now: number): Promise<Cycle> {
  const { quota, startedAt, endedAt, lastAt } = cycle;
  if (lastAt <= now) return endedAt === null || endedAt <= now ? cycle : { ...cycle, ...STILL_OPEN };
  const readings = await store.readings({ quota, from: startedAt, to: now + 1 });
  const last = readings.at(-1);
  const used = readings.flatMap((reading) => reading.used ?? []);
  return {
    ...cycle,
    ...STILL_OPEN,
    resetsAt: last ? last.resetsAt : cycle.resetsAt,
    peak: used.length === 0 ? null : used.reduce((high, one) => Math.max(high, one)),
    consumed: readings.reduce((sum, one) => sum + one.consumed, 0),
    limit: last ? last.limit : cycle.limit,
    count: readings.length,
    lastAt: last?.at ?? startedAt,
  };
}

const STILL_OPEN = { endedAt: null, endedBy: [] } as const;

/** A session as it stood at `now`, not yet ended, when it had begun; null while nothing of it had been seen. */
export async function sessionAt(store: Store, session: Session, now: number): Promise<Session | null> {
  if (session.lastRiseAt <= now) return { ...session, endedAt: null };
  const quotas: SessionQuota[] = [];
  let count = 0;
  for (const strand of session.quotas) {
    const key = quotaKey(session.account, strand.quota);
    const readings = await store.readings({ quota: key, from: strand.startedAt + 1, to: now + 1 });
    const rises = readings.filter(({ consumed }) => consumed > 0);
    const last = rises.at(-1);
    if (!last) continue;
    count = Math.max(count, readings.filter(({ at }) => at >= rises[0]!.at && at <= last.at).length);
    quotas.push({
      ...strand,
      lastRiseAt: last.at,
      end: last.used,
      leftEnd: last.remaining,
      consumed: rises.reduce((sum, one) => sum + one.consumed, 0),
    });
  }
  if (quotas.length === 0) return null;
  const lastRiseAt = Math.max(...quotas.map((strand) => strand.lastRiseAt));
  return { ...session, endedAt: null, lastRiseAt, readings: count, quotas };
}

/** How long nobody may use an account before its session is over, by how often it was read up to `now`. */
export async function sessionIdleAt(
  store: Store,
  session: Session,
  now: number,
  idleMs: number,
): Promise<number> {
  const read = new Map<string, { readonly distances: readonly number[] }>();
  for (const { quota } of session.quotas) {
    const key = quotaKey(session.account, quota);
    const last = await store.readings({
      quota: key,
      to: now + 1,
      limit: MAX_DISTANCES + 1,
      newestFirst: true,
    });
    read.set(quota, { distances: distancesOf(last.map(({ at }) => at).reverse()) });
  }
  return sessionIdleMs(session, read, idleMs);
}
