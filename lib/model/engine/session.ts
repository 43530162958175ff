/**
 * Sessions: stretches of use of one account. One opens when any of its quotas rises,
 * which is when its ledger entry is above zero: a reset is no use, only what was used
 * after it is. It ends at its last rise once the idle time has passed without another. Where readings are
 * far apart the idle time is longer, by how often the quotas are read (`interval.ts`), and not by what is set.
 *
 * So the end of a session depends on readings alone. A program that was stopped, killed
 * or asleep makes no session longer: one that is stored as open ended at its last rise
 * as soon as `now` is far enough from it, and whoever shows it says so (`endedIfIdle`).
 */
import type { StateBefore } from "./pending_reset.ts";
import { GAP_INTERVALS, idleMsFor, intervalOf, type Rhythmic } from "./interval.ts";
import { convert } from "./mark.ts";
import type { AccountKey } from "../quota.ts";
import type { Rise, Session, SessionQuota, SessionState } from "./session_parts.ts";
import type { AccountState, Change, Rules } from "./state.ts";

export { type Rise, riseOf, type Session, type SessionQuota, type SessionState } from "./session_parts.ts";

/** Rises of a quota after `before` turned out to be false. */
export interface Undone {
  readonly quota: string;
  readonly before: StateBefore;
}

/** A quota whose unit is another one from a snapshot on. */
export interface Restated {
  readonly quota: string;
  /** How many of the new unit one of the old one is; null where that is not known. */
  readonly factor: number | null;
}

/** Sessions that can still be corrected; older ones stay as they are. */
const MAX_PAST = 16;
const NONE: SessionState = { last: null, idle: 0, past: [] };

/**
 * How long nobody may use an account before its session is over: the idle time, and longer where the quotas
 * that rose in it are read seldom.
 */
export function sessionIdleMs({ quotas }: Pick<Session, "quotas">, read: ReadBy, idleMs: number): number {
  return quotas.reduce(
    (longest, { quota }) => Math.max(longest, idleMsFor(idleMs, distancesIn(read, quota))),
    idleMs,
  );
}

/** How often each quota of an account is read. */
export type ReadBy = ReadonlyMap<string, Pick<Rhythmic, "distances">>;

function distancesIn(read: ReadBy, quota: string): readonly number[] {
  return read.get(quota)?.distances ?? [];
}

/** The session as it is at `now`: one that was idle for too long ended at its last rise. */
export function endedIfIdle(session: Session, now: number, idleMs: number): Session {
  if (session.endedAt !== null || now - session.lastRiseAt <= idleMs) return session;
  return { ...session, endedAt: session.lastRiseAt };
}

/** The same for a state, for when no snapshot comes: at start, at shutdown, in a listing. */
export function closeIfIdle(
  state: AccountState,
  now: number,
  rules: Pick<Rules, "idleMs">,
): { readonly state: AccountState; readonly changes: readonly Change[] } {
  const { sessions } = state;
  if (!sessions?.last) return { state, changes: [] };
  const read = new Map(Object.entries(state.quotas));
  const last = endedIfIdle(sessions.last, now, sessionIdleMs(sessions.last, read, rules.idleMs));
  if (last === sessions.last) return { state, changes: [] };
  return {
    state: { ...state, sessions: { ...sessions, last } },
    changes: [{ kind: "session", session: last }],
  };
}

export interface SessionInput {
  readonly account: AccountKey;
  /** Of the snapshot, epoch milliseconds. */
  readonly at: number;
  readonly undone: readonly Undone[];
  readonly rises: readonly Rise[];
  /** Amounts of two units are never added: what was used before is converted, or ends the session where it cannot be. */
  readonly restated?: readonly Restated[];
  /** Whether any quota is in doubt, or a reset of one is held, after the snapshot. */
  readonly doubtful: boolean;
  /** As known after the snapshot. */
  readonly read: ReadBy;
}

