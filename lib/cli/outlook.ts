/** A quota's forecast, as every surface shows it, and all its figures, for `syntrack query`. */
import { lastDays, lastWeeks, sumPeriods } from "../read/periods.ts";
import type { Forecast } from "../model/forecast/forecast.ts";
import { type OutlookJson, outlookJson, type SummaryJson, summaryJson } from "../formats/query_outlook.ts";
import { openSubjects } from "./analysing.ts";
import type { SelectedQuota } from "./select.ts";
import type { Tools } from "./tools.ts";

/** @param quota null before the first reading */
export async function outlook(
  tools: Tools,
  quota: SelectedQuota | null,
): Promise<{ readonly forecast: Forecast | null; readonly json: OutlookJson | Record<string, never> }> {
  const analysis = await findSummary(tools, quota);
  return { forecast: analysis?.quota.forecast ?? null, json: outlookJson(analysis) };
}

/** @param quota null before the first reading */
export async function summarize(
  tools: Tools,
  quota: SelectedQuota | null,
): Promise<SummaryJson & Partial<OutlookJson>> {
  const { now } = tools;
  const zone = (await tools.dataLocation()).zone();
  const store = await tools.store();
  const periods = [...lastDays(now, zone, 1), ...lastWeeks(now, zone, 1)];
  const [today, week] = store && quota ? await sumPeriods(store, quota.key, periods, now) : [];
  const consumed = { today: today?.sum?.consumed ?? 0, thisWeek: week?.sum?.consumed ?? 0 };
  const reading = quota && { ...quota.state.reading, at: quota.state.at };
  return summaryJson(reading, await findSummary(tools, quota), consumed, now);
}

async function findSummary(tools: Tools, quota: SelectedQuota | null) {
  if (!quota) return null;
  const { analysis } = await openSubjects(tools) ?? {};
  const summaries = await analysis?.summary([quota.account], tools.now) ?? [];
  return summaries.find(({ quota: { view } }) => view.key === quota.key) ?? null;
}
