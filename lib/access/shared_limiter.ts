/**
 * The limiter for several instances of one program, which share a store and no memory. Time is divided into
 * slots, each as long as a failure takes to fade. A failure takes the next free slot of the first few, so that
 * so many failures are allowed at once, and then one as each slot passes. Only one instance can take a slot.
 * When all are taken, an instance refuses from its own memory until the next one begins, so that a flood costs
 * the store little.
 */
import { createHash } from "node:crypto";
import type { DocStore } from "../store/store.ts";
import { type Limiter, type LimiterRules, type LimitRule, LIMITS, listCounts } from "./limiter.ts";

export interface SharedLimiterParts {
  readonly docs: Pick<DocStore, "put" | "delete">;
  readonly now: () => number;
  readonly rules?: LimiterRules;
}

type Slot = { readonly id: string } | { readonly freeAt: number };

/** Remembered addresses and names whose slots are all taken. */
const MAX_REMEMBERED = 10_000;

export function createSharedLimiter({ docs, now, rules = LIMITS }: SharedLimiterParts): Limiter {
  /** When the next slot begins, by what is counted. */
  const full = new Map<string, number>();

  /** Takes a slot and returns its id, or returns when the next one begins if all are taken. */
  async function takeSlot(key: string, { maxAtOnce, fadeMs }: LimitRule): Promise<Slot> {
    const at = now();
    const current = Math.floor(at / fadeMs);
    const freeAt = (current + 1) * fadeMs;
    // Only while the slot is still the same: the clock may have been set back.
    if (full.get(key) === freeAt) return { freeAt };
    full.delete(key);
    const prefix = `attempt ${createHash("sha256").update(key).digest("base64url").slice(0, 22)}`;
    for (let slot = current; slot < current + maxAtOnce; slot++) {
      const id = `${prefix} ${slot}`;
      const expiresAt = (slot + 1) * fadeMs;
      if (await docs.put("shared", id, {}, at, { ifAbsent: true, expiresAt })) return { id };
    }
    if (full.size >= MAX_REMEMBERED) full.clear();
    full.set(key, freeAt);
    return { freeAt };
  }

  return {
    async take(attempt) {
      const slots: string[] = [];
      const counts = listCounts(attempt, rules);
      for (const [key, rule] of counts) {
        const slot = await takeSlot(key, rule);
        if ("freeAt" in slot) {
          await giveBack(slots);
          return { limited: true, retryAfterMs: Math.max(1, slot.freeAt - now()) };
        }
        slots.push(slot.id);
      }
      return {
        limited: false,
        async succeeded() {
          for (const [key] of counts) full.delete(key);
          await giveBack(slots);
        },
      };
    },
  };

  async function giveBack(slots: readonly string[]): Promise<void> {
    for (const id of slots) await docs.delete("shared", id);
  }
}
