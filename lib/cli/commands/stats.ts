/** `syntrack stats`: a summary of each quota: now, its rate, days, weeks, and all time. */
import { DAY_MS, HOUR_MS } from "../../model/duration.ts";
import {
  burnRateSection,
  listingJson,
  type OverallJson,
  overallJson,
  periodJson,
  quotaHead,
  type StatsJson,
} from "../../formats/listing.ts";
import { forecastJson } from "../../formats/forecast.ts";
import { BURN_RATE_HOURS, type BurnRateJson, burnRateJson, isEndUnknown } from "../../formats/query.ts";
import { DAY, FIVE_MINUTES, rollUp, sumUp } from "../../model/engine/bucket.ts";
import {
  displayUnit,
  formatAmount,
  formatDuration,
  formatNumber,
  formatQuantity,
  formatRate,
  formatShare,
  UNKNOWN,
} from "../../model/view/format.ts";
import { findReset, readingShare, readingUtilization } from "../../model/quota.ts";
import { shownStatus, statusLabel, type StatusWord } from "../../model/view/status.ts";
import { isoInstant, wallText } from "../../model/time.ts";
import type { Store } from "../../store/store.ts";
import { readingsInUnit, seriesInUnit, unitHistory } from "../../read/units.ts";
import { openSubjects } from "../analysing.ts";
import type { Forecast } from "../../model/forecast/forecast.ts";
import { barLines } from "../bar_lines.ts";
import { forecastLine } from "../forecast_text.ts";
import { drawBar, drawSparkline } from "../bars.ts";
import { formatPairs } from "../grid.ts";
import { explainNoMatch, printWhyEmpty, quotaTitle, toListedQuota } from "../headings.ts";
import { EXIT_OK } from "../io.ts";
import { inStatus } from "../paint.ts";
import { lastDays, lastWeeks, type SummedPeriod, sumPeriods } from "../../read/periods.ts";
import { chooseQuotas, type SelectedQuota } from "../select.ts";
import { readLimitIfAny } from "../range.ts";
import { tableLines } from "../show_table.ts";
import { pickTightest } from "../tightest.ts";
import type { Tools } from "../tools.ts";
import { hasFlag } from "../values.ts";
import { wrapWords } from "../wrap.ts";

const DAYS = 7;
const WEEKS = 4;
/** Maximum number of quotas on a terminal, unless the user names some. */
const MAX_QUOTAS = 3;
/** Indent of the lines below a title, in columns. */
const INDENT = 4;

interface Facts {
  readonly quota: SelectedQuota;
  readonly rate: BurnRateJson;
  readonly daily: readonly SummedPeriod[];
  readonly weekly: readonly SummedPeriod[];
  readonly overall: OverallJson;
  /** Null for a quota that has not been reported for long. */
  readonly forecast: Forecast | null;
  readonly status: StatusWord;
}

export async function stats(tools: Tools): Promise<number> {
  const { now, paint, width } = tools;
  const store = await tools.store();
  const { quotas: chosen, note } = pickTightest(
    tools,
    store ? chooseQuotas(tools.typed, await tools.records()) : [],
    MAX_QUOTAS,
    readLimitIfAny(tools.typed),
  );
  const zone = (await tools.dataLocation()).zone();
  const subjects = await openSubjects(tools);
  const analysed = await subjects?.analysis.quotas({}, subjects.asOf) ?? [];
  const forecasts = new Map(analysed.map(({ view, forecast }) => [view.key, forecast]));
  const statuses = new Map(analysed.map(({ view }) => [view.key, view.status]));
  const all = store
    ? await Promise.all(chosen.map(async (quota): Promise<Facts> => ({
      ...await readFacts(store, quota, now, zone, forecasts.get(quota.key) ?? null),
      status: shownStatus({ gone: quota.gone, status: statuses.get(quota.key) ?? "unknown" }),
    })))
    : [];
  if (tools.json) {
    tools.printJson(listingJson(all.map(statsJson), now, zone));
    return EXIT_OK;
  }
  tools.note(paint.bold(`Usage Statistics (as of ${wallText(now, zone)})`), paint.dim("═".repeat(37)));
  if (!store || all.length === 0) printWhyEmpty(tools, await explainNoMatch(tools), "");
  for (const facts of all) {
    tools.print(
      "",
      ...wrapWords(quotaTitle(facts.quota, paint), width),
      ...formatSections(tools, facts, zone),
    );
    if (store && hasFlag(tools.typed, "chart")) tools.print(...await sparkLines(tools, store, facts.quota));
  }
  if (note.length > 0) tools.note("", ...note);
  return EXIT_OK;
}

