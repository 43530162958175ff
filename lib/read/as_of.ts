/**
 * Rebuilds the state as of an instant: readings from after it do not count. Replays the readings since the
 * cycle began through the engine, and leaves later readings out of buckets, so that the figures are those
 * every surface would have shown then.
 */
import {
  type AccountState,
  advance,
  DEFAULT_RULES,
  emptyState,
  type QuotaState,
} from "../model/engine/advance.ts";
import { type Bucket, bucketStart, createBucket, merge, type Step } from "../model/engine/bucket.ts";
import type { Cycle } from "../model/engine/cycle.ts";
import { type QuotaKey, quotaKey, type Reading, splitQuotaKey, type Unit } from "../model/quota.ts";
import { MAX_DISTANCES, measureDistances } from "../model/engine/interval.ts";
import { convert, isOtherCurrency, unitFactor } from "../model/engine/mark.ts";
import { type Terms, termsCursor, type TermsOfReading } from "../model/engine/terms.ts";
import { type Session, sessionIdleMs, type SessionQuota } from "../model/engine/session.ts";
import type { AccountRecord, Store, StoredReading } from "../store/store.ts";

/** Returns the record of an account as it was at `now`. */
export async function recordAt(store: Store, record: AccountRecord, now: number): Promise<AccountRecord> {
  const { account, state } = record;
  const isLater = (at: number | null | undefined) => typeof at === "number" && at > now;
  if (!isLater(state.at) && !isLater(record.outcome?.at)) return record;
  // Only one of each is needed, out of up to a year of polls.
  const last = { account, to: now + 1, limit: 1 };
  const [[outcome = null], [ok]] = await Promise.all([
    store.outcomes(last),
    store.outcomes({ ...last, kind: "ok" }),
  ]);
  const okAt = ok?.at ?? null;
  return { account, state: isLater(state.at) ? await stateAt(store, state, now) : state, outcome, okAt };
}

/** Returns the state as it was at `now`, without its sessions and without what a response contained besides quotas. */
export async function stateAt(store: AsOfStore, state: AccountState, now: number): Promise<AccountState> {
  const { account } = state;
  const all: Rebuilt[] = [];
  for (const id of Object.keys(state.quotas)) {
    const rebuilt = await quotaStateAt(store, state, quotaKey(account, id), now);
    if (rebuilt) all.push(rebuilt);
  }
  const at = all.length === 0 ? null : Math.max(...all.map(({ state }) => state.at));
  return {
    account,
    at,
    ...findWholeAt(all, at),
    plan: all.find(({ state }) => state.at === at)?.plan ?? state.plan,
    quotas: Object.fromEntries(all.map(({ state }) => [state.reading.quota, state])),
  };
}

/** The part of a store that rebuilding a state needs. */
export type AsOfStore = Pick<Store, "describe" | "terms" | "cycles" | "readings">;

/**
 * Returns when the last full snapshot was read: one with at least one polled reading. Absent when that is
 * also the latest of all, `at`. Local readings say nothing about the other quotas, so without a poll none of
 * them counts as gone.
 */
function findWholeAt(rebuilt: readonly Rebuilt[], at: number | null): Pick<AccountState, "wholeAt"> {
  if (at === null) return {};
  const polled = rebuilt.flatMap(({ polledAt }) => polledAt ?? []);
  const wholeAt = polled.length > 0 ? Math.max(...polled) : Math.min(...rebuilt.map(({ state }) => state.at));
  return wholeAt === at ? {} : { wholeAt };
}

interface Rebuilt {
  readonly state: QuotaState;
  readonly plan: string | null;
  /** Its last polled, not local, reading; null when there is none. */
  readonly polledAt: number | null;
}

