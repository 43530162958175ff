/** Lets one caller through, then none for a while. */

export interface Gate {
  /**
   * Returns 0 when the caller may pass, which closes the gate; else how long it stays closed, in
   * milliseconds.
   */
  pass(now: number): number;
}

export function createGate(closedMs: number): Gate {
  let openAt = Number.NEGATIVE_INFINITY;
  return {
    pass(now) {
      // A clock that was set back must not keep the gate closed for longer than its normal time.
      if (now < openAt && openAt - now <= closedMs) return openAt - now;
      openAt = now + closedMs;
      return 0;
    },
  };
}
