/**
 * Every statement of the SQLite store, in one place, so that a test can check the plan of each. Short reads
 * name their columns like the model's fields; long ones are read by position. Values are always bound.
 */
import { type Step, STEPS } from "../model/engine/bucket.ts";
import type { DocKind } from "./store.ts";
import { BUCKET_TABLES, DOC_TABLES } from "./tables.ts";

const QUOTA_ID = `(
  SELECT q.id FROM quotas q JOIN accounts a ON a.id = q.account_id WHERE a.key = :account AND q.name = :quota
)`;

/**
 * Most readings have none of these, and passing a column costs more than reading it: in one column, a month is read in
 * two thirds of the time. A REAL would lose digits in it.
 */
const MORE = `CASE WHEN coalesce(source, baseline, started_at, currency) IS NULL THEN NULL
  ELSE json_array(source, baseline, started_at, currency) END`;

/** `>= ''` matches every text and makes the planner walk the index instead of scanning and sorting. */
const ALL_BY_KEY = "key >= '' ORDER BY key";

const OUTCOME = `at, duration_ms AS durationMs, kind, reason, hint, retry_at AS retryAt, failures,
  next_at AS nextAt, next_reason AS nextReason, credential, answer, settings`;

export const SQL = {
  begin: "BEGIN IMMEDIATE",
  commit: "COMMIT",

  account: "SELECT id, state_at AS stateAt FROM accounts WHERE key = :account",
  accountWithState: "SELECT id, state_at AS stateAt, state FROM accounts WHERE key = :account",
  addAccount: "INSERT INTO accounts (key, provider, name) VALUES (:account, :provider, :name)",
  setState: "UPDATE accounts SET state_at = :at, state = :state WHERE id = :id",
  setOkAt: "UPDATE accounts SET ok_at = :at WHERE id = :id AND (ok_at IS NULL OR ok_at < :at)",
  state: "SELECT state FROM accounts WHERE key = :account",

  putQuota: `INSERT INTO quotas (account_id, name, label, unit, window_kind, window_seconds)
    VALUES (:account, :quota, :label, :unit, :kind, :seconds)
    ON CONFLICT (account_id, name) DO UPDATE SET label = excluded.label, unit = excluded.unit,
      window_kind = excluded.window_kind, window_seconds = excluded.window_seconds
    RETURNING id`,
  quota:
    `SELECT label, unit, window_kind AS kind, window_seconds AS seconds FROM quotas WHERE id = ${QUOTA_ID}`,

  putReading: `INSERT OR REPLACE INTO readings
    (quota_id, at, used, quota_limit, remaining, resets_at, consumed, is_reset, source, baseline, unit_before,
      plan_before, started_at, refill_per_hour, allowed, currency)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  // Without the hint SQLite scans all readings of the quota, whose key has the same order.
  terms: `SELECT at AS until, unit_before AS unit, plan_before AS plan FROM readings INDEXED BY readings_terms
    WHERE quota_id = ${QUOTA_ID} AND (unit_before IS NOT NULL OR plan_before IS NOT NULL) ORDER BY at`,
  readings: selectReadings("ASC"),
  readingsNewestFirst: selectReadings("DESC"),
  levels: `SELECT at, used, quota_limit, remaining, resets_at, allowed
    FROM readings WHERE quota_id = ${QUOTA_ID} AND at >= :from AND at < :to ORDER BY at`,

  adjustReading: `UPDATE readings SET consumed = max(0, consumed + :by), is_reset = is_reset + :resets
    WHERE quota_id = :quota AND at = :at`,

  quotaId: `SELECT id FROM quotas WHERE id = ${QUOTA_ID}`,

  putCycle: putCycle("REPLACE"),
  addCycle: putCycle("IGNORE"),
  cycles:
    `SELECT started_at, ended_at, resets_at, peak, consumed, quota_limit, readings, last_at, is_whole, ended_by
    FROM cycles WHERE quota_id = ${QUOTA_ID} AND started_at >= :from AND started_at < :to
    ORDER BY started_at DESC LIMIT :limit`,
  /**
   * Sums that change with any of these cycles, and the start of the buckets: far faster than reading the rows. One
   * statement for all quotas, as JSON arrays of account, quota, from and to.
   */
  pastMarks: `SELECT w.key AS place, (
      SELECT json_array(count(*), sum(started_at), sum(ended_at), count(ended_at), sum(resets_at),
        total(peak * (started_at % 65521)), total(consumed * (started_at % 65521)),
        total(quota_limit * (started_at % 65521)), sum(readings * (started_at % 65521)), sum(last_at),
        sum(is_whole * (started_at % 65521)),
        ${
    Object.values(BUCKET_TABLES).map((table) => `(SELECT min(start) FROM ${table} WHERE quota_id = q.id)`)
      .join(", ")
  })
      FROM cycles WHERE quota_id = q.id
        AND started_at >= json_extract(w.value, '$[2]') AND started_at < json_extract(w.value, '$[3]')
    ) AS mark
    FROM json_each(:wanted) w CROSS JOIN accounts a ON a.key = json_extract(w.value, '$[0]')
      CROSS JOIN quotas q ON q.account_id = a.id AND q.name = json_extract(w.value, '$[1]')`,
  voidCycle: "DELETE FROM cycles WHERE quota_id = :quota AND started_at = :startedAt",

  putSession: putSession("REPLACE"),
  addSession: putSession("IGNORE"),
  sessions: `SELECT started_at AS startedAt, ended_at AS endedAt, last_rise_at AS lastRiseAt, readings, quotas
    FROM sessions WHERE account_id = (SELECT id FROM accounts WHERE key = :account)
      AND started_at >= :from AND started_at < :to
    ORDER BY started_at DESC LIMIT :limit`,
  voidSession: "DELETE FROM sessions WHERE account_id = :account AND started_at = :startedAt",

  putOutcome: `INSERT OR REPLACE INTO outcomes
    (account_id, at, duration_ms, kind, reason, hint, retry_at, failures, next_at, next_reason, credential, answer, settings)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  outcomes: `SELECT ${OUTCOME} FROM outcomes
    WHERE account_id = (SELECT id FROM accounts WHERE key = :account) AND at >= :from AND at < :to
      AND (:kind IS NULL OR kind = :kind)
    ORDER BY at DESC LIMIT :limit`,

  setAside: `INSERT OR REPLACE INTO set_aside
    (quota_id, at, used, quota_limit, remaining, resets_at, source, set_aside_at,
      started_at, refill_per_hour, allowed, currency)
    SELECT quota_id, at, used, quota_limit, remaining, resets_at, source, :now,
      started_at, refill_per_hour, allowed, currency
    FROM readings WHERE quota_id = :id AND at > :to`,
  removeReadings: "DELETE FROM readings WHERE quota_id = :id AND at > :to",
  removeCycles: `DELETE FROM cycles
    WHERE quota_id = :id AND (started_at > :to OR last_at > :to OR coalesce(ended_at, :to) > :to)`,
  removeSessions: "DELETE FROM sessions WHERE account_id = :id AND (started_at > :to OR last_rise_at > :to)",
  removeOutcomes: "DELETE FROM outcomes WHERE account_id = :id AND at > :to",
  rewindAccount: `UPDATE accounts SET state = :state, state_at = :at,
    ok_at = (SELECT max(at) FROM outcomes WHERE account_id = :id AND kind = 'ok') WHERE id = :id`,
  pruneSetAside: "DELETE FROM set_aside WHERE quota_id = :id AND set_aside_at < :before",

  latest: `SELECT id, key, state, ok_at AS okAt FROM accounts WHERE ${ALL_BY_KEY}`,
  latestOf: "SELECT id, key, state, ok_at AS okAt FROM accounts WHERE key = :account",
  lastOutcome: `SELECT ${OUTCOME} FROM outcomes WHERE account_id = :id ORDER BY at DESC LIMIT 1`,

  moveAccount: "UPDATE accounts SET key = :to, provider = :provider, name = :name WHERE key = :from",
  moveState: "UPDATE accounts SET state = :state WHERE key = :to AND state IS NOT NULL",
  forgetAccount: "DELETE FROM accounts WHERE id = :id",
  accountIds: `SELECT id FROM accounts WHERE ${ALL_BY_KEY}`,
  quotaIds: "SELECT id FROM quotas WHERE account_id = :id",
  quotaNames: "SELECT id, name FROM quotas WHERE account_id = :id",
  pruneReadings: prune("readings", "quota_id", "at"),
  pruneFiveMinutes: prune(BUCKET_TABLES[300_000], "quota_id", "start"),
  pruneOutcomes: prune("outcomes", "account_id", "at"),

  countReadings: count("readings", "quota_id"),
  countFiveMinutes: count(BUCKET_TABLES[300_000], "quota_id"),
  countHours: count(BUCKET_TABLES[3_600_000], "quota_id"),
  countDays: count(BUCKET_TABLES[86_400_000], "quota_id"),
  countCycles: count("cycles", "quota_id"),
  countSessions: count("sessions", "account_id"),
  countOutcomes: count("outcomes", "account_id"),
  span: `SELECT (SELECT min(at) FROM readings WHERE quota_id = :id) AS first,
    (SELECT max(at) FROM readings WHERE quota_id = :id) AS last`,
  sums: `SELECT ${sum("readings", 3_600_000)} AS hourReadings, ${sum("readings", 86_400_000)} AS dayReadings,
    ${sum("consumed", 3_600_000)} AS hours, ${sum("consumed", 86_400_000)} AS days,
    (SELECT coalesce(sum(consumed), 0) FROM cycles WHERE quota_id = :id) AS cycles`,
  recount: `SELECT d.start, d.readings AS stored, d.consumed AS summed,
      (SELECT count(*) FROM readings r WHERE r.quota_id = :id AND r.at >= d.start AND r.at < d.start + 86400000)
        AS entries,
      (SELECT coalesce(sum(r.consumed), 0) FROM readings r
        WHERE r.quota_id = :id AND r.at >= d.start AND r.at < d.start + 86400000) AS recounted
    FROM ${BUCKET_TABLES[86_400_000]} d
    WHERE d.quota_id = :id AND d.first_at >= (SELECT min(at) FROM readings WHERE quota_id = :id)
      AND (stored != entries OR abs(summed - recounted) > :rounding * max(abs(summed), abs(recounted), 1))
    LIMIT 1`,
  copy: "VACUUM INTO :path",
} as const;

