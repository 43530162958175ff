import { HOLE, INFINITY_NEG, INFINITY_POS, NAN, NULL, UNDEFINED, ZERO_NEG } from "./constants.ts";

/** By tag: returns the value to send for an object it knows, else `undefined`. */
export type Stringifiers = Record<
  string,
  (value: object) => { readonly value: unknown } | undefined
>;

/**
 * Writes a value as one flat JSON array. Item 0 is the root; nested values are indexes into the array,
 * so repeated references and cycles keep their identity. An array that starts with a string is a tagged value.
 * Class instances degrade to their own enumerable keys. Throws on functions and symbols.
 */
export function stringify(data: unknown, custom: Stringifiers = {}): string {
  const items: string[] = [];
  const indexes = new Map<unknown, number>();
  /** Signals being written. Unlike plain objects they cannot be revived before their content. */
  const open = new Set<object>();

  function write(value: unknown): number {
    const constant = encodeConstant(value);
    if (constant !== undefined) return constant;
    const seen = indexes.get(value);
    if (seen !== undefined) {
      if (typeof value === "object" && value !== null && open.has(value)) {
        throw new TypeError("Cannot serialize a signal that contains itself");
      }
      return seen;
    }
    const index = items.push("") - 1;
    indexes.set(value, index);
    items[index] = encode(value);
    return index;
  }

  function encode(value: unknown): string {
    switch (typeof value) {
      case "string":
      case "number":
      case "boolean":
        return JSON.stringify(value);
      case "bigint":
        return encodeTagged("BigInt", String(value));
      case "object":
        return encodeObject(value as object);
      default:
        throw new TypeError(`Cannot serialize a ${typeof value}`);
    }
  }

  function encodeObject(value: object): string {
    if (Array.isArray(value)) {
      return `[${
        Array.from(value, (item, i) => i in value ? write(item) : HOLE).join(
          ",",
        )
      }]`;
    }
    for (const [tag, known] of Object.entries(custom)) {
      const inner = known(value);
      if (inner === undefined) continue;
      open.add(value);
      const index = write(inner.value);
      open.delete(value);
      return `[${JSON.stringify(tag)},${index}]`;
    }
    if (value instanceof URL) return encodeTagged("URL", value.href);
    if (value instanceof Date) {
      return encodeTagged(
        "Date",
        Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString(),
      );
    }
    if (value instanceof RegExp) {
      return encodeTagged("RegExp", value.source, value.flags);
    }
    if (value instanceof Uint8Array) {
      return encodeTagged("Uint8Array", toBase64(value));
    }
    if (value instanceof Set) {
      return `["Set",[${Array.from(value, write).join(",")}]]`;
    }
    if (value instanceof Map) {
      return `["Map",[${Array.from(value).flat().map(write).join(",")}]]`;
    }
    return `{${
      Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${write(item)}`).join(",")
    }}`;
  }

  const root = write(data);
  return root < 0 ? String(root) : `[${items.join(",")}]`;
}

function encodeConstant(value: unknown): number | undefined {
  if (value === undefined) return UNDEFINED;
  if (value === null) return NULL;
  if (typeof value !== "number") return undefined;
  if (Number.isNaN(value)) return NAN;
  if (value === Infinity) return INFINITY_POS;
  if (value === -Infinity) return INFINITY_NEG;
  return Object.is(value, -0) ? ZERO_NEG : undefined;
}

function encodeTagged(...parts: readonly string[]): string {
  return JSON.stringify(parts);
}

function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
