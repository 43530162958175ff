/** `syntrack chart`: usage over time as a line, daily and weekly consumption as bars. */
import { DAY_MS } from "../../model/duration.ts";
import { listingJson, periodJson, quotaHead } from "../../formats/listing.ts";
import { displayUnit, formatAmount, formatShare } from "../../model/view/format.ts";
import { readingShare } from "../../model/quota.ts";
import { isoInstant, wallText } from "../../model/time.ts";
import type { Store } from "../../store/store.ts";
import { barLines } from "../bar_lines.ts";
import { explainNoMatch, printWhyEmpty, quotaTitle, toListedQuota } from "../headings.ts";
import { EXIT_OK, usageError } from "../io.ts";
import { lastDays, lastWeeks, sumPeriods } from "../../read/periods.ts";
import { chooseQuotas, type SelectedQuota } from "../select.ts";
import { CHART_TYPES, type ChartType } from "../table.ts";
import { readLimitIfAny } from "../range.ts";
import { pickTightest, type TightestQuotas } from "../tightest.ts";
import type { Tools } from "../tools.ts";
import { usageChartLines } from "../usage_chart.ts";
import { readPoints, type UsagePoints } from "../usage_points.ts";
import { daysOf, parseTypedText, weeksOf } from "../values.ts";
import { wrapWords } from "../wrap.ts";

/** Maximum number of quotas on a terminal, unless the user names some. */
const MAX_QUOTAS = 2;

/** A longer line is hard to follow. */
const MAX_COLUMNS = 120;
/** Above this length two lines hide each other. */
const MAX_DAYS_OF_TWO = 7;

export async function chart(tools: Tools): Promise<number> {
  const days = daysOf(tools.typed);
  const weeks = weeksOf(tools.typed, 8);
  const type = readType(tools);
  return type === "usage"
    ? await drawUsage(tools, days)
    : await drawPeriods(tools, type, type === "daily" ? days : weeks);
}

function readType(tools: Tools): ChartType {
  const text = parseTypedText(tools.typed, "type") ?? "usage";
  const type = CHART_TYPES.find((one) => one === text);
  if (!type) throw usageError(`--type takes ${CHART_TYPES.join(", ")}, got ${JSON.stringify(text)}`);
  return type;
}

export async function drawUsage(tools: Tools, days: number): Promise<number> {
  const { now, paint } = tools;
  const { store, quotas: chosen, note } = await chooseForChart(tools);
  const zone = (await tools.dataLocation()).zone();
  const from = now - days * DAY_MS;
  const drawn = store
    ? await Promise.all(
      chosen.map(async (quota) => ({ quota, points: await readPoints(store, quota.key, from, now) })),
    )
    : [];
  if (tools.json) {
    tools.printJson(listingJson(drawn.map((one) => pointsJson(one.quota, one.points)), now, zone));
    return EXIT_OK;
  }
  tools.print(paint.bold(`Usage (last ${days} ${days === 1 ? "day" : "days"})`));
  if (drawn.length === 0) printWhyEmpty(tools, await explainNoMatch(tools), "");
  for (const { quota, points } of drawn) {
    tools.print(
      "",
      ...wrapWords(quotaTitle(quota, paint), tools.width),
      ...usageLines(tools, quota, points, {
        from,
        zone,
        withLeft: drawn.length === 1 && days <= MAX_DAYS_OF_TWO,
      }),
    );
  }
  if (note.length > 0) tools.note("", ...note);
  return EXIT_OK;
}

interface ChartContext {
  readonly from: number;
  readonly zone: string;
  /** Reports whether there is room for a second line. */
  readonly withLeft: boolean;
}

function usageLines(
  tools: Tools,
  { state }: SelectedQuota,
  points: UsagePoints,
  chartRange: ChartContext,
): readonly string[] {
  const { paint, now } = tools;
  const unit = displayUnit(state.reading);
  const known = points.used.length > 0;
  const line = known ? points.used : points.left;
  if (points.readings < 2 || line.length === 0) {
    return ["Fewer than two readings in this range: nothing to draw."];
  }
  const second = known && chartRange.withLeft ? points.left : [];
  const highest = [...line, ...second].reduce(
    (top, [, value]) => Math.max(top, value ?? 0),
    points.limit ?? 0,
  );
  const lines = usageChartLines({
    points: line,
    second,
    unit,
    from: chartRange.from,
    to: now,
    top: highest > 0 ? highest : 1,
    zone: chartRange.zone,
    width: Math.min(MAX_COLUMNS, tools.columns),
  }, paint);
  const legend = [`${paint.cyan("⠒")} ${known ? "used" : "leftover"}`];
  if (second.length > 0) legend.push(`${paint.dim("·")} leftover`);
  const first = line[0]?.[0] ?? chartRange.from;
  const last = line.at(-1)?.[0] ?? now;
  const present = `${formatAmount(state.reading.used ?? state.reading.remaining, unit)} (${
    formatShare(readingShare(state.reading))
  })`;
  const about = `${legend.join("  ")}   ${wallText(first, chartRange.zone)} to ${
    wallText(last, chartRange.zone)
  }, last ${present}`;
  return [...lines, ...wrapWords(about, tools.width)];
}

function pointsJson(quota: SelectedQuota, points: UsagePoints) {
  return {
    ...quotaHead(toListedQuota(quota)),
    limit: points.limit,
    // A null value marks the beginning of a gap.
    used: points.used.map(([at, value]) => ({ at: isoInstant(at), value })),
    remaining: points.left.map(([at, value]) => ({ at: isoInstant(at), value })),
  };
}

async function drawPeriods(tools: Tools, type: "daily" | "weekly", count: number): Promise<number> {
  const { now, paint } = tools;
  const { store, quotas: chosen, note } = await chooseForChart(tools);
  const zone = (await tools.dataLocation()).zone();
  const periods = type === "daily" ? lastDays(now, zone, count) : lastWeeks(now, zone, count);
  const drawn = store
    ? await Promise.all(
      chosen.map(async (quota) => ({ quota, sums: await sumPeriods(store, quota.key, periods, now) })),
    )
    : [];
  if (tools.json) {
    const quotas = drawn.map(({ quota, sums }) => ({
      ...quotaHead(toListedQuota(quota)),
      periods: sums.map(periodJson),
    }));
    tools.printJson(listingJson(quotas, now, zone));
    return EXIT_OK;
  }
  const word = type === "daily" ? "days" : "weeks";
  tools.print(paint.bold(`Consumption (last ${count} ${word})`));
  if (drawn.length === 0) printWhyEmpty(tools, await explainNoMatch(tools), "");
  for (const { quota, sums } of drawn) {
    const bars = barLines(
      sums,
      displayUnit(quota.state.reading),
      Math.max(4, Math.min(30, tools.width - 26)),
      paint,
    );
    tools.print("", ...wrapWords(quotaTitle(quota, paint), tools.width), ...bars);
  }
  if (note.length > 0) tools.note("", ...note);
  return EXIT_OK;
}

async function chooseForChart(tools: Tools): Promise<TightestQuotas & { readonly store: Store | null }> {
  const store = await tools.store();
  const chosen = store ? chooseQuotas(tools.typed, await tools.records()) : [];
  return { store, ...pickTightest(tools, chosen, MAX_QUOTAS, readLimitIfAny(tools.typed)) };
}
