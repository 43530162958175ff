/**
 * Writes polls, or a single outcome, to SQLite in one transaction.
 *
 * Polls written together update the same buckets, cycles and sessions many times; only their final state is
 * written.
 */
import type { Change } from "../model/engine/advance.ts";
import { type Bucket, bucketStart, type Step, STEPS } from "../model/engine/bucket.ts";
import type { Cycle } from "../model/engine/cycle.ts";
import type { Outcome } from "../model/outcome.ts";
import { type AccountState, emptyState } from "../model/engine/state.ts";
import { type AccountKey, quotaKey, type Reading, splitAccountKey } from "../model/quota.ts";
import type { Session } from "../model/engine/session.ts";
import { checkPoll } from "./check_poll.ts";
import type { Connection } from "./connection.ts";
import {
  adjustValues,
  bucketValues,
  checkUnit,
  cycleValues,
  encode,
  keyText,
  outcomeValues,
  readingValues,
  readInstant,
  type Row,
  sessionValues,
  storedText,
} from "./rows.ts";
import { RowBuffer } from "./row_buffer.ts";
import { putGuarded } from "./sqlite_docs.ts";
import { BUCKET_SQL, SQL } from "./statements.ts";
import type { GuardedDocs, Poll, QuotaDescription } from "./store.ts";

/** Returns the number of polls stored. */
export function commitPolls(db: Connection, polls: readonly Poll[]): number {
  return db.write(() => {
    const own = new Map<AccountKey, AccountWriter>();
    const rows = rowBuffers(db);
    let stored = 0;
    for (const poll of polls) {
      const { account, at } = poll.snapshot;
      const known = own.get(account) ?? beginWith(db, account, rows);
      if (known.at !== null && at <= known.at || !known.follows(poll.base)) continue;
      checkPoll(poll);
      if (poll.docs && !putGuarded(db, poll.docs)) continue;
      known.put(poll);
      own.set(account, known);
      stored++;
    }
    for (const writer of own.values()) writer.end();
    rows.flush();
    return stored;
  });
}

function beginWith(db: Connection, account: AccountKey, rows: RowBuffers): AccountWriter {
  return new AccountWriter(db, account, db.statement(SQL.accountWithState).get({ account }), rows);
}

/** Buffers of rows that are written together. */
interface RowBuffers {
  readonly readings: RowBuffer;
  readonly outcomes: RowBuffer;
  readonly buckets: Readonly<Record<Step, RowBuffer>>;
  flush(): void;
}

function rowBuffers(db: Connection): RowBuffers {
  const readings = new RowBuffer(db, SQL.putReading);
  const outcomes = new RowBuffer(db, SQL.putOutcome);
  const buckets = Object.fromEntries(STEPS.map((step) => [step, new RowBuffer(db, BUCKET_SQL[step].put)]));
  const all = [readings, outcomes, ...Object.values(buckets)];
  const flush = () => {
    for (const each of all) each.flush();
  };
  return { readings, outcomes, buckets: buckets as RowBuffers["buckets"], flush };
}

/**
 * Reports whether a state is the one stored as `text`; null
 * when none is stored. States are returned exactly as stored.
 */
export function isStored(text: unknown, state: AccountState): boolean {
  if (typeof text === "string") return text === encode(state, "state");
  return isEqualToEmpty(state);
}

function isEqualToEmpty(state: AccountState): boolean {
  return encode(state, "state") === encode(emptyState(state.account), "state");
}

interface KnownQuota {
  readonly id: number;
  /** The latest description. */
  reading: Reading;
  /** The latest bucket of each step and the latest cycle, not yet written. */
  readonly buckets: (Bucket | undefined)[];
  cycle: Cycle | undefined;
}

