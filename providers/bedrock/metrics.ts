/** Usage from CloudWatch: the newest whole minute, and the day so far. */
import { DAY_MS, MINUTE_MS } from "../../lib/model/duration.ts";
import * as v from "valibot";
import { decode, instant, lenientNumber, tidy } from "../../lib/provider_kit/decode.ts";
import { readAllPages } from "../../lib/provider_kit/pages.ts";
import type { Gathering } from "../../lib/provider_kit/readings.ts";
import { type Ceiling, idsFor, type ModelIds, nextToken } from "./quotas.ts";

/** Figures arrive one to three minutes late; an older minute says nothing about now. */
const LOOK_BACK_MS = 10 * MINUTE_MS;
/** The vendor's own limit for one call. */
const MAX_QUERIES = 500;

interface Query {
  readonly id: string;
  readonly quota: string;
  readonly metric: string;
  readonly stat: "Sum" | "Maximum";
  readonly model: string;
}

type MetricsRequest = (body: unknown) => Promise<unknown>;

/** Returns usage by quota, for those whose models are mapped. No measurement means no use. */
export async function readUsage(
  call: MetricsRequest,
  ceilings: readonly Ceiling[],
  ids: ModelIds,
  now: number,
  tell: Pick<Gathering, "drop">,
): Promise<ReadonlyMap<string, number>> {
  const minute = queriesFor(ceilings.filter((one) => one.per === "minute"), ids, ceilings, "q", (one) => [
    one.unit === "tokens" ? ["EstimatedTPMQuotaUsage", "Maximum"] : ["Invocations", "Sum"],
  ]);
  const day = queriesFor(
    ceilings.filter((one) => one.per === "day"),
    ids,
    ceilings,
    "d",
    (one) =>
      one.unit === "tokens"
        ? [["InputTokenCount", "Sum"], ["OutputTokenCount", "Sum"]]
        : [["Invocations", "Sum"]],
  );
  const end = Math.floor(now / MINUTE_MS) * MINUTE_MS;
  const midnight = Math.floor(now / DAY_MS) * DAY_MS;
  return new Map([
    ...await fetchSums(
      call,
      minute,
      { start: end - LOOK_BACK_MS, end, period: 60 },
      (points) => findNewest(points, end),
      tell,
    ),
    ...await fetchSums(
      call,
      day,
      { start: midnight, end: Math.max(end, midnight + MINUTE_MS), period: 3600 },
      sumValues,
      tell,
    ),
  ]);
}

function queriesFor(
  ceilings: readonly Ceiling[],
  ids: ModelIds,
  all: readonly Ceiling[],
  prefix: string,
  metrics: (one: Ceiling) => readonly (readonly [metric: string, stat: "Sum" | "Maximum"])[],
): readonly Query[] {
  return ceilings.flatMap((one) =>
    idsFor(one, ids, all).flatMap((model) =>
      metrics(one).map(([metric, stat]) => ({ quota: one.quota, metric, stat, model }))
    )
  ).map((query, index) => ({ ...query, id: `${prefix}${index}` }));
}

interface Span {
  /** Epoch milliseconds. */
  readonly start: number;
  readonly end: number;
  /** Seconds. */
  readonly period: number;
}

interface Point {
  readonly at: number;
  readonly value: number;
}

/** Statuses that mark values as measured; with the second, the rest follows on another page. */
const STATUSES = ["Complete", "PartialData"];
const Result = v.object({
  Id: v.string(),
  StatusCode: v.optional(v.string(), "Complete"),
  Timestamps: v.array(v.unknown()),
  Values: v.array(v.unknown()),
});
const Page = v.object({ MetricDataResults: v.array(Result) });
const Measured = v.object({ at: instant, value: v.pipe(lenientNumber, v.minValue(0)) });

async function fetchSums(
  call: MetricsRequest,
  queries: readonly Query[],
  span: Span,
  figure: (points: readonly Point[]) => number,
  tell: Pick<Gathering, "drop">,
): Promise<ReadonlyMap<string, number>> {
  const used = new Map<string, number>();
  for (let from = 0; from < queries.length; from += MAX_QUERIES) {
    const some = queries.slice(from, from + MAX_QUERIES);
    const body = encodeBody(some, span);
    const pages = await readAllPages(
      (cursor) => call(cursor === null ? body : { ...body, NextToken: cursor }),
      nextToken,
    );
    const points = new Map<string, Point[]>();
    const broken = new Set<string>();
    const quotaOf = new Map(some.map(({ id, quota }) => [id, quota]));
    for (const result of pages.flatMap((page) => decode(Page, page).MetricDataResults)) {
      const own = toPoints(result);
      if (own === null) {
        broken.add(result.Id);
        tell.drop(
          `measured use ${quotaOf.get(result.Id) ?? result.Id.slice(0, 60)}`,
          "a series that cannot be read",
        );
      }
      points.set(result.Id, [...points.get(result.Id) ?? [], ...own ?? []]);
    }
    for (const { id, quota } of some) {
      // A response without any series means no traffic; next to others, a missing one is unknown.
      const own = points.get(id) ?? (points.size === 0 ? [] : undefined);
      // An unknown part makes the whole unknown.
      if (!own || broken.has(id)) used.set(quota, Number.NaN);
      else used.set(quota, (used.get(quota) ?? 0) + figure(own));
    }
  }
  return new Map(
    [...used].filter(([, value]) => Number.isFinite(value)).map(([quota, value]) => [quota, tidy(value)]),
  );
}

/** Returns the points of a series; none means no traffic. Null when it is truncated or unreadable. */
function toPoints({ StatusCode, Timestamps, Values }: v.InferOutput<typeof Result>): readonly Point[] | null {
  if (!STATUSES.includes(StatusCode) || Timestamps.length !== Values.length) return null;
  const points = Timestamps.map((at, index) => v.safeParse(Measured, { at, value: Values[index] }));
  return points.every((one) => one.success) ? points.map((one) => one.output as Point) : null;
}

function encodeBody(queries: readonly Query[], { start, end, period }: Span) {
  return {
    StartTime: start / 1000,
    EndTime: end / 1000,
    ScanBy: "TimestampDescending",
    MetricDataQueries: queries.map(({ id, metric, stat, model }) => ({
      Id: id,
      MetricStat: {
        Metric: {
          Namespace: "AWS/Bedrock",
          MetricName: metric,
          Dimensions: [{ Name: "ModelId", Value: model }],
        },
        Period: period,
        Stat: stat,
      },
    })),
  };
}

function findNewest(points: readonly Point[], end: number): number {
  const whole = points.filter((point) => point.at + MINUTE_MS <= end);
  const last = whole.reduce<Point | null>((a, b) => a === null || b.at > a.at ? b : a, null);
  return last?.value ?? 0;
}

function sumValues(points: readonly Point[]): number {
  return points.reduce((sum, point) => sum + point.value, 0);
}
