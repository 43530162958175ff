/** What a connection may take. Whoever asks from this machine in good faith needs a small part of it. */

export interface Limits {
  /** Connections at once. Where one more comes, the one that does least gives way. */
  readonly connections: number;
  /** The same of one address, or one network of IPv6; whoever speaks for many may have all. */
  readonly connectionsEach: number;
  /** From the first byte that could come to the end of the head. */
  readonly headMs: number;
  /** From the head to the end of the body. */
  readonly bodyMs: number;
  /** Between two requests of a connection. */
  readonly idleMs: number;
  /** How long nothing of an answer may be taken. */
  readonly unreadMs: number;
  /** How long answers under way may take when the server stops. */
  readonly stopMs: number;
}

/** A browser opens six to a server, one of which follows the live stream. */
const MAX_CONNECTIONS = 1024;
/** Of one address: ten browsers, as of a household behind one. */
const MAX_CONNECTIONS_EACH = 64;
const MIN_CONNECTIONS = 8;
/** Descriptors for the database, the polls, the modules and the runtime. */
const RESERVED_DESCRIPTORS = 40;
/** A connection that was ended gives its descriptor back a little later, while others come in already. */
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
 * Fewer connections where the system gives few descriptors: what listens must never use up those that polls and
 * the database need, and Deno itself ends when it finds none.
 *
 * @param descriptors how many this process may have open; null where that cannot be told
 */
export function connectionsFor(descriptors: number | null): number {
  if (descriptors === null) return MAX_CONNECTIONS;
  return Math.min(
    MAX_CONNECTIONS,
    Math.max(MIN_CONNECTIONS, Math.floor((descriptors - RESERVED_DESCRIPTORS) / DESCRIPTORS_EACH)),
  );
}

/** How many descriptors this process may have open, or null where nobody says. */
export function readDescriptorLimit(): number | null {
  try {
    return descriptorLimitIn(Deno.readTextFileSync("/proc/self/limits"));
  } catch {
    return null;
  }
}

/** @param text of `/proc/self/limits`, whose second column is what is in force */
export function descriptorLimitIn(text: string): number | null {
  const found = /^Max open files\s+(\d+)/m.exec(text)?.[1];
  return found === undefined ? null : Number(found);
}
