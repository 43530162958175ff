/** What the Horizon needs beside the present: the hours in which this person does not work. */
import { Cache } from "../base/cache.ts";
import { HORIZON_SPANS, type HorizonSpan } from "../model/horizon/horizon.ts";
import { findIdleWeek, type IdleWeek, LEARNT_MS, MAX_LEARNT } from "../model/horizon/idle.ts";
import type { AccountKey } from "../model/quota.ts";
import { HOUR_MS } from "../model/duration.ts";
import type { AppContext } from "../app/context.ts";

type Services = Pick<AppContext, "analysis" | "clock">;

/** Beyond the readers of one server: each zone and each set of accounts has its own. */
const MAX_WEEKS = 100;

/** One per history. */
const weeksOf = new WeakMap<Services["analysis"], Cache<string, IdleWeek | null>>();

/**
 * The idle hours of a week, learnt from the sessions of all accounts; null without enough data. Learnt once an
 * hour: weeks do not change faster.
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
  const from = now - LEARNT_MS;
  const { items } = await analysis.sessionsInRange(accounts, { from, to: now, limit: MAX_LEARNT });
  return findIdleWeek(items, now, zone);
}

/** Encodes a week as one letter per hour, small enough for every page; null stays null. */
export function packWeek(week: IdleWeek | null): string | null {
  return week && week.map((isIdle) => isIdle ? "1" : "0").join("");
}

/** Returns the range that a URL names; null for an unknown one. */
export function spanNamed(word: string | null): HorizonSpan | null {
  return HORIZON_SPANS.find((span) => span === word) ?? null;
}
