/**
 * Versions of values as this process last read or wrote them. A change that relies on one checks it in its commit, so
 * an
 * outdated one costs only another try.
 */
import type { Entry, Stored } from "./database.ts";
import type { Key } from "./keys.ts";

/** Null: there was no value. */
export interface KnownVersion {
  readonly versionstamp: string | null;
  /** Location of its parts, if any. */
  readonly value: Pick<Stored, "parts"> | null;
}

const MAX_KNOWN = 1_000;

export class KnownVersions {
  readonly #known = new Map<string, KnownVersion>();

  get(key: Key): KnownVersion | undefined {
    return this.#known.get(JSON.stringify(key));
  }

  /** Records a value that was read. */
  recordRead(key: Key, entry: Pick<Entry, "value" | "versionstamp"> | null): void {
    const { value = null, versionstamp = null } = entry ?? {};
    this.#put(key, { versionstamp, value: value && copyParts(value) });
  }

  /** Records a value that was stored; forgets the key when the commit failed. */
  recordWrite(key: Key, value: Stored | null, versionstamp: string | null): void {
    if (versionstamp === null) this.forget(key);
    else this.recordRead(key, value && { value, versionstamp });
  }

  forget(key: Key): void {
    this.#known.delete(JSON.stringify(key));
  }

  #put(key: Key, known: KnownVersion): void {
    const name = JSON.stringify(key);
    this.#known.delete(name);
    this.#known.set(name, known);
    if (this.#known.size > MAX_KNOWN) this.#known.delete(this.#known.keys().next().value!);
  }
}

function copyParts({ parts }: Stored): Pick<Stored, "parts"> {
  return parts ? { parts } : {};
}
