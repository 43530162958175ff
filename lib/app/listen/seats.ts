/** Who is connected and what for, so that a full house makes room by sending away whoever does least. */

/** In the order in which they give way. */
export const PHASES = ["waiting", "sending", "answered"] as const;
/** `waiting`: no head has come yet; `sending`: its body is not complete; `answered`: the answer is under way. */
export type Phase = typeof PHASES[number];

export interface Seat {
  phase: Phase;
  /** Ends the connection. */
  readonly leave: () => void;
}

export class Seats {
  readonly #most: number;
  /** The oldest first. */
  readonly #taken = new Set<Seat>();

  constructor(most: number) {
    this.#most = most;
  }

  get taken(): readonly Seat[] {
    return [...this.#taken];
  }

  /**
   * Takes a seat. Where there is none, the oldest of those that do least leaves, but never who has just come.
   *
   * @returns whether somebody had to leave
   */
  take(seat: Seat): boolean {
    this.#taken.add(seat);
    if (this.#taken.size <= this.#most) return false;
    for (const phase of PHASES) {
      for (const one of this.#taken) {
        if (one === seat || one.phase !== phase) continue;
        this.free(one);
        one.leave();
        return true;
      }
    }
    return false;
  }

  free(seat: Seat): void {
    this.#taken.delete(seat);
  }
}
