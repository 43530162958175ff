/** A key-value database in memory whose process can be killed, and what lies in it. */
import { KvDatabase } from "../../lib/store/kv/database.ts";
import { KvStore } from "../../lib/store/kv/store.ts";

export const KILLED = "the process was killed";

export interface SharedKv extends Disposable {
  readonly kv: Deno.Kv;
  /** A store of its own on the same database, as another process has it. @param commits dies instead of the next one */
  store(commits?: number): KvStore;
  /** The number of commits since the beginning. */
  commits(): number;
  keys(): Promise<readonly Deno.KvKey[]>;
}

export async function sharedKv(path = ":memory:"): Promise<SharedKv> {
  const kv = await Deno.openKv(path);
  let commits = 0;
  const store = (most = Infinity) => {
    const end = commits + most;
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
            return commit();
          };
          return atomic;
        };
      },
    });
    return new KvStore(new KvDatabase(own, "kv::memory:"));
  };
  return {
    kv,
    store,
    commits: () => commits,
    keys: () => Array.fromAsync(kv.list({ prefix: ["syntrack"] }), ({ key }) => key),
    [Symbol.dispose]: () => kv.close(),
  };
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
