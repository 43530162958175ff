/** Reads the history of an account from the store, as rows. */
import type { Range } from "../model/history.ts";
import { type Sample, samplesOfBuckets, samplesOfReadings } from "../model/samples.ts";
import type { AccountView } from "../model/view.ts";
import type { Services } from "../services.ts";

/** More rows than this are never answered. */
export const MOST_ROWS = 500;

/** Rows of all quotas of the account over the range up to now, oldest first, at most {@linkcode MOST_ROWS}. */
export async function samplesOf(
  services: Pick<Services, "store" | "clock">,
  account: AccountView,
  range: Range,
): Promise<readonly Sample[]> {
  const { store, clock } = services;
  const now = clock.now();
  const from = now - range.lengthMs;
  // What was read at this very instant belongs to it as well.
  const to = now + 1;
  const { step } = range;
  if (step === null) {
    const series = await Promise.all(account.quotas.map(async ({ key, quota }) => ({
      quota,
      readings: await store.readings({ quota: key, from, to }),
    })));
    const samples = samplesOfReadings(series);
    return samples.length <= MOST_ROWS ? samples : newest(samplesOfReadings(series, range.showMs));
  }
  const series = await Promise.all(account.quotas.map(async ({ key, quota }) => ({
    quota,
    buckets: await store.series({ quota: key, from, to, step }),
  })));
  return newest(samplesOfBuckets(series, range.showMs));
}

function newest(samples: readonly Sample[]): readonly Sample[] {
  return samples.slice(-MOST_ROWS);
}

/** Changes with every event and whenever the range has moved on by a step that shows. */
export function historyTag(services: Pick<Services, "hub" | "clock" | "instanceId">, range: Range): string {
  const { hub, clock, instanceId } = services;
  return `${instanceId}.${hub.lastId}.${Math.floor(clock.now() / range.showMs)}`;
}