async function readFacts(
  store: Store,
  quota: SelectedQuota,
  now: number,
  zone: string,
  forecast: Forecast | null,
): Promise<Omit<Facts, "status">> {
  const { key, state } = quota;
  const units = await unitHistory(store, key, now);
  const day = { quota: key, from: now - BURN_RATE_HOURS * HOUR_MS + 1, to: now + 1 };
  const readings = await readingsInUnit(store, day, units);
  const ever = await seriesInUnit(store, { quota: key, from: 0, to: now + 1, step: DAY }, now, units);
  return {
    quota,
    rate: burnRateJson(readings, { ...state.reading, at: state.at }, now, {
      resetsAt: state.reading.resetsAt,
      forecast,
    }),
    forecast,
    daily: await sumPeriods(store, key, lastDays(now, zone, DAYS), now),
    weekly: await sumPeriods(store, key, lastWeeks(now, zone, WEEKS), now),
    overall: overallJson(sumUp(ever)),
  };
}

function statsJson({ quota, rate, daily, weekly, overall, forecast }: Facts): StatsJson {
  const { used, limit, remaining, resetsAt } = quota.state.reading;
  return {
    ...quotaHead(toListedQuota(quota)),
    current: {
      at: isoInstant(quota.state.at),
      used,
      limit,
      remaining,
      utilization: readingUtilization(quota.state.reading),
      resetsAt: isoInstant(resetsAt),
    },
    burnRate: burnRateSection(rate),
    forecast: forecast && forecastJson(forecast),
    daily: daily.map(periodJson),
    weekly: weekly.map(periodJson),
    overall,
  };
}

function formatSections(tools: Tools, facts: Facts, zone: string): readonly string[] {
  const { paint, typed, width } = tools;
  const formatTitle = (text: string) => `  ${paint.bold(text)}`;
  const { unit } = facts.quota.state.reading;
  const formatPeriods = (sums: readonly SummedPeriod[]) =>
    (hasFlag(typed, "chart")
      ? barLines(sums, unit, Math.max(4, Math.min(20, width - 26)), paint)
      : formatTable(sums, facts, tools)).map((line) => `    ${line}`);
  return [
    formatTitle("Current"),
    ...currentLines(facts, tools),
    formatTitle(`Burn rate (${BURN_RATE_HOURS}h)`),
    ...rateLines(facts, tools, zone),
    formatTitle(`Daily (${DAYS})`),
    ...formatPeriods(facts.daily),
    formatTitle(`Weekly (${WEEKS})`),
    ...formatPeriods(facts.weekly),
    formatTitle("Overall"),
    ...overallLines(facts, zone, tools),
  ];
}

function currentLines({ quota, status }: Facts, { paint, width }: Tools): readonly string[] {
  const { reading } = quota.state;
  const { used, limit, remaining } = reading;
  const unit = displayUnit(reading);
  const share = readingShare(reading);
  const label = inStatus(paint, status, statusLabel({ ...reading, status, gone: quota.gone }));
  const rows: [string, string][] = [];
  if (used !== null) {
    const text = limit === null
      ? formatQuantity(used, unit)
      : `${formatAmount(used, unit)} of ${formatQuantity(limit, unit)}`;
    rows.push(["Used", text]);
  }
  if (remaining !== null) rows.push(["Leftover", formatAmount(remaining, unit)]);
  rows.push([
    "Usage",
    share === null
      ? label
      : `${inStatus(paint, status, drawBar(share, Math.max(4, Math.min(30, width - 30))))} ${
        formatShare(share)
      }  ${label}`,
  ]);
  return formatPairs(rows, { paint, width, indent: "    " });
}

