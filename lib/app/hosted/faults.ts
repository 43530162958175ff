/**
 * Remembers the last failure of the store, to explain a failed answer: pages and routes only say that something
 * failed, because they do not know the platform.
 */
import type { Store } from "../../store/store.ts";

export interface Faults {
  /** How often the store failed so far. */
  readonly count: number;
  /** The last failure. */
  readonly last: unknown;
  /** Returns the same store, and notices its failures. */
  watch(store: Store): Store;
}

export function createFaults(): Faults {
  let [count, last]: [number, unknown] = [0, undefined];

  function notice(error: unknown): void {
    // A caller's mistakes are no failures of the store.
    if (!(error instanceof Error) || error.name !== "StoreError") return;
    count++;
    last = error;
  }

  /** @param parts names of members to watch as well, such as its documents */
  function watch<T extends object>(target: T, parts: ReadonlySet<PropertyKey>): T {
    const watched = new Map<PropertyKey, object>();
    return new Proxy(target, {
      get(_, name) {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value === "function") {
          return (...args: readonly unknown[]) => {
            const answer: unknown = value.apply(target, args);
            // The caller awaits the same promise, and handles its error.
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
