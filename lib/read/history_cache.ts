/**
 * Caches the history of charts in memory and follows the store: after a poll it reads only what is new. A
 * dashboard of sixty quotas needs thousands of points on every load; reading them each time would cost tens
 * of milliseconds.
 *
 * May import the model and the contracts of store and hub; decides nothing.
 */
import { Cache } from "../base/cache.ts";
import type { Clock } from "../base/clock.ts";
import type { Hub } from "../base/hub.ts";
import { DAY_MS } from "../model/duration.ts";
import { type Bucket, bucketStart, FIVE_MINUTES, rollUp, type Step, STEPS } from "../model/engine/bucket.ts";
import {
  buildPoints,
  chooseGrain,
  computeMinGap,
  findRange,
  type Grain,
  type HistoryRange,
  type HistoryView,
  type Line,
  type Point,
  pointsFromReadings,
  type RangeName,
  type UseSpans,
} from "../model/history/history.ts";
import { type AccountKey, type QuotaKey, splitQuotaKey, type Window } from "../model/quota.ts";
import { mergeRanges } from "../model/history/merge_ranges.ts";
import { readDistancesBefore } from "./distances_before.ts";
import { lineFrom, pointsThrough, pointsWithin } from "../model/history/cut_line.ts";
import { downsamplePoints, MAX_POINTS } from "../model/history/downsample.ts";
import type { Store, StoredReading } from "../store/store.ts";
import { createVersions } from "./versions.ts";

export interface HistoryCache {
  /**
   * Returns lines in the order of `quotas`, each with the points of the span and, for a range, a few before
   * it; on request with the times their accounts were in use.
   */
  history(span: HistoryRange, quotas: readonly QuotaKey[], withSessions?: boolean): Promise<HistoryView>;
  /**
   * Returns the data behind the lines, in the order of `quotas`:
   * readings for the shortest range, buckets for all others.
   */
  past(range: RangeName, quotas: readonly QuotaKey[]): Promise<readonly QuotaRangeData[]>;
  close(): void;
}

export interface HistoryCacheOptions {
  readonly store: Store;
  readonly hub: Hub;
  readonly clock: Clock;
}

/** The data of one quota over a range. */
export interface QuotaRangeData {
  readonly key: QuotaKey;
  /** Rolled up to the range's resolution. */
  readonly buckets: readonly Bucket[];
  readonly readings: readonly StoredReading[];
}

interface Entry {
  buckets: readonly Bucket[];
  readings: readonly StoredReading[];
  /** `buckets` rolled up to the range's resolution. */
  shown: readonly Bucket[];
  line: Line;
}

/** Maximum cached lines; evicts the least recently requested. */
const MAX_ENTRIES = 1024;
/** A line may start this many steps before its range; only beyond that is it trimmed. */
const SLACK_STEPS = 3;
/** Longer spans show no sessions: they would be too fine to see. */
const MAX_WITH_SESSIONS_MS = 31 * DAY_MS;
const MAX_SESSIONS = 1000;

/** A span with its edges and its resolution. */
interface Frame extends Grain {
  /** Distinguishes it from others. */
  readonly key: string;
  readonly range: RangeName | null;
  readonly from: number;
  readonly to: number;
}