async function quotaStateAt(
  store: AsOfStore,
  { account, plan }: AccountState,
  quota: QuotaKey,
  now: number,
): Promise<Rebuilt | null> {
  const about = await store.describe(quota);
  if (!about) return null;
  const began = await readOpenedAt(store, quota, now);
  const before = await readBefore(store, quota, began, now);
  const own = await store.readings({ quota, from: began, to: now + 1 });
  const termsAt = termsCursor(await store.terms(quota), { unit: about.unit, plan });
  let state = emptyState(account);
  for (const stored of [...before.toReversed(), ...own]) {
    const { unit, plan } = termsAt(stored.at);
    const reading = rebuildReading(splitQuotaKey(quota).quota, { ...about, unit }, stored);
    const terms = plan === null ? {} : { plan };
    state = advance(state, { account, at: stored.at, readings: [reading], ...terms }).state;
  }
  const [rebuilt] = Object.values(state.quotas);
  if (!rebuilt) return null;
  const polled = own.findLast(({ source }) => source === undefined) ??
    before.find(({ source }) => source === undefined);
  return { state: rebuilt, plan: state.plan, polledAt: polled?.at ?? null };
}

/**
 * Returns the readings before a cycle that still matter, newest first: the engine needs the last one to see
 * where the cycle begins, the ones before that to know the polling interval, and all of the recent period for
 * the rate.
 */
async function readBefore(
  store: AsOfStore,
  quota: QuotaKey,
  began: number,
  now: number,
): Promise<readonly StoredReading[]> {
  const last = await store.readings({ quota, to: began, limit: MAX_DISTANCES + 1, newestFirst: true });
  const { recentMs } = DEFAULT_RULES;
  const oldest = last.at(-1);
  if (!oldest || oldest.at <= now - recentMs) return last;
  // From earlier than the recent period, because the first reading is only a baseline.
  return await store.readings({ quota, from: now - 2 * recentMs, to: began, newestFirst: true });
}

/**
 * Returns when the cycle known to be open at `now` began. Only the first reading after a reset shows that a
 * new cycle began at that reset.
 */
async function readOpenedAt(store: AsOfStore, quota: QuotaKey, now: number): Promise<number> {
  const [last, before] = await store.cycles({ quota, to: now + 1, limit: 2 });
  if (!last) return 0;
  const [first] = await store.readings({ quota, from: last.startedAt, to: now + 1, limit: 1 });
  return (first ? last : before ?? last).startedAt;
}

/** Restores a reading from its stored fields. Its parts are not stored. */
export function rebuildReading(
  quota: string,
  about: Pick<Reading, "label" | "unit" | "window">,
  stored: StoredReading,
): Reading {
  const { used, limit, remaining, resetsAt, source, startedAt, refillPerHour, allowed, currency } = stored;
  return {
    quota,
    ...about,
    used,
    limit,
    remaining,
    resetsAt,
    ...source !== undefined && { source },
    ...startedAt !== undefined && { startedAt },
    ...refillPerHour !== undefined && { refillPerHour },
    ...allowed !== undefined && { allowed },
    ...currency !== undefined && { currency },
  };
}

/**
 * Returns the readings of `[from, now]` in the unit of the last one: amounts in two units are never added.
 * Leaves out those before a change of unit that no limit can convert.
 */
async function readingsInOneUnit(
  store: Store,
  quota: QuotaKey,
  from: number,
  now: number,
): Promise<readonly StoredReading[]> {
  const readings = await store.readings({ quota, from, to: now + 1 });
  const terms = await store.terms(quota);
  if (terms.length === 0) return readings;
  const about = await store.describe(quota);
  return about ? inLastUnit(readings, terms, { unit: about.unit, plan: null }) : readings;
}

function inLastUnit(
  readings: readonly StoredReading[],
  terms: readonly Terms[],
  last: TermsOfReading,
): readonly StoredReading[] {
  const termsAt = termsCursor(terms, last);
  const stated: { readonly unit: Unit; readonly currency: string | null; readonly limit: number | null }[] =
    [];
  for (const { at, limit, currency = null } of readings) {
    const { unit } = termsAt(at);
    const before = stated.at(-1);
    stated.push({ unit, currency, limit: limit ?? (before?.unit === unit ? before.limit : null) });
  }
  const converted: StoredReading[] = [];
  let factor = 1;
  for (let place = readings.length - 1; place >= 0; place--) {
    converted.push(inOtherUnit(readings[place]!, factor));
    const [before, own] = [stated[place - 1], stated[place]!];
    if (before && isOtherCurrency(before, own)) break;
    if (!before || before.unit === own.unit) continue;
    const step = unitFactor(before.limit, own.limit);
    if (step === null) break;
    factor *= step;
  }
  return converted.reverse();
}

