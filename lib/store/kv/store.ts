/**
 * The store on a key-value database: Deno KV in a file, of the platform, or on a server. May import the model and the
 * store's room, and must never compute: it stores and returns what it receives.
 */
import type { AccountState } from "../../model/engine/advance.ts";
import type { Bucket } from "../../model/engine/bucket.ts";
import type { Cycle } from "../../model/engine/cycle.ts";
import type { Session } from "../../model/engine/session.ts";
import type { Terms } from "../../model/engine/terms.ts";
import type { HistoryPoint } from "../../model/forecast/closed_cycle.ts";
import type { Outcome } from "../../model/outcome.ts";
import { type AccountKey, type QuotaKey, splitQuotaKey } from "../../model/quota.ts";
import { checkAlone } from "../check_poll.ts";
import { checkSource } from "../history_of.ts";
import type {
  AccountRecord,
  AdoptedAccount,
  AuditStore,
  CyclesQuery,
  DocStore,
  GuardedDocs,
  Move,
  OutcomesQuery,
  PastRow,
  Poll,
  QuotaDescription,
  ReadingsQuery,
  RecallOptions,
  Retention,
  Rewind,
  SeriesQuery,
  SessionsQuery,
  Size,
  Store,
  StoredLevel,
  StoredReading,
} from "../store.ts";
import { cycleFrom } from "../rows.ts";
import { Accounts } from "./accounts.ts";
import { adopt } from "./adopt.ts";
import { check } from "./check.ts";
import { KvAudit } from "./audit.ts";
import { findPlace, forget, move, rewind } from "./change_account.ts";
import { commitPolls, noteOutcome } from "./commit.ts";
import type { KvDatabase } from "./database.ts";
import { KvDocs } from "./docs.ts";
import { decodeState, type FoundHead } from "./head.ts";
import type { Range } from "./pieces.ts";
import { pruneRows } from "./prune.ts";
import {
  bucketFrom,
  OUTCOME,
  outcomeFrom,
  pointFrom,
  readingFrom,
  sessionFrom,
  termsFrom,
} from "./rows_of.ts";
import { SERIES } from "./series.ts";
import { supplement } from "./supplement.ts";
import { readSize } from "./survey.ts";

export class KvStore implements Store {
  readonly docs: DocStore;
  readonly audit: AuditStore;
  readonly path: string;
  readonly file = null;
  readonly warnings: readonly string[];
  readonly #docs: KvDocs;
  readonly #database: KvDatabase;
  readonly #accounts: Accounts;

  constructor(database: KvDatabase, warnings: readonly string[] = []) {
    this.warnings = warnings;
    this.#database = database;
    this.#accounts = new Accounts(database);
    this.path = database.path;
    this.docs = this.#docs = new KvDocs(database);
    this.audit = new KvAudit(database);
  }

