/** What the instances of one program share, so that each can answer for the others. */
import { type LeaseParts, takeLease } from "../base/lease.ts";
import { SECOND_MS } from "../model/duration.ts";
import type { Clock } from "../base/clock.ts";
import type { DocStore } from "../store/store.ts";
import { createTurns, type InTurn } from "./in_turn.ts";
import { createLimiter, type Limiter, type LimiterRules } from "./limiter.ts";
import type { SharedChallenges } from "./passkeys/challenges.ts";
import { createSharedLimiter } from "./shared_limiter.ts";

/** What guards sign-ins: in the memory of one process, or shared. */
export interface Guards {
  readonly limiter: Limiter;
  readonly inTurn: InTurn;
  /** Undefined where challenges are the process's own. */
  readonly challenges: SharedChallenges | undefined;
}

export interface GuardsParts {
  readonly docs: DocStore;
  readonly clock: Clock;
  readonly now: () => number;
  readonly running: () => number;
  readonly limits?: LimiterRules | undefined;
  /** Given when several instances share the store: all sign with this key. */
  readonly instances?: { readonly key: Uint8Array<ArrayBuffer> } | undefined;
}

export function createGuards({ docs, clock, now, running, limits, instances }: GuardsParts): Guards {
  if (!instances) {
    return { limiter: createLimiter(running, limits), inTurn: createTurns(), challenges: undefined };
  }
  return {
    limiter: createSharedLimiter({ docs, now, ...limits && { rules: limits } }),
    inTurn: createSharedTurns({ docs, clock }),
    challenges: challengesAcross(docs, instances.key, now),
  };
}

const TURN_MS = 10 * SECOND_MS;

/**
 * Runs work one at a time across all instances. A caller that waits too long goes on: a lock must not lock users
 * out.
 */
function createSharedTurns(parts: LeaseParts): InTurn {
  const own = createTurns();
  return (work) =>
    own(async () => {
      const end = await takeLease(parts, "access", { forMs: TURN_MS, waitMs: TURN_MS });
      try {
        return await work();
      } finally {
        // The work stays done; a lease that cannot be returned expires.
        await end?.().catch(() => {});
      }
    });
}

/** Challenges that any instance issued can be answered at any other, once. */
function challengesAcross(
  docs: Pick<DocStore, "put">,
  key: Uint8Array<ArrayBuffer>,
  now: () => number,
): SharedChallenges {
  return {
    key,
    now,
    once: (id, endsAt) =>
      docs.put("shared", `answered ${id}`, {}, now(), { ifAbsent: true, expiresAt: endsAt }),
  };
}
