/** Writes the history of accounts row by row into a private SQLite database, to be adopted afterwards. */
import { type Bucket, STEPS } from "../model/engine/bucket.ts";
import type { Cycle } from "../model/engine/cycle.ts";
import type { Session } from "../model/engine/session.ts";
import type { Outcome } from "../model/outcome.ts";
import { type AccountKey, type QuotaKey, splitQuotaKey } from "../model/quota.ts";
import { addAccount, putQuota } from "./commit.ts";
import type { Connection } from "./connection.ts";
import type { PastReading } from "./history_of.ts";
import {
  bucketValues,
  cycleValues,
  encode,
  outcomeValues,
  readingValues,
  sessionValues,
  type Value,
} from "./rows.ts";
import { RowBuffer } from "./row_buffer.ts";
import { BUCKET_SQL, SQL } from "./statements.ts";
import type { AccountRecord, QuotaDescription } from "./store.ts";

type Table = "reading" | "cycle" | "session" | "outcome" | Bucket["step"];

export class HistoryWriter {
  readonly #db: Connection;
  readonly #accounts = new Map<AccountKey, number>();
  readonly #quotas = new Map<QuotaKey, { readonly id: number; readonly described: QuotaDescription }>();
  readonly #buffers: ReadonlyMap<Table, RowBuffer>;

  constructor(db: Connection) {
    this.#db = db;
    const sql: readonly (readonly [Table, string])[] = [
      ["reading", SQL.putReading],
      ["cycle", SQL.putCycle],
      ["session", SQL.putSession],
      ["outcome", SQL.putOutcome],
      ...STEPS.map((step) => [step, BUCKET_SQL[step].put] as const),
    ];
    this.#buffers = new Map(sql.map(([table, text]) => [table, new RowBuffer(db, text)]));
  }

  /** Call before `quota` and before its rows. */
  account({ account, state, okAt }: Pick<AccountRecord, "account" | "state" | "okAt">): void {
    const id = addAccount(this.#db, account);
    this.#accounts.set(account, id);
    if (okAt !== null) this.#db.statement(SQL.setOkAt).run({ id, at: okAt });
    this.#db.statement(SQL.setState).run({ id, at: state.at, state: encode(state, "state") });
  }

  /** Call before its rows. */
  quota(account: AccountKey, described: QuotaDescription): void {
    const id = putQuota(this.#db, this.#idOf(account), described);
    this.#quotas.set(`${account}/${described.quota}`, { id, described });
  }

  reading(quota: QuotaKey, { reading, terms }: PastReading): void {
    const { id, described } = this.#quotaOf(quota);
    const { at, reset, consumed, baseline, ...rest } = reading;
    const entry = {
      kind: "entry",
      quota: described.quota,
      consumed,
      reset,
      ...baseline !== undefined && { baseline },
      ...terms?.unit != null && { unitBefore: terms.unit },
      ...terms?.plan != null && { planBefore: terms.plan },
    } as const;
    this.#put("reading", readingValues(id, at, { ...described, ...rest }, entry));
  }

  bucket(quota: QuotaKey, bucket: Bucket): void {
    this.#put(bucket.step, bucketValues(this.#quotaOf(quota).id, bucket));
  }

  cycle(cycle: Cycle): void {
    this.#put("cycle", cycleValues(this.#quotaOf(cycle.quota).id, cycle));
  }

  session(session: Session): void {
    this.#put("session", sessionValues(this.#idOf(session.account), session));
  }

  outcome(outcome: Outcome): void {
    this.#put("outcome", outcomeValues(this.#idOf(outcome.account), outcome));
  }

  /** Call after the last row. */
  end(): void {
    for (const buffer of this.#buffers.values()) buffer.flush();
  }

  #put(table: Table, values: Value[]): void {
    const buffer = this.#buffers.get(table);
    if (!buffer) throw new TypeError(`There are no buckets of ${table} ms`);
    buffer.put(values);
  }

  #idOf(account: AccountKey): number {
    const id = this.#accounts.get(account);
    if (id === undefined) {
      throw new TypeError(`A row belongs to "${account}", which is not an account of this database`);
    }
    return id;
  }

  #quotaOf(quota: QuotaKey) {
    const found = this.#quotas.get(quota);
    if (!found) {
      throw new TypeError(
        `A row belongs to "${splitQuotaKey(quota).quota}", which is not a quota of its account`,
      );
    }
    return found;
  }
}
