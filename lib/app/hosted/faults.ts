/**
 * What the store refused last, for whoever was answered with a failure because of it: pages and routes tell no more than
 * that something failed, as they know no host.
 */
import type { Store } from "../../store/store.ts";

export interface Faults {
  /** How often the store failed so far. */
  readonly count: number;
  /** The last failure. */
  readonly last: unknown;
  /** Returns the same store, whose failures are noticed. */
  watch(store: Store): Store;
}

export function createFaults(): Faults {
  let [count, last]: [number, unknown] = [0, undefined];

  function notice(error: unknown): void {
    // Mistakes of a caller are no failures of the store.
    if (!(error instanceof Error) || error.name !== "StoreError") return;
    count++;
    last = error;
  }

  /** @param parts names of what is watched as well, such as its documents */
  function watch<T extends object>(target: T, parts: ReadonlySet<PropertyKey>): T {
    const watched = new Map<PropertyKey, object>();
    return new Proxy(target, {
      get(_, name) {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value === "function") {
          return (...args: readonly unknown[]) => {
            const answer: unknown = value.apply(target, args);
            // Beside whoever awaits it, who handles it.
            if (answer instanceof Promise) answer.catch(notice);
            return answer;
          };
        }
        if (!parts.has(name) || typeof value !== "object" || value === null) return value;
        if (!watched.has(name)) watched.set(name, watch(value, new Set()));
        return watched.get(name);
      },
    });
  }

  return {
    get count() {
      return count;
    },
    get last() {
      return last;
    },
    watch: (store) => watch(store, new Set(["docs", "audit"])),
  };
}
