/**
 * The limiter for several instances of one program, which share a store and no memory. A failure takes one of the places
 * of its address, name or total and gives it back when it has faded; a place is taken by one instance only. An instance
 * refuses from its own memory first, so that a flood costs the store little.
 */
import { createHash } from "node:crypto";
import type { DocStore } from "../store/store.ts";
import {
  countsOf,
  createLimiter,
  type Limiter,
  type LimiterRules,
  type LimitRule,
  LIMITS,
} from "./limiter.ts";

export interface SharedLimiterParts {
  readonly docs: Pick<DocStore, "put" | "delete">;
  readonly now: () => number;
  readonly running: () => number;
  readonly rules?: LimiterRules;
}

export function createSharedLimiter({ docs, now, running, rules = LIMITS }: SharedLimiterParts): Limiter {
  const own = createLimiter(running, rules);

  /** Returns the id of the place, or null when all are taken. */
  async function takePlace(key: string, rule: LimitRule): Promise<string | null> {
    const at = now();
    const prefix = `attempt ${createHash("sha256").update(key).digest("base64url").slice(0, 22)}`;
    const first = Math.floor(Math.random() * rule.most);
    for (let tried = 0; tried < rule.most; tried++) {
      const id = `${prefix} ${(first + tried) % rule.most}`;
      // All places at once come back after as long as their failures take to fade one by one.
      const expiresAt = at + rule.fadeMs * rule.most;
      if (await docs.put("shared", id, {}, at, { ifAbsent: true, expiresAt })) return id;
    }
    return null;
  }

  return {
    async take(attempt) {
      const before = own.take(attempt);
      if (before.limited) return before;
      const places: string[] = [];
      for (const [key, rule] of countsOf(attempt, rules)) {
        const id = await takePlace(key, rule);
        if (id === null) {
          await giveBack(places);
          return { limited: true, retryAfterMs: rule.fadeMs };
        }
        places.push(id);
      }
      return {
        limited: false,
        async succeeded() {
          before.succeeded();
          await giveBack(places);
        },
      };
    },
  };

  async function giveBack(places: readonly string[]): Promise<void> {
    for (const id of places) await docs.delete("shared", id);
  }
}
