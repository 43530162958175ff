/** Lets one through, and then nobody for a while. */

export interface Gate {
  /** 0 when the caller may pass, which closes the gate; else how long it stays closed, in milliseconds. */
  pass(now: number): number;
}

export function createGate(closedMs: number): Gate {
  let openAt = Number.NEGATIVE_INFINITY;
  return {
    pass(now) {
      // A clock that was set back must not keep the gate closed for longer than agreed.
      if (now < openAt && openAt - now <= closedMs) return openAt - now;
      openAt = now + closedMs;
      return 0;
    },
  };
}