/** What a snapshot means for the sessions of its account. */
export function advanceSessions(
  before: SessionState | undefined,
  { account, at, undone, rises, restated = [], doubtful, read }: SessionInput,
  { idleMs }: Pick<Rules, "idleMs">,
): { readonly sessions: SessionState | undefined; readonly changes: readonly Change[] } {
  if (!before && rises.length === 0) return { sessions: undefined, changes: [] };
  let { last, idle, past } = before ?? NONE;
  const known = new Map((last ? [...past, last] : past).map((session) => [session.startedAt, session]));

  for (const { quota, before: standing } of undone) {
    const strip = (session: Session) => withoutRises(session, quota, standing);
    past = past.flatMap((session) => strip(session) ?? []);
    last = last && strip(last);
    if (last) continue;
    last = past.at(-1) ?? null;
    past = past.slice(0, -1);
  }

  for (const { quota, factor } of restated) {
    if (!last || last.endedAt !== null || !last.quotas.some((one) => one.quota === quota)) continue;
    if (factor !== null) {
      last = inOtherUnit(last, quota, factor);
      continue;
    }
    past = [...past, { ...last, endedAt: last.lastRiseAt }];
    last = null;
  }

  idle++;
  for (const rise of rises.toSorted((a, b) => a.at - b.at)) {
    const distances = distancesIn(read, rise.quota);
    const own = idleMsFor(idleMs, distances);
    if (last && rise.at < last.lastRiseAt) {
      // It is known only now that this was a rise.
      if (rise.at >= last.startedAt) last = joined(last, rise, 0, own);
      else past = withLateRise(past, account, rise, own);
      continue;
    }
    // A rise may be known only now of a reading that was the one before.
    const after = rise.at < at ? 1 : 0;
    if (last && continuesSession(last, rise, own, distances)) {
      last = joined(last, rise, idle - after, own);
    } else {
      if (last) past = [...past, { ...last, endedAt: last.lastRiseAt }];
      last = startSession(account, rise, own);
    }
    idle = after;
  }
  if (last) last = endedIfIdle(last, at, sessionIdleMs(last, read, idleMs));

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
 * Whether a rise belongs to a session: when nobody was idle for too long, or when nothing was read since the
 * last rise that could have shown somebody idle, and that is no gap.
 */
function continuesSession(
  { lastRiseAt }: Session,
  { at, from }: Rise,
  idleMs: number,
  distances: readonly number[],
): boolean {
  if (at - lastRiseAt <= idleMs) return true;
  return from <= lastRiseAt && at - lastRiseAt <= GAP_INTERVALS * (intervalOf(distances) ?? 0);
}

function startSession(account: AccountKey, rise: Rise, idleMs: number): Session {
  const strand = sessionQuotaFromRise(rise, Math.max(rise.from, rise.at - idleMs));
  return {
    account,
    startedAt: strand.startedAt,
    endedAt: null,
    lastRiseAt: rise.at,
    readings: 1,
    quotas: [strand],
  };
}

function joined(session: Session, rise: Rise, readings: number, idleMs: number): Session {
  const own = session.quotas.find(({ quota }) => quota === rise.quota);
  const strand: SessionQuota = own
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
    quotas: own ? session.quotas.map((quota) => quota === own ? strand : quota) : [...session.quotas, strand],
  };
}

/** Sessions that are over, with a rise of their time that became known later. */
function withLateRise(
  past: readonly Session[],
  account: AccountKey,
  rise: Rise,
  idleMs: number,
): readonly Session[] {
  const index = past.findLastIndex(({ startedAt }) => startedAt <= rise.at);
  const own = past[index];
  if (own && rise.at - own.lastRiseAt <= idleMs) {
    const session = joined(own, rise, 0, idleMs);
    return past.with(index, { ...session, endedAt: session.lastRiseAt });
  }
  const session = { ...startSession(account, rise, idleMs), endedAt: rise.at };
  return past.toSpliced(index + 1, 0, session);
}

/** The session with the amounts of one quota in another unit, of which `factor` make one of the old one. */
function inOtherUnit(session: Session, quota: string, factor: number): Session {
  const to = (amount: number | null) => amount === null ? null : convert(amount, factor);
  return {
    ...session,
    quotas: session.quotas.map((strand) =>
      strand.quota === quota
        ? {
          ...strand,
          start: to(strand.start),
          end: to(strand.end),
          leftStart: to(strand.leftStart),
          leftEnd: to(strand.leftEnd),
          consumed: convert(strand.consumed, factor),
        }
        : strand
    ),
  };
}

/** What a quota had contributed to the session before readings that were taken back; none is `[]`. */
function sessionQuotasBefore(
  now: SessionQuota,
  { at, strand, rises = [] }: StateBefore,
): readonly SessionQuota[] {
  const known = strand?.startedAt === now.startedAt ? strand : undefined;
  // Those before it are in an earlier session.
  const own = rises.filter((rise) => rise.at >= now.startedAt);
  const last = own.at(-1);
  // What begins with the reading before holds no rise up to it.
  if (!last || now.startedAt >= at) return known ? [known] : [];
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

/** The session without what a quota did after `before`; null when nothing of it is left. */
function withoutRises(session: Session, quota: string, before: StateBefore): Session | null {
  const own = session.quotas.find((one) => one.quota === quota);
  if (!own || own.lastRiseAt <= before.at) return session;
  const kept = sessionQuotasBefore(own, before);
  const quotas = session.quotas.flatMap((one) => one === own ? kept : [one]);
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
