/** Tracks connections and their phases, so that a new one at the limit replaces the least active. */

/** In the order in which they are closed. */
export const PHASES = ["waiting", "sending", "answered"] as const;
/** `waiting`: no head yet; `sending`: its body is incomplete; `answered`: the answer is in progress. */
export type Phase = typeof PHASES[number];

export interface Seat {
  phase: Phase;
  /** The address or network that shares a limit; null for those without one, such as a proxy for many. */
  readonly group?: string | null;
  /** Ends the connection. */
  readonly leave: () => void;
}

export class Seats {
  readonly #max: number;
  readonly #maxEach: number;
  /** Oldest first. */
  readonly #taken = new Set<Seat>();
  /** By group, oldest first. */
  readonly #groups = new Map<string, Set<Seat>>();

  /** @param maxEach limit of each group */
  constructor(max: number, maxEach: number = max) {
    this.#max = max;
    this.#maxEach = maxEach;
  }

  get taken(): readonly Seat[] {
    return [...this.#taken];
  }

  /**
   * Adds a connection. At a limit, closes the oldest of the least active, but never the new one: in its own
   * group when that is above its share, else among all.
   *
   * @returns why a connection was closed, or null
   */
  take(seat: Seat): "full" | "share" | null {
    this.#taken.add(seat);
    const group = this.#groupOf(seat);
    group?.add(seat);
    if (group && group.size > this.#maxEach && this.#sendAway(group, seat)) return "share";
    return this.#taken.size > this.#max && this.#sendAway(this.#taken, seat) ? "full" : null;
  }

  free(seat: Seat): void {
    this.#taken.delete(seat);
    const name = seat.group ?? null;
    if (name === null) return;
    const group = this.#groups.get(name);
    group?.delete(seat);
    if (group?.size === 0) this.#groups.delete(name);
  }

  #groupOf({ group: name = null }: Seat): Set<Seat> | null {
    if (name === null) return null;
    let group = this.#groups.get(name);
    if (!group) this.#groups.set(name, group = new Set());
    return group;
  }

  #sendAway(among: ReadonlySet<Seat>, newcomer: Seat): boolean {
    for (const phase of PHASES) {
      for (const one of among) {
        if (one === newcomer || one.phase !== phase) continue;
        this.free(one);
        one.leave();
        return true;
      }
    }
    return false;
  }
}
