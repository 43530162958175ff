/** Reads consistent snapshots of accounts and their rows while other processes may change them. */
import { type AccountKey, type QuotaKey, splitQuotaKey } from "../../model/quota.ts";
import type { Entry, KvDatabase } from "./database.ts";
import { decodeHead, type FoundHead, type Head, readAccount } from "./head.ts";
import { settle } from "./finish_journal.ts";
import { commitAll, type Transaction, type WrittenHead } from "./journal.ts";
import { KEYS } from "./keys.ts";
import { type Range, type RangeOptions, readPieces } from "./pieces.ts";
import { retry } from "./retry.ts";
import { RowsCache, wholeWindows } from "./rows_cache.ts";
import { inRange, isRemoved, type Row, withRows } from "./series.ts";

/** Maximum cached heads, reused until they change. */
const MAX_KNOWN = 500;

/** The transaction for a change of accounts, or only a result when nothing changes. */
export type PlannedChange<T> = { readonly transaction: Transaction; readonly result: T } | {
  readonly result: T;
};

export type Find = (account: AccountKey) => Promise<FoundHead>;

export class Accounts {
  readonly database: KvDatabase;
  readonly #known = new Map<AccountKey, FoundHead>();
  readonly #read = new RowsCache();

  constructor(database: KvDatabase) {
    this.database = database;
  }

  /** Returns the account as it is now, after completing pending decided changes. */
  async find(account: AccountKey): Promise<FoundHead> {
    return await this.#retry(async () => {
      const entry = await this.database.get(KEYS.account(account));
      return await this.#settled(account, entry);
    });
  }

  /** Returns every account, by key. */
  async findAll(): Promise<readonly FoundHead[]> {
    const found: FoundHead[] = [];
    for await (const entry of this.database.list({ prefix: KEYS.accounts })) {
      const account = readAccount(entry);
      const one = await this.#settled(account, entry) ?? await this.find(account);
      if (one.head) found.push(one);
    }
    return found.sort((a, b) => compareText(a.account, b.account));
  }

  /** Returns null when the account must be read again. */
  async #settled(account: AccountKey, entry: Entry | null): Promise<FoundHead | null> {
    const known = this.#known.get(account);
    if (entry && known?.versionstamp === entry.versionstamp) return known;
    const pending = entry?.value.pending;
    if (entry && typeof pending === "string") {
      const { value: stored, versionstamp } = entry;
      await settle(this.database, { account, head: null, stored, versionstamp, pending });
      return null;
    }
    const found = await decodeHead(this.database, account, entry);
    if (found?.head) this.#remember(found);
    else this.#known.delete(account);
    return found;
  }

  #remember(found: FoundHead): void {
    this.#known.delete(found.account);
    this.#known.set(found.account, found);
    if (this.#known.size > MAX_KNOWN) this.#known.delete(this.#known.keys().next().value!);
  }

  /**
   * Returns rows of a series in time order. Rows read beside the account count only if nothing changed before the
   * account was read again.
   */
  async rows(
    account: AccountKey,
    seriesOf: (head: Head) => string | null,
    range: Range,
    options: RangeOptions = {},
  ): Promise<readonly Row[]> {
    return await this.#retry(async () => {
      const before = this.#known.get(account) ?? await this.find(account);
      if (!before.head) return [];
      const series = seriesOf(before.head);
      const found = series === null ? [] : await this.#pieces(before.head, series, range, options);
      const { head } = await this.find(account);
      if (!head) return [];
      if (head.id !== before.head.id || head.epoch !== before.head.epoch) return null;
      // A quota may have been added in the meantime.
      if (seriesOf(head) !== series) return null;
      if (series === null) return [];
      if (!found) return null;
      if (options.enough === undefined && found.length > 0) {
        this.#read.put(formatKey(head, series, range), found);
      }
      return mergeFresh(found, head, series, range, options);
    });
  }

  async #pieces(
    head: Head,
    series: string,
    range: Range,
    { enough, newestFirst }: RangeOptions,
  ): Promise<readonly Row[] | null> {
    if (range.from >= range.to) return [];
    if (enough === undefined) {
      return this.#read.get(formatKey(head, series, range)) ??
        await readPieces(this.database, head.id, series, wholeWindows(series, range));
    }
    // Fresh rows may remove some of these.
    const more = (head.fresh[series]?.length ?? 0) + 8;
    return await readPieces(this.database, head.id, series, range, {
      enough: enough < 1 ? 0 : enough + more,
      ...newestFirst !== undefined && { newestFirst },
    });
  }

  async quotaRows(
    quota: QuotaKey,
    seriesOf: (place: number) => string,
    range: Range,
    options?: RangeOptions,
  ): Promise<readonly Row[]> {
    const { account, quota: name } = splitQuotaKey(quota);
    return await this.rows(
      account,
      ({ quotas }) => {
        const place = quotas.findIndex((one) => one.quota === name);
        return place < 0 ? null : seriesOf(place);
      },
      range,
      options,
    );
  }

  /**
   * Plans a change based on what is stored and makes it; plans again when another process was faster. The first plan
   * may
   * be based on cached accounts: the commit detects whether they are still current.
   */
  async change<T>(plan: (find: Find) => Promise<PlannedChange<T> | null>): Promise<T> {
    let mayBeOld = true;
    const { result } = await this.#retry(async () => {
      let isOld = false;
      const find = async (account: AccountKey) => {
        const known = mayBeOld ? this.#known.get(account) : undefined;
        if (known) isOld = true;
        return known ?? await this.find(account);
      };
      const planned = await plan(find);
      mayBeOld = false;
      if (planned === null) return null;
      // Without a transaction, nothing would detect it.
      if (!("transaction" in planned)) return isOld ? null : planned;
      const stored = await commitAll(this.database, planned.transaction, (one) => this.#wrote(one));
      return stored ? planned : null;
    });
    return result;
  }

  /** Returns the cached account, which may be outdated: anything based on it must be checked when stored. */
  async findKnown(account: AccountKey): Promise<FoundHead> {
    return this.#known.get(account) ?? await this.find(account);
  }

  async #wrote({ account, value, versionstamp }: WrittenHead): Promise<void> {
    // Values in parts would have to be read again.
    const entry = value?.text ? { key: KEYS.account(account), value, versionstamp } : null;
    const found = entry && await decodeHead(this.database, account, entry);
    if (found?.head) this.#remember(found);
    else this.#known.delete(account);
  }

  #retry<T>(attempt: () => Promise<T | null>): Promise<T> {
    return retry(attempt, `Database "${this.database.path}" keeps being changed by other processes`);
  }
}

/** Every change of pieces changes the epoch. */
function formatKey({ id, epoch }: Head, series: string, range: Range): string {
  const { from, to } = wholeWindows(series, range);
  return `${id} ${epoch} ${series} ${from} ${to}`;
}

function mergeFresh(
  found: readonly Row[],
  head: Head,
  series: string,
  { from, to }: Range,
  { enough, newestFirst = false }: RangeOptions,
): readonly Row[] {
  const fresh = inRange(head.fresh[series] ?? [], from, to);
  const rows = withRows(inRange(found, from, to), fresh).filter((row) => !isRemoved(row));
  if (enough === undefined || rows.length <= enough) return rows;
  return enough < 1 ? [] : newestFirst ? rows.slice(-enough) : rows.slice(0, enough);
}

/** Compares as UTF-8 bytes are ordered. */
export function compareText(a: string, b: string): number {
  const [left, right] = [new TextEncoder().encode(a), new TextEncoder().encode(b)];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    if (left[i] !== right[i]) return left[i]! - right[i]!;
  }
  return left.length - right.length;
}
