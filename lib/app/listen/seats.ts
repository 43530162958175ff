/** Who is connected and what for, so that a full house makes room by sending away whoever does least. */

/** In the order in which they give way. */
export const PHASES = ["waiting", "sending", "answered"] as const;
/** `waiting`: no head has come yet; `sending`: its body is not complete; `answered`: the answer is under way. */
export type Phase = typeof PHASES[number];

export interface Seat {
  phase: Phase;
  /** Who it counts for; null for whoever may have all of them, such as a proxy that speaks for many. */
  readonly group?: string | null;
  /** Ends the connection. */
  readonly leave: () => void;
}

export class Seats {
  readonly #most: number;
  readonly #mostEach: number;
  /** The oldest first. */
  readonly #taken = new Set<Seat>();
  /** The same by group. */
  readonly #groups = new Map<string, Set<Seat>>();

  /** @param mostEach of one group */
  constructor(most: number, mostEach: number = most) {
    this.#most = most;
    this.#mostEach = mostEach;
  }

  get taken(): readonly Seat[] {
    return [...this.#taken];
  }

  /**
   * Takes a seat. Where there is none, the oldest of those that do least leaves, but never who has just come: of its
   * own group where that has more than its share, else of all.
   *
   * @returns why somebody had to leave, or null
   */
  take(seat: Seat): "full" | "share" | null {
    this.#taken.add(seat);
    const group = this.#groupOf(seat);
    group?.add(seat);
    if (group && group.size > this.#mostEach && this.#sendAway(group, seat)) return "share";
    return this.#taken.size > this.#most && this.#sendAway(this.#taken, seat) ? "full" : null;
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
