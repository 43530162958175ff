/** The alert rules in the native API. */
import { HttpError } from "fresh";
import type { AppContext } from "../app/context.ts";
import { alertRulesJson } from "../formats/alert_rules.ts";
import { type Budget, findBudget } from "../model/alerts/decide_budget.ts";
import { type AlertRules, type RuleTarget, withBudget } from "../model/alerts/rules.ts";
import type { AccountKey } from "../model/quota.ts";
import { sortThresholds } from "../model/alerts/threshold.ts";
import { SECOND_MS } from "../model/duration.ts";
import { isoInstant } from "../model/time.ts";
import type { AlertRulesBody } from "./alert_bodies.ts";
import {
  isWindow,
  listWindows,
  parseRules,
  PREVIEW_DAYS,
  readSubject,
  rulesView,
  withOwnRule,
} from "./alert_rules.ts";
import { type FieldProblem, FieldsError } from "./failure.ts";

const MAX_REPLAYED = 8;

export async function rulesMessage({ alerts, dashboard }: AppContext) {
  const [rules, { accounts }] = await Promise.all([alerts.rules(), dashboard({ withHidden: true })]);
  const known = new Set<string>(
    [
      ...listWindows(accounts).map(({ key }) => key),
      ...accounts.flatMap(({ key, quotas }) => [key, ...quotas.map((one) => one.key)]),
    ],
  );
  return alertRulesJson(rules, (key) => known.has(key));
}

/** @throws {FieldsError} */
export async function changeRules(services: AppContext, body: AlertRulesBody): Promise<void> {
  const { of } = await readSubject(services, body.of || "*");
  const thresholds = body.thresholds && sortThresholds(body.thresholds);
  const { balanceBelow, off, repeatMost, runOutProbability, expiryNoticeSeconds, failingAfterSeconds } = body;
  const repeatEveryMs = body.repeatEverySeconds && inMs(body.repeatEverySeconds);
  if (body.budget !== undefined || body.budgetCurrency !== undefined) refuse(budgetProblems(of, body));
  if (of !== "*") {
    refuse(
      Object.entries({ runOutProbability, expiryNoticeSeconds, failingAfterSeconds })
        .filter(([, value]) => value !== undefined)
        .map(([field]) => ({
          field,
          message: `${field} can only be set for everything, not for an account or quota`,
        })),
    );
    const budget = await readBudget(services, of, body);
    await services.alerts.setRules((before) => {
      const rules = budget === null
        ? before
        : { ...before, ...withBudget(before, of as AccountKey, budget.amount, budget.currency) };
      const own = rules.only?.[of] ?? {};
      const next = { ...own, ...body.thresholds !== undefined && { thresholds: thresholds ?? undefined } };
      return withOwnRule(rules, of, {
        ...pickGiven("thresholds", next.thresholds),
        ...pickGiven("balanceBelow", balanceBelow === undefined ? own.balanceBelow : balanceBelow),
        ...pickGiven("repeatEveryMs", repeatEveryMs === undefined ? own.repeatEveryMs : repeatEveryMs),
        ...pickGiven("repeatMost", repeatMost === undefined ? own.repeatMost : repeatMost),
        ...pickGiven("off", off === undefined ? own.off : off),
      });
    });
  } else {
    refuse(
      Object.entries({ thresholds, balanceBelow, repeatEverySeconds: repeatEveryMs, repeatMost, off }).filter(
        ([, value]) => value === null,
      )
        .map(([field]) => ({
          field,
          message: `${field} cannot be null for everything: there is nothing to inherit`,
        })),
    );
    const changes: Partial<AlertRules> = {
      ...pickGiven("thresholds", thresholds),
      ...pickGiven("balanceBelow", balanceBelow),
      ...pickGiven("repeatEveryMs", repeatEveryMs),
      ...pickGiven("repeatMost", repeatMost),
      ...pickGiven("off", off),
      ...pickGiven("runOutProbability", runOutProbability),
      ...pickGiven("expiryNoticeMs", inMs(expiryNoticeSeconds)),
      ...pickGiven("failingAfterMs", inMs(failingAfterSeconds)),
    };
    await services.alerts.setRules(changes);
  }
  services.hub.publish({ kind: "alerts", account: null });
}

/** Only an account has a budget, and only a budget has a currency. */
function budgetProblems(of: RuleTarget, { budget, budgetCurrency }: AlertRulesBody): readonly FieldProblem[] {
  const message = "A budget can only be set for an account";
  if (of === "*" || isWindow(of) || of.split("/").length !== 2) {
    return [{ field: budget === undefined ? "budgetCurrency" : "budget", message }];
  }
  return budgetCurrency !== undefined && (budget === null || budget === 0)
    ? [{ field: "budgetCurrency", message: "Without a budget there is no currency" }]
    : [];
}

/** Returns the budget that a body sets, with its currency; null when it changes neither. */
async function readBudget(
  services: AppContext,
  of: RuleTarget,
  { budget, budgetCurrency }: AlertRulesBody,
): Promise<Budget | null> {
  if (budget === undefined && budgetCurrency === undefined) return null;
  const account = of as AccountKey;
  const before = findBudget(await services.alerts.rules(), account);
  if (budget === undefined && before === null) {
    refuse([{ field: "budgetCurrency", message: "Without a budget there is no currency" }]);
  }
  const amount = budget === undefined ? before?.amount ?? 0 : budget ?? 0;
  const currency = budgetCurrency ?? before?.currency ??
    (await services.spend(services.zone, new Set([account]))).plans[0]?.budgetCurrency ?? null;
  return { amount, currency };
}

function inMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * SECOND_MS;
}

function pickGiven<Name extends string, T>(
  name: Name,
  value: T | null | undefined,
): { readonly [N in Name]?: T } {
  return (value === undefined || value === null ? {} : { [name]: value }) as { readonly [N in Name]?: T };
}

function refuse(problems: readonly FieldProblem[]): void {
  if (problems.length > 0) throw new FieldsError(problems);
}

/**
 * Previews the alerts that the rules of a query would have raised; absent fields keep the values in force.
 *
 * @throws {HttpError} 400
 */
export async function replayMessage(services: AppContext, query: URLSearchParams) {
  try {
    return await replayRules(services, query);
  } catch (error) {
    if (!(error instanceof FieldsError)) throw error;
    throw new HttpError(400, error.errors.map(({ message }) => message).join("; "));
  }
}

async function replayRules(services: AppContext, query: URLSearchParams) {
  const subject = await readSubject(services, query.get("of") || "*");
  const { of } = subject;
  const rules = await services.alerts.rules();
  const view = rulesView(rules, subject);
  const form = new URLSearchParams({
    thresholds: query.get("thresholds") ?? view.thresholds,
    balanceBelow: query.get("balanceBelow") ?? String(view.balanceBelow),
    repeatHours: String(view.repeatHours),
    repeatMost: String(view.repeatMost),
    failingMinutes: query.get("failingMinutes") ?? String(view.failingMinutes ?? ""),
  });
  const kinds = query.has("kind")
    ? query.getAll("kind")
    : view.kinds.filter(({ on }) => on).map(({ kind }) => kind);
  for (const kind of kinds) form.append("kind", kind);
  const { alerts, readings } = await services.alerts.replay(
    PREVIEW_DAYS,
    parseRules(rules, subject, form),
    of,
  );
  return {
    of,
    days: PREVIEW_DAYS,
    readings,
    count: alerts.length,
    alerts: alerts.slice(-MAX_REPLAYED).reverse().map(({ at, ...one }) => ({ ...one, at: isoInstant(at) })),
  };
}
