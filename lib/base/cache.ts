/**
 * The program's only cache: values by key, limited in number or size and in age.
 *
 * A mark says what a value was computed from, such as the number of its account's last event; a lookup with
 * another mark misses. So nothing has to find and remove what an event made outdated.
 */
export interface CacheOptions<Key, Value> {
  /** Maximum number of values, or their maximum total size if `readSize` measures them. */
  readonly max: number;
  readonly sizeOf?: (value: Value, key: Key) => number;
  /** Values expire after this long, and when the clock was set back before their creation. */
  readonly maxAgeMs?: number;
  /** Epoch milliseconds; needed only for `maxAgeMs`. */
  readonly now?: () => number;
}

type Mark = string | number;

interface Entry<Value> {
  readonly value: Value;
  readonly mark: Mark;
  readonly at: number;
  readonly size: number;
}

interface Load<Value> {
  readonly mark: Mark;
  readonly at: number;
  readonly value: Promise<Value | undefined>;
}

export class Cache<Key, Value> {
  readonly #options: CacheOptions<Key, Value>;
  /** In order of last use, the latest at the end. */
  readonly #entries = new Map<Key, Entry<Value>>();
  readonly #loads = new Map<Key, Load<Value>>();
  #used = 0;

  constructor(options: CacheOptions<Key, Value>) {
    if (!(options.max > 0)) throw new RangeError(`Cannot make a cache of ${options.max} values`);
    if (options.maxAgeMs !== undefined && !options.now) {
      throw new TypeError("A cache with an age needs a clock");
    }
    this.#options = options;
  }

  /** Number of values, including those expired or with another mark. */
  get size(): number {
    return this.#entries.size;
  }

  /** Returns the value computed from `mark`, unless it has expired. */
  get(key: Key, mark: Mark = ""): Value | undefined {
    const entry = this.#young(key);
    if (entry?.mark !== mark) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** Returns the value whatever its mark, as a base for the next one; undefined when it has expired. */
  last(key: Key): Value | undefined {
    return this.#young(key)?.value;
  }

  /** Stores a value, unless it alone is too large. @param madeAt when its age starts, by default now */
  set(key: Key, value: Value, mark: Mark = "", madeAt: number = this.#now()): void {
    this.delete(key);
    const { max, sizeOf } = this.#options;
    const size = sizeOf?.(value, key) ?? 1;
    if (size > max) return;
    this.#entries.set(key, { value, mark, at: madeAt, size });
    this.#used += size;
    for (const oldest of this.#entries.keys()) {
      if (this.#used <= max) break;
      this.delete(oldest);
    }
  }

  /**
   * Returns the value of `mark`, or calls `make`, once for all
   * concurrent callers. Caches neither failures nor `undefined`.
   */
  load(key: Key, mark: Mark, make: () => Promise<Value>): Promise<Value>;
  load(key: Key, mark: Mark, make: () => Promise<Value | undefined>): Promise<Value | undefined>;
  load(key: Key, mark: Mark, make: () => Promise<Value | undefined>): Promise<Value | undefined> {
    const known = this.get(key, mark);
    if (known !== undefined) return Promise.resolve(known);
    const running = this.#loads.get(key);
    if (running?.mark === mark && this.#isYoung(running.at)) return running.value;
    const load: Load<Value> = { mark, at: this.#now(), value: this.#make(key, make, () => load) };
    this.#loads.set(key, load);
    return load.value;
  }

  delete(key: Key): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    this.#used -= entry.size;
  }

  async #make(
    key: Key,
    make: () => Promise<Value | undefined>,
    own: () => Load<Value>,
  ): Promise<Value | undefined> {
    // Wait until the load is registered for concurrent callers.
    await Promise.resolve();
    try {
      const value = await make();
      // A caller with a newer mark may have replaced this load meanwhile.
      if (value !== undefined && this.#loads.get(key) === own()) this.set(key, value, own().mark, own().at);
      return value;
    } finally {
      if (this.#loads.get(key) === own()) this.#loads.delete(key);
    }
  }

  #young(key: Key): Entry<Value> | undefined {
    const entry = this.#entries.get(key);
    if (!entry || this.#isYoung(entry.at)) return entry;
    this.delete(key);
    return undefined;
  }

  #isYoung(at: number): boolean {
    const { maxAgeMs = Number.POSITIVE_INFINITY } = this.#options;
    const age = this.#now() - at;
    return age >= 0 && age < maxAgeMs;
  }

  #now(): number {
    return this.#options.now?.() ?? 0;
  }
}
