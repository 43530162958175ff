/** A key-value database in memory whose process can be killed, and what lies in it. */
import { KvDatabase } from "../../lib/store/kv/database.ts";
import { KvStore } from "../../lib/store/kv/store.ts";

export const KILLED = "the process was killed";

export interface SharedKv extends Disposable {
  readonly kv: Deno.Kv;
  /** The instant for every store. */
  now: number;
  /**
   * A store of its own on the same database, as another process has it.
   * @param commits dies instead of the next one
   * @param before what happens before each of its commits
   */
  store(commits?: number, before?: (commit: number) => Promise<void>): KvStore;
  /** The same without a store around it. */
  database(): KvDatabase;
  /** The number of commits since the beginning. */
  commits(): number;
  keys(): Promise<readonly Deno.KvKey[]>;
}

export async function sharedKv(path = ":memory:"): Promise<SharedKv> {
  const kv = await Deno.openKv(path);
  let commits = 0;
  const open = (most = Infinity, before?: (commit: number) => Promise<void>) => {
    const end = commits + most;
    let ownCommits = 0;
    const own = new Proxy(kv, {
      get(target, name) {
        if (name === "close") return () => {};
        if (name !== "atomic") {
          const member = Reflect.get(target, name, target);
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
    keys: () => Array.fromAsync(kv.list({ prefix: ["syntrack"] }), ({ key }) => key),
    [Symbol.dispose]: () => kv.close(),
  };
  return shared;
}

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-";

/** Text that compression shortens by no more than a quarter. */
export function randomText(length: number): string {
  let text = "";
  while (text.length < length) {
    const bytes = crypto.getRandomValues(new Uint8Array(Math.min(length - text.length, 65_536)));
    text += Array.from(bytes, (byte) => LETTERS[byte & 63]).join("");
  }
  return text;
}
