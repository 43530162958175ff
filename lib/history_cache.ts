/**
 * Keeps the history that charts ask for in memory and follows the store: after a
 * poll only what is new is read. A dashboard of sixty quotas asks for thousands of
 * points on every load; reading them anew each time would cost tens of milliseconds.
 *
 * It may import the model and the contracts of store and hub, and decides nothing.
 */
import type { Clock } from "./clock.ts";
import type { Hub } from "./hub.ts";
import { type Bucket, rollUp } from "./model/bucket.ts";
import {
  gapOf,
  type HistoryView,
  type Line,
  type Point,
  pointsOf,
  pointsOfReadings,
  type Range,
  type RangeName,
  rangeOf,
} from "./model/history.ts";
import { type AccountKey, type QuotaKey, splitQuotaKey } from "./model/quota.ts";
import type { Store, StoredReading } from "./store/store.ts";

export interface HistoryCache {
  /** Lines in the order of `quotas`, each with the points of the range up to now, and a little of what came before. */
  history(range: RangeName, quotas: readonly QuotaKey[]): Promise<HistoryView>;
  /** What the lines are made of, in the order of `quotas`: readings for the shortest range, buckets for all others. */
  past(range: RangeName, quotas: readonly QuotaKey[]): Promise<readonly QuotaPast[]>;
  close(): void;
}

export interface HistoryCacheOptions {
  readonly store: Store;
  readonly hub: Hub;
  readonly clock: Clock;
  /** How often an account is polled, in milliseconds: what counts as a gap depends on it. */
  readonly intervalOf: (account: AccountKey) => number;
}

/** What was read of one quota over a range. */
export interface QuotaPast {
  readonly key: QuotaKey;
  /** Rolled up to what the range shows. */
  readonly buckets: readonly Bucket[];
  readonly readings: readonly StoredReading[];
}

interface Entry {
  /** The number of the account's changes when this was read. */
  version: number;
  buckets: readonly Bucket[];
  readings: readonly StoredReading[];
  /** `buckets` rolled up to what the range shows. */
  shown: readonly Bucket[];
  line: Line;
}

/** More lines than this are not kept; the ones asked for longest ago go first. */
const MOST_ENTRIES = 1024;
/** A line may reach back before its range by so many shown steps; only then is it cut. */
const SLACK_STEPS = 3;

export function createHistoryCache(options: HistoryCacheOptions): HistoryCache {
  const { store, clock, intervalOf } = options;
  const entries = new Map<string, Entry>();
  const versions = new Map<AccountKey, number>();
  const stop = options.hub.listen(({ account }) => {
    if (account !== null) versions.set(account, (versions.get(account) ?? 0) + 1);
  });

  async function entryOf(range: Range, quota: QuotaKey, from: number, to: number): Promise<Entry> {
    const { account } = splitQuotaKey(quota);
    const key = `${range.name} ${quota}`;
    const version = versions.get(account) ?? 0;
    const known = entries.get(key);
    if (known) entries.delete(key);
    const entry: Entry = known?.version === version
      ? known
      : { ...await read(range, quota, from, to, known, intervalOf(account)), version };
    // The same line is handed out until it changes, so that what was drawn of it can be kept.
    const oldest = entry.line.points[0];
    if (oldest && oldest[0] < from - SLACK_STEPS * range.showMs) entry.line = cut(entry.line, from);
    entries.set(key, entry);
    if (entries.size > MOST_ENTRIES) entries.delete(entries.keys().next().value!);
    return entry;
  }

  async function entriesOf(name: RangeName, quotas: readonly QuotaKey[]) {
    const range = rangeOf(name);
    if (!range) throw new RangeError(`Cannot read the history: unknown range "${name}"`);
    const to = clock.now();
    const from = to - range.lengthMs;
    const entries: Entry[] = [];
    // One shown step more, so that lines begin at the edge and not somewhere within.
    for (const quota of quotas) entries.push(await entryOf(range, quota, from - range.showMs, to));
    return { range, from, to, entries };
  }

  async function read(
    range: Range,
    quota: QuotaKey,
    from: number,
    to: number,
    known: Entry | undefined,
    intervalMs: number,
  ): Promise<Omit<Entry, "version">> {
    const gap = gapOf(range, intervalMs);
    if (range.step === null) {
      const last = known?.readings.at(-1);
      const fresh = await store.readings({ quota, from: last ? last.at + 1 : from, to: to + 1 });
      const readings = [...(known?.readings ?? []).filter((reading) => reading.at >= from), ...fresh];
      return {
        buckets: [],
        shown: [],
        readings,
        line: { key: quota, points: pointsOfReadings(readings, gap) },
      };
    }
    // The last bucket read may have grown since, so it is read again.
    const last = known?.buckets.at(-1);
    const fresh = await store.series({ quota, from: last?.start ?? from, to: to + 1, step: range.step });
    const kept = (known?.buckets ?? []).filter((bucket) => bucket.start >= from && bucket !== last);
    const buckets = [...kept, ...fresh];
    const shown = rollUp(buckets, range.showMs);
    return { buckets, shown, readings: [], line: { key: quota, points: pointsOf(shown, 0, gap) } };
  }

  return {
    async history(name, quotas) {
      const { from, to, entries } = await entriesOf(name, quotas);
      return { range: name, from, to, lines: entries.map(({ line }) => line) };
    },
    async past(name, quotas) {
      const { from, entries } = await entriesOf(name, quotas);
      return entries.map(({ line, shown, readings }) => ({
        key: line.key,
        buckets: shown.filter((bucket) => bucket.lastAt >= from),
        readings: readings.filter((reading) => reading.at >= from),
      }));
    },
    close: stop,
  };
}

/** A line without the points before `from`; the same object when there are none. */
function cut(line: Line, from: number): Line {
  const first = line.points.findIndex(([at]) => at >= from);
  if (first === 0 || line.points.length === 0) return line;
  const points: readonly Point[] = first < 0 ? [] : line.points.slice(first);
  return { key: line.key, points };
}
