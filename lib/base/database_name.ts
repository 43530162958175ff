/** Interprets the name of a database: a path is a SQLite file, and `kv:` starts the name of a key-value database. */
export const IN_MEMORY = ":memory:";
const KV_PREFIX = "kv:";

export function isKvName(name: string): boolean {
  return name.startsWith(KV_PREFIX);
}

/** Returns what follows `kv:`: nothing for the platform's own database, a path, or an address. */
export function parseKvPlace(name: string): string {
  return name.slice(KV_PREFIX.length);
}

function isAbsolute(path: string): boolean {
  return /^(?:\/|[A-Za-z]:[\\/]|\\\\)/.test(path);
}

export function isAddress(place: string): boolean {
  return /^https?:/i.test(place);
}

/** Returns the file of a database on this machine, beside which other files may be stored; null when it has none. */
export function parseDatabaseFile(name: string): string | null {
  const place = isKvName(name) ? parseKvPlace(name) : name;
  return place !== IN_MEMORY && isAbsolute(place) ? place : null;
}
