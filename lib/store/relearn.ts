/**
 * Learns the polling intervals that older databases did not store: once, during migration, from the readings,
 * or from the poll outcomes when readings have expired.
 *
 * Sessions of rarely polled accounts had been split into pieces as long as the idle time; this rebuilds them
 * as far back as there are readings. It spells out table names, as every migration does.
 */
import { DEFAULT_RULES } from "../model/engine/advance.ts";
import { addDistance, MAX_DISTANCES, measureDistances } from "../model/engine/interval.ts";
import type { Reading } from "../model/quota.ts";
import {
  advanceSessions,
  findRise,
  type Rise,
  type Session,
  type SessionState,
} from "../model/engine/session.ts";
import type { AccountState, QuotaState } from "../model/engine/state.ts";
import type { Connection } from "./connection.ts";
import { decode, encode } from "./rows.ts";

/** Fewer readings are too few to learn from. */
const MIN_READINGS = 5;
/**
 * An hour of use with fewer readings was polled too rarely for the
 * idle time, which is shorter than one and a half intervals.
 */
const MIN_HOUR_READINGS = 9;
/** Rebuilds sessions only when more than this share of the hours of use was polled that rarely. */
const SELDOM_SHARE = 0.1;

const ACCOUNTS = "SELECT id, key, state FROM accounts WHERE state IS NOT NULL";
const QUOTAS = "SELECT id, name FROM quotas WHERE account_id = :id";
const LAST_READ = "SELECT at FROM readings WHERE quota_id = :id ORDER BY at DESC LIMIT :limit";
const LAST_OK = `SELECT at FROM outcomes WHERE account_id = :id AND kind = 'ok' AND at <= :to
  ORDER BY at DESC LIMIT :limit`;
const HOURS =
  `SELECT count(*) AS hours, coalesce(sum(readings < ${MIN_HOUR_READINGS}), 0) AS seldom FROM hours
  WHERE quota_id IN (SELECT id FROM quotas WHERE account_id = :id) AND consumed > 0`;
/** A dropped quota keeps only its newest reading, which says nothing about how far readings go back. */
const SINCE = `SELECT min(first) AS since FROM (SELECT min(at) AS first, count(*) AS n FROM readings
  WHERE quota_id IN (SELECT id FROM quotas WHERE account_id = :id) GROUP BY quota_id) WHERE n > 1`;
const READINGS = `SELECT at, quota_id, used, quota_limit, remaining, consumed, is_reset FROM readings
  WHERE quota_id IN (SELECT id FROM quotas WHERE account_id = :id) AND at >= :since ORDER BY at, quota_id`;
const BEFORE = `SELECT max(last_rise_at) AS at FROM sessions WHERE account_id = :id AND started_at < :since`;
const TORN = "SELECT 1 FROM sessions WHERE account_id = :id AND started_at >= :since LIMIT 1";
const REMOVE = "DELETE FROM sessions WHERE account_id = :id AND started_at >= :since";
const PUT =
  `INSERT OR REPLACE INTO sessions (account_id, started_at, ended_at, last_rise_at, readings, quotas)
  VALUES (?, ?, ?, ?, ?, ?)`;

export function relearnIntervals(db: Connection): void {
  for (const { id, key, state } of db.statement(ACCOUNTS).all()) {
    const known = decodeState(state as string);
    if (known) relearn(db, id as number, key as AccountState["account"], known);
  }
}

/** Ignores an unreadable state; other checks report it. */
function decodeState(text: string): AccountState | null {
  try {
    const state = decode<AccountState>(text, "state");
    return typeof state?.quotas === "object" && state.quotas !== null ? state : null;
  } catch {
    return null;
  }
}

