/** `syntrack backtest`: the forecast's error on stored data, beside naive rules. */
import { answerHead } from "../../formats/conclusions.ts";
import {
  type BacktestGroup,
  type BacktestReport,
  createBacktest,
  type LengthClass,
  type Method,
} from "../../model/forecast/backtest.ts";
import { formatNumber, formatShareExactly } from "../../model/view/format.ts";
import { openSubjects } from "../analysing.ts";
import { countText } from "../count_text.ts";
import { readHistory } from "../backtest_history.ts";
import { explainNoMatch, printWhyEmpty } from "../headings.ts";
import { EXIT_OK } from "../io.ts";
import { type Range, readRange } from "../range.ts";
import { tableLines } from "../show_table.ts";
import type { Tools } from "../tools.ts";

export async function backtest(tools: Tools): Promise<number> {
  const { now, paint, typed } = tools;
  const zone = (await tools.dataLocation()).zone();
  const range: Range = readRange(typed, now, zone);
  const subjects = await openSubjects(tools);
  const judged = createBacktest({ zone });
  for (const { key, state } of subjects?.chosen ?? []) {
    const { window } = state.reading;
    // These end at no known instant, so there was nothing to forecast.
    if (window.kind === "rolling" || window.kind === "balance") continue;
    judged.add(
      await readHistory(subjects!, key, window, { ...range, to: Math.min(range.to ?? now + 1, now + 1) }),
    );
  }
  const report = judged.report();
  if (tools.json) {
    tools.printJson({ ...answerHead(now, zone), ...report });
    return EXIT_OK;
  }
  tools.print(paint.bold("How far forecasts were from the actual end of cycles"));
  if (!subjects || subjects.chosen.length === 0) printWhyEmpty(tools, await explainNoMatch(tools), "");
  else if (report.overall.cycles === 0) {
    tools.print("", "No finished cycle can be judged yet.");
  } else tools.print(...formatLines(report, tools));
  return EXIT_OK;
}

const METHOD_WORDS: Readonly<Record<Method, string>> = {
  forecast: "Syntrack",
  "since-start": "mean rate so far",
  "last-hour": "rate of the last hour",
  persistence: "no more use",
};

/** Why cycles were left out, in words. */
const REASONS: readonly (readonly [keyof BacktestReport["leftOut"], string])[] = [
  ["not-whole", "not seen from their beginning"],
  ["no-reset", "without a reset"],
  ["no-limit", "without a limit"],
  ["ended-early", "ended early"],
  ["end-unseen", "whose end was not seen"],
];

const LENGTH_WORDS: Readonly<Record<LengthClass, string>> = {
  hours: "Windows of hours",
  day: "Windows of a day or two",
  week: "Windows of a week",
  month: "Windows of a month",
};

function formatLines(report: BacktestReport, tools: Tools): readonly string[] {
  const { paint } = tools;
  const lines = [
    "",
    paint.dim("Errors in percentage points of the limit: the largest of all, and of the best 95%."),
  ];
  for (const { length, ...group } of report.byLength) {
    lines.push(...groupLines(LENGTH_WORDS[length], group, tools));
  }
  if (report.byLength.length > 1) lines.push(...groupLines("All", report.overall, tools));
  const { checkpoints, brier, baseRateBrier } = report.probability;
  if (brier !== null && baseRateBrier !== null) {
    lines.push(
      "",
      `Run-out probability: mean squared error ${brier.toFixed(3)} over ${
        formatNumber(checkpoints)
      } forecasts, ` +
        `${baseRateBrier.toFixed(3)} for always predicting the base rate`,
    );
  }
  const left = REASONS.filter(([why]) => report.leftOut[why] > 0)
    .map(([why, words]) => `${formatNumber(report.leftOut[why])} ${words}`);
  if (left.length > 0) lines.push(`Cycles left out: ${left.join(", ")}`);
  return lines;
}

function groupLines(title: string, group: BacktestGroup, tools: Tools): readonly string[] {
  const { paint } = tools;
  const { cycles, ranOut, checkpoints, suppressed, methods } = group;
  const columns = [
    { title: "Rule", minWidth: 10 },
    { title: "Mean", right: true },
    { title: "Worst", right: true },
    { title: "95 %", right: true, dropOrder: 4 },
    { title: "Bias", right: true, dropOrder: 3 },
    { title: "Run-outs forecast", right: true, dropOrder: 1, minWidth: 8 },
    { title: "False alarms", right: true, dropOrder: 2, minWidth: 6 },
  ];
  const rows = methods.map(({ method, error, runOut }) => [
    METHOD_WORDS[method],
    formatShareExactly(error.mean),
    formatShareExactly(error.worst),
    formatShareExactly(error.usualWorst),
    formatShareExactly(error.bias),
    `${runOut.hits} of ${runOut.hits + runOut.misses}`,
    formatNumber(runOut.falseAlarms),
  ]);
  return [
    "",
    `${paint.bold(title)}: ${countText(cycles, "cycle")}, ${formatNumber(ranOut)} ran out; ${
      countText(checkpoints, "checkpoint")
    }, ${formatNumber(suppressed)} without a forecast`,
    ...tableLines(tools, columns, rows),
  ];
}
