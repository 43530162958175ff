/** One open key-value database: names its failures, and splits values beyond its limit over several keys. */
import { systemClock } from "../../base/clock.ts";
import { concatBytes } from "../../base/concat_bytes.ts";
import { StoreError } from "../store.ts";
import { freshId, type Key, keyBytes, KEYS } from "./keys.ts";
import { packText, unpackText } from "./pack.ts";
import { pause } from "./retry.ts";

/** A value as stored: its fields, with the packed text or the location of its parts. */
export interface Stored {
  readonly [field: string]: unknown;
  readonly text?: Uint8Array;
  /** Location of the text when it is too long for one value. */
  readonly parts?: { readonly token: string; readonly count: number };
}

export interface Entry {
  readonly key: Key;
  readonly value: Stored;
  readonly versionstamp: string;
}

/** A value to set, or to delete when it is null. */
export interface Mutation {
  readonly key: Key;
  readonly value: unknown;
  /** For values that others may change at once: a late write applies only to this version. */
  readonly was?: string | null;
}

export interface Check {
  readonly key: Key;
  readonly versionstamp: string | null;
}

/** The limit of a value is 64 KiB, including its fields and their names. */
export const MAX_TEXT_BYTES = 60 * 1024;
/** Below the limits of a commit: 1000 mutations, 100 checks (10 on a self-hosted server), 800 KiB, of which 80 KiB are keys. */
export const MAX_MUTATIONS = 900;
export const MAX_CHECKS = 10;
export const MAX_COMMIT_BYTES = 700 * 1024;
export const MAX_KEY_BYTES = 70 * 1024;
/** For fields and their encoding. */
const OVERHEAD_BYTES = 200;
/** Number of entries a list returns at once. */
const LIST_BATCH = 100;

export class KvDatabase {
  readonly path: string;
  /** Current time, by which leftovers of killed processes age. */
  readonly now: () => number;
  readonly #kv: Deno.Kv;
  #open = true;

  constructor(kv: Deno.Kv, path: string, now = systemClock.now) {
    this.#kv = kv;
    this.path = path;
    this.now = now;
  }

  get open(): boolean {
    return this.#open;
  }

  async get(key: Key): Promise<Entry | null> {
    const entry = await this.#run(() => this.#kv.get<Stored>(key));
    return entry.versionstamp === null ? null : entry as Entry;
  }

  async *list(selector: Deno.KvListSelector, options: Deno.KvListOptions = {}): AsyncIterable<Entry> {
    this.#check();
    const entries = this.#kv.list<Stored>(selector, { batchSize: LIST_BATCH, ...options });
    while (true) {
      const { done, value } = await this.#run(() => entries.next());
      if (done || value === undefined) return;
      yield value as Entry;
    }
  }

  /** Calls `changed` at first and after each change, until it is stopped or the database ends it. */
  watch(key: Key, changed: () => void): () => void {
    this.#check();
    const reader = this.#kv.watch([key]).getReader();
    void (async () => {
      while (!(await reader.read()).done) changed();
    })().catch(() => {});
    return () => void reader.cancel().catch(() => {});
  }

  /** All or nothing; false when a check fails. */
  async commit(checks: readonly Check[], mutations: readonly Mutation[]): Promise<boolean> {
    return await this.write(checks, mutations) !== null;
  }

  /** Does the same and returns the version stored; null when a check fails. */
  async write(checks: readonly Check[], mutations: readonly Mutation[]): Promise<string | null> {
    const done = await this.#run(() => {
      const atomic = this.#kv.atomic();
      for (const check of checks) atomic.check(check);
      for (const { key, value } of mutations) {
        if (value === null) atomic.delete(key);
        else atomic.set(key, value);
      }
      return atomic.commit();
    });
    return done.ok ? done.versionstamp : null;
  }

  /** Returns the text of a value; null when it was replaced in the meantime, so that its parts are elsewhere. */
  async textOf({ text, parts }: Stored): Promise<string | null> {
    if (text) return unpackText(text);
    if (!parts) throw new StoreError("corrupt", "A stored value has no content", "Import an export of it");
    const bytes: Uint8Array[] = [];
    for await (const { value } of this.list({ prefix: KEYS.parts(parts.token) })) {
      if (value.text) bytes.push(value.text);
    }
    return bytes.length === parts.count ? unpackText(concatBytes(bytes)) : null;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#kv.close();
  }

  #check(): void {
    if (!this.#open) throw new Error(`Database "${this.path}" is closed`);
  }

  async #run<T>(work: () => Promise<T>): Promise<T> {
    return await retryWhileLocked(() => {
      this.#check();
      return work();
    }, this.path);
  }
}

/** How long to wait for another process; the runtime itself does not wait. */
const PATIENCE_MS = 5_000;
const MAX_LOCK_PAUSE_MS = 25;

/** Retries while another process writes, because then nothing was done. @throws {StoreError} */
export async function retryWhileLocked<T>(work: () => Promise<T>, path: string): Promise<T> {
  const until = performance.now() + PATIENCE_MS;
  while (true) {
    try {
      return await work();
    } catch (error) {
      const failure = toStoreError(error, path);
      const isLocked = failure instanceof StoreError && failure.kind === "locked";
      if (!isLocked || performance.now() >= until) throw failure;
    }
    await pause(MAX_LOCK_PAUSE_MS);
  }
}

