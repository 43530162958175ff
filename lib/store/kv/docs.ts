/** Documents in a key-value database: one key for each. */
import { decode, encode, keyText } from "../rows.ts";
import {
  type Doc,
  type DocChange,
  type DocKind,
  type DocStore,
  type GuardedDocs,
  type PutOptions,
  type StoredDoc,
} from "../store.ts";
import { DOC_TABLES } from "../tables.ts";
import {
  type Check,
  deleteValue,
  type Entry,
  type KvDatabase,
  type Mutation,
  putText,
  type Stored,
} from "./database.ts";
import { compareText } from "./accounts.ts";
import { isExpired, replaceVersion, validateKind } from "./doc_entry.ts";
import { guardKey, type PlanDocs, planGuarded } from "./guarded_docs.ts";
import { commitAll } from "./journal.ts";
import { type Key, KEYS } from "./keys.ts";
import { type KnownVersion, KnownVersions } from "./known_versions.ts";
import { retry } from "./retry.ts";

export class KvDocs implements DocStore {
  readonly #database: KvDatabase;
  readonly #known = new KnownVersions();
  /** Versions of documents returned to callers, for changes based on them. */
  readonly #given = new WeakMap<object, KnownVersion & { readonly key: string }>();

  constructor(database: KvDatabase) {
    this.#database = database;
  }

