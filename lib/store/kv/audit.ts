/**
 * The audit log in a key-value database, with the same hash chain as in SQLite: an export of one verifies in
 * the other.
 */
import type {
  AuditEnd,
  AuditEntry,
  AuditQuery,
  AuditRow,
  AuditStore,
  AuditVerdict,
  AuditWords,
  StoredAuditRow,
} from "../audit_contract.ts";
import { NO_HASH } from "../audit_contract.ts";
import { auditHash, checkChain, checkPlace, decodeAuditRow } from "../audit_rows.ts";
import { type Entry, type KvDatabase, type Mutation, putText } from "./database.ts";
import { commitAll } from "./journal.ts";
import { KEYS } from "./keys.ts";
import { retry } from "./retry.ts";

/** Rows read or removed at once. */
const STEP = 500;
const MAX_WORDS = 200;
const BUSY = "The audit record keeps being written to";

/** `first`: the row before the first one; `last`: the last one. */
interface Ends {
  readonly first: AuditEnd;
  readonly last: AuditEnd;
  readonly versionstamp: string | null;
}

export class KvAudit implements AuditStore {
  readonly #database: KvDatabase;

  constructor(database: KvDatabase) {
    this.#database = database;
  }

  async append(entry: AuditEntry): Promise<AuditRow> {
    const { at, ...rest } = entry;
    const text = JSON.stringify(rest);
    return await retry(async () => {
      const { first, last, versionstamp } = await this.#readEnds();
      const id = last.id + 1;
      const hash = auditHash({ id, at, entry: text }, last.hash);
      const ends = { first, last: { id, hash } };
      const done = await this.#database.commit([{ key: KEYS.auditEnd, versionstamp }], [
        ...putText(KEYS.auditRow(id), { at, hash }, text, null),
        { key: KEYS.auditEnd, value: ends },
        // Index the words, so that listing them does not read every row.
        { key: KEYS.auditWord("name", entry.name), value: { word: entry.name, id } },
        { key: KEYS.auditWord("action", entry.action), value: { word: entry.action, id } },
      ]);
      return done ? { ...entry, id, hash } : null;
    }, BUSY);
  }

  async list(query: AuditQuery): Promise<readonly AuditRow[]> {
    if (query.limit < 1) return [];
    const { first, last } = await this.#readEnds();
    const before = Math.min(query.before ?? Number.MAX_SAFE_INTEGER, last.id + 1);
    const found: AuditRow[] = [];
    const selector = { start: KEYS.auditRow(first.id + 1), end: KEYS.auditRow(before) };
    if (first.id + 1 >= before) return found;
    for await (const entry of this.#database.list(selector, { reverse: true, batchSize: STEP })) {
      const row = decodeAuditRow(await this.#rowOf(entry));
      if (!isAsked(row, query)) continue;
      if (found.push(row) >= query.limit) break;
    }
    return found;
  }

  async words(): Promise<AuditWords> {
    const { first } = await this.#readEnds();
    const wordsOf = async (what: string) => {
      const words: string[] = [];
      for await (const { value } of this.#database.list({ prefix: KEYS.auditWords(what) })) {
        // Skip words whose last row was removed.
        if (Number(value.id) > first.id) words.push(value.word as string);
        if (words.length >= MAX_WORDS) break;
      }
      return words;
    };
    return { names: await wordsOf("name"), actions: await wordsOf("action") };
  }

  async verify(): Promise<AuditVerdict> {
    let { id, hash } = (await this.#readEnds()).first;
    let rows = 0;
    for await (const entry of this.#database.list(selectAfter(id), { batchSize: STEP })) {
      const row = await this.#rowOf(entry);
      if (row.id !== id + 1) return { state: "broken", at: id, reason: `row ${id + 1} is missing` };
      if (auditHash(row, hash) !== row.hash) {
        return { state: "broken", at: row.id, reason: `row ${row.id} was changed` };
      }
      ({ id, hash } = row);
      rows++;
    }
    const { last } = await this.#readEnds();
    // Rows may have been added in the meantime.
    if (last.id < id || last.id === id && last.hash !== hash) {
      return { state: "broken", at: id, reason: `the end was changed` };
    }
    if (last.id > id && (await this.#rowsAfter(id)).length === 0) {
      return { state: "broken", at: id, reason: `rows after ${id} are missing` };
    }
    return { state: "whole", rows, last: hash };
  }

  async ends(): Promise<{ readonly first: AuditEnd; readonly last: AuditEnd }> {
    const { first, last } = await this.#readEnds();
    return { first, last };
  }

  async written(after: number, limit: number): Promise<readonly StoredAuditRow[]> {
    return await this.#rowsAfter(after, limit);
  }

  async restore(before: AuditEnd, rows: readonly StoredAuditRow[]): Promise<void> {
    await retry(async () => {
      const known = await this.#readEnds();
      checkPlace(before, known.last);
      const last = checkChain(before, rows);
      const words = new Map<string, Mutation>();
      const mutations = rows.flatMap((row) => {
        const { name, action } = decodeAuditRow(row);
        for (const [what, word] of [["name", name], ["action", action]] as const) {
          words.set(`${what} ${word}`, { key: KEYS.auditWord(what, word), value: { word, id: row.id } });
        }
        return putText(KEYS.auditRow(row.id), { at: row.at, hash: row.hash }, row.entry, null);
      });
      const ends = { first: known.last.id === 0 ? before : known.first, last };
      return await commitAll(this.#database, {
        heads: [],
        mutations: [...mutations, ...words.values(), { key: KEYS.auditEnd, value: ends }],
        checks: [{ key: KEYS.auditEnd, versionstamp: known.versionstamp }],
      }) || null;
    }, BUSY);
  }

  async prune(before: number): Promise<number> {
    let removed = 0;
    while (true) {
      const { first, last, versionstamp } = await this.#readEnds();
      const rows = await this.#rowsAfter(first.id);
      // Only from the beginning: after a clock was set back, a later row may precede an older one.
      const stays = rows.findIndex(({ at }) => at >= before);
      const gone = stays < 0 ? rows : rows.slice(0, stays);
      const end = gone.at(-1);
      if (!end) return removed;
      const ends = { first: { id: end.id, hash: end.hash }, last };
      const mutations: Mutation[] = gone.map(({ id }) => ({ key: KEYS.auditRow(id), value: null }));
      const checks = [{ key: KEYS.auditEnd, versionstamp }];
      if (!await this.#database.commit(checks, [...mutations, { key: KEYS.auditEnd, value: ends }])) continue;
      removed += gone.length;
      if (gone.length < STEP) return removed;
    }
  }

  async #rowsAfter(id: number, limit = STEP): Promise<readonly StoredAuditRow[]> {
    const rows: StoredAuditRow[] = [];
    for await (const entry of this.#database.list(selectAfter(id), { limit, batchSize: STEP })) {
      rows.push(await this.#rowOf(entry));
    }
    return rows;
  }

  async #rowOf({ key, value }: Entry): Promise<StoredAuditRow> {
    const entry = await this.#database.textOf(value) ?? "";
    return { id: key.at(-1) as number, at: value.at as number, entry, hash: value.hash as string };
  }

  async #readEnds(): Promise<Ends> {
    const entry = await this.#database.get(KEYS.auditEnd);
    const none = { id: 0, hash: NO_HASH };
    const ends = entry?.value as unknown as Omit<Ends, "versionstamp"> | undefined;
    return { first: none, last: none, ...ends, versionstamp: entry?.versionstamp ?? null };
  }
}

function selectAfter(id: number): Deno.KvListSelector {
  return { start: KEYS.auditRow(id + 1), end: KEYS.auditRow(Number.MAX_SAFE_INTEGER) };
}

function isAsked(row: AuditRow, query: AuditQuery): boolean {
  const { from, to, name = null, action = null, credential = null, outcome = null, target = null } = query;
  return (from === undefined || row.at >= from) && (to === undefined || row.at < to) &&
    (name === null || row.name === name) && (action === null || row.action === action) &&
    (credential === null || row.credential === credential ||
      (row.credential?.startsWith(`${credential} `) ?? false)) &&
    (outcome === null || row.outcome === outcome) &&
    (target === null || (row.target?.toLowerCase().includes(target.toLowerCase()) ?? false));
}
