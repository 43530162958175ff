import { HOLE, INFINITY_NEG, INFINITY_POS, NAN, NULL, UNDEFINED, ZERO_NEG } from "./constants.ts";

/** By tag: builds the object that a stringifier with the same tag sent. */
export type CustomParser = Record<string, (value: unknown) => unknown>;

const CONSTANTS = new Map<number, unknown>([
  [UNDEFINED, undefined],
  [NULL, null],
  [NAN, NaN],
  [INFINITY_POS, Infinity],
  [INFINITY_NEG, -Infinity],
  [ZERO_NEG, -0],
]);

/** Parses the output of `stringify`. Revives every item once, so shared references stay shared. */
export function parse<T = unknown>(text: string, custom: CustomParser = {}): T {
  const items: unknown = JSON.parse(text);
  if (!Array.isArray(items)) return CONSTANTS.get(items as number) as T;
  const source: readonly unknown[] = items;
  const revived = new Map<number, unknown>();

  function read(index: number): unknown {
    if (index < 0) return CONSTANTS.get(index);
    if (revived.has(index)) return revived.get(index);
    const item = source[index];
    if (item === null || typeof item !== "object") return keep(index, item);
    if (!Array.isArray(item)) return readObject(index, item);
    return typeof item[0] === "string" ? readTagged(index, item) : readArray(index, item);
  }

  function keep<V>(index: number, value: V): V {
    revived.set(index, value);
    return value;
  }

  /** Stores containers before filling them: their content may refer back to them. */
  function readArray(index: number, refs: readonly number[]): unknown {
    const array = keep(index, new Array<unknown>(refs.length));
    refs.forEach((ref, i) => {
      if (ref !== HOLE) array[i] = read(ref);
    });
    return array;
  }

  function readObject(index: number, refs: object): unknown {
    const object = keep(index, {});
    for (const [key, ref] of Object.entries(refs)) {
      // Plain assignment to `__proto__` would change the prototype instead of adding a key.
      const descriptor = {
        value: read(ref),
        enumerable: true,
        configurable: true,
        writable: true,
      };
      Object.defineProperty(object, key, descriptor);
    }
    return object;
  }

  function readTagged(index: number, item: readonly unknown[]): unknown {
    // The tag determines which of these the second field is; anything else fails in the constructors below.
    const [tag, text, flags] = item as readonly [string, string, string?];
    const [, ref] = item as readonly [string, number];
    const [, refs] = item as readonly [string, readonly number[]];
    const revive = Object.hasOwn(custom, tag) ? custom[tag] : undefined;
    if (revive !== undefined) return keep(index, revive(read(ref)));
    switch (tag) {
      case "BigInt":
        return keep(index, BigInt(text));
      case "URL":
        return keep(index, new URL(text));
      case "Date":
        return keep(index, new Date(text));
      case "RegExp":
        return keep(index, new RegExp(text, flags));
      case "Uint8Array":
        return keep(index, Uint8Array.from(atob(text), (char) => char.charCodeAt(0)));
      case "Set": {
        const set = keep(index, new Set<unknown>());
        for (const item of refs) set.add(read(item));
        return set;
      }
      case "Map": {
        const map = keep(index, new Map<unknown, unknown>());
        for (let i = 0; i < refs.length; i += 2) map.set(read(refs[i]!), read(refs[i + 1]!));
        return map;
      }
      default:
        throw new TypeError(`Cannot read a value tagged "${tag}"`);
    }
  }

  return read(0) as T;
}
