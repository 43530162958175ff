/** Tracks connections and their phases, so that a new one at the limit replaces the least active. */

/** In the order in which they are closed. */
export const PHASES = ["waiting", "sending", "answered"] as const;
/** `waiting`: no head yet; `sending`: its body is incomplete; `answered`: the answer is in progress. */
export type Phase = typeof PHASES[number];

export interface PooledConnection {
  phase: Phase;
  /** The address or network that shares a limit; null for those without one, such as a proxy for many. */
  readonly group?: string | null;
  /** Ends the connection. */
  readonly close: () => void;
}

export class ConnectionPool {
  readonly #max: number;
  readonly #maxEach: number;
  /** Oldest first. */
  readonly #open = new Set<PooledConnection>();
  /** By group, oldest first. */
  readonly #groups = new Map<string, Set<PooledConnection>>();

  /** @param maxEach limit of each group */
  constructor(max: number, maxEach: number = max) {
    this.#max = max;
    this.#maxEach = maxEach;
  }

  get connections(): readonly PooledConnection[] {
    return [...this.#open];
  }

  /**
   * Adds a connection. At a limit, closes the oldest of the least active, but never the new one: in its own
   * group when that is above its share, else among all.
   *
   * @returns why a connection was closed, or null
   */
  add(connection: PooledConnection): "full" | "share" | null {
    this.#open.add(connection);
    const group = this.#groupOf(connection);
    group?.add(connection);
    if (group && group.size > this.#maxEach && this.#closeLeastActive(group, connection)) return "share";
    return this.#open.size > this.#max && this.#closeLeastActive(this.#open, connection) ? "full" : null;
  }

  remove(connection: PooledConnection): void {
    this.#open.delete(connection);
    const name = connection.group ?? null;
    if (name === null) return;
    const group = this.#groups.get(name);
    group?.delete(connection);
    if (group?.size === 0) this.#groups.delete(name);
  }

  #groupOf({ group: name = null }: PooledConnection): Set<PooledConnection> | null {
    if (name === null) return null;
    let group = this.#groups.get(name);
    if (!group) this.#groups.set(name, group = new Set());
    return group;
  }

  #closeLeastActive(among: ReadonlySet<PooledConnection>, newcomer: PooledConnection): boolean {
    for (const phase of PHASES) {
      for (const one of among) {
        if (one === newcomer || one.phase !== phase) continue;
        this.remove(one);
        one.close();
        return true;
      }
    }
    return false;
  }
}