export function createHistoryCache(options: HistoryCacheOptions): HistoryCache {
  const { store, clock } = options;
  const entries = new Cache<string, Entry>({ max: MAX_ENTRIES });
  const sessions = new Cache<string, UseSpans>({ max: MAX_ENTRIES });
  const versions = createVersions(options.hub);

  function createFrame(span: HistoryRange): Frame {
    if (!("range" in span)) {
      const { from, to } = span;
      return { key: `${from}-${to}`, range: null, from, to, ...chooseGrain(to - from) };
    }
    const range = findRange(span.range);
    if (!range) throw new RangeError(`Cannot read the history: unknown range "${span.range}"`);
    const { name, lengthMs, step, showMs } = range;
    const to = clock.now();
    return { key: name, range: name, from: to - lengthMs, to, step, showMs };
  }

  async function findWindow(quota: QuotaKey): Promise<Window | undefined> {
    return (await store.describe(quota))?.window;
  }

  async function loadEntry(frame: Frame, quota: QuotaKey): Promise<Entry> {
    const { account } = splitQuotaKey(quota);
    const key = `${frame.key} ${quota}`;
    const entry = await entries.load(
      key,
      versions.of(account),
      () => read(frame, quota, entries.last(key)),
    );
    // Return the same line object until it changes, so that its drawing can be cached.
    const second = entry.line.points[1];
    if (second && second[0] < frame.from - SLACK_STEPS * frame.showMs) {
      entry.line = { key: quota, points: lineFrom(entry.line.points, frame.from) };
    }
    return entry;
  }

  async function findEntries(frame: Frame, quotas: readonly QuotaKey[]) {
    const found: Entry[] = [];
    for (const quota of quotas) found.push(await loadEntry(frame, quota));
    return found;
  }

  async function read(
    frame: Frame,
    quota: QuotaKey,
    known: Entry | undefined,
  ): Promise<Entry> {
    const { range, step, showMs, to } = frame;
    // Start one step early, so that the line comes in from the edge of the chart.
    const from = frame.from - showMs;
    const gap = computeMinGap(frame);
    const lineOf = (points: readonly Point[]): Line => ({
      key: quota,
      points: downsamplePoints(points, MAX_POINTS),
    });
    // A fixed span may lie where only longer buckets still exist.
    if (range === null) return { buckets: [], shown: [], readings: [], line: lineOf(await readFixed(frame)) };
    if (step === null) {
      const last = known?.readings.at(-1);
      const fresh = await store.readings({ quota, from: last ? last.at + 1 : from, to: to + 1 });
      const all = [...known?.readings ?? await readingBefore(from), ...fresh];
      // Keep the last reading before the edge: the line enters there.
      const readings = all.slice(Math.max(0, all.findLastIndex(({ at }) => at < from)));
      const before = await distancesBefore(readings.map(({ at }) => at));
      const points = pointsFromReadings(readings, gap, before, await findWindow(quota));
      // A line does not enter across a gap.
      const [, second] = points;
      const line = lineOf(second?.[1] === null && second[0] < from ? points.slice(2) : points);
      return { buckets: [], shown: [], readings, line };
    }
    // The last bucket may have grown since, so read it again.
    const last = known?.buckets.at(-1);
    const fresh = await store.series({ quota, from: last?.start ?? from, to: to + 1, step });
    const kept = (known?.buckets ?? []).filter((bucket) => bucket.start >= from && bucket !== last);
    const buckets = [...kept, ...fresh];
    const shown = rollUp(buckets, showMs);
    const before = await distancesBefore(shown.map(({ firstAt }) => firstAt));
    return { buckets, shown, readings: [], line: lineOf(buildPoints(shown, gap, before)) };

    function distancesBefore(instants: readonly number[]): Promise<readonly number[]> {
      return readDistancesBefore(store, quota, instants, gap);
    }

    function readingBefore(to: number): Promise<readonly StoredReading[]> {
      return store.readings({ quota, to, limit: 1, newestFirst: true });
    }

    async function readFixed({ from, to, step, showMs }: Frame): Promise<readonly Point[]> {
      const readings = step === null ? await store.readings({ quota, from, to: to + 1 }) : [];
      const end = readings[0]?.at ?? to + 1;
      // When readings are far apart, the line runs from a reading before the span to one after it.
      const outside = step === null ? await Promise.all([readingBefore(from), readingAfter(to)]) : [[], []];
      const extended = [...outside[0]!, ...readings, ...outside[1]!];
      const buckets = await readFinest(step ?? FIVE_MINUTES, from, end);
      // The first bucket may have ended before the span.
      const rolled = rollUp(buckets.filter(({ lastAt }) => lastAt >= from && lastAt < end), showMs);
      const coarse = buildPoints(
        rolled,
        // Inside a bucket no pause of its length can be seen either.
        Math.max(gap, ...buckets.map(({ step }) => step)),
        await distancesBefore(rolled.map(({ firstAt }) => firstAt)),
      );
      const fine = pointsFromReadings(
        extended,
        gap,
        await distancesBefore(extended.map(({ at }) => at)),
        await findWindow(quota),
      );
      return coarse.length > 0
        ? pointsWithin([...coarse, ...pointsWithin(fine, from, to)], from, to)
        : pointsThrough(fine, from, to);
    }

    function readingAfter(at: number): Promise<readonly StoredReading[]> {
      return store.readings({ quota, from: at + 1, limit: 1 });
    }

    /** Returns buckets over a span, using longer ones where shorter ones have expired. */
    async function readFinest(step: Step, from: number, to: number): Promise<readonly Bucket[]> {
      const own = await store.series({ quota, from: bucketStart(from, step), to, step });
      const longer = STEPS[STEPS.indexOf(step) + 1];
      const begin = own[0]?.start ?? to;
      if (longer === undefined || begin - from < longer) return own;
      const older = await readFinest(longer, from, begin);
      return [...older.filter(({ lastAt }) => lastAt < begin), ...own];
    }
  }

  function loadSessions(frame: Frame, account: AccountKey): Promise<UseSpans> {
    return sessions.load(`${frame.key} ${account}`, versions.of(account), () => readSessions(frame, account));
  }

  async function readSessions({ from, to }: Frame, account: AccountKey): Promise<UseSpans> {
    const stored = await store.sessions({ account, to: to + 1, limit: MAX_SESSIONS });
    const spans = stored.filter(({ lastRiseAt }) => lastRiseAt >= from)
      .map(({ startedAt, lastRiseAt }) => [startedAt, lastRiseAt] as const);
    // Merge what lies closer together than the eye can see.
    return { account, spans: mergeRanges(spans, (to - from) / MAX_POINTS) };
  }

  return {
    async history(span, quotas, withSessions = false) {
      const frame = createFrame(span);
      const { range, from, to } = frame;
      const lines = (await findEntries(frame, quotas)).map(({ line }) => line);
      if (!withSessions) return { range, from, to, lines };
      const sessions: UseSpans[] = [];
      if (to - from <= MAX_WITH_SESSIONS_MS) {
        for (const account of new Set(quotas.map((quota) => splitQuotaKey(quota).account))) {
          sessions.push(await loadSessions(frame, account));
        }
      }
      return { range, from, to, lines, sessions };
    },
    async past(name, quotas) {
      const frame = createFrame({ range: name });
      return (await findEntries(frame, quotas)).map(({ line, shown, readings }) => ({
        key: line.key,
        buckets: shown.filter((bucket) => bucket.lastAt >= frame.from),
        readings: readings.filter((reading) => reading.at >= frame.from),
      }));
    },
    close: versions.close,
  };
}
