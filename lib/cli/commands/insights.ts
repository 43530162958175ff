/** `syntrack insights`: insights worth knowing, as sentences with their figures. */
import type { InsightsAnswer } from "../../read/analysis.ts";
import { answerHead, insightJson } from "../../formats/conclusions.ts";
import { hiddenKeys } from "../../formats/quota_api_insights.ts";
import {
  DEFAULT_INSIGHT_RANGE,
  type Insight,
  INSIGHT_RANGES,
  type InsightRange,
  type Severity,
} from "../../model/insights/insight.ts";
import { splitAccountKey } from "../../model/quota.ts";
import { readSettings } from "../../app/settings.ts";
import { plain } from "../../base/text.ts";
import { openSubjects, type Subjects } from "../analysing.ts";
import { formatPairs } from "../grid.ts";
import { explainNoMatch, printWhyEmpty } from "../headings.ts";
import { EXIT_OK, usageError } from "../io.ts";
import type { Paint } from "../paint.ts";
import { productNames } from "../product_names.ts";
import { readLimit } from "../range.ts";
import type { Tools } from "../tools.ts";
import { parseTypedText } from "../values.ts";
import { measureWidth } from "../width.ts";
import { wrapWords } from "../wrap.ts";

const BY_DEFAULT = 50;

export async function insights(tools: Tools): Promise<number> {
  const { now, paint } = tools;
  const range = readInsightRange(tools);
  const limit = readLimit(tools.typed, BY_DEFAULT);
  const known = (await tools.records()).map(({ account }) => splitAccountKey(account).provider);
  const subjects = await openSubjects(tools, await productNames(tools, known));
  const zone = (await tools.dataLocation()).zone();
  const hidden = await readHidden(subjects, now);
  const quota = parseTypedText(tools.typed, "quota");
  const keys = subjects?.chosen.map(({ key }) => key) ?? [];
  const query = { range, hidden, ...quota === undefined ? {} : { quotas: keys } };
  const answer: InsightsAnswer = await subjects?.analysis.insights(query, subjects.asOf) ??
    { range, zone, insights: [], stats: [] };
  const selected = new Set<string>(keys);
  const shown = answer.insights
    .filter((one) => quota === undefined || one.quota !== null && selected.has(one.quota))
    .slice(0, limit);
  if (tools.json) {
    tools.printJson({
      ...answerHead(now, zone),
      range,
      stats: answer.stats,
      insights: shown.map(insightJson),
    });
    return EXIT_OK;
  }
  tools.note(paint.bold(`Insights (last ${WORDS[range]}, days in ${zone})`));
  if (!subjects || subjects.chosen.length === 0) printWhyEmpty(tools, await explainNoMatch(tools), "");
  else if (shown.length === 0) printWhyEmpty(tools, "There are no insights yet.", "");
  else if (answer.stats.length > 0) {
    tools.print("", ...statLines(answer.stats, tools));
  }
  for (const insight of shown) tools.print("", ...formatLines(insight, tools));
  return EXIT_OK;
}

/** Insights hidden on the dashboard stay hidden here. */
async function readHidden(subjects: Subjects | null, now: number): Promise<readonly string[]> {
  if (!subjects) return [];
  const { hiddenInsights } = await readSettings(subjects.store, now);
  return hiddenInsights.length === 0 ? [] : hiddenKeys(hiddenInsights, subjects.chosen.map(({ key }) => key));
}

const WORDS: Readonly<Record<InsightRange, string>> = { "1d": "day", "7d": "7 days", "30d": "30 days" };

const SIGNS: Readonly<Record<Severity, string>> = { negative: "✕", warning: "▲", info: "·", positive: "●" };

function readInsightRange({ typed }: Tools): InsightRange {
  const text = parseTypedText(typed, "range") ?? DEFAULT_INSIGHT_RANGE;
  const range = INSIGHT_RANGES.find((one) => one === text);
  if (!range) throw usageError(`--range takes ${INSIGHT_RANGES.join(", ")}, got ${JSON.stringify(text)}`);
  return range;
}

/** Lists figures beside their names, or below them where a table would wrap every cell. */
function statLines(stats: InsightsAnswer["stats"], { paint, width }: Tools): readonly string[] {
  const rows = stats.map(({ label, value, sublabel }): readonly [label: string, text: string] => [
    plain(label),
    sublabel === undefined ? plain(value) : `${plain(value)} ${paint.dim(`(${plain(sublabel)})`)}`,
  ]);
  const table = formatPairs(rows, { paint });
  if (table.every((line) => measureWidth(line) <= width)) return table;
  return rows.flatMap((
    [label, text],
  ) => [...wrapWords(paint.dim(label), width), ...wrapWords(`  ${text}`, width, "  ")]);
}

function formatLines(insight: Insight, { paint, width }: Tools): readonly string[] {
  const { severity, title, metric, description, account, quota } = insight;
  const { provider, name } = splitAccountKey(account);
  const sign = inSeverity(paint, severity, SIGNS[severity]);
  const about = paint.dim(plain(quota ?? `${provider}/${name}`));
  return [
    ...wrapWords(
      `${sign} ${paint.bold(plain(title))}  ${inSeverity(paint, severity, plain(metric))}  ${about}`,
      width,
      "  ",
    ),
    ...wrapWords(`  ${plain(description)}`, width, "  "),
  ];
}

function inSeverity(paint: Paint, severity: Severity, text: string): string {
  switch (severity) {
    case "negative":
      return paint.red(text);
    case "warning":
      return paint.yellow(text);
    case "positive":
      return paint.green(text);
    case "info":
      return text;
  }
}
