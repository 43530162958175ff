/** Counts the calls of a store by method. */
import type { Store } from "../../lib/store/store.ts";

export type Counts = Record<string, number>;

export function countingDocs(store: Store, counts: Counts): Store {
  return countCalls(store, counts, "") as Store;
}

function countCalls(target: object, counts: Counts, prefix: string): object {
  return new Proxy(target, {
    get(_, name) {
      const value = Reflect.get(target, name, target);
      if (prefix === "" && (name === "docs" || name === "audit")) {
        return countCalls(value, counts, `${name}.`);
      }
      if (typeof value !== "function" || typeof name !== "string") {
        return typeof value === "function" ? value.bind(target) : value;
      }
      return (...args: unknown[]) => {
        const kind = prefix === "docs." && typeof args[0] === "string" ? ` ${args[0]}` : "";
        const key = `${prefix}${name}${kind}`;
        counts[key] = (counts[key] ?? 0) + 1;
        return value.apply(target, args);
      };
    },
  });
}