  async recall(account: AccountKey, { mayBeOld = false }: RecallOptions = {}): Promise<AccountState> {
    const { head } = await (mayBeOld ? this.#accounts.findKnown(account) : this.#accounts.find(account));
    return decodeState(head, account);
  }

  async commit(poll: Poll): Promise<boolean> {
    return await commitPolls(this.#accounts, [poll], poll.docs && this.#docs.planner(poll.docs)) === 1;
  }

  async commitAll(polls: readonly Poll[]): Promise<number> {
    checkAlone(polls);
    return await commitPolls(this.#accounts, polls);
  }

  async supplement(
    rows: readonly PastRow[] | AsyncIterable<readonly PastRow[]>,
    exactly?: number,
  ): Promise<number> {
    const batches = Array.isArray(rows) ? [rows] : rows as AsyncIterable<readonly PastRow[]>;
    return await supplement(this.#accounts, batches, exactly);
  }

  async adopt(other: Store, accounts: readonly AdoptedAccount[]): Promise<readonly AccountKey[]> {
    checkSource(other);
    return await adopt(this.#accounts, other, accounts);
  }

  async rewind(request: Rewind): Promise<number | null> {
    return await rewind(this.#accounts, request);
  }

  async note(outcome: Outcome, docs?: GuardedDocs): Promise<boolean> {
    return await noteOutcome(this.#accounts, outcome, docs && this.#docs.planner(docs));
  }

  async latest(account?: AccountKey): Promise<readonly AccountRecord[]> {
    if (account === undefined) return (await this.#accounts.findAll()).flatMap(createRecords);
    return createRecords(await this.#accounts.find(account));
  }

  async describe(quota: QuotaKey): Promise<Omit<QuotaDescription, "quota"> | null> {
    const { account, quota: name } = splitQuotaKey(quota);
    const { head } = await this.#accounts.find(account);
    const found = head?.quotas[findPlace(head, name)];
    return found ? { label: found.label, unit: found.unit, window: found.window } : null;
  }

  async quotas(account: AccountKey): Promise<readonly QuotaDescription[]> {
    return (await this.#accounts.find(account)).head?.quotas ?? [];
  }

  async terms(quota: QuotaKey): Promise<readonly Terms[]> {
    return (await this.#accounts.quotaRows(quota, SERIES.terms, createRange({}))).map(termsFrom);
  }

  async readings(query: ReadingsQuery): Promise<readonly StoredReading[]> {
    const { quota, limit, newestFirst = false } = query;
    const enough = limit === undefined ? {} : { enough: bound(limit) };
    const rows = await this.#accounts.quotaRows(quota, SERIES.readings, createRange(query), {
      ...enough,
      newestFirst,
    });
    const readings = rows.map(readingFrom);
    return newestFirst ? readings.reverse() : readings;
  }

  async levels(query: ReadingsQuery): Promise<readonly StoredLevel[]> {
    return (await this.readings(query)).map(({ at, used, limit, remaining, resetsAt, allowed }) => ({
      at,
      used,
      limit,
      remaining,
      resetsAt,
      ...allowed !== undefined && { allowed },
    }));
  }

  async series(query: SeriesQuery): Promise<readonly Bucket[]> {
    return (await this.#buckets(query)).map((row) => bucketFrom(row, query.step));
  }

  async points(query: SeriesQuery): Promise<readonly HistoryPoint[]> {
    return (await this.#buckets(query)).map(pointFrom);
  }

  async #buckets(query: SeriesQuery) {
    return await this.#accounts.quotaRows(
      query.quota,
      (place) => SERIES.buckets(place, query.step),
      createRange(query),
    );
  }

  async cycles(query: CyclesQuery): Promise<readonly Cycle[]> {
    const options = { enough: bound(query.limit), newestFirst: true };
    const rows = await this.#accounts.quotaRows(query.quota, SERIES.cycles, createRange(query), options);
    return rows.map((row) => cycleFrom(row, query.quota)).reverse();
  }

  async sessions(query: SessionsQuery): Promise<readonly Session[]> {
    const options = { enough: bound(query.limit), newestFirst: true };
    const rows = await this.#accounts.rows(query.account, () => SERIES.sessions, createRange(query), options);
    return rows.map((row) => sessionFrom(row, query.account)).reverse();
  }

  async outcomes(query: OutcomesQuery): Promise<readonly Outcome[]> {
    const limit = bound(query.limit);
    const { account, kind, from, to } = query;
    if (limit === 1 && kind === undefined && from === undefined && to === undefined) {
      // The newest one is stored with the account.
      return createRecords(await this.#accounts.find(account)).flatMap(({ outcome }) => outcome ?? []);
    }
    // Outcomes of one kind may be far apart.
    const options = { newestFirst: true, ...kind === undefined && { enough: limit } };
    const rows = await this.#accounts.rows(account, () => SERIES.outcomes, createRange(query), options);
    const own = kind === undefined ? rows : rows.filter((row) => row[OUTCOME.kind] === kind);
    return own.map((row) => outcomeFrom(row, account)).reverse().slice(0, limit);
  }

  async prune(keep: Retention, now: number): Promise<number> {
    const rows = await pruneRows(this.#accounts, keep, now) + await this.#docs.prune(now);
    const { auditMs = 0 } = keep;
    return auditMs > 0 ? rows + await this.audit.prune(now - auditMs) : rows;
  }

  async move(request: Move): Promise<boolean | "outdated"> {
    return await move(this.#accounts, this.#docs, request);
  }

  async forget(account: AccountKey): Promise<boolean> {
    return await forget(this.#accounts, account);
  }

  async size(): Promise<Size> {
    return await readSize(this.#accounts);
  }

  async check(): Promise<readonly string[]> {
    return await check(this.#accounts);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#database.close();
    return Promise.resolve();
  }
}

function createRecords({ account, head }: FoundHead): readonly AccountRecord[] {
  if (!head) return [];
  const { outcome, okAt } = head;
  return [{
    account,
    state: decodeState(head, account),
    outcome: outcome && outcomeFrom(outcome, account),
    okAt,
  }];
}

function createRange(
  query: { readonly from?: number; readonly to?: number; readonly before?: number },
): Range {
  const last = Number.MAX_SAFE_INTEGER;
  return {
    from: query.from ?? Number.MIN_SAFE_INTEGER,
    to: Math.min(query.to ?? last, query.before ?? last),
  };
}

function bound(limit: number): number {
  return limit >= 1 ? Math.min(Math.trunc(limit), Number.MAX_SAFE_INTEGER) : 0;
}
