/** What the name of a database says: a path is a SQLite file, and `kv:` begins the name of a key-value database. */
export const IN_MEMORY = ":memory:";
const KV_PREFIX = "kv:";

export function isKvName(name: string): boolean {
  return name.startsWith(KV_PREFIX);
}

/** What follows `kv:`: nothing for the platform's own database, a path, or an address. */
export function kvPlaceOf(name: string): string {
  return name.slice(KV_PREFIX.length);
}

function isAbsolute(path: string): boolean {
  return /^(?:\/|[A-Za-z]:[\\/]|\\\\)/.test(path);
}

export function isAddress(place: string): boolean {
  return /^https?:/i.test(place);
}

/** The file of a database on this machine, beside which other files may lie; null when it has none. */
export function databaseFileOf(name: string): string | null {
  const place = isKvName(name) ? kvPlaceOf(name) : name;
  return place !== IN_MEMORY && isAbsolute(place) ? place : null;
}
