/**
 * Sessions: periods of use of one account. One opens when any of its quotas rises, that is, when its ledger
 * entry is above zero: a reset is not use, only what was used after it is. It ends at its last rise once the
 * idle time has passed without another. When readings are far apart the idle time is longer, following the
 * polling interval (`interval.ts`) instead of the setting.
 *
 * So the end of a session depends only on readings. A program that was stopped, killed or asleep makes no
 * session longer: a session stored as open has ended at its last rise as soon as `now` is far enough from it,
 * and readers apply that with `endedIfIdle`.
 */
import type { StateBefore } from "./pending_reset.ts";
import { estimateInterval, GAP_INTERVALS, idleMsFor, type ReadingTimes } from "./interval.ts";
import { convert } from "./mark.ts";
import type { AccountKey } from "../quota.ts";
import type { Rise, Session, SessionQuota, SessionState } from "./session_parts.ts";
import type { AccountState, Change, Rules } from "./state.ts";

export { findRise, type Rise, type Session, type SessionQuota, type SessionState } from "./session_parts.ts";

/** Rises of a quota after `before` that proved to be false. */
export interface RevertedRises {
  readonly quota: string;
  readonly before: StateBefore;
}

/** A quota whose unit changes with this snapshot. */
export interface UnitChange {
  readonly quota: string;
  /** How many new units equal one old unit; null when unknown. */
  readonly factor: number | null;
}

/** Number of past sessions that can still be corrected; older ones are final. */
const MAX_PAST = 16;
const NONE: SessionState = { last: null, idle: 0, past: [] };

/**
 * Returns how long an account may be idle before its session ends: the idle time, or longer when the quotas
 * that rose in it are read rarely.
 */
export function sessionIdleMs(
  { quotas }: Pick<Session, "quotas">,
  read: QuotaReadingTimes,
  idleMs: number,
): number {
  return quotas.reduce(
    (longest, { quota }) => Math.max(longest, idleMsFor(idleMs, distancesIn(read, quota))),
    idleMs,
  );
}

/** The polling rhythm of each quota of an account. */
export type QuotaReadingTimes = ReadonlyMap<string, Pick<ReadingTimes, "distances">>;

function distancesIn(read: QuotaReadingTimes, quota: string): readonly number[] {
  return read.get(quota)?.distances ?? [];
}

/** Returns the session as of `now`: one that was idle for too long ended at its last rise. */
export function endIfIdle(session: Session, now: number, idleMs: number): Session {
  if (session.endedAt !== null || now - session.lastRiseAt <= idleMs) return session;
  return { ...session, endedAt: session.lastRiseAt };
}

/** Does the same for a state, for use without a snapshot: at start, at shutdown, in a listing. */
export function closeIfIdle(
  state: AccountState,
  now: number,
  rules: Pick<Rules, "idleMs">,
): { readonly state: AccountState; readonly changes: readonly Change[] } {
  const { sessions } = state;
  if (!sessions?.last) return { state, changes: [] };
  const read = new Map(Object.entries(state.quotas));
  const last = endIfIdle(sessions.last, now, sessionIdleMs(sessions.last, read, rules.idleMs));
  if (last === sessions.last) return { state, changes: [] };
  return {
    state: { ...state, sessions: { ...sessions, last } },
    changes: [{ kind: "session", session: last }],
  };
}

export interface SessionInput {
  readonly account: AccountKey;
  /** Time of the snapshot, epoch milliseconds. */
  readonly at: number;
  readonly undone: readonly RevertedRises[];
  readonly rises: readonly Rise[];
  /** Amounts in two units are never added: earlier use is converted, or the session ends when it cannot be. */
  readonly restated?: readonly UnitChange[];
  /** True when any quota has provisional readings or a pending reset after the snapshot. */
  readonly doubtful: boolean;
  /** As known after the snapshot. */
  readonly read: QuotaReadingTimes;
}

/** Computes what a snapshot means for its account's sessions. */
export function advanceSessions(
  before: SessionState | undefined,
  { account, at, undone, rises, restated = [], doubtful, read }: SessionInput,
  { idleMs }: Pick<Rules, "idleMs">,
): { readonly sessions: SessionState | undefined; readonly changes: readonly Change[] } {
  if (!before && rises.length === 0) return { sessions: undefined, changes: [] };
  let { last, idle, past } = before ?? NONE;
  const known = new Map((last ? [...past, last] : past).map((session) => [session.startedAt, session]));

  for (const { quota, before: stateBefore } of undone) {
    const strip = (session: Session) => withoutRises(session, quota, stateBefore);
    past = past.flatMap((session) => strip(session) ?? []);
    last = last && strip(last);
    if (last) continue;
    last = past.at(-1) ?? null;
    past = past.slice(0, -1);
  }

  for (const { quota, factor } of restated) {
    if (!last || last.endedAt !== null || !last.quotas.some((one) => one.quota === quota)) continue;
    if (factor !== null) {
      last = convertQuota(last, quota, factor);
      continue;
    }
    past = [...past, { ...last, endedAt: last.lastRiseAt }];
    last = null;
  }

  idle++;
  for (const rise of rises.toSorted((a, b) => a.at - b.at)) {
    const distances = distancesIn(read, rise.quota);
    const own = idleMsFor(idleMs, distances);
    if (last && rise.at <= last.lastRiseAt) {
      // Only now known to be a rise.
      if (rise.at >= last.startedAt) last = addRise(last, rise, 0, own);
      else past = withLateRise(past, account, rise, own);
      continue;
    }
    // A rise that becomes known now may belong to the previous reading.
    const after = rise.at < at ? 1 : 0;
    if (last && isInSession(last, rise, own, distances)) {
      last = addRise(last, rise, idle - after, own);
    } else {
      if (last) past = [...past, { ...last, endedAt: last.lastRiseAt }];
      last = startSession(account, rise, own);
    }
    idle = after;
  }
  if (last) last = endIfIdle(last, at, sessionIdleMs(last, read, idleMs));

  const now = new Map((last ? [...past, last] : past).map((session) => [session.startedAt, session]));
  const changes: Change[] = [];
  for (const startedAt of known.keys()) {
    if (!now.has(startedAt)) changes.push({ kind: "void-session", startedAt });
  }
  for (const [startedAt, session] of now) {
    if (known.get(startedAt) !== session) changes.push({ kind: "session", session });
  }
  return { sessions: { last, idle, past: doubtful ? past.slice(-MAX_PAST) : [] }, changes };
}

