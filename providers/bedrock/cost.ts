/** The month's cost from Cost Explorer, where each call costs a cent, so the result is cached for hours. */
import * as v from "valibot";
import type { ProviderContext } from "../../lib/provider/context.ts";
import {
  badResponseError,
  computeRest,
  decode,
  lenientNumber,
  member,
} from "../../lib/provider_kit/decode.ts";
import type { Part, Reading } from "../../lib/model/quota.ts";
import {
  isOn,
  largestParts,
  readAllPages,
  setAmount,
  sumOrNull,
  utcMonth,
} from "../../lib/provider_kit/pages.ts";
import { CALENDAR } from "../../lib/provider_kit/readings.ts";

const EVERY_MS = 6 * 3_600_000;
const BUDGET = "BEDROCK_MONTHLY_BUDGET_USD";

/** Reports whether the user wants the cost: by setting a budget, or by turning it on. */
export function wantsCost(ctx: Pick<ProviderContext, "env">): boolean {
  return setAmount(ctx, BUDGET) !== null || isOn(ctx, "BEDROCK_COST");
}

const Page = v.object({
  ResultsByTime: v.array(v.object({
    Groups: v.array(v.object({
      Keys: v.array(v.string()),
      Metrics: v.object({
        UnblendedCost: v.object({ Amount: lenientNumber, Unit: v.optional(v.string(), "USD") }),
      }),
    })),
  })),
});

interface Costs {
  readonly at: number;
  /** When the month of the figures ends. */
  readonly end: number;
  readonly used: number | null;
  readonly parts: readonly Part[];
}

/** Returns the reading, requested again after six hours and in a new month. @throws {ProviderError} */
export async function costReading(
  ctx: ProviderContext,
  call: (body: unknown) => Promise<unknown>,
): Promise<Reading> {
  const month = utcMonth(ctx.now());
  const known = ctx.memory.get("costs") as Costs | undefined;
  const isGood = known?.end === month.end && ctx.now() - known.at < EVERY_MS;
  const costs = known && isGood ? known : await fetchCosts(ctx, call);
  ctx.memory.set("costs", costs);
  const limit = setAmount(ctx, BUDGET);
  return {
    quota: "monthly-cost",
    label: "Cost this month",
    unit: "usd",
    used: costs.used,
    limit,
    remaining: computeRest(limit, costs.used),
    window: CALENDAR,
    startedAt: month.start,
    resetsAt: month.end,
    ...costs.parts.length > 0 ? { parts: costs.parts } : {},
  };
}

async function fetchCosts(ctx: ProviderContext, call: (body: unknown) => Promise<unknown>): Promise<Costs> {
  const { start, end } = utcMonth(ctx.now());
  const formatDate = (at: number) => new Date(at).toISOString().slice(0, 10);
  const pages = await readAllPages((cursor) =>
    call({
      TimePeriod: { Start: formatDate(start), End: formatDate(end) },
      Granularity: "MONTHLY",
      Metrics: ["UnblendedCost"],
      GroupBy: [{ Type: "DIMENSION", Key: "SERVICE" }],
      ...cursor === null ? {} : { NextPageToken: cursor },
    }), (page) => {
    const cursor = member(page, "NextPageToken");
    return typeof cursor === "string" && cursor !== "" ? cursor : null;
  });
  const sums = new Map<string, number>();
  const times = pages.flatMap((page) => decode(Page, page).ResultsByTime);
  // A month without costs has no groups; a report without a month says nothing.
  for (const group of times.flatMap((one) => one.Groups)) {
    // Third-party models are billed under their own names.
    const name = group.Keys.find((key) => /bedrock/i.test(key));
    if (name === undefined) continue;
    const { Amount, Unit } = group.Metrics.UnblendedCost;
    if (Unit !== "USD") throw badResponseError("AWS reported costs in a currency other than dollars", pages);
    sums.set(name, (sums.get(name) ?? 0) + Amount);
  }
  const total = [...sums.values()].reduce((sum, one) => sum + one, 0);
  return {
    at: ctx.now(),
    end,
    used: times.length === 0 ? null : sumOrNull(total),
    parts: largestParts(sums),
  };
}
