/** What the Horizon needs beside the present: the hours in which this person does not work. */
import { HORIZON_SPANS, type HorizonSpan } from "../model/horizon/horizon.ts";
import { findIdleWeek, type IdleWeek, LEARNT_MS, MAX_LEARNT } from "../model/horizon/idle.ts";
import type { AccountKey } from "../model/quota.ts";
import { HOUR_MS } from "../model/duration.ts";
import type { AppContext } from "../app/context.ts";

type Services = Pick<AppContext, "analysis" | "clock">;

/** Patterns learnt from a history: weeks do not change within an hour. */
const known = new WeakMap<
  Services["analysis"],
  { readonly mark: string; readonly week: Promise<IdleWeek | null> }
>();

/** The idle hours of a week, learnt from the sessions of all accounts; null without enough data. */
export function readIdleWeek(
  services: Services,
  accounts: readonly AccountKey[],
  zone: string,
): Promise<IdleWeek | null> {
  const now = services.clock.now();
  const mark = [Math.floor(now / HOUR_MS), zone, ...accounts].join("\n");
  const last = known.get(services.analysis);
  if (last?.mark === mark) return last.week;
  const week = learn(services, accounts, zone, now);
  known.set(services.analysis, { mark, week });
  week.catch(() => known.delete(services.analysis));
  return week;
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
