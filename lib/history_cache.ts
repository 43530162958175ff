/**
 * Keeps the history that charts ask for in memory and follows the store: after a
 * poll only what is new is read. A dashboard of sixty quotas asks for thousands of
 * points on every load; reading them anew each time would cost tens of milliseconds.
 *
 * It may import the model and the contracts of store and hub, and decides nothing.
 */
import type { Clock } from "./clock.ts";
import type { Hub } from "./hub.ts";
import { type Bucket, FIVE_MINUTES, rollUp, startOf, type Step, STEPS } from "./model/bucket.ts";
import {
  gapOf,
  type Grain,
  grainOf,
  type HistoryView,
  type Line,
  type Point,
  pointsOf,
  pointsOfReadings,
  type RangeName,
  rangeOf,
  type Span,
  type UseSpans,
} from "./model/history.ts";
import { type AccountKey, type QuotaKey, splitQuotaKey } from "./model/quota.ts";
import { mergedStretches } from "./model/stretches.ts";
import { MOST_POINTS, thin } from "./model/thin.ts";
import type { Store, StoredReading } from "./store/store.ts";

export interface HistoryCache {
  /**
   * Lines in the order of `quotas`, each with the points of the span, and for a range a little of what came
   * before; with them, if asked for, when their accounts were in use.
   */
  history(span: Span, quotas: readonly QuotaKey[], withSessions?: boolean): Promise<HistoryView>;
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
/** Spans longer than this show no sessions: they would be finer than can be seen. */
const LONGEST_WITH_SESSIONS_MS = 31 * 24 * 3_600_000;
const MOST_SESSIONS = 1000;

/** A span with its edges and its grain. */
interface Frame extends Grain {
  /** What tells it from others. */
  readonly key: string;
  readonly range: RangeName | null;
  readonly from: number;
  readonly to: number;
}

interface Kept<T> {
  readonly version: number;
  readonly value: T;
}

export function createHistoryCache(options: HistoryCacheOptions): HistoryCache {
  const { store, clock, intervalOf } = options;
  const entries = new Map<string, Entry>();
  const sessions = new Map<string, Kept<UseSpans>>();
  const versions = new Map<AccountKey, number>();
  const stop = options.hub.listen(({ account }) => {
    if (account !== null) versions.set(account, (versions.get(account) ?? 0) + 1);
  });

  function frameOf(span: Span): Frame {
    if (!("range" in span)) {
      const { from, to } = span;
      return { key: `${from}-${to}`, range: null, from, to, ...grainOf(to - from) };
    }
    const range = rangeOf(span.range);
    if (!range) throw new RangeError(`Cannot read the history: unknown range "${span.range}"`);
    const { name, lengthMs, step, showMs } = range;
    const to = clock.now();
    return { key: name, range: name, from: to - lengthMs, to, step, showMs };
  }

  async function entryOf(frame: Frame, quota: QuotaKey): Promise<Entry> {
    const { account } = splitQuotaKey(quota);
    const key = `${frame.key} ${quota}`;
    const version = versions.get(account) ?? 0;
    const known = entries.get(key);
    if (known) entries.delete(key);
    const entry: Entry = known?.version === version
      ? known
      : { ...await read(frame, quota, known, intervalOf(account)), version };
    // The same line is handed out until it changes, so that what was drawn of it can be kept.
    const oldest = entry.line.points[0];
    if (frame.range !== null && oldest && oldest[0] < frame.from - SLACK_STEPS * frame.showMs) {
      entry.line = cut(entry.line, frame.from);
    }
    keep(entries, key, entry);
    return entry;
  }

  async function entriesOf(frame: Frame, quotas: readonly QuotaKey[]) {
    const found: Entry[] = [];
    for (const quota of quotas) found.push(await entryOf(frame, quota));
    return found;
  }

  async function read(
    frame: Frame,
    quota: QuotaKey,
    known: Entry | undefined,
    intervalMs: number,
  ): Promise<Omit<Entry, "version">> {
    const { range, step, showMs, to } = frame;
    // One shown step more, so that lines begin at the edge and not somewhere within.
    const from = frame.from - showMs;
    const gap = gapOf(frame, intervalMs);
    const lineOf = (points: readonly Point[]): Line => ({ key: quota, points: thin(points, MOST_POINTS) });
    // A span that stands still may lie where only longer steps are kept.
    if (range === null) return { buckets: [], shown: [], readings: [], line: lineOf(await still(frame)) };
    if (step === null) {
      const last = known?.readings.at(-1);
      const fresh = await store.readings({ quota, from: last ? last.at + 1 : from, to: to + 1 });
      const readings = [...(known?.readings ?? []).filter((reading) => reading.at >= from), ...fresh];
      return { buckets: [], shown: [], readings, line: lineOf(pointsOfReadings(readings, gap)) };
    }
    // The last bucket read may have grown since, so it is read again.
    const last = known?.buckets.at(-1);
    const fresh = await store.series({ quota, from: last?.start ?? from, to: to + 1, step });
    const kept = (known?.buckets ?? []).filter((bucket) => bucket.start >= from && bucket !== last);
    const buckets = [...kept, ...fresh];
    const shown = rollUp(buckets, showMs);
    return { buckets, shown, readings: [], line: lineOf(pointsOf(shown, 0, gap)) };

    async function still({ from, to, step, showMs }: Frame): Promise<readonly Point[]> {
      const readings = step === null ? await store.readings({ quota, from, to: to + 1 }) : [];
      const end = readings[0]?.at ?? to + 1;
      const buckets = step === null && end - from <= gap ? [] : await finest(step ?? FIVE_MINUTES, from, end);
      const coarse = pointsOf(rollUp(buckets, showMs), 0, Math.max(gap, ...buckets.map(gapAfter)));
      const points = [...coarse, ...pointsOfReadings(readings, gap)];
      return points.filter(([at]) => at >= from && at <= to);
    }

    /** Buckets over a span, from longer ones where shorter ones are no longer kept. */
    async function finest(step: Step, from: number, to: number): Promise<readonly Bucket[]> {
      const own = await store.series({ quota, from: startOf(from, step), to, step });
      const longer = STEPS[STEPS.indexOf(step) + 1];
      const begin = own[0]?.start ?? to;
      if (longer === undefined || begin - from < longer) return own;
      const older = await finest(longer, from, begin);
      return [...older.filter(({ lastAt }) => lastAt < begin), ...own];
    }
  }

  async function sessionsOf(frame: Frame, account: AccountKey): Promise<UseSpans> {
    const key = `${frame.key} ${account}`;
    const version = versions.get(account) ?? 0;
    const known = sessions.get(key);
    if (known?.version === version) return known.value;
    const { from, to } = frame;
    const stored = await store.sessions({ account, to: to + 1, limit: MOST_SESSIONS });
    const spans = stored.filter(({ lastRiseAt }) => lastRiseAt >= from)
      .map(({ startedAt, lastRiseAt }) => [startedAt, lastRiseAt] as const);
    // What lies closer together than can be seen is one.
    const value = { account, spans: mergedStretches(spans, (to - from) / MOST_POINTS) };
    keep(sessions, key, { version, value });
    return value;
  }

  return {
    async history(span, quotas, withSessions = false) {
      const frame = frameOf(span);
      const { range, from, to } = frame;
      const lines = (await entriesOf(frame, quotas)).map(({ line }) => line);
      if (!withSessions) return { range, from, to, lines };
      const sessions: UseSpans[] = [];
      if (to - from <= LONGEST_WITH_SESSIONS_MS) {
        for (const account of new Set(quotas.map((quota) => splitQuotaKey(quota).account))) {
          sessions.push(await sessionsOf(frame, account));
        }
      }
      return { range, from, to, lines, sessions };
    },
    async past(name, quotas) {
      const frame = frameOf({ range: name });
      return (await entriesOf(frame, quotas)).map(({ line, shown, readings }) => ({
        key: line.key,
        buckets: shown.filter((bucket) => bucket.lastAt >= frame.from),
        readings: readings.filter((reading) => reading.at >= frame.from),
      }));
    },
    close: stop,
  };
}

function keep<T>(kept: Map<string, T>, key: string, value: T): void {
  kept.set(key, value);
  if (kept.size > MOST_ENTRIES) kept.delete(kept.keys().next().value!);
}

/** A bucket of a day says nothing of the hours in it: what follows within another is no gap. */
function gapAfter({ step }: Bucket): number {
  return 1.25 * step;
}

/** A line without the points before `from`; the same object when there are none. */
function cut(line: Line, from: number): Line {
  const first = line.points.findIndex(([at]) => at >= from);
  if (first === 0 || line.points.length === 0) return line;
  const points: readonly Point[] = first < 0 ? [] : line.points.slice(first);
  return { key: line.key, points };
}