/** Returns the mutations that store a text with some fields under a key. @param before the value stored there now */
export function putText(
  key: Key,
  fields: Readonly<Record<string, unknown>>,
  text: string,
  before: Stored | null,
): readonly Mutation[] {
  const bytes = packText(text);
  if (bytes.length <= MAX_TEXT_BYTES) {
    return [...dropParts(before), { key, value: { ...fields, text: bytes } }];
  }
  const token = freshId();
  const parts: Mutation[] = [];
  for (let from = 0; from < bytes.length; from += MAX_TEXT_BYTES) {
    const part = bytes.slice(from, from + MAX_TEXT_BYTES);
    parts.push({ key: KEYS.part(token, parts.length), value: { text: part } });
  }
  const value = { ...fields, parts: { token, count: parts.length } };
  return [...dropParts(before), ...parts, { key, value }];
}

/** Returns the mutations that delete a value with its parts. */
export function deleteValue(key: Key, before: Stored | null): readonly Mutation[] {
  return [...dropParts(before), { key, value: null }];
}

function dropParts(before: Stored | null): readonly Mutation[] {
  if (!before?.parts) return [];
  const { token, count } = before.parts;
  return Array.from({ length: count }, (_, index) => ({ key: KEYS.part(token, index), value: null }));
}

/** Returns an upper bound of a mutation's size in bytes. */
export function countBytes({ key, value }: Mutation): number {
  const text = (value as Stored | null)?.text?.length ?? 0;
  const steps = (value as { readonly bytes?: number } | null)?.bytes ?? 0;
  return keyBytes(key) + OVERHEAD_BYTES + text + steps;
}

/** Reports whether all of it fits into one commit. */
export function fitsOneCommit(checks: readonly Check[], mutations: readonly Mutation[]): boolean {
  return checks.length <= MAX_CHECKS && mutations.length <= MAX_MUTATIONS &&
    sum([...checks, ...mutations], ({ key }) => keyBytes(key)) <= MAX_KEY_BYTES &&
    sum(mutations, countBytes) <= MAX_COMMIT_BYTES;
}

/** Splits mutations into groups that each fit into one commit, in order, with room for a few checks and mutations more. */
export function* groupsOf(mutations: readonly Mutation[]): Iterable<readonly Mutation[]> {
  let [group, bytes, keys]: [Mutation[], number, number] = [[], 0, 0];
  for (const mutation of mutations) {
    const [size, key] = [countBytes(mutation), keyBytes(mutation.key)];
    const isFull = group.length >= MAX_MUTATIONS / 2 || bytes + size > MAX_COMMIT_BYTES / 2 ||
      keys + key > MAX_KEY_BYTES / 2;
    if (isFull && group.length > 0) {
      yield group;
      [group, bytes, keys] = [[], 0, 0];
    }
    group.push(mutation);
    [bytes, keys] = [bytes + size, keys + key];
  }
  if (group.length > 0) yield group;
}

function sum<T>(values: readonly T[], amountOf: (value: T) => number): number {
  return values.reduce((total, value) => total + amountOf(value), 0);
}

/**
 * Matches the status of a server's answer, as the runtime words it. The rest of the message is an address and the
 * server's own text.
 */
const STATUS = /\b(?:responded with status |\(status=)(\d{3})\b/;
const REFUSALS: readonly (string | undefined)[] = ["401", "403"];

const REFUSED = {
  kind: "unwritable",
  // No token at all.
  message: /DENO_KV_ACCESS_TOKEN/,
  says: "refuses the access token",
  hint: "Set DENO_KV_ACCESS_TOKEN to a token with access to it",
} as const;

const CAUSES = [
  {
    kind: "locked",
    message: /database (table )?is locked|busy/i,
    says: "is locked by another process",
    hint: "Stop the other process that uses the database, or try again",
  },
  {
    // Hosts word it differently; these are common phrases.
    kind: "limited",
    message:
      /quota|limits? (exceeded|reached)|exceed\w* .*limit|storage limit|too many requests|payment required/i,
    says: "no longer answers: the limits of its plan are reached",
    hint: "Wait until they are reset, or change the plan; nothing was stored",
  },
  {
    kind: "full",
    message: /database or disk is full/i,
    says: "cannot grow: there is no room left",
    hint: "Free some room; nothing of the last poll was stored",
  },
  {
    kind: "corrupt",
    message: /malformed|file is not a database/i,
    says: "is damaged, or not a key-value database",
    hint: "Move it away to start with an empty one, and import an export",
  },
  REFUSED,
  {
    kind: "unwritable",
    message: /readonly database|unable to open|disk I\/O|metadata|connect|network|dns|timed? ?out|fetch/i,
    says: "cannot be reached or written",
    hint: "Check the address or the folder, and try again; nothing of the last poll was stored",
  },
] as const;

/** Returns a `StoreError` when the user can act on it; any other error unchanged. */
export function toStoreError(error: unknown, path: string): unknown {
  // Bugs of the program are reported as they are.
  if (!(error instanceof Error) || error instanceof StoreError) return error;
  if (error instanceof RangeError || error instanceof Deno.errors.NotCapable) return error;
  const isRefused = REFUSALS.includes(STATUS.exec(error.message)?.[1]);
  const found = isRefused ? REFUSED : CAUSES.find(({ message }) => message.test(error.message));
  if (!found) return error;
  return new StoreError(
    found.kind,
    `Database "${path}" ${found.says} (${error.message})`,
    found.hint,
    { cause: error },
  );
}
