/**
 * Slows down guessing of passwords, keys, tokens and codes. Failures are counted by address, by name and,
 * where each attempt costs a hash, in total; they fade with time. A browser that signed in before has its own
 * count, so that other clients' failures do not lock it out.
 */
import { MINUTE_MS, SECOND_MS } from "../model/duration.ts";
import { peerGroup } from "../net/address.ts";

export interface LimitRule {
  /** Failures allowed at once. */
  readonly maxAtOnce: number;
  /** One failure is forgotten after this long. */
  readonly fadeMs: number;
}

export interface LimiterRules {
  readonly address: LimitRule;
  readonly name: LimitRule;
  readonly all: LimitRule;
  readonly device: LimitRule;
}

export const LIMITS: LimiterRules = {
  address: { maxAtOnce: 10, fadeMs: MINUTE_MS },
  name: { maxAtOnce: 20, fadeMs: 30 * SECOND_MS },
  all: { maxAtOnce: 30, fadeMs: SECOND_MS },
  device: { maxAtOnce: 10, fadeMs: MINUTE_MS },
};

/** Identifies the client. */
export interface Attempt {
  readonly address: string | null;
  readonly name?: string;
  /** Whether the check costs a hash. */
  readonly costly?: boolean;
  /** Identifies the device they signed in from before. */
  readonly device?: string | null;
}

/** Counts as a failure until `succeeded` is called. */
export type AttemptResult =
  | { readonly limited: false; succeeded(): void | Promise<void> }
  | { readonly limited: true; readonly retryAfterMs: number };

export interface Limiter {
  take(attempt: Attempt): AttemptResult | Promise<AttemptResult>;
}

/** Remembered addresses and names; those with the oldest failure are forgotten first. */
const MAX_REMEMBERED = 10_000;

interface Level {
  level: number;
  at: number;
}

/** @param running a clock in milliseconds that ignores changes of the system clock */
export function createLimiter(
  running: () => number,
  rules: LimiterRules = LIMITS,
): {
  take(attempt: Attempt): Extract<AttemptResult, { limited: true }> | { limited: false; succeeded(): void };
} {
  const levels = new Map<string, Level>();

  function computeLevel(key: string, { fadeMs }: LimitRule, now: number): number {
    const known = levels.get(key);
    return known ? Math.max(0, known.level - (now - known.at) / fadeMs) : 0;
  }

  function add(key: string, rule: LimitRule, by: number) {
    const now = running();
    const level = Math.max(0, computeLevel(key, rule, now) + by);
    levels.delete(key);
    if (level > 0) levels.set(key, { level, at: now });
    const [oldest] = levels.keys();
    if (levels.size > MAX_REMEMBERED && oldest !== undefined) levels.delete(oldest);
  }

  return {
    take(attempt) {
      const now = running();
      const counts = listCounts(attempt, rules);
      let retryAfterMs = 0;
      for (const [key, rule] of counts) {
        const over = computeLevel(key, rule, now) + 1 - rule.maxAtOnce;
        if (over > 0) retryAfterMs = Math.max(retryAfterMs, Math.ceil(over * rule.fadeMs));
      }
      if (retryAfterMs > 0) return { limited: true, retryAfterMs };
      for (const [key, rule] of counts) add(key, rule, 1);
      return {
        limited: false,
        succeeded() {
          for (const [key, rule] of counts) add(key, rule, -1);
        },
      };
    },
  };
}

/** By what an attempt is counted. */
export function listCounts(
  { address, name, costly, device }: Attempt,
  rules: LimiterRules,
): readonly (readonly [string, LimitRule])[] {
  if (device) return [[`device ${device}`, rules.device]];
  const counts: [string, LimitRule][] = [[
    `address ${address === null ? "socket" : peerGroup(address)}`,
    rules.address,
  ]];
  if (name !== undefined) counts.push([`name ${name}`, rules.name]);
  if (costly) counts.push(["all", rules.all]);
  return counts;
}