export interface BucketSql {
  readonly put: string;
  /** Leaves stored rows unchanged. */
  readonly add: string;
  readonly adjust: string;
  /** Deletes rows that extend beyond an instant. */
  readonly remove: string;
  readonly series: string;
  readonly points: string;
}

export const BUCKET_SQL: Readonly<Record<Step, BucketSql>> = composeWhenUsed(
  STEPS,
  (step) => bucketSql(BUCKET_TABLES[step], step),
);

/** Statements that adopt one table's rows from another store. */
export interface AdoptSql {
  /** Reads all rows of one owner, in key order, the owner first. */
  readonly rows: string;
  readonly put: string;
  /** Does both at once, from the database attached as `other`. */
  readonly copy: string;
  /** Deletes the stored rows of one owner; null when they stay. */
  readonly clear: string | null;
}

const BUCKET_COLUMNS =
  `start, first_at, last_at, readings, first, last, low, high, left_low, left_high, left_sum,
  left_count, share_last, share_low, share_high, quota_limit, consumed, resets`;
const CYCLE_COLUMNS =
  "started_at, ended_at, resets_at, peak, consumed, quota_limit, readings, last_at, is_whole, ended_by";

export const ADOPT_SQL = {
  attach: "ATTACH :path AS other",
  detach: "DETACH other",
  account: "SELECT id, ok_at AS okAt, state_at AS stateAt, state FROM accounts WHERE key = :account",
  quotas: `SELECT id, name AS quota, label, unit, window_kind AS kind, window_seconds AS seconds
    FROM quotas WHERE account_id = :id ORDER BY id`,
  get ofQuotas(): readonly AdoptSql[] {
    return [
      adoptSql(
        "readings",
        "quota_id",
        "at, used, quota_limit, remaining, resets_at, consumed, is_reset, source, baseline, unit_before, plan_before, " +
          "started_at, refill_per_hour, allowed, currency",
      ),
      ...STEPS.map((step) => adoptSql(BUCKET_TABLES[step], "quota_id", BUCKET_COLUMNS)),
      adoptSql("cycles", "quota_id", CYCLE_COLUMNS),
    ];
  },
  get ofAccounts(): readonly AdoptSql[] {
    return [
      adoptSql("sessions", "account_id", "started_at, ended_at, last_rise_at, readings, quotas"),
      {
        ...adoptSql(
          "outcomes",
          "account_id",
          "at, duration_ms, kind, reason, hint, retry_at, failures, next_at, next_reason, credential, answer, settings",
          "IGNORE",
        ),
        clear: null,
      },
    ];
  },
} as const satisfies Readonly<Record<string, string | readonly AdoptSql[]>>;

