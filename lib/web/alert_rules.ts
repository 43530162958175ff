/** Alert rules as forms and programs change them: for everything, an account or a quota. */
import type { AppContext } from "../app/context.ts";
import { ALERT_KINDS, type AlertKind } from "../model/alerts/alert.ts";
import type { Snooze } from "../model/alerts/delivery.ts";
import { type AlertRules, type QuotaRule, ruleFor, ruleForAccount } from "../model/alerts/rules.ts";
import { DAY_MS, MINUTE_MS } from "../model/duration.ts";
import type { AccountKey, QuotaKey } from "../model/quota.ts";
import { MAX_AMOUNT, MAX_NOTICE_MS, MAX_THRESHOLD, MAX_THRESHOLDS } from "../model/setting_limits.ts";
import type { RulesView } from "../ui/alerts/kinds.ts";
import { type FieldProblem, FieldsError } from "./failure.ts";

/** The scope of a rule. */
export type Subject = Snooze["target"];

/** How far back a preview of rules looks. */
export const PREVIEW_DAYS = 30;
const MAX_OWN_RULES = 500;

/** Kinds that a rule turns on and off. */
export const RULE_KINDS = ALERT_KINDS.filter((kind) => kind !== "test");
/** Those of them that concern a quota. */
const QUOTA_KINDS: readonly AlertKind[] = [
  "threshold",
  "used-up",
  "blocked",
  "runs-out",
  "back",
  "early-reset",
  "balance-low",
  "limit-changed",
];

/** Those that concern no single account. */
const PROGRAM_KINDS: readonly AlertKind[] = ["summary", "new-version"];

/** The kinds a subject can turn off. */
export function kindsOf(of: Subject): readonly AlertKind[] {
  if (isQuota(of)) return QUOTA_KINDS;
  return of === "*" ? RULE_KINDS : RULE_KINDS.filter((kind) => !PROGRAM_KINDS.includes(kind));
}

function isQuota(of: Subject): of is QuotaKey {
  return of !== "*" && of.split("/").length > 2;
}

/** Returns the rule in force for a subject. */
export function ruleOf(rules: AlertRules, of: Subject): Required<QuotaRule> {
  return isQuota(of) ? ruleFor(rules, of) : ruleForAccount(rules, of as AccountKey);
}

/** Returns the rule that a subject would have without its own. */
export function inheritedRule(rules: AlertRules, of: Subject): Required<QuotaRule> {
  if (of === "*") return ruleOf(rules, of);
  const { [of]: _own, ...only } = rules.only ?? {};
  return ruleOf({ ...rules, only: only as NonNullable<AlertRules["only"]> }, of);
}

/**
 * Resolves a word to its subject; `*` is everything.
 *
 * @param field that holds the word
 * @throws {FieldsError} when no such account or quota exists
 */
export async function readSubject(
  services: Pick<AppContext, "dashboard">,
  word: string,
  field = "of",
): Promise<Subject> {
  if (word === "*") return "*";
  const { accounts } = await services.dashboard();
  const known = accounts.flatMap((
    { key, quotas },
  ): readonly Subject[] => [key, ...quotas.map((one) => one.key)]);
  const found = known.find((one) => one === word);
  if (found === undefined) {
    throw new FieldsError([{ field, message: "There is no such account or quota" }]);
  }
  return found;
}

/** The form fields with the current values of a subject. */
export function rulesView(rules: AlertRules, of: Subject): RulesView {
  const own = of === "*" ? undefined : rules.only?.[of];
  const { thresholds, balanceBelow, off } = ruleOf(rules, of);
  const above = inheritedRule(rules, of);
  const isOwn = (field: keyof QuotaRule) => of === "*" || own?.[field] !== undefined;
  return {
    of,
    hasOwn: own !== undefined && Object.keys(own).some((field) => field !== "budget"),
    thresholds: isOwn("thresholds") ? thresholdsText(thresholds) : "",
    balanceBelow: isOwn("balanceBelow") ? balanceBelow : "",
    failingMinutes: of === "*" ? rules.failingAfterMs / MINUTE_MS : null,
    inherited: of === "*" ? null : {
      thresholds: thresholdsText(above.thresholds),
      balanceBelow: above.balanceBelow,
    },
    kinds: kindsOf(of).map((kind) => ({ kind, on: !off.includes(kind) })),
  };
}

