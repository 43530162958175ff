/** Tells long answers, such as live streams, when the credential of their client has ended. */
import { SECOND_MS } from "../model/duration.ts";
import type { Clock } from "../base/clock.ts";
import type { Principal } from "./principal.ts";

/** It may expire or be ended by another process: it is checked this often. */
const CHECK_EVERY_MS = 10 * SECOND_MS;

export interface Watch {
  onEnd(principal: Principal, ended: () => void): () => void;
  /** Checks at once, after a change. */
  checkNow(): void;
}

export function createWatch(
  clock: Pick<Clock, "sleep">,
  isInForce: (principal: Principal) => Promise<boolean>,
): Watch {
  const watched = new Map<() => void, Principal>();
  let stop: AbortController | null = null;

  async function lookAll() {
    /** Many streams share a credential. */
    const known = new Map<Principal, Promise<boolean>>();
    for (const [ended, principal] of [...watched]) {
      if (!known.has(principal)) known.set(principal, isInForce(principal).catch(() => true));
      if (await known.get(principal)) continue;
      if (watched.delete(ended)) ended();
    }
  }

  async function run(signal: AbortSignal) {
    while (!signal.aborted) {
      await clock.sleep(CHECK_EVERY_MS, signal);
      if (!signal.aborted) await lookAll();
    }
  }

  function rest() {
    if (watched.size > 0) return;
    stop?.abort();
    stop = null;
  }

  return {
    onEnd(principal, ended) {
      const own = () => ended();
      watched.set(own, principal);
      if (!stop) {
        stop = new AbortController();
        void run(stop.signal);
      }
      return () => {
        watched.delete(own);
        rest();
      };
    },
    checkNow() {
      if (watched.size > 0) void lookAll().then(rest);
    },
  };
}