/**
 * Reports whether a rise belongs to a session: when the account was not idle for too long, or when no reading
 * since the last rise could have shown idleness, and the pause is not a gap.
 */
function isInSession(
  { lastRiseAt }: Session,
  { at, from }: Rise,
  idleMs: number,
  distances: readonly number[],
): boolean {
  if (at - lastRiseAt <= idleMs) return true;
  return from <= lastRiseAt && at - lastRiseAt <= GAP_INTERVALS * (estimateInterval(distances) ?? NaN);
}

function startSession(account: AccountKey, rise: Rise, idleMs: number): Session {
  const sessionQuota = sessionQuotaFromRise(rise, Math.max(rise.from, rise.at - idleMs));
  return {
    account,
    startedAt: sessionQuota.startedAt,
    endedAt: null,
    lastRiseAt: rise.at,
    readings: 1,
    quotas: [sessionQuota],
  };
}

function addRise(session: Session, rise: Rise, readings: number, idleMs: number): Session {
  const own = session.quotas.find(({ quota }) => quota === rise.quota);
  const sessionQuota: SessionQuota = own
    ? {
      ...own,
      ...rise.at >= own.lastRiseAt && { lastRiseAt: rise.at, end: rise.end, leftEnd: rise.leftEnd },
      consumed: own.consumed + rise.consumed,
    }
    : sessionQuotaFromRise(rise, Math.max(rise.from, rise.at - idleMs, session.startedAt));
  return {
    ...session,
    endedAt: null,
    lastRiseAt: Math.max(session.lastRiseAt, rise.at),
    readings: session.readings + readings,
    quotas: own
      ? session.quotas.map((quota) => quota === own ? sessionQuota : quota)
      : [...session.quotas, sessionQuota],
  };
}

/** Returns the past sessions with a rise from their time that became known later. */
function withLateRise(
  past: readonly Session[],
  account: AccountKey,
  rise: Rise,
  idleMs: number,
): readonly Session[] {
  const index = past.findLastIndex(({ startedAt }) => startedAt <= rise.at);
  const own = past[index];
  if (own && rise.at - own.lastRiseAt <= idleMs) {
    const session = addRise(own, rise, 0, idleMs);
    return past.with(index, { ...session, endedAt: session.lastRiseAt });
  }
  const session = { ...startSession(account, rise, idleMs), endedAt: rise.at };
  return past.toSpliced(index + 1, 0, session);
}

/** Converts one quota's amounts in a session to another unit: `factor` new units equal one old unit. */
function convertQuota(session: Session, quota: string, factor: number): Session {
  const to = (amount: number | null) => amount === null ? null : convert(amount, factor);
  return {
    ...session,
    quotas: session.quotas.map((sessionQuota) =>
      sessionQuota.quota === quota
        ? {
          ...sessionQuota,
          start: to(sessionQuota.start),
          end: to(sessionQuota.end),
          leftStart: to(sessionQuota.leftStart),
          leftEnd: to(sessionQuota.leftEnd),
          consumed: convert(sessionQuota.consumed, factor),
        }
        : sessionQuota
    ),
  };
}

/**
 * Returns a quota's contributions to the session before
 * readings that were reverted; `[]` when there are none.
 */
function sessionQuotasBefore(
  now: SessionQuota,
  { strand: sessionQuota, rises = [] }: StateBefore,
): readonly SessionQuota[] {
  const known = sessionQuota?.startedAt === now.startedAt ? sessionQuota : undefined;
  // Earlier rises belong to an earlier session, which also contains one up to the reading that begins this one.
  const own = rises.filter((rise) => rise.at > now.startedAt);
  const last = own.at(-1);
  if (!last) return known ? [known] : [];
  const consumed = own.reduce((sum, rise) => sum + rise.consumed, known?.consumed ?? 0);
  const { end, leftEnd } = last;
  return [{ ...known ?? now, lastRiseAt: last.at, end, leftEnd, consumed }];
}

function sessionQuotaFromRise(
  { quota, at, start, end, leftStart, leftEnd, consumed }: Rise,
  startedAt: number,
) {
  return { quota, startedAt, lastRiseAt: at, start, end, leftStart, leftEnd, consumed };
}

/** Returns the session without a quota's rises after `before`; null when nothing of it remains. */
function withoutRises(session: Session, quota: string, before: StateBefore): Session | null {
  const own = session.quotas.find((one) => one.quota === quota);
  if (!own || own.lastRiseAt <= before.at) return session;
  const reverted = sessionQuotasBefore(own, before);
  const quotas = session.quotas.flatMap((one) => one === own ? reverted : [one]);
  if (quotas.length === 0) return null;
  const lastRiseAt = Math.max(...quotas.map((one) => one.lastRiseAt));
  return {
    ...session,
    startedAt: Math.min(...quotas.map((one) => one.startedAt)),
    endedAt: session.endedAt === null ? null : lastRiseAt,
    lastRiseAt,
    quotas,
  };
}