/** Collects the changes of one account's polls, deferring those that later polls may update. */
class AccountWriter {
  readonly #db: Connection;
  readonly #account: AccountKey;
  readonly #quotas = new Map<string, KnownQuota>();
  /** The latest session, not yet written. */
  #session: Session | undefined;
  #id: number | null;
  #last: Poll | null = null;
  #okAt: number | null = null;
  readonly #stored: unknown;
  readonly #rows: RowBuffers;
  at: number | null;

  /** @param known its row, if it has one */
  constructor(db: Connection, account: AccountKey, known: Row | undefined, rows: RowBuffers) {
    this.#db = db;
    this.#rows = rows;
    this.#account = account;
    this.#id = known ? known.id as number : null;
    this.#stored = known?.state;
    this.at = typeof known?.stateAt === "number" ? known.stateAt : null;
  }

  /** Reports whether the state a poll is based on, if it names one, is the state before it. */
  follows(base: AccountState | undefined): boolean {
    if (base === undefined) return true;
    if (!this.#last) return isStored(this.#stored, base);
    return this.#last.state === base || encode(this.#last.state, "state") === encode(base, "state");
  }

  put(poll: Poll): void {
    const id = this.#id ??= addAccount(this.#db, this.#account);
    for (const reading of poll.snapshot.readings) this.#describe(id, reading);
    const readings = new Map(poll.snapshot.readings.map((reading) => [reading.quota, reading]));
    for (const change of poll.changes) {
      if (change.kind === "session" || change.kind === "void-session") {
        this.#putSession(id, change);
        continue;
      }
      const reading = readings.get(change.quota);
      const quota = this.#quotas.get(change.quota);
      if (!reading || !quota) {
        throw new TypeError(`Cannot store a change of "${change.quota}": no reading of it in the snapshot`);
      }
      this.#putChange(poll, quota, reading, change);
    }
    this.#rows.outcomes.put(outcomeValues(id, poll.outcome));
    if (poll.outcome.kind === "ok") this.#okAt = Math.max(this.#okAt ?? poll.outcome.at, poll.outcome.at);
    this.#last = poll;
    this.at = poll.snapshot.at;
  }

  end(): void {
    if (this.#id === null || !this.#last) return;
    for (const quota of this.#quotas.values()) this.#writeQuota(quota);
    this.#writeSession(this.#id);
    if (this.#okAt !== null) this.#db.statement(SQL.setOkAt).run({ id: this.#id, at: this.#okAt });
    const { snapshot: { at }, state } = this.#last;
    this.#db.statement(SQL.setState).run({ id: this.#id, at, state: encode(state, "state") });
  }

  #describe(id: number, reading: Reading): void {
    const known = this.#quotas.get(reading.quota);
    if (!known) {
      const quota = { id: putQuota(this.#db, id, reading), reading, buckets: [], cycle: undefined };
      this.#quotas.set(reading.quota, quota);
    } else if (!isSameQuota(known.reading, reading)) {
      putQuota(this.#db, id, reading);
      known.reading = reading;
    }
  }

  #putSession(id: number, change: SessionChange): void {
    if (change.kind === "void-session") {
      const startedAt = readInstant(change.startedAt, "startedAt");
      if (this.#session?.startedAt === startedAt) this.#session = undefined;
      this.#db.statement(SQL.voidSession).run({ account: id, startedAt });
      return;
    }
    const { session } = change;
    if (session.account !== this.#account) {
      throw new TypeError(`Cannot store a session of "${session.account}" as one of "${this.#account}"`);
    }
    if (this.#session && this.#session.startedAt !== session.startedAt) this.#writeSession(id);
    this.#session = session;
  }

  #putChange(
    poll: Poll,
    quota: KnownQuota,
    reading: Reading,
    change: Exclude<Change, SessionChange>,
  ): void {
    switch (change.kind) {
      case "entry":
        this.#rows.readings.put(readingValues(quota.id, poll.snapshot.at, reading, change));
        break;
      case "adjust": {
        // It adds to stored rows, so write the pending ones first.
        this.#writeQuota(quota);
        this.#rows.flush();
        const { at, by, resets } = adjustValues(change);
        this.#db.statement(SQL.adjustReading).run({ quota: quota.id, at, by, resets });
        for (const step of STEPS) {
          const start = bucketStart(at, step);
          this.#db.statement(BUCKET_SQL[step].adjust).run({ quota: quota.id, start, by, resets });
        }
        break;
      }
      case "bucket": {
        const { bucket } = change;
        const place = STEPS.indexOf(bucket.step);
        const last = quota.buckets[place];
        if (last && last.start !== bucket.start) this.#writeBucket(quota, last);
        quota.buckets[place] = bucket;
        break;
      }
      case "cycle": {
        const { cycle } = change;
        const wanted = quotaKey(this.#account, change.quota);
        if (cycle.quota !== wanted) {
          throw new TypeError(`Cannot store a cycle of "${cycle.quota}" as one of "${wanted}"`);
        }
        if (quota.cycle && quota.cycle.startedAt !== cycle.startedAt) this.#writeCycle(quota, quota.cycle);
        quota.cycle = cycle;
        break;
      }
      case "void-cycle": {
        const startedAt = readInstant(change.startedAt, "startedAt");
        if (quota.cycle?.startedAt === startedAt) quota.cycle = undefined;
        this.#db.statement(SQL.voidCycle).run({ quota: quota.id, startedAt });
        break;
      }
    }
  }

  #writeQuota(quota: KnownQuota): void {
    for (const bucket of quota.buckets) if (bucket) this.#writeBucket(quota, bucket);
    quota.buckets.length = 0;
    if (quota.cycle) this.#writeCycle(quota, quota.cycle);
    quota.cycle = undefined;
  }

  #writeBucket({ id }: KnownQuota, bucket: Bucket): void {
    this.#rows.buckets[bucket.step].put(bucketValues(id, bucket));
  }

  #writeCycle({ id }: KnownQuota, cycle: Cycle): void {
    this.#db.statement(SQL.putCycle).run(...cycleValues(id, cycle));
  }

  #writeSession(id: number): void {
    if (this.#session) this.#db.statement(SQL.putSession).run(...sessionValues(id, this.#session));
    this.#session = undefined;
  }
}

function isSameQuota(a: Reading, b: Reading): boolean {
  return a === b || a.label === b.label && a.unit === b.unit && a.window.kind === b.window.kind &&
      a.window.seconds === b.window.seconds;
}

/** Reports whether it was stored. */
export function noteOutcome(db: Connection, outcome: Outcome, docs?: GuardedDocs): boolean {
  return db.write(() => {
    if (docs && !putGuarded(db, docs)) return false;
    const known = db.statement(SQL.account).get({ account: outcome.account });
    putOutcome(db, known ? known.id as number : addAccount(db, outcome.account), outcome);
    return true;
  });
}

export function addAccount(db: Connection, account: AccountKey): number {
  const { provider, name } = splitAccountKey(account);
  keyText(account, "account");
  return Number(db.statement(SQL.addAccount).run({ account, provider, name }).lastInsertRowid);
}

export function putQuota(db: Connection, accountId: number, reading: QuotaDescription): number {
  checkUnit(reading);
  const row = db.statement(SQL.putQuota).get({
    account: accountId,
    quota: keyText(reading.quota, "quota"),
    label: storedText(reading.label),
    unit: reading.unit,
    kind: reading.window.kind,
    seconds: reading.window.seconds,
  });
  return row?.id as number;
}

type SessionChange = Extract<Change, { kind: "session" | "void-session" }>;

function putOutcome(db: Connection, accountId: number, outcome: Outcome): void {
  db.statement(SQL.putOutcome).run(...outcomeValues(accountId, outcome));
  if (outcome.kind === "ok") db.statement(SQL.setOkAt).run({ id: accountId, at: outcome.at });
}