/** Keeps the submitted text in the form. */
export function typedView(rules: AlertRules, of: Subject, form: URLSearchParams): RulesView {
  const wanted = new Set(form.getAll("kind"));
  const view = rulesView(rules, of);
  return {
    ...view,
    thresholds: form.get("thresholds") ?? "",
    balanceBelow: form.get("balanceBelow") ?? "",
    failingMinutes: view.failingMinutes === null ? null : form.get("failingMinutes") ?? "",
    kinds: view.kinds.map(({ kind }) => ({ kind, on: wanted.has(kind) })),
  };
}

function thresholdsText(thresholds: readonly number[]): string {
  return thresholds.map((share) => Number((share * 100).toFixed(2))).join(", ");
}

/**
 * Parses the rule change that a form requests.
 *
 * @throws {FieldsError} for invalid values
 */
export function rulesIn(rules: AlertRules, of: Subject, form: URLSearchParams): Partial<AlertRules> {
  const problems: FieldProblem[] = [];
  const thresholds = thresholdsIn(form.get("thresholds") ?? "", problems);
  const typedBalance = (form.get("balanceBelow") ?? "").trim();
  const balanceBelow = Number(typedBalance);
  if (!(balanceBelow >= 0 && balanceBelow <= MAX_AMOUNT)) {
    problems.push({
      field: "balanceBelow",
      message: `The balance is an amount of 0 or more, at most ${MAX_AMOUNT}`,
    });
  }
  const minutes = Number(form.get("failingMinutes"));
  if (of === "*" && !(minutes >= 0 && minutes * MINUTE_MS <= MAX_NOTICE_MS)) {
    problems.push({
      field: "failingMinutes",
      message: `The time is in minutes, at most ${MAX_NOTICE_MS / DAY_MS} days`,
    });
  }
  if (problems.length > 0) throw new FieldsError(problems);
  const wanted = new Set(form.getAll("kind"));
  const off = kindsOf(of).filter((kind) => !wanted.has(kind));
  if (of === "*") return { thresholds, balanceBelow, failingAfterMs: minutes * MINUTE_MS, off };
  const inherited = inheritedRule(rules, of).off;
  // Kinds that do not apply to the subject keep their value for everything.
  const kept = inherited.filter((kind) => !kindsOf(of).includes(kind));
  const own = [...kept, ...off];
  const isSame = own.length === inherited.length && own.every((kind) => inherited.includes(kind));
  return withOwnRule(rules, of, {
    ...(form.get("thresholds") ?? "").trim() !== "" && { thresholds },
    ...typedBalance !== "" && { balanceBelow },
    ...!isSame && { off: own },
  });
}

function thresholdsIn(text: string, problems: FieldProblem[]): readonly number[] {
  const percent = text.split(/[,\s]+/).filter((word) => word !== "").map(Number);
  if (percent.length > MAX_THRESHOLDS || percent.some((one) => !(one > 0 && one <= MAX_THRESHOLD * 100))) {
    problems.push({
      field: "thresholds",
      message: `Thresholds are up to ${MAX_THRESHOLDS} percentages above 0, separated by commas`,
    });
  }
  return sortedThresholds(percent.map((one) => one / 100));
}

export function sortedThresholds(thresholds: readonly number[]): readonly number[] {
  return [...new Set(thresholds)].sort((a, b) => a - b);
}

/**
 * Returns the rules with the rule of an account or quota replaced, keeping its budget; an empty one is
 * removed.
 *
 * @throws {FieldsError} when there are too many
 */
export function withOwnRule(
  rules: AlertRules,
  of: Exclude<Subject, "*">,
  { thresholds, balanceBelow, off }: QuotaRule,
): Pick<AlertRules, "only"> {
  const { [of]: before, ...others } = rules.only ?? {};
  const own: QuotaRule = {
    ...before?.budget !== undefined && { budget: before.budget },
    ...thresholds && { thresholds },
    ...balanceBelow !== undefined && { balanceBelow },
    ...off && { off },
  };
  const only = (Object.keys(own).length === 0 ? others : { ...others, [of]: own }) as NonNullable<
    AlertRules["only"]
  >;
  if (Object.keys(only).length > MAX_OWN_RULES) {
    throw new FieldsError([{
      field: "of",
      message: `There are ${MAX_OWN_RULES} rules of their own already`,
    }]);
  }
  return { only };
}