/** Rows of one table written by one statement. */
export const ROWS_AT_ONCE = 32;

/** `INSERT ... VALUES (?, ...)` for `ROWS_AT_ONCE` rows. */
export function forManyRows(sql: string): string {
  return sql.replace(/\([?, ]+\)$/, (row) => Array.from({ length: ROWS_AT_ONCE }, () => row).join(", "));
}

export interface DocSql {
  readonly get: string;
  readonly put: string;
  readonly putIfAbsent: string;
  readonly delete: string;
  readonly list: string;
  /** Includes expired ones. */
  readonly all: string;
  readonly prune: string;
}

export const DOC_SQL: Readonly<Record<DocKind, DocSql>> = composeWhenUsed(
  Object.keys(DOC_TABLES) as readonly DocKind[],
  (kind) => docSql(DOC_TABLES[kind]),
);

/** Composes the statements of each table when they are first used: a command that only reads needs few of them. */
function composeWhenUsed<Key extends PropertyKey, T>(
  keys: readonly Key[],
  compose: (key: Key) => T,
): Readonly<Record<Key, T>> {
  const all: object = {};
  for (const key of keys) {
    Object.defineProperty(all, key, {
      enumerable: true,
      configurable: true,
      get() {
        const value = compose(key);
        Object.defineProperty(all, key, { value, enumerable: true });
        return value;
      },
    });
  }
  return all as Record<Key, T>;
}

