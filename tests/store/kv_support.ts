/** An in-memory key-value database whose process can be killed, and its contents. */
import { randomBytes } from "node:crypto";
import type { AccountKey } from "../../lib/model/quota.ts";
import { KvDatabase } from "../../lib/store/kv/database.ts";
import { KvStore } from "../../lib/store/kv/store.ts";
import type { Poll } from "../../lib/store/store.ts";
import { minutes } from "./polls.ts";

export const KILLED = "the process was killed";

export const BESIDE: AccountKey = "acme/beside";
export const KEEP = { readingsMs: 0, fiveMinutesMs: 0, outcomesMs: 0 };

/** Returns more polls than one commit accepts, on two accounts. */
export function createManyPolls(): readonly Poll[] {
  const polls = [...minutes(Array.from({ length: 40 }, (_, i) => i + 4)), ...minutes([7, 8], BESIDE)];
  return polls.map((poll) => ({ ...poll, outcome: { ...poll.outcome, answer: randomText(28_000) } }));
}

export interface SharedKv extends Disposable {
  readonly kv: Deno.Kv;
  /** The current time of every store. */
  now: number;
  /**
   * Creates another store on the same database, as in another process.
   * @param commits number of commits, after which it dies instead of the next one
   * @param before called before each of its commits
   */
  store(commits?: number, before?: (commit: number) => Promise<void>): KvStore;
  /** Returns the same database without a store around it. */
  database(): KvDatabase;
  /** Returns the number of commits so far. */
  commits(): number;
  /** All reads so far: the first parts of each key, such as `account`, in order. */
  readonly read: string[];
  keys(): Promise<readonly Deno.KvKey[]>;
  /** Returns a copy in memory, at the same time: filling a large database takes far longer. */
  copy(): Promise<SharedKv>;
}

export async function sharedKv(path = ":memory:"): Promise<SharedKv> {
  const kv = await Deno.openKv(path);
  let commits = 0;
  const read: string[] = [];
  const open = (most = Infinity, before?: (commit: number) => Promise<void>) => {
    const end = commits + most;
    let ownCommits = 0;
    const own = new Proxy(kv, {
      get(target, name) {
        if (name === "close") return () => {};
        if (name !== "atomic") {
          const member = Reflect.get(target, name, target);
          if (name === "get" || name === "list") {
            return (...args: unknown[]) => {
              read.push(nameOf(args[0]));
              return member.apply(target, args);
            };
          }
          return typeof member === "function" ? member.bind(target) : member;
        }
        return () => {
          const atomic = target.atomic();
          const commit = atomic.commit.bind(atomic);
          atomic.commit = () => {
            if (commits >= end) return Promise.reject(new Error(KILLED));
            commits++;
            return before ? before(ownCommits++).then(commit) : commit();
          };
          return atomic;
        };
      },
    });
    return new KvDatabase(own, "kv::memory:", () => shared.now);
  };
  const shared: SharedKv = {
    kv,
    now: Date.UTC(2026, 0),
    store: (most, before) => new KvStore(open(most, before)),
    database: () => open(),
    commits: () => commits,
    read,
    keys: () => Array.fromAsync(kv.list({ prefix: ["syntrack"] }), ({ key }) => key),
    async copy() {
      const copied = await sharedKv();
      copied.now = shared.now;
      for await (const { key, value } of kv.list({ prefix: [] })) await copied.kv.set(key, value);
      return copied;
    },
    [Symbol.dispose]: () => kv.close(),
  };
  return shared;
}

function nameOf(asked: unknown): string {
  const { prefix, start } = asked as { readonly prefix?: Deno.KvKey; readonly start?: Deno.KvKey };
  return String((prefix ?? start ?? asked as Deno.KvKey)[1]);
}

/** Returns text that compression shortens by no more than a quarter. */
export function randomText(length: number): string {
  return randomBytes(Math.ceil(length * 0.75)).toString("base64").slice(0, length);
}
