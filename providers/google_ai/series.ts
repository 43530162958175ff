/** Turns time series of Cloud Monitoring into quotas, by joining use with limits. Pure. */
import * as v from "valibot";
import {
  computeRest,
  decode,
  instant,
  instantOrNull,
  type KnownMembers,
  lenientNumber,
  orNull,
  slug,
  tidy,
  unknownFigures,
} from "../../lib/provider_kit/decode.ts";
import type { Reading, Unit, Window } from "../../lib/model/quota.ts";
import { zoneDay } from "../../lib/provider_kit/pages.ts";
import { countFigures, type Gathering, ONE_DAY, ONE_MINUTE } from "../../lib/provider_kit/readings.ts";

/** Daily quotas reset at midnight there, in summer and winter. */
export const ZONE = "America/Los_Angeles";
/** Figures are known to arrive 45 minutes late; an older minute says nothing about now. */
const STALE_MS = 3_600_000;
/** From this value on, a limit means "none". */
const UNLIMITED = 2 ** 53;

/** Accepts values up to the largest int64, which stands for no limit. */
const int64 = v.pipe(
  v.union([v.number(), v.pipe(v.string(), v.regex(/^-?\d{1,19}$/))]),
  v.transform(Number),
  v.check((value) => Math.abs(value) <= 2 ** 63, "Expected a whole number of 64 bits"),
);
/** Larger figures are unrealistic and imprecise. */
const MAX_USED = 1e15;

const Labels = v.fallback(v.record(v.string(), v.unknown()), {});
const Series = v.object({
  metric: v.object({ type: v.string(), labels: Labels }),
  resource: v.fallback(v.object({ labels: Labels }), { labels: {} }),
  points: v.fallback(
    v.nullable(v.array(v.object({
      interval: v.object({ startTime: instantOrNull, endTime: instant }),
      value: v.object({
        int64Value: orNull(int64),
        doubleValue: orNull(lenientNumber),
      }),
    }))),
    null,
  ),
});
const KNOWN: KnownMembers = {
  timeSeries: {
    metric: true,
    resource: true,
    metadata: true,
    points: {
      interval: { startTime: true, endTime: true },
      value: { int64Value: true, doubleValue: true },
    },
  },
  executionErrors: true,
};
const Page = v.object({ timeSeries: v.optional(v.array(v.unknown()), []) });

interface Point {
  readonly startAt: number;
  readonly endAt: number;
  readonly value: number;
}

export interface Line {
  /** `generate_content_free_tier_requests` */
  readonly metric: string;
  readonly limitName: string | null;
  readonly location: string;
  readonly model: string;
  /** Null when they are unreadable: a sum with a missing part is unknown. */
  readonly points: readonly Point[] | null;
}