function selectReadings(order: "ASC" | "DESC"): string {
  return `SELECT at, used, quota_limit, remaining, resets_at, consumed, is_reset, allowed, refill_per_hour, ${MORE}
    FROM readings WHERE quota_id = ${QUOTA_ID} AND at >= :from AND at < :to ORDER BY at ${order} LIMIT :limit`;
}

function count(table: string, owner: string): string {
  return `SELECT count(*) AS n FROM ${table} WHERE ${owner} = :id`;
}

function sum(column: string, step: Step): string {
  return `(SELECT coalesce(sum(${column}), 0) FROM ${BUCKET_TABLES[step]} WHERE quota_id = :id)`;
}

/** Deletes at most `:chunk` of a series' oldest rows before `:before`, never its newest. */
function prune(table: string, owner: string, time: string): string {
  const own = `FROM ${table} WHERE ${owner} = :id`;
  return `DELETE ${own} AND ${time} < min(:before, (SELECT max(${time}) ${own}),
    coalesce((SELECT ${time} ${own} ORDER BY ${time} LIMIT 1 OFFSET :chunk), :before))`;
}

type ConflictRule = "REPLACE" | "IGNORE";

function putCycle(otherwise: ConflictRule): string {
  return `INSERT OR ${otherwise} INTO cycles
    (quota_id, started_at, ended_at, resets_at, peak, consumed, quota_limit, readings, last_at, is_whole, ended_by)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
}

function putSession(otherwise: ConflictRule): string {
  return `INSERT OR ${otherwise} INTO sessions
    (account_id, started_at, ended_at, last_rise_at, readings, quotas) VALUES (?, ?, ?, ?, ?, ?)`;
}

/** @param columns all but the owner, starting with the one that completes the key */
function adoptSql(
  table: string,
  owner: string,
  columns: string,
  otherwise: ConflictRule = "REPLACE",
): AdoptSql {
  const names = columns.split(/,\s*/);
  const into = `INSERT OR ${otherwise} INTO ${table} (${owner}, ${columns})`;
  return {
    rows: `SELECT ${owner}, ${columns} FROM ${table} WHERE ${owner} = :id ORDER BY ${names[0]}`,
    put: `${into} VALUES (?, ${names.map(() => "?").join(", ")})`,
    copy: `${into} SELECT :own, ${columns} FROM other.${table} WHERE ${owner} = :their ORDER BY ${names[0]}`,
    clear: `DELETE FROM ${table} WHERE ${owner} = :id`,
  };
}

function bucketSql(table: string, step: Step): BucketSql {
  const put = (otherwise: ConflictRule) =>
    `INSERT OR ${otherwise} INTO ${table}
      (quota_id, start, first_at, last_at, readings, first, last, low, high, left_low, left_high, left_sum, left_count,
        share_last, share_low, share_high, quota_limit, consumed, resets)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
  return {
    put: put("REPLACE"),
    add: put("IGNORE"),
    adjust: `UPDATE ${table} SET consumed = max(0, consumed + :by), resets = resets + :resets
      WHERE quota_id = :quota AND start = :start`,
    remove: `DELETE FROM ${table} WHERE quota_id = :id AND start > :to - ${step} AND last_at > :to`,
    series: `SELECT start, first_at, last_at, readings, first, last, low, high, left_low, left_high, left_sum,
        left_count, share_last, share_low, share_high, quota_limit, consumed, resets
      FROM ${table} WHERE quota_id = ${QUOTA_ID} AND start >= :from AND start < :to ORDER BY start`,
    points: `SELECT last_at, last, quota_limit, left_low, consumed
      FROM ${table} WHERE quota_id = ${QUOTA_ID} AND start >= :from AND start < :to ORDER BY start`,
  };
}

function docSql(table: string): DocSql {
  const put = `INSERT INTO ${table} (id, doc, expires_at, updated_at) VALUES (:id, :doc, :expiresAt, :now)
    ON CONFLICT (id) DO UPDATE SET doc = excluded.doc, expires_at = excluded.expires_at,
      updated_at = excluded.updated_at`;
  return {
    get: `SELECT doc FROM ${table} WHERE id = :id AND (expires_at IS NULL OR expires_at > :now)`,
    put,
    putIfAbsent: `${put} WHERE ${table}.expires_at <= :now`,
    delete: `DELETE FROM ${table} WHERE id = :id`,
    // Every text is >= '', see above.
    list:
      `SELECT id, doc FROM ${table} WHERE id >= '' AND (expires_at IS NULL OR expires_at > :now) ORDER BY id`,
    all: `SELECT id, doc, expires_at AS expiresAt FROM ${table} WHERE id >= '' ORDER BY id`,
    prune: `DELETE FROM ${table} WHERE expires_at <= :now`,
  };
}
