export type Method =
  | "HEAD"
  | "GET"
  | "POST"
  | "PATCH"
  | "PUT"
  | "DELETE"
  | "OPTIONS";

/** The methods for which a handler for any method is registered. */
export const ALL_METHODS: readonly Method[] = [
  "GET",
  "DELETE",
  "HEAD",
  "OPTIONS",
  "PATCH",
  "POST",
  "PUT",
];

export interface Match<T> {
  readonly item: T | null;
  /** Pattern of the route that owns the path, or `null` when none does. */
  readonly pattern: string | null;
  readonly params: Record<string, string>;
  /** Methods registered for the pattern, in the order of registration. */
  readonly allowed: readonly Method[];
}

interface Entry<T> {
  readonly pattern: string;
  readonly byMethod: Map<Method, T>;
}

interface DynamicEntry<T> extends Entry<T> {
  readonly urlPattern: URLPattern;
}

const PATTERN_CHARACTER = /[*:{}+?()]/;

/**
 * Exact paths first, by map, then patterns in the order they were added.
 * The first registration of a method on a path wins.
 */
export class Router<T> {
  readonly #exact = new Map<string, Entry<T>>();
  readonly #dynamic = new Map<string, DynamicEntry<T>>();

  add(method: Method, pattern: string, item: T): void {
    const { byMethod } = this.#entry(pattern);
    if (!byMethod.has(method)) byMethod.set(method, item);
  }

  #entry(pattern: string): Entry<T> {
    const dynamic = PATTERN_CHARACTER.test(pattern);
    const known = dynamic ? this.#dynamic.get(pattern) : this.#exact.get(pattern);
    if (known !== undefined) return known;
    const entry: Entry<T> = { pattern, byMethod: new Map() };
    if (dynamic) {
      this.#dynamic.set(pattern, {
        ...entry,
        urlPattern: new URLPattern({ pathname: pattern }),
      });
    } else {
      this.#exact.set(pattern, entry);
    }
    return entry;
  }

  match(method: Method, url: URL): Match<T> {
    const exact = this.#exact.get(url.pathname) ??
      this.#exact.get(otherSlashForm(url.pathname));
    if (exact !== undefined) return createMatch(exact, method, {});

    for (const entry of this.#dynamic.values()) {
      const groups = entry.urlPattern.exec({ pathname: url.pathname })?.pathname
        .groups;
      if (groups !== undefined) return createMatch(entry, method, groups);
    }
    return { item: null, pattern: null, params: {}, allowed: [] };
  }
}

function createMatch<T>(
  entry: Entry<T>,
  method: Method,
  groups: Record<string, string | undefined>,
): Match<T> {
  const { byMethod, pattern } = entry;
  const item = byMethod.get(method) ??
    (method === "HEAD" ? byMethod.get("GET") : undefined) ?? null;
  const params: Record<string, string> = Object.create(null);
  if (item !== null) {
    for (const [name, value] of Object.entries(groups)) {
      params[name] = decode(value ?? "");
    }
  }
  return { item, pattern, params, allowed: [...byMethod.keys()] };
}

/** Decodes a value; leaves it unchanged when it has a broken escape such as `%zz`. */
function decode(value: string): string {
  try {
    return decodeURI(value);
  } catch {
    return value;
  }
}

function otherSlashForm(pathname: string): string {
  if (pathname === "/") return pathname;
  return pathname.endsWith("/") ? pathname.slice(0, -1) : `${pathname}/`;
}
