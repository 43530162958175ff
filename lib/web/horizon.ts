/** Learns the hours without work, which the Horizon shows beside the current state. */
import { Cache } from "../base/cache.ts";
import { HORIZON_SPANS, type HorizonSpan } from "../model/horizon/horizon.ts";
import { findIdleWeek, type IdleWeek, LEARNING_MS } from "../model/horizon/idle.ts";
import type { AccountKey } from "../model/quota.ts";
import { HOUR_MS } from "../model/duration.ts";
import type { AppContext } from "../app/context.ts";

type Services = Pick<AppContext, "analysis" | "clock">;

/** Maximum number of cached weeks: one for each zone and set of accounts. */
const MAX_WEEKS = 100;

/** One cache for each history. */
const weeksOf = new WeakMap<Services["analysis"], Cache<string, IdleWeek | null>>();

/**
 * Returns the idle hours of a week, learnt from the sessions of all accounts; null without enough data. Learns
 * them once an hour, because weeks change no faster.
 */
export function readIdleWeek(
  services: Services,
  accounts: readonly AccountKey[],
  zone: string,
): Promise<IdleWeek | null> {
  const now = services.clock.now();
  let weeks = weeksOf.get(services.analysis);
  if (!weeks) weeksOf.set(services.analysis, weeks = new Cache({ max: MAX_WEEKS }));
  const key = [zone, ...accounts].join("\n");
  return weeks.load(key, Math.floor(now / HOUR_MS), () => learn(services, accounts, zone, now));
}

async function learn(
  { analysis }: Services,
  accounts: readonly AccountKey[],
  zone: string,
  now: number,
): Promise<IdleWeek | null> {
  const from = now - LEARNING_MS;
  // As many as it lists at most.
  const { items } = await analysis.sessionsInRange(accounts, { from, to: now, limit: Infinity });
  return findIdleWeek(items, now, zone);
}

/** Encodes a week as one letter per hour, small enough for every page; null stays null. */
export function packWeek(week: IdleWeek | null): string | null {
  return week && week.map((isIdle) => isIdle ? "1" : "0").join("");
}

/** Returns the range that a URL names; null for an unknown one. */
export function parseHorizonSpan(word: string | null): HorizonSpan | null {
  return HORIZON_SPANS.find((span) => span === word) ?? null;
}
