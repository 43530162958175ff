/**
 * The one cache of the program: values by key, no more than fit, none older than it may be.
 *
 * A mark says what a value was made of, such as the number of the last event of its account: asked for with
 * another mark it counts as missing. So nobody has to find and remove what an event made wrong.
 */
export interface CacheOptions<Key, Value> {
  /** How many values are kept, or how large they may be together where `sizeOf` measures them. */
  readonly max: number;
  readonly sizeOf?: (value: Value, key: Key) => number;
  /** Values are made again after this long; also when the clock was set back behind their making. */
  readonly maxAgeMs?: number;
  /** Epoch milliseconds; needed for `maxAgeMs` only. */
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
  /** In the order of their last use, the latest at the end. */
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

  /** How many values there are, with those that are too old or of another mark. */
  get size(): number {
    return this.#entries.size;
  }

  /** The value that was made of `mark`, as long as it is young enough. */
  get(key: Key, mark: Mark = ""): Value | undefined {
    const entry = this.#young(key);
    if (entry?.mark !== mark) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** The value whatever it was made of, to make the next one from; undefined where it is too old. */
  last(key: Key): Value | undefined {
    return this.#young(key)?.value;
  }

  /** Keeps a value, unless it alone is too large. @param madeAt since when it ages: now unless given */
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
   * The value of `mark`, or what `make` makes: once for all who ask while it is being made. What fails is not kept,
   * and neither is `undefined`.
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
    // Not before the load is known to those who ask next.
    await Promise.resolve();
    try {
      const value = await make();
      // Whoever asked with a newer mark meanwhile has the newer value.
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
