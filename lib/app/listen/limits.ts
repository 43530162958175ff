/** Limits of connections. Honest use from this machine needs a small part of them. */

export interface Limits {
  /** Concurrent connections. One more closes the least active. */
  readonly connections: number;
  /** Concurrent connections of one address or IPv6 network; a proxy for many may use all. */
  readonly connectionsEach: number;
  /** From the earliest possible first byte to the end of the head. */
  readonly headMs: number;
  /** From the head to the end of the body. */
  readonly bodyMs: number;
  /** Between two requests of a connection. */
  readonly idleMs: number;
  /** How long a client may read nothing of an answer. */
  readonly unreadMs: number;
  /** How long answers in progress may take when the server stops. */
  readonly stopMs: number;
}

/** A browser opens six connections to a server, one of which follows the live stream. */
const MAX_CONNECTIONS = 1024;
/** Per address: ten browsers, such as a household behind one address. */
const MAX_CONNECTIONS_EACH = 64;
const MIN_CONNECTIONS = 8;
/** Descriptors for the database, the polls, the modules and the runtime. */
const RESERVED_DESCRIPTORS = 40;
/** Closed connections release their descriptors a little later, while others are accepted already. */
const DESCRIPTORS_EACH = 2;

export const LIMITS: Limits = {
  connections: MAX_CONNECTIONS,
  connectionsEach: MAX_CONNECTIONS_EACH,
  headMs: 10_000,
  bodyMs: 20_000,
  idleMs: 30_000,
  unreadMs: 30_000,
  stopMs: 5000,
};

/**
 * Returns lower limits when the system provides few descriptors: connections must never use up those that
 * polls and the database need, and Deno itself exits when it finds none.
 *
 * @param descriptors how many this process may have open; null when unknown
 */
export function connectionsFor(descriptors: number | null): number {
  if (descriptors === null) return MAX_CONNECTIONS;
  return Math.min(
    MAX_CONNECTIONS,
    Math.max(MIN_CONNECTIONS, Math.floor((descriptors - RESERVED_DESCRIPTORS) / DESCRIPTORS_EACH)),
  );
}

/** Returns how many descriptors this process may have open, or null when unknown. */
export function readDescriptorLimit(): number | null {
  try {
    return parseDescriptorLimit(Deno.readTextFileSync("/proc/self/limits"));
  } catch {
    return null;
  }
}

/** @param text contents of `/proc/self/limits`, whose second column is the limit in force */
export function parseDescriptorLimit(text: string): number | null {
  const found = /^Max open files\s+(\d+)/m.exec(text)?.[1];
  return found === undefined ? null : Number(found);
}
