/** `syntrack spend`: money by account and month, today's allowance, and how much of each plan was used. */
import { plain } from "../../base/text.ts";
import { spendJson } from "../../formats/spend.ts";
import type { AccountKey } from "../../model/quota.ts";
import type { MonthAmount, SpendView } from "../../model/spend/spend.ts";
import { allowanceText, formatMoney, planText, totalText } from "../../model/spend/words.ts";
import { isoDate } from "../../model/time.ts";
import { formatPlan, formatShare } from "../../model/view/format.ts";
import { explainNoMatch, printWhyEmpty } from "../headings.ts";
import { EXIT_OK } from "../io.ts";
import { type SpendState, spendView } from "../../app/spend_view.ts";
import { openSubjects } from "../analysing.ts";
import { readPresent } from "../present.ts";
import { checkProgram, openFor } from "../program_for.ts";
import { chooseAccounts, chooseQuotas } from "../select.ts";
import { tableLines } from "../show_table.ts";
import type { Tools } from "../tools.ts";
import { parseTypedInstant } from "../values.ts";
import { wrapWords } from "../wrap.ts";

/** Number of months beside the current one. */
const MONTHS = 3;

export async function spend(tools: Tools): Promise<number> {
  const records = await tools.records();
  const only = new Set<AccountKey>(chooseAccounts(tools.typed, records).map(({ account }) => account));
  const program = checkProgram(tools, { quiet: true });
  await using store = await openFor(tools, program, "read");
  const composed = program.compose(store);
  try {
    await composed.scheduler.discover();
    const services = composed.services(new Set());
    const zone = (await tools.dataLocation()).zone();
    const then = await stateAt(tools, services.dashboard);
    const view = then === null
      ? await services.spend(zone, only)
      : await spendView({ ...services, ...then }, zone, only);
    if (tools.json) tools.printJson(spendJson(view));
    else if (chooseQuotas(tools.typed, records).length === 0) {
      printWhyEmpty(tools, await explainNoMatch(tools));
    } else printSpend(tools, view);
  } finally {
    await composed.stop();
  }
  return EXIT_OK;
}

/** Returns the accounts as they were at the instant that `--now` names, and what follows from them; null without it. */
async function stateAt(tools: Tools, present: SpendState["dashboard"]): Promise<SpendState | null> {
  const subjects = parseTypedInstant(tools.typed) === undefined ? null : await openSubjects(tools);
  if (subjects?.asOf === undefined) return null;
  const { analysis, asOf } = subjects;
  const then = new Map((await readPresent(tools)).accounts.map((account) => [account.key, account]));
  const accounts = (await present()).accounts.flatMap(({ key }) => then.get(key) ?? []);
  return {
    dashboard: () => Promise.resolve({ at: asOf, accounts }),
    analysis: { ...analysis, insights: (query) => analysis.insights(query, asOf) },
  };
}

function printSpend(tools: Tools, view: SpendView): void {
  const { paint, width } = tools;
  const dayText = (at: number) => isoDate(at, view.zone);
  const plans = view.plans.filter(({ isBilled }) => !isBilled);
  tools.note(paint.bold(`Spend (months in ${view.zone})`), "");
  if (view.accounts.length === 0) tools.print(...wrapWords("No account reports money.", width));
  for (const total of view.totals) tools.print(...wrapWords(`${totalText(total, dayText)}.`, width));
  if (view.accounts.length > 0) tools.print("", ...moneyLines(tools, view));
  if (view.allowances.length > 0) {
    tools.note("", paint.bold("For today, with long windows spread evenly"));
    tools.print(...tableLines(
      tools,
      [
        { title: "Quota", minWidth: 16 },
        { title: "For today", minWidth: 14 },
        { title: "Used", right: true },
        {
          title: "Even",
          right: true,
          dropOrder: 1,
        },
      ],
      view.allowances.map((one) => [
        plain(one.title),
        one.left < 0 ? paint.yellow(allowanceText(one)) : allowanceText(one),
        formatShare(one.share),
        formatShare(one.evenShare),
      ]),
    ));
  }
  if (plans.length > 0) {
    tools.note("", paint.bold("Plans"));
    for (const plan of plans) {
      const name = plan.plan === null ? plan.title : `${plan.title}, ${formatPlan(plan.plan)}`;
      tools.print(...wrapWords(`${paint.bold(plain(name))}: ${planText(plan)}.`, width));
      for (const sentence of plan.advice) tools.print(...wrapWords(`  ${plain(sentence)}`, width, "  "));
    }
  }
}

function moneyLines(tools: Tools, { months, accounts, totals, zone }: SpendView): readonly string[] {
  const known = months.findLastIndex((_, place) => totals.some((total) => total.months[place] != null));
  const shown = months.slice(0, Math.min(MONTHS, Math.max(1, known)) + 1);
  const amountText = (one: MonthAmount | null, currency: string) => {
    if (one === null) return "no reading";
    const text = formatMoney(one.amount, currency);
    return one.since === null
      ? text
      : `${text} ${one.isPartly ? "partly " : ""}since ${isoDate(one.since, zone).slice(5)}`;
  };
  const formatCells = (
    amounts: readonly (MonthAmount | null)[],
    projected: number | null,
    currency: string,
  ) => [
    amountText(amounts[0] ?? null, currency),
    formatMoney(projected, currency),
    ...shown.slice(1).map((_, place) => amountText(amounts[place + 1] ?? null, currency)),
  ];
  return tableLines(
    tools,
    [
      { title: "Account", minWidth: 12 },
      { title: shown[0]!.label, right: true },
      { title: "At month end", right: true, dropOrder: 1 },
      ...shown.slice(1).map(({ label }, place) => ({
        title: label,
        right: true,
        dropOrder: MONTHS + 1 - place,
      })),
    ],
    [
      ...accounts.map((row) => [
        plain(row.title),
        ...formatCells(row.months, row.projection?.amount ?? null, row.currency),
      ]),
      ...accounts.length < 2 ? [] : totals.map((total) => [
        tools.paint.bold(totals.length > 1 ? `Total in ${total.currency}` : "Total"),
        ...formatCells(total.months, total.projected, total.currency),
      ]),
    ],
  );
}
