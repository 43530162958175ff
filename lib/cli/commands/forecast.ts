/** `syntrack forecast`: the share used at each quota's reset, and whether it runs out before. */
import type { QuotaAnalysis } from "../../read/analysis.ts";
import { answerHead, paceJson } from "../../formats/conclusions.ts";
import { forecastJson } from "../../formats/forecast.ts";
import { quotaHead } from "../../formats/listing.ts";
import { displayUnit, formatDuration, formatRate, formatShare } from "../../model/view/format.ts";
import { findReset, splitAccountKey } from "../../model/quota.ts";
import { isoInstant, wallText } from "../../model/time.ts";
import { openSubjects } from "../analysing.ts";
import { forecastLine } from "../forecast_text.ts";
import type { Cell } from "../grid.ts";
import { explainNoMatch, printWhyEmpty } from "../headings.ts";
import { EXIT_OK } from "../io.ts";
import { MAX_LISTED, readLimit } from "../range.ts";
import { keyCell, tableLines } from "../show_table.ts";
import type { Tools } from "../tools.ts";

export async function forecast(tools: Tools): Promise<number> {
  const { now, paint } = tools;
  const limit = readLimit(tools.typed, MAX_LISTED);
  const subjects = await openSubjects(tools);
  const zone = (await tools.dataLocation()).zone();
  const selected = new Set<string>(subjects?.chosen.map(({ key }) => key));
  const all = await subjects?.analysis.quotas({}, subjects.asOf) ?? [];
  const quotas = all.filter(({ view }) => selected.has(view.key)).slice(0, limit);
  if (tools.json) {
    tools.printJson({ ...answerHead(now, zone), quotas: quotas.map(quotaForecastJson) });
    return EXIT_OK;
  }
  tools.note(paint.bold(`Forecast (as of ${wallText(now, zone)}, ${zone})`), "");
  if (!subjects || subjects.chosen.length === 0) printWhyEmpty(tools, await explainNoMatch(tools));
  else if (quotas.length > 0) tools.print(...formatLines(quotas, tools, zone));
  return EXIT_OK;
}

function formatLines(quotas: readonly QuotaAnalysis[], tools: Tools, zone: string): readonly string[] {
  const { now, paint } = tools;
  const columns = [
    { title: "Quota", minWidth: 20 },
    { title: "Used", right: true },
    { title: "Rate", right: true, dropOrder: 3 },
    { title: "Resets", dropOrder: 2 },
    { title: "Run-out", right: true, dropOrder: 4 },
    { title: "Forecast", minWidth: 26 },
  ];
  return tableLines(
    tools,
    columns,
    quotas.map(({ view, forecast }) => [
      keyCell(view.key),
      view.share === null ? "-" : formatShare(view.share),
      forecast.ratePerHour === null ? "-" : formatRate(forecast.ratePerHour, displayUnit(view)),
      resetCell(findReset(view), now, zone),
      forecast.runOutProbability === null ? "-" : formatShare(forecast.runOutProbability),
      forecastLine(forecast, view.window.kind, now, zone, paint),
    ]),
  );
}

/** Formats the reset, or in short the time until it. */
function resetCell(at: number | null, now: number, zone: string): Cell {
  if (at === null) return "-";
  return [wallText(at, zone), at > now ? `in ${formatDuration(at - now)}` : "passed"];
}

function quotaForecastJson({ account, view, forecast, pace }: QuotaAnalysis) {
  const { quota, label, unit, currency, at, used, limit, remaining, utilization, resetsAt } = view;
  return {
    ...quotaHead({ ...splitAccountKey(account), quota, label, unit, currency }),
    at: isoInstant(at),
    used,
    limit,
    remaining,
    utilization,
    resetsAt: isoInstant(resetsAt),
    forecast: forecastJson(forecast),
    pace: paceJson(pace),
  };
}
