/**
 * Computes an account's state at an earlier instant, to replace the current one: data dated by a clock that was
 * ahead would otherwise keep every later reading out until that time.
 *
 * Stored history stays unchanged, so that sums still match: only what was in progress at that instant is
 * recomputed, from the readings up to it.
 */
import { type AsOfStore, cutBucket, cycleAt, sessionAt, stateAt } from "../read/as_of.ts";
import { type Bucket, bucketStart, STEPS } from "../model/engine/bucket.ts";
import type { Cycle } from "../model/engine/cycle.ts";
import { type QuotaKey, quotaKey } from "../model/quota.ts";
import type { Session, SessionState } from "../model/engine/session.ts";
import type { AccountState, QuotaState } from "../model/engine/state.ts";
import type { PastRow, Rewind, Store } from "../store/store.ts";

/** The part of a store used to read and rewind. */
export type RewindingStore = Past & Pick<Store, "rewind">;

type Past = AsOfStore & Pick<Store, "series" | "sessions">;

const OPEN = { endedAt: null, endedBy: [] } as const;

/** @param base the stored state, later than `to` */
export async function rewindTo(store: Past, base: AccountState, to: number): Promise<Omit<Rewind, "now">> {
  const { account } = base;
  const then = await stateAt(store, base, to);
  const rows: PastRow[] = [];
  const quotas: [string, QuotaState][] = [];
  for (const id of Object.keys(base.quotas)) {
    const quota = quotaKey(account, id);
    for (const bucket of await bucketsAt(store, quota, to)) rows.push({ kind: "bucket", quota, bucket });
    const known = then.quotas[id];
    if (!known) continue;
    const cycle = await openCycleAt(store, quota, to) ?? known.cycle;
    rows.push({ kind: "cycle", cycle });
    // The removed data had settled what was pending then: the next reading is judged by itself.
    const { held: _, doubt: __, ...certain } = known;
    quotas.push([id, { ...certain, cycle, open: await bucketsAt(store, quota, known.at) }]);
  }
  const session = await sessionUnderWay(store, account, to);
  if (session) rows.push({ kind: "session", session });
  const { wholeAt, sessions: later, facts } = base;
  const state: AccountState = {
    ...then,
    ...wholeAt !== undefined && wholeAt <= to ? { wholeAt } : {},
    ...facts && { facts },
    ...session && { sessions: await readSessions(store, later, session, to) },
    quotas: Object.fromEntries(quotas),
  };
  return { account, base, to, state, rows };
}

/** Returns the buckets in progress at `to`, without later readings. */
async function bucketsAt(store: Past, quota: QuotaKey, to: number): Promise<readonly Bucket[]> {
  const buckets: Bucket[] = [];
  for (const step of STEPS) {
    const start = bucketStart(to, step);
    const [stored] = await store.series({ quota, from: start, to: start + step, step });
    if (!stored) continue;
    const cut = stored.lastAt <= to ? stored : await cutBucket(store as Store, quota, start, to, step);
    if (cut) buckets.push(cut);
  }
  return buckets;
}

/** Returns the last cycle with a reading by then, reopened. */
async function openCycleAt(store: Past, quota: QuotaKey, to: number): Promise<Cycle | null> {
  for (const stored of await store.cycles({ quota, to: to + 1, limit: 2 })) {
    const cut = await cycleAt(store as Store, stored, to);
    if (cut.count > 0) return { ...cut, ...OPEN };
  }
  return null;
}

async function sessionUnderWay(
  store: Past,
  account: AccountState["account"],
  to: number,
): Promise<Session | null> {
  // One that begins at this instant has its first rise later.
  for (const stored of await store.sessions({ account, to, limit: 2 })) {
    // Open again: what ended it may have been removed, and the next reading ends it if it was idle for long.
    const cut = await sessionAt(store as Store, stored, to);
    if (cut) return cut;
  }
  return null;
}

async function readSessions(
  store: Past,
  later: SessionState | undefined,
  last: Session,
  to: number,
): Promise<SessionState> {
  const [sessionQuota] = last.quotas;
  const since = sessionQuota === undefined ? [] : await store.readings({
    quota: quotaKey(last.account, sessionQuota.quota),
    from: last.lastRiseAt + 1,
    to: to + 1,
  });
  return { ...later, last, idle: since.length, past: [] };
}