function rateLines(
  { quota, rate, forecast }: Facts,
  { now, paint, width }: Tools,
  zone: string,
): readonly string[] {
  const { rate_per_hour: perHour } = rate;
  const rows: [string, string][] = [];
  if (perHour !== null) rows.push(["Rate", formatRate(perHour, displayUnit(quota.state.reading))]);
  const { hours_until_empty: hours, estimated_empty_at: emptyAt } = rate;
  if (hours !== null) {
    const when = emptyAt === undefined ? "" : `, at ${wallText(Date.parse(emptyAt), zone)}`;
    rows.push(["Empty in", `${formatDuration(hours * HOUR_MS)}${when}`]);
  } else if (perHour !== null) {
    const reset = findReset(quota.state.reading);
    rows.push([
      "Empty in",
      isEndUnknown(forecast)
        ? UNKNOWN
        : reset !== null && reset > now
        ? "not before its reset"
        : "never at this rate",
    ]);
  }
  rows.push(["Readings", formatNumber(rate.data_points)]);
  if (forecast) {
    rows.push(["Forecast", forecastLine(forecast, quota.state.reading.window.kind, now, zone, paint)]);
  }
  return formatPairs(rows, { paint, width, indent: "    " });
}

function formatTable(sums: readonly SummedPeriod[], { quota }: Facts, tools: Tools): readonly string[] {
  const unit = displayUnit(quota.state.reading);
  const rows = sums.flatMap(({ label, sum }) =>
    sum
      ? [[
        label,
        formatAmount(sum.consumed, unit),
        formatAmount(sum.leftLow, unit),
        formatAmount(sum.leftHigh, unit),
        formatNumber(sum.count),
      ]]
      : []
  );
  if (rows.length === 0) return ["No readings in this range."];
  const columns = [
    { title: "Period" },
    { title: "Consumed", right: true },
    { title: "Least left", right: true, minWidth: 6, dropOrder: 2 },
    { title: "Most left", right: true, minWidth: 6, dropOrder: 3 },
    { title: "Readings", right: true, dropOrder: 1 },
  ];
  return tableLines({ ...tools, width: tools.width - INDENT }, columns, rows);
}

function overallLines({ quota, overall }: Facts, zone: string, { paint, width }: Tools): readonly string[] {
  const unit = displayUnit(quota.state.reading);
  const formatWhen = (at: string | null) => at === null ? UNKNOWN : wallText(Date.parse(at), zone);
  return formatPairs(
    [
      ["Readings", formatNumber(overall.readings)],
      ["First", formatWhen(overall.firstAt)],
      ["Latest", formatWhen(overall.lastAt)],
      ["Consumed", formatAmount(overall.consumed, unit)],
      ["Per day", formatAmount(overall.averagePerDay, unit)],
    ],
    { paint, width, indent: "    " },
  );
}

/** Draws seven days in as many characters as there is room for. */
async function sparkLines(
  tools: Tools,
  store: Store,
  { key, state }: SelectedQuota,
): Promise<readonly string[]> {
  const { now, paint } = tools;
  const slots = Math.min(84, Math.max(14, tools.columns - 16));
  const slotMs = Math.ceil(DAYS * DAY_MS / slots / FIVE_MINUTES) * FIVE_MINUTES;
  const from = Math.floor(now / slotMs) * slotMs - (slots - 1) * slotMs;
  const units = await unitHistory(store, key, now);
  const query = { quota: key, from, to: now + 1, step: FIVE_MINUTES };
  const buckets = await seriesInUnit(store, query, now, units);
  const bySlot = new Map(rollUp(buckets, slotMs).map((bucket) => [bucket.start, bucket]));
  const at = Array.from({ length: slots }, (_, slot) => bySlot.get(from + slot * slotMs) ?? null);
  const used = at.map((bucket) => bucket?.high ?? null);
  const left = at.map((bucket) => bucket?.leftLow ?? null);
  const top = Math.max(
    state.reading.limit ?? 0,
    ...used.map((value) => value ?? 0),
    ...left.map((value) => value ?? 0),
  );
  return [
    `  ${paint.bold(`Last ${DAYS} days`)}`,
    ...formatPairs([["Used", paint.cyan(drawSparkline(used, top))], ["Left", drawSparkline(left, top)]], {
      paint,
      indent: "    ",
    }),
  ];
}