function inOtherUnit(stored: StoredReading, factor: number): StoredReading {
  if (factor === 1) return stored;
  const to = (amount: number | null) => amount === null ? null : convert(amount, factor);
  const { used, limit, remaining, consumed } = stored;
  return {
    ...stored,
    used: to(used),
    limit: to(limit),
    remaining: to(remaining),
    consumed: convert(consumed, factor),
  };
}

/** Returns the buckets that start in `[from, to)`, without readings after `now`. */
export async function seriesAt(
  store: Store,
  query: { readonly quota: QuotaKey; readonly from: number; readonly to: number; readonly step: Step },
  now: number,
): Promise<readonly Bucket[]> {
  const { quota, from, to, step } = query;
  const under = bucketStart(now, step);
  const whole = await store.series({ quota, from, to: Math.min(to, under), step });
  if (under < from || under >= to) return whole;
  const [open] = await store.series({ quota, from: under, to: under + step, step });
  if (!open) return whole;
  if (open.lastAt <= now) return [...whole, open];
  const cut = await cutBucket(store, quota, under, now, step);
  return cut ? [...whole, cut] : whole;
}

/** Computes the bucket in progress at `now` from raw readings; null when it has none. */
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
  for (const stored of await readingsInOneUnit(store, quota, start, now)) {
    const reading = rebuildReading(splitQuotaKey(quota).quota, about, stored);
    const one = createBucket(reading, stored.at, stored, step);
    cut = cut ? merge(cut, one) : one;
  }
  return cut;
}

/** Returns a cycle as it was at `now`; it must have begun by then. */
export async function cycleAt(store: Store, cycle: Cycle, now: number): Promise<Cycle> {
  const { quota, startedAt, endedAt, lastAt } = cycle;
  if (lastAt <= now) return endedAt === null || endedAt <= now ? cycle : { ...cycle, ...STILL_OPEN };
  const readings = await readingsInOneUnit(store, quota, startedAt, now);
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

/** Returns a session as it was at `now`, still open if it had begun; null before its first reading. */
export async function sessionAt(store: Store, session: Session, now: number): Promise<Session | null> {
  if (session.lastRiseAt <= now && !await hasLaterUnit(store, session, now)) {
    return { ...session, endedAt: null };
  }
  const risen: { readonly quota: SessionQuota; readonly count: number }[] = [];
  for (const sessionQuota of session.quotas) {
    const key = quotaKey(session.account, sessionQuota.quota);
    const readings = await readingsInOneUnit(
      store,
      key,
      sessionQuota.startedAt + 1,
      Math.min(now, session.lastRiseAt),
    );
    const rises = readings.filter(({ consumed }) => consumed > 0);
    const last = rises.at(-1);
    if (!last) continue;
    const quota = {
      ...sessionQuota,
      lastRiseAt: last.at,
      end: last.used,
      leftEnd: last.remaining,
      consumed: rises.reduce((sum, one) => sum + one.consumed, 0),
    };
    risen.push({
      quota,
      count: readings.filter(({ at }) => at >= rises[0]!.at && at <= last.at).length,
    });
  }
  // Old readings may have been deleted.
  if (risen.length === 0) return session.lastRiseAt <= now ? { ...session, endedAt: null } : null;
  return {
    ...session,
    endedAt: null,
    lastRiseAt: Math.max(...risen.map(({ quota }) => quota.lastRiseAt)),
    readings: Math.max(...risen.map(({ count }) => count)),
    quotas: risen.map(({ quota }) => quota),
  };
}

/**
 * Reports whether the unit of a session's quota changed after `now`: then the session may be stored in a
 * unit unknown at that time.
 */
async function hasLaterUnit(store: Store, { account, quotas }: Session, now: number): Promise<boolean> {
  for (const { quota } of quotas) {
    const terms = await store.terms(quotaKey(account, quota));
    if (terms.some(({ until, unit }) => unit !== null && until > now)) return true;
  }
  return false;
}

/**
 * Computes how long an account may be idle before its session ends, from the polling interval up to `now`.
 */
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
    read.set(quota, { distances: measureDistances(last.map(({ at }) => at).reverse()) });
  }
  return sessionIdleMs(session, read, idleMs);
}
