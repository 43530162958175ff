/**
 * An in-memory KV Connect server with what the store needs: sets, deletes, checks, ranges and watches, with the limits of
 * `denokv`. It replaces `denokv`, so that `kv:http://...` is tested over a real socket even if no such server is installed.
 */
import { KV_TOKEN, setKvToken } from "./kv_token.ts";

export interface KvConnect extends AsyncDisposable {
  /** For `--db`. */
  readonly name: string;
  /** Number of answered reads and writes, and of all watches started. */
  readonly counts: { reads: number; writes: number; watches: number };
  /** Number of open watches. */
  watchers(): number;
  /** Answers this many requests with a server error. */
  fail(requests: number): void;
}

const LIMITS = { key: 2_048, value: 65_536, checks: 10, mutations: 1_000, ranges: 10, bytes: 819_200 };

/** @param token another one than databases are opened with is refused */
export function startKvConnect(token = KV_TOKEN): KvConnect {
  setKvToken();
  const database = new Database();
  const counts = { reads: 0, writes: 0, watches: 0 };
  let failing = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    if (request.headers.get("authorization") !== `Bearer ${token}`) return text(401, "Invalid access token");
    const { pathname } = new URL(request.url);
    if (failing > 0 && pathname !== "/") {
      failing--;
      return text(503, "Try again");
    }
    const body = new Uint8Array(await request.arrayBuffer());
    try {
      switch (pathname) {
        case "/":
          return Response.json({
            version: 3,
            databaseId: "11111111-1111-4111-8111-111111111111",
            endpoints: [{ url: "/v3", consistency: "strong" }],
            token,
            expiresAt: "2100-01-01T00:00:00Z",
          });
        case "/v3/snapshot_read":
          counts.reads++;
          return protobuf(database.read(decode(body)));
        case "/v3/watch":
          counts.watches++;
          return new Response(database.watch(decode(body)), {
            headers: { "content-type": "application/octet-stream" },
          });
        case "/v3/atomic_write":
          counts.writes++;
          return protobuf(database.write(decode(body)));
        default:
          return text(404, "There is nothing here");
      }
    } catch (error) {
      return text(400, error instanceof Error ? error.message : "It cannot be read");
    }
  });
  return {
    name: `kv:http://127.0.0.1:${server.addr.port}/`,
    counts,
    watchers: () => database.watchers,
    fail: (requests) => void (failing = requests),
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function text(status: number, body: string): Response {
  return new Response(body, { status });
}

function protobuf(body: Uint8Array<ArrayBuffer>): Response {
  return new Response(body, { headers: { "content-type": "application/x-protobuf" } });
}

interface Entry {
  readonly value: Uint8Array;
  readonly encoding: number;
  readonly stamp: Uint8Array;
}

class Database {
  /** Sorted, with one character for each byte. */
  readonly #keys: string[] = [];
  readonly #entries = new Map<string, Entry>();
  readonly #watchers = new Set<(changed: ReadonlySet<string>) => void>();
  #clock = 0;

  read(request: Fields): Uint8Array<ArrayBuffer> {
    const ranges = request.messages(1);
    limit(ranges.length, LIMITS.ranges, "ranges");
    const answers = ranges.map((range) => {
      const [start, end] = [this.#indexOf(latin(range.bytes(1))), this.#indexOf(latin(range.bytes(2)))];
      const keys = this.#keys.slice(start, end);
      if (range.number(4) === 1) keys.reverse();
      const entries = keys.slice(0, range.number(3)).map((key) =>
        field(1, entryOf(key, this.#entries.get(key)!))
      );
      return field(1, joined(entries));
    });
    return joined([...answers, varintField(4, 1), varintField(8, 1)]);
  }

  get watchers(): number {
    return this.#watchers.size;
  }

  /** Sends the watched keys now, and again after each commit that changes one of them. */
  watch(request: Fields): ReadableStream<Uint8Array<ArrayBuffer>> {
    const keys = request.messages(1).map((one) => latin(one.bytes(1)));
    let tell: (changed: ReadonlySet<string>) => void;
    return new ReadableStream({
      start: (controller) => {
        tell = (changed) => {
          if (keys.some((key) => changed.has(key))) controller.enqueue(this.#watched(keys, changed));
        };
        tell(new Set(keys));
        this.#watchers.add(tell);
      },
      cancel: () => void this.#watchers.delete(tell),
    });
  }

  /** Returns one message, preceded by its length. */
  #watched(keys: readonly string[], changed: ReadonlySet<string>): Uint8Array<ArrayBuffer> {
    const outputs = keys.map((key) => {
      const entry = this.#entries.get(key);
      if (!changed.has(key)) return field(2, varintField(1, 0));
      return field(2, joined([varintField(1, 1), ...entry ? [field(2, entryOf(key, entry))] : []]));
    });
    const message = joined([varintField(1, 1), ...outputs]);
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, message.length, true);
    return joined([length, message]);
  }

  write(request: Fields): Uint8Array<ArrayBuffer> {
    const [checks, mutations] = [request.messages(1), request.messages(2)];
    limit(checks.length, LIMITS.checks, "checks");
    limit(mutations.length, LIMITS.mutations, "mutations");
    const failed = checks.flatMap((check, index) => {
      const stored = this.#entries.get(latin(check.bytes(1)))?.stamp ?? new Uint8Array();
      return latin(stored) === latin(check.bytes(2)) ? [] : [index];
    });
    if (failed.length > 0) {
      return joined([varintField(1, 2), ...failed.map((index) => varintField(4, index))]);
    }
    const stamp = new Uint8Array(10);
    new DataView(stamp.buffer).setUint32(4, ++this.#clock);
    let total = 0;
    const changes = mutations.map((mutation) => {
      const [key, value] = [mutation.bytes(1), mutation.messages(2)[0]];
      limit(key.length, LIMITS.key, "bytes of a key");
      const data = value?.bytes(1) ?? new Uint8Array();
      limit(data.length, LIMITS.value, "bytes of a value");
      total += key.length + data.length;
      const kind = mutation.number(3);
      if (kind !== 1 && kind !== 2) throw new TypeError(`There are no mutations of kind ${kind}`);
      return { key: latin(key), set: kind === 1 ? { value: data, encoding: value!.number(2), stamp } : null };
    });
    limit(total, LIMITS.bytes, "bytes of a commit");
    for (const { key, set } of changes) this.#change(key, set);
    const changed = new Set(changes.map(({ key }) => key));
    for (const tell of this.#watchers) tell(changed);
    return joined([varintField(1, 1), field(2, stamp)]);
  }

  #change(key: string, entry: Entry | null): void {
    const index = this.#indexOf(key);
    const isThere = this.#keys[index] === key;
    if (entry === null) {
      if (isThere) this.#keys.splice(index, 1);
      this.#entries.delete(key);
      return;
    }
    if (!isThere) this.#keys.splice(index, 0, key);
    this.#entries.set(key, entry);
  }

  /** Returns the index of the first key that is not before this one. */
  #indexOf(key: string): number {
    let [low, high] = [0, this.#keys.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#keys[middle]! < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function entryOf(key: string, { value, encoding, stamp }: Entry): Uint8Array<ArrayBuffer> {
  return joined([field(1, bytesOf(key)), field(2, value), varintField(3, encoding), field(4, stamp)]);
}

function limit(found: number, most: number, what: string): void {
  if (found > most) throw new RangeError(`Too many ${what}: ${found}, at most ${most}`);
}

function latin(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** The fields of a Protocol Buffers message. */
interface Fields {
  bytes(field: number): Uint8Array;
  number(field: number): number;
  messages(field: number): readonly Fields[];
}

function decode(body: Uint8Array): Fields {
  const fields = new Map<number, (Uint8Array | number)[]>();
  let at = 0;
  const varint = () => {
    let [value, scale] = [0, 1];
    while (true) {
      const byte = body[at++];
      if (byte === undefined) throw new TypeError("The message ends too early");
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
  };
  while (at < body.length) {
    const tag = varint();
    const [number, type] = [tag >>> 3, tag & 7];
    const known = fields.get(number) ?? [];
    fields.set(number, known);
    if (type === 0) known.push(varint());
    else if (type === 2) {
      const length = varint();
      known.push(body.subarray(at, at += length));
    } else throw new TypeError(`There are no fields of type ${type}`);
  }
  return {
    bytes: (field) => fields.get(field)?.at(-1) as Uint8Array | undefined ?? new Uint8Array(),
    number: (field) => Number(fields.get(field)?.at(-1) ?? 0),
    messages: (field) => (fields.get(field) ?? []).map((bytes) => decode(bytes as Uint8Array)),
  };
}

function field(number: number, value: Uint8Array): Uint8Array<ArrayBuffer> {
  return joined([varintOf(number << 3 | 2), varintOf(value.length), value]);
}

function varintField(number: number, value: number): Uint8Array<ArrayBuffer> {
  return joined([varintOf(number << 3), varintOf(value)]);
}

function varintOf(value: number): Uint8Array {
  const bytes: number[] = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push(value % 128 | 128);
  return Uint8Array.from([...bytes, value]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