/** Decodes the series of one page. @throws {ProviderError} `bad_response` */
export function parseLines(page: unknown, found: Gathering): readonly Line[] {
  for (const { what, why } of unknownFigures(page, KNOWN)) found.drop(what, why);
  return (decode(Page, page).timeSeries ?? []).map((one) => {
    const { metric, resource, points } = decode(Series, one);
    const name = parseText(metric.labels.quota_metric) ?? metric.type;
    return {
      metric: name.replace(/\/(?:usage|limit|net_usage)$/, "").replace(/^.*\//, ""),
      limitName: parseText(metric.labels.limit_name),
      location: parseText(resource.labels.location) ?? parseText(metric.labels.location) ?? "",
      model: parseText(metric.labels.model) ?? parseText(resource.labels.model) ?? "",
      points: readPoints(points, parseText(metric.labels.limit_name) ?? metric.type, found),
    };
  });
}

function readPoints(
  points: v.InferOutput<typeof Series>["points"],
  name: string,
  found: Gathering,
): readonly Point[] | null {
  const read = toPoints(points);
  if (read === null) found.drop(name.slice(0, 100), "unreadable points");
  return read;
}

function toPoints(points: v.InferOutput<typeof Series>["points"]): readonly Point[] | null {
  if (points === null) return null;
  const read = points.map(({ interval: { startTime, endTime }, value }) => {
    const figure = value.int64Value ?? value.doubleValue;
    return figure === null ? null : { startAt: startTime ?? endTime, endAt: endTime, value: figure };
  });
  return read.every((point) => point !== null) ? read : null;
}

function parseText(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/** Returns every quota with use or a limit; one with limit 0 and no use is not part of the plan. */
export function createReadings(
  used: readonly Line[],
  limits: readonly Line[],
  now: number,
): readonly Reading[] {
  const readings = new Map<string, Reading>();
  const joined = new Set<Line>();
  let isAllJoined = true;
  for (const lines of groupLines(used).values()) {
    const [line] = lines;
    if (!line) continue;
    const limit = limitFor(line, limits);
    if (limit) joined.add(limit);
    else isAllJoined = false;
    keepHighest(
      readings,
      createReading({ ...line, limitName: line.limitName ?? limit?.limitName ?? null }, lines, limit, now),
    );
  }
  for (const limit of limits) {
    // An unreadable limit may be 0, so the plan may lack the quota.
    if (joined.has(limit) || limit.points === null) continue;
    const reading = createReading(limit, [], limit, now);
    // Use that matches no known limit may count against this one: then its use is unknown.
    keepHighest(readings, reading && !isAllJoined ? { ...reading, used: null, remaining: null } : reading);
  }
  return [...readings.values()];
}

/** Keeps the fullest reading when several regions or tiers count the same quota: that is the binding one. */
function keepHighest(readings: Map<string, Reading>, reading: Reading | undefined) {
  if (!reading) return;
  const before = readings.get(reading.quota);
  if (!before || countFigures(reading) > countFigures(before)) readings.set(reading.quota, reading);
}

/** Groups series that differ only in the called method: they count one quota together. */
function groupLines(lines: readonly Line[]): ReadonlyMap<string, readonly Line[]> {
  const found = new Map<string, Line[]>();
  for (const line of lines) {
    const key = [line.metric, line.limitName, line.location, line.model].join("\n");
    found.set(key, [...found.get(key) ?? [], line]);
  }
  return found;
}

function limitFor(line: Line, limits: readonly Line[]): Line | undefined {
  const near = limits.filter((one) =>
    one.metric === line.metric && one.location === line.location && one.model === line.model
  );
  if (line.limitName !== null) return near.find((one) => one.limitName === line.limitName);
  return near.length === 1 ? near[0] : undefined;
}

export interface Kind {
  readonly quota: string;
  readonly label: string;
  readonly unit: Unit;
  readonly window: Window;
}

/** Returns what a limit counts and over which time, from its name, or else from its metric's. */
export function classifyLimit(limitName: string, metric: string): Kind {
  const isTokens = /token/i.test(`${limitName} ${metric}`);
  const isDaily = /PerDay/i.test(limitName) || /_per_day/.test(metric) || (limitName === "" && !isTokens);
  const [what, label, unit] = isTokens
    ? ["tokens", "Input tokens", "tokens"] as const
    : ["requests", "Requests", "requests"] as const;
  return isDaily
    ? { quota: `${what}-per-day`, label: `${label} per day`, unit, window: ONE_DAY }
    : { quota: `${what}-per-minute`, label: `${label} per minute`, unit, window: ONE_MINUTE };
}

/** Returns the id and label of a quota of one model, or of all when none is named. */
export function nameKind(kind: Kind, model: string): Kind {
  const suffix = slug(model);
  return suffix === ""
    ? kind
    : { ...kind, quota: `${kind.quota}-${suffix}`, label: `${kind.label} (${model.slice(0, 80)})` };
}

function createReading(line: Line, used: readonly Line[], limitLine: Line | undefined, now: number) {
  const kind = nameKind(classifyLimit(line.limitName ?? "", line.metric), line.model);
  const isDaily = kind.window === ONE_DAY;
  const day = zoneDay(now, ZONE);
  const figure = isDaily ? usedSince(used, day.start) : usedInNewestMinute(used, now);
  const limit = readLimit(limitLine);
  if (limit === 0 && figure === 0) return undefined;
  return {
    ...kind,
    used: figure,
    limit,
    remaining: computeRest(limit, figure),
    resetsAt: isDaily ? day.end : null,
  };
}

/** Returns all points of the lines, or null when part of them is unknown or negative. */
function allPoints(lines: readonly Line[]): readonly Point[] | null {
  if (lines.some((line) => line.points === null)) return null;
  const points = lines.flatMap((line) => line.points ?? []);
  return points.every(({ value }) => value >= 0 && value <= MAX_USED) ? points : null;
}

function usedSince(lines: readonly Line[], start: number): number | null {
  const points = allPoints(lines)?.filter((point) => point.startAt >= start);
  return points === undefined ? null : tidy(points.reduce((sum, point) => sum + point.value, 0));
}

function usedInNewestMinute(lines: readonly Line[], now: number): number | null {
  const points = allPoints(lines);
  if (points === null) return null;
  const newest = Math.max(...points.map((point) => point.endAt));
  if (!(now - newest < STALE_MS)) return 0;
  const inIt = points.filter((point) => point.endAt === newest);
  return tidy(inIt.reduce((sum, point) => sum + point.value, 0));
}

function readLimit(line: Line | undefined): number | null {
  if (!line?.points || line.points.length === 0) return null;
  const newest = line.points.reduce((a, b) => b.endAt > a.endAt ? b : a);
  return newest.value < 0 || newest.value >= UNLIMITED || newest.value > 1e15 ? null : newest.value;
}
