/** Counts the operations on a key-value database, in the units that hosts bill. */

export interface Units {
  /** 4 KiB each, at least one per value. */
  reads: number;
  /** 1 KiB each, at least one per value. */
  writes: number;
}

const READ_BYTES = 4096;
const WRITE_BYTES = 1024;

/** Counts in every database opened from now on. */
export function countUnits(): Units {
  const units: Units = { reads: 0, writes: 0 };
  const open = Deno.openKv.bind(Deno);
  Object.defineProperty(Deno, "openKv", {
    configurable: true,
    value: async (path?: string) => wrapKv(await open(path), units),
  });
  return units;
}

function wrapKv(kv: Deno.Kv, units: Units): Deno.Kv {
  const read = (value: unknown) => units.reads += computeUnits(value, READ_BYTES);
  return new Proxy(kv, {
    get(target, name) {
      if (name === "get") {
        return async (...args: Parameters<Deno.Kv["get"]>) => {
          const entry = await target.get(...args);
          read(entry.value);
          return entry;
        };
      }
      if (name === "getMany") {
        return async (...args: Parameters<Deno.Kv["getMany"]>) => {
          const entries = await target.getMany(...args);
          for (const { value } of entries) read(value);
          return entries;
        };
      }
      if (name === "list") {
        return (...args: Parameters<Deno.Kv["list"]>) => countingList(target.list(...args), units);
      }
      if (name === "atomic") return () => countingAtomic(target.atomic(), units);
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** A list is one read for each 4 KiB of its result. */
function countingList<T>(list: Deno.KvListIterator<T>, units: Units): Deno.KvListIterator<T> {
  let bytes = 0;
  units.reads++;
  return new Proxy(list, {
    get(target, name, receiver) {
      if (name === Symbol.asyncIterator) return () => receiver;
      if (name !== "next") {
        const value = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      }
      return async () => {
        const result = await target.next();
        if (!result.done) {
          const before = Math.max(1, Math.ceil(bytes / READ_BYTES));
          bytes += countBytes(result.value.value);
          units.reads += Math.max(1, Math.ceil(bytes / READ_BYTES)) - before;
        }
        return result;
      };
    },
  });
}

function countingAtomic(atomic: Deno.AtomicOperation, units: Units): Deno.AtomicOperation {
  let writes = 0;
  const counted: Deno.AtomicOperation = new Proxy(atomic, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        if (name === "set" || name === "sum") writes += computeUnits(args[1], WRITE_BYTES);
        if (name === "delete") writes++;
        if (name === "check") units.reads += args.length;
        if (name === "commit") units.writes += writes;
        const result = value.apply(target, args);
        return result === target ? counted : result;
      };
    },
  });
  return counted;
}

function computeUnits(value: unknown, bytes: number): number {
  return Math.max(1, Math.ceil(countBytes(value) / bytes));
}

/** Approximates what the database counts: bytes as they are, everything else as text. */
function countBytes(value: unknown): number {
  let bytes = 0;
  const text = JSON.stringify(value, (_, part) => {
    if (!(part instanceof Uint8Array)) return typeof part === "bigint" ? String(part) : part;
    bytes += part.length;
    return "";
  });
  return bytes + (text?.length ?? 0);
}
