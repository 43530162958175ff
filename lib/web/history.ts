/** The history of an account as rows. */
import { DAY_MS } from "../model/duration.ts";
import { type Context, HttpError } from "fresh";
import { findRange, type HistoryRange, type Range } from "../model/history/history.ts";
import {
  type QuotaReadings,
  type Sample,
  samplesFromBuckets,
  samplesFromReadings,
} from "../model/history/samples.ts";
import { splitQuotaKey } from "../model/quota.ts";
import type { AccountView } from "../model/view/view.ts";
import type { AppContext } from "../app/context.ts";
import { parseSpan } from "./chart.ts";
import type { State } from "./state.ts";

/** Maximum number of rows in an answer. */
export const MAX_ROWS = 500;

/** Rows of all quotas of the account over the range up to now, oldest first, at most {@linkcode MAX_ROWS}. */
export async function readSamples(
  services: Pick<AppContext, "past">,
  account: AccountView,
  range: Range,
): Promise<readonly Sample[]> {
  const past = await services.past({ range: range.name, quotas: account.quotas.map(({ key }) => key) });
  const windows = new Map(account.quotas.map(({ key, window }) => [key, window]));
  const series = past.map((one) => {
    const window = windows.get(one.key);
    return { ...one, quota: splitQuotaKey(one.key).quota, ...window && { window } };
  });
  if (range.step !== null) return takeNewest(samplesFromBuckets(series, range.showMs));
  const samples = samplesFromReadings(series);
  return samples.length <= MAX_ROWS ? samples : takeNewest(samplesFromReadings(series, range.showMs));
}

/** Returns an account's last readings over some days as stored, oldest first, up to `limit` instants. */
export async function readLog(
  { store, clock }: Pick<AppContext, "store" | "clock">,
  account: AccountView,
  days: number,
  limit: number,
): Promise<readonly Sample[]> {
  const now = clock.now();
  const query = { from: now - days * DAY_MS, to: now + 1, limit, newestFirst: true };
  const series: QuotaReadings[] = [];
  for (const { key, quota, window } of account.quotas) {
    series.push({ quota, window, readings: (await store.readings({ quota: key, ...query })).toReversed() });
  }
  return samplesFromReadings(series).slice(-limit);
}

function takeNewest(samples: readonly Sample[]): readonly Sample[] {
  return samples.slice(-MAX_ROWS);
}

/**
 * Parses the time range of an API request: `range`, or `from` and `to`.
 *
 * @throws {HttpError} 400 for an invalid range
 */
export function chosenSpan({ url, state }: Context<State>, zone: string): HistoryRange {
  const { span, problems } = parseSpan(url.searchParams, zone, state.services.clock.now());
  if (problems.length > 0) throw new HttpError(400, problems.join("; "));
  return span;
}

/** Changes with every event, and for a moving range whenever it has moved by a visible step. */
export function spanTag(
  services: Pick<AppContext, "hub" | "clock" | "instanceId">,
  span: HistoryRange,
): string {
  if ("range" in span) return historyTag(services, findRange(span.range)!);
  return `${services.instanceId}.${services.hub.lastId}`;
}

/** Changes with every event and whenever the range has moved by a visible step. */
export function historyTag(services: Pick<AppContext, "hub" | "clock" | "instanceId">, range: Range): string {
  const { hub, clock, instanceId } = services;
  return `${instanceId}.${hub.lastId}.${Math.floor(clock.now() / range.showMs)}`;
}