  async get<T>(kind: DocKind, id: string, now: number): Promise<T | null> {
    const key = KEYS.doc(validateKind(kind), id);
    return await this.#retry(async () => {
      const entry = await this.#read(key);
      if (!entry || isExpired(entry, now)) return { result: null };
      const text = await this.#database.textOf(entry.value);
      if (text === null) return null;
      const doc = decode<T>(text, kind);
      const isLasting = entry.value.expiresAt === null;
      if (typeof doc === "object" && doc !== null && isLasting) {
        this.#given.set(doc, { ...entry, key: JSON.stringify(key) });
      }
      return { result: doc };
    });
  }

  watch(kind: DocKind, id: string, changed: () => void): () => void {
    return this.#database.watch(KEYS.doc(validateKind(kind), id), changed);
  }

  async put<T>(
    kind: DocKind,
    id: string,
    doc: T,
    now: number,
    { expiresAt = undefined, ifAbsent = false }: PutOptions = {},
  ): Promise<boolean> {
    const key = KEYS.doc(validateKind(kind), keyText(id, "id"));
    const text = encode(doc, kind);
    // A document to be stored only if absent usually is absent.
    let before = this.#known.get(key) ?? (ifAbsent ? ABSENT : undefined);
    if (ifAbsent && before?.value) before = undefined;
    return await this.#retry(async () => {
      if (!before) {
        const entry = await this.#read(key);
        if (ifAbsent && entry && !isExpired(entry, now)) return { result: false };
        before = entry ?? ABSENT;
      }
      const { value, versionstamp } = before;
      before = undefined;
      const done = await this.#write(
        { key, versionstamp },
        putText(key, { id, expiresAt: expiresAt ?? null }, text, value),
      );
      return done ? { result: true } : null;
    });
  }

  async delete(kind: DocKind, id: string): Promise<boolean> {
    const key = KEYS.doc(validateKind(kind), id);
    const known = this.#known.get(key);
    let before = known?.value ? known : undefined;
    return await this.#retry(async () => {
      before ??= await this.#read(key) ?? ABSENT;
      const { value, versionstamp } = before;
      before = undefined;
      if (versionstamp === null) return { result: false };
      return await this.#write({ key, versionstamp }, deleteValue(key, value)) ? { result: true } : null;
    });
  }

  async list<T>(kind: DocKind, now: number): Promise<readonly Doc<T>[]> {
    return await this.#retry(async () => {
      const docs: Doc<T>[] = [];
      for await (const entry of this.#database.list({ prefix: KEYS.docs(validateKind(kind)) })) {
        this.#known.recordRead(entry.key, entry);
        if (isExpired(entry, now)) continue;
        const text = await this.#database.textOf(entry.value);
        if (text === null) return null;
        docs.push({ id: entry.value.id as string, doc: decode<T>(text, kind) });
      }
      return { result: docs.sort((a, b) => compareText(a.id, b.id)) };
    });
  }

  async all(kind: DocKind): Promise<readonly StoredDoc[]> {
    return await this.#retry(async () => {
      const docs: StoredDoc[] = [];
      for await (const { value } of this.#database.list({ prefix: KEYS.docs(validateKind(kind)) })) {
        const text = await this.#database.textOf(value);
        if (text === null) return null;
        const { id, expiresAt } = value as unknown as StoredDoc;
        docs.push({ id, doc: decode(text, kind), expiresAt });
      }
      return { result: docs.sort((a, b) => compareText(a.id, b.id)) };
    });
  }

  async change(changes: readonly DocChange[], now: number): Promise<boolean> {
    return await this.#retry(async () => {
      const plan = await this.plan(changes, now);
      if (plan === "outdated") return { result: false };
      const { checks, mutations } = plan;
      if (mutations.length === 0) return { result: true };
      // A change too large for one commit goes through the journal, so it too happens fully or not at all.
      const transaction = { heads: [], mutations, checks };
      return await commitAll(this.#database, transaction) ? { result: true } : null;
    });
  }

  async putGuarded(docs: GuardedDocs): Promise<boolean> {
    const plan = this.planner(docs);
    return await this.#retry(async () => {
      const planned = await plan();
      if (planned === null || planned === "outdated") return planned && { result: false };
      return await commitAll(this.#database, { heads: [], ...planned }) ? { result: true } : null;
    });
  }

  /** Plans documents under a guard for a commit with others. Reads the guard again only when a commit fails. */
  planner(docs: GuardedDocs): PlanDocs {
    const { guard } = docs;
    const given = typeof guard.was === "object" && guard.was !== null
      ? this.#given.get(guard.was)
      : undefined;
    let known = given?.key === JSON.stringify(guardKey(guard)) ? given : undefined;
    return async () => {
      const own = known;
      known = undefined;
      return await planGuarded(this.#database, docs, own);
    };
  }

  /**
   * Plans several changes for a commit with others. The last change of a document counts. Returns `outdated` when one
   * was computed from another document than the stored one.
   */
  async plan(
    changes: readonly DocChange[],
    now: number,
  ): Promise<{ readonly checks: readonly Check[]; readonly mutations: readonly Mutation[] } | "outdated"> {
    const last = new Map(changes.map(({ kind, id, doc, was }) => {
      const key = KEYS.doc(validateKind(kind), doc === null ? id : keyText(id, "id"));
      return [JSON.stringify(key), { key, kind, id, was, text: doc === null ? null : encode(doc, kind) }];
    }));
    const entries = await Promise.all([...last.values()].map(({ key }) => this.#database.get(key)));
    const checks: Check[] = [];
    const mutations: Mutation[] = [];
    for (const [index, { key, kind, id, was, text }] of [...last.values()].entries()) {
      const entry = entries[index] ?? null;
      if (was !== undefined) {
        const stored = entry && !isExpired(entry, now) ? await this.#database.textOf(entry.value) : null;
        if (stored !== (was === null ? null : encode(was, kind))) return "outdated";
      }
      // The caller commits the change, so the known version becomes outdated.
      this.#known.forget(key);
      const versionstamp = entry?.versionstamp ?? null;
      checks.push({ key, versionstamp });
      const change = text !== null
        ? putText(key, { id, expiresAt: null }, text, entry?.value ?? null)
        : entry
        ? deleteValue(key, entry.value)
        : [];
      if (change.length > 0) mutations.push(...replaceVersion(change, versionstamp));
    }
    return { checks, mutations };
  }

  /** Deletes expired documents; resolves to their number. */
  async prune(now: number): Promise<number> {
    let removed = 0;
    for (const kind of Object.keys(DOC_TABLES)) {
      for await (const entry of this.#database.list({ prefix: KEYS.docs(kind) })) {
        if (!isExpired(entry, now)) continue;
        const { key, versionstamp, value } = entry;
        if (await this.#database.commit([{ key, versionstamp }], deleteValue(key, value))) removed++;
      }
    }
    return removed;
  }

  async #read(key: Key): Promise<Entry | null> {
    const entry = await this.#database.get(key);
    this.#known.recordRead(key, entry);
    return entry;
  }

  /** Stores or removes one document if the check holds. @param mutations the document's own one last */
  async #write(check: Check, mutations: readonly Mutation[]): Promise<boolean> {
    const versionstamp = await this.#database.write([check], mutations);
    this.#known.recordWrite(check.key, mutations.at(-1)!.value as Stored | null, versionstamp);
    return versionstamp !== null;
  }

  async #retry<T>(attempt: () => Promise<{ readonly result: T } | null>): Promise<T> {
    const { result } = await retry(attempt, "A document keeps being changed by others");
    return result;
  }
}

const ABSENT: KnownVersion = { versionstamp: null, value: null };