function relearn(db: Connection, id: number, account: AccountState["account"], state: AccountState): void {
  const names = new Map(
    db.statement(QUOTAS).all({ id }).map((row) => [row.id as number, row.name as string]),
  );
  const quotas = new Map(Object.entries(state.quotas));
  for (const [quotaId, name] of names) {
    const quota = quotas.get(name);
    if (quota) quotas.set(name, { ...quota, distances: learnIntervals(db, id, quotaId, quota) });
  }
  const learntState: AccountState = { ...state, quotas: Object.fromEntries(quotas) };
  const sessions = wasReadSeldom(db, id)
    ? rebuildSessions(db, { id, account, names, state: learntState })
    : undefined;
  const text = encode({ ...learntState, ...sessions && { sessions } }, "state");
  db.statement("UPDATE accounts SET state = :text WHERE id = :id").run({ id, text });
}

function learnIntervals(db: Connection, id: number, quotaId: number, { at }: QuotaState): readonly number[] {
  const limit = MAX_DISTANCES + 1;
  const toInstants = (rows: readonly Record<string, unknown>[]) =>
    rows.map((row) => row.at as number).reverse();
  const read = toInstants(db.statement(LAST_READ).all({ id: quotaId, limit }));
  if (read.length >= MIN_READINGS) return measureDistances(read);
  const polled = toInstants(db.statement(LAST_OK).all({ id, to: at, limit }));
  return measureDistances(polled.length > read.length ? polled : read);
}

function wasReadSeldom(db: Connection, id: number): boolean {
  const { hours, seldom } = db.statement(HOURS).get({ id }) ?? {};
  return Number(seldom) > SELDOM_SHARE * Number(hours);
}

interface SessionRebuild {
  readonly id: number;
  readonly account: AccountState["account"];
  readonly names: ReadonlyMap<number, string>;
  readonly state: AccountState;
}

/** Rebuilds the sessions from the readings; those that began before the oldest reading stay. */
function rebuildSessions(
  db: Connection,
  { id, account, names, state }: SessionRebuild,
): SessionState | undefined {
  const since = db.statement(SINCE).get({ id })?.since;
  if (typeof since !== "number" || !db.statement(TORN).get({ id, since })) return undefined;
  const doubtful = Object.values(state.quotas).some(({ doubt }) => doubt !== undefined);
  const read = new Map<
    string,
    { readonly at: number; readonly reading: Reading; distances: readonly number[] }
  >();
  const made = new Map<number, Session>();
  let sessions: SessionState | undefined;
  let rises: Rise[] = [];
  let instant: number | null = null;

  function close() {
    if (instant === null) return;
    const step = advanceSessions(
      sessions,
      { account, at: instant, rises, undone: [], doubtful, read },
      DEFAULT_RULES,
    );
    sessions = step.sessions;
    rises = [];
    for (const change of step.changes) {
      if (change.kind === "session") made.set(change.session.startedAt, change.session);
      if (change.kind === "void-session") made.delete(change.startedAt);
    }
  }

  for (const tuple of db.eachTuple(READINGS, { id, since })) {
    const [at, quotaId, used, limit, remaining, consumed, isReset] = tuple as (number | null)[];
    const quota = names.get(quotaId!);
    const known = quota === undefined ? undefined : state.quotas[quota];
    if (quota === undefined || !known) continue;
    if (at !== instant) close();
    instant = at!;
    const reading: Reading = { ...known.reading, used: used!, limit: limit!, remaining: remaining! };
    const before = read.get(quota);
    const distances = before ? addDistance(before.distances, at! - before.at) : [];
    read.set(quota, { at: at!, reading, distances });
    const entry = { consumed: consumed!, reset: isReset === 1 };
    const rise = before && findRise(before, { reading, at: at! }, entry);
    if (rise) rises.push(rise);
  }
  close();

  const kept = db.statement(BEFORE).get({ id, since })?.at;
  const from = typeof kept === "number" ? kept : since;
  db.statement(REMOVE).run({ id, since });
  for (const session of made.values()) {
    if (session.lastRiseAt <= from) continue;
    const { endedAt, lastRiseAt, readings, quotas } = session;
    const startedAt = Math.max(from, session.startedAt);
    db.statement(PUT).run(id, startedAt, endedAt, lastRiseAt, readings, encode(quotas, "quotas"));
  }
  return sessions;
}
