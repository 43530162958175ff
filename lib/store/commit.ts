/** Writing one poll, or one outcome, to SQLite: in a single transaction, or not at all. */
import type { Change } from "../model/advance.ts";
import { startOf, STEPS } from "../model/bucket.ts";
import type { Outcome } from "../model/outcome.ts";
import { type AccountKey, quotaKey, type Reading, splitAccountKey } from "../model/quota.ts";
import type { Connection } from "./connection.ts";
import {
  adjustValues,
  bucketValues,
  checkUnit,
  cycleValues,
  encode,
  instant,
  keyText,
  outcomeValues,
  readingValues,
  sessionValues,
  shown,
} from "./rows.ts";
import { BUCKET_SQL, SQL } from "./statements.ts";
import type { Poll } from "./store.ts";

export function commitPoll(db: Connection, poll: Poll): boolean {
  const { account, at } = poll.snapshot;
  return db.write(() => {
    const known = db.statement(SQL.account).get({ account });
    if (typeof known?.stateAt === "number" && at <= known.stateAt) return false;
    checkPoll(poll);
    const accountId = known ? known.id as number : addAccount(db, account);
    const quotas = new Map(poll.snapshot.readings.map((reading) => [
      reading.quota,
      { id: putQuota(db, accountId, reading), reading },
    ]));
    for (const change of poll.changes) {
      if (change.kind === "session" || change.kind === "void-session") {
        putSessionChange(db, accountId, account, change);
        continue;
      }
      const quota = quotas.get(change.quota);
      if (!quota) {
        throw new TypeError(`Cannot store a change of "${change.quota}": no reading of it in the snapshot`);
      }
      putQuotaChange(db, poll, quota, change);
    }
    putOutcome(db, accountId, poll.outcome);
    db.statement(SQL.setState).run({ id: accountId, at, state: encode(poll.state, "state") });
    return true;
  });
}

export function noteOutcome(db: Connection, outcome: Outcome): void {
  db.write(() => {
    const known = db.statement(SQL.account).get({ account: outcome.account });
    putOutcome(db, known ? known.id as number : addAccount(db, outcome.account), outcome);
  });
}

function checkPoll({ snapshot, state, outcome }: Poll): void {
  for (const other of [state.account, outcome.account]) {
    if (other !== snapshot.account) {
      throw new TypeError(`Cannot store a poll of "${snapshot.account}" with a part of "${other}"`);
    }
  }
  if (state.at !== snapshot.at) {
    throw new TypeError(`Cannot store a poll of ${snapshot.at} with the state of ${state.at}`);
  }
}

function addAccount(db: Connection, account: AccountKey): number {
  const { provider, name } = splitAccountKey(account);
  keyText(account, "account");
  return Number(db.statement(SQL.addAccount).run({ account, provider, name }).lastInsertRowid);
}

function putQuota(db: Connection, accountId: number, reading: Reading): number {
  checkUnit(reading);
  const row = db.statement(SQL.putQuota).get({
    account: accountId,
    quota: keyText(reading.quota, "quota"),
    label: shown(reading.label),
    unit: reading.unit,
    kind: reading.window.kind,
    seconds: reading.window.seconds,
  });
  return row?.id as number;
}

type SessionChange = Extract<Change, { kind: "session" | "void-session" }>;

function putSessionChange(
  db: Connection,
  accountId: number,
  account: AccountKey,
  change: SessionChange,
): void {
  if (change.kind === "void-session") {
    const startedAt = instant(change.startedAt, "startedAt");
    db.statement(SQL.voidSession).run({ account: accountId, startedAt });
    return;
  }
  const { session } = change;
  if (session.account !== account) {
    throw new TypeError(`Cannot store a session of "${session.account}" as one of "${account}"`);
  }
  db.statement(SQL.putSession).run(...sessionValues(accountId, session));
}

function putQuotaChange(
  db: Connection,
  poll: Poll,
  quota: { readonly id: number; readonly reading: Reading },
  change: Exclude<Change, SessionChange>,
): void {
  switch (change.kind) {
    case "entry":
      db.statement(SQL.putReading).run(...readingValues(quota.id, poll.snapshot.at, quota.reading, change));
      break;
    case "adjust": {
      const { at, by, resets } = adjustValues(change);
      db.statement(SQL.adjustReading).run({ quota: quota.id, at, by, resets });
      for (const step of STEPS) {
        const start = startOf(at, step);
        db.statement(BUCKET_SQL[step].adjust).run({ quota: quota.id, start, by, resets });
      }
      break;
    }
    case "bucket":
      db.statement(BUCKET_SQL[change.bucket.step].put).run(...bucketValues(quota.id, change.bucket));
      break;
    case "cycle": {
      const wanted = quotaKey(poll.snapshot.account, change.quota);
      if (change.cycle.quota !== wanted) {
        throw new TypeError(`Cannot store a cycle of "${change.cycle.quota}" as one of "${wanted}"`);
      }
      db.statement(SQL.putCycle).run(...cycleValues(quota.id, change.cycle));
      break;
    }
    case "void-cycle": {
      const startedAt = instant(change.startedAt, "startedAt");
      db.statement(SQL.voidCycle).run({ quota: quota.id, startedAt });
      break;
    }
  }
}

function putOutcome(db: Connection, accountId: number, outcome: Outcome): void {
  db.statement(SQL.putOutcome).run(...outcomeValues(accountId, outcome));
  if (outcome.kind === "ok") db.statement(SQL.setOkAt).run({ id: accountId, at: outcome.at });
}
