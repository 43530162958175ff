/** Alert rules as forms and programs change them: for everything, an account or a quota. */
import type { AppContext } from "../app/context.ts";
import { ALERT_KINDS, type AlertKind } from "../model/alerts/alert.ts";
import {
  type AlertRules,
  DEFAULT_MAX_REPEATS,
  type QuotaRule,
  ruleFor,
  ruleForAccount,
  ruleForWindow,
  type RuleTarget,
} from "../model/alerts/rules.ts";
import { parseThreshold, sortThresholds, type Threshold, thresholdText } from "../model/alerts/threshold.ts";
import { type WindowKey, windowKey, windowTitle } from "../model/alerts/window_key.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../model/duration.ts";
import type { AccountKey, QuotaKey, Window } from "../model/quota.ts";
import {
  MAX_AMOUNT,
  MAX_NOTICE_MS,
  MAX_REPEAT_MS,
  MAX_REPEATS,
  MAX_THRESHOLDS,
  MIN_REPEAT_MS,
} from "../model/setting_limits.ts";
import type { AccountView } from "../model/view/view.ts";
import type { RulesView } from "../ui/alerts/kinds.ts";
import { type FieldProblem, FieldsError } from "./failure.ts";
import { followBoxes, followChanges } from "./outdated_form.ts";

/** How far back a preview of rules looks. */
export const PREVIEW_DAYS = 30;
const MAX_OWN_RULES = 500;

/** Set with the budget of an account, not with its rule. */
const BUDGET_FIELDS: readonly string[] = ["budget", "budgetCurrency"];

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
export function listKinds(of: RuleTarget): readonly AlertKind[] {
  if (isQuota(of) || isWindow(of)) return QUOTA_KINDS;
  return of === "*" ? RULE_KINDS : RULE_KINDS.filter((kind) => !PROGRAM_KINDS.includes(kind));
}

function isQuota(of: RuleTarget): of is QuotaKey {
  return !isWindow(of) && of.split("/").length > 2;
}

export function isWindow(of: RuleTarget): of is WindowKey {
  return of.startsWith("*/");
}

/** A subject with what is needed to find its rule: for a quota its window. */
export interface FoundSubject {
  readonly of: RuleTarget;
  readonly window: Window | null;
}

export const EVERYTHING: FoundSubject = { of: "*", window: null };

/** Returns the rule in force for a subject. */
export function findRule(rules: AlertRules, { of, window }: FoundSubject): Required<QuotaRule> {
  if (isWindow(of)) return ruleForWindow(rules, of);
  return isQuota(of) && window
    ? ruleFor(rules, { key: of, window })
    : ruleForAccount(rules, of as AccountKey);
}

/** Returns the rule that a subject would have without its own. */
export function findInheritedRule(rules: AlertRules, subject: FoundSubject): Required<QuotaRule> {
  const { [subject.of as AccountKey]: _own, ...only } = rules.only ?? {};
  return findRule({ ...rules, only: only as NonNullable<AlertRules["only"]> }, subject);
}

/** The kinds of windows that accounts have, the shortest first. */
export function listWindows(
  accounts: readonly AccountView[],
): readonly { readonly key: WindowKey; readonly title: string }[] {
  const titles = new Map<WindowKey, string>();
  const windows = accounts.flatMap(({ quotas }) => quotas.map(({ window }) => window));
  for (const window of windows.toSorted((a, b) => describeLength(a) - describeLength(b))) {
    const key = windowKey(window);
    if (key !== null) titles.set(key, windowTitle(window));
  }
  return [...titles].map(([key, title]) => ({ key, title }));
}

function describeLength({ kind, seconds }: Window): number {
  return seconds ?? (kind === "balance" ? Number.MAX_SAFE_INTEGER : Number.MAX_SAFE_INTEGER - 1);
}

/**
 * Resolves a word to its subject; `*` is everything.
 *
 * @param field that holds the word
 * @throws {FieldsError} when no such account, quota or kind of window exists
 */
export async function readSubject(
  services: Pick<AppContext, "dashboard">,
  word: string,
  field = "of",
): Promise<FoundSubject> {
  if (word === "*") return EVERYTHING;
  const { accounts } = await services.dashboard();
  const known = [
    ...listWindows(accounts).map(({ key }): FoundSubject => ({ of: key, window: null })),
    ...accounts.flatMap(({ key, quotas }): readonly FoundSubject[] => [
      { of: key, window: null },
      ...quotas.map((one) => ({ of: one.key, window: one.window })),
    ]),
  ];
  const found = known.find(({ of }) => of === word);
  if (found === undefined) {
    throw new FieldsError([{ field, message: "There is no such account or quota" }]);
  }
  return found;
}

/** Builds the form fields with the current values of a subject. */
export function rulesView(rules: AlertRules, subject: FoundSubject): RulesView {
  const { of } = subject;
  const own = of === "*" ? undefined : rules.only?.[of];
  const { thresholds, balanceBelow, repeatEveryMs, repeatMost, off } = findRule(rules, subject);
  const above = findInheritedRule(rules, subject);
  const isOwn = (field: keyof QuotaRule) => of === "*" || own?.[field] !== undefined;
  const fields = {
    of,
    hasOwn: own !== undefined && Object.keys(own).some((field) => !BUDGET_FIELDS.includes(field)),
    thresholds: isOwn("thresholds") ? thresholdsText(thresholds) : "",
    balanceBelow: isOwn("balanceBelow") ? balanceBelow : "",
    repeatHours: isOwn("repeatEveryMs") ? repeatEveryMs / HOUR_MS : "",
    repeatMost: isOwn("repeatMost") ? repeatMost : "",
    failingMinutes: of === "*" ? rules.failingAfterMs / MINUTE_MS : null,
    inherited: of === "*" ? null : {
      thresholds: thresholdsText(above.thresholds),
      balanceBelow: above.balanceBelow,
      repeatHours: above.repeatEveryMs / HOUR_MS,
      repeatMost: above.repeatMost,
    },
    kinds: listKinds(of).map((kind) => ({ kind, on: !off.includes(kind) })),
  };
  const { thresholds: lines, balanceBelow: below, repeatHours, repeatMost: most, failingMinutes, kinds } =
    fields;
  return {
    ...fields,
    stored: {
      thresholds: lines,
      balanceBelow: String(below),
      repeatHours: String(repeatHours),
      repeatMost: String(most),
      ...failingMinutes !== null && { failingMinutes: String(failingMinutes) },
      kind: kinds.filter(({ on }) => on).map(({ kind }) => kind).join(","),
    },
  };
}

/**
 * Returns the submitted form with what others changed of the rules since it was made.
 *
 * @throws {FieldsError} naming the fields that both changed
 */
export function followRules(
  rules: AlertRules,
  subject: FoundSubject,
  form: URLSearchParams,
): URLSearchParams {
  const { kind = "", ...fields } = rulesView(rules, subject).stored;
  return followBoxes(followChanges(form, fields), "kind", kind === "" ? [] : kind.split(","));
}

/** Fills the form with the submitted text. */
export function createTypedView(rules: AlertRules, subject: FoundSubject, form: URLSearchParams): RulesView {
  const wanted = new Set(form.getAll("kind"));
  const view = rulesView(rules, subject);
  return {
    ...view,
    thresholds: form.get("thresholds") ?? "",
    balanceBelow: form.get("balanceBelow") ?? "",
    repeatHours: form.get("repeatHours") ?? "",
    repeatMost: form.get("repeatMost") ?? "",
    failingMinutes: view.failingMinutes === null ? null : form.get("failingMinutes") ?? "",
    kinds: view.kinds.map(({ kind }) => ({ kind, on: wanted.has(kind) })),
  };
}

function thresholdsText(thresholds: readonly Threshold[]): string {
  return thresholds.map(thresholdText).join(", ");
}

/**
 * Parses the rule change that a form requests.
 *
 * @throws {FieldsError} for invalid values
 */
export function parseRules(
  rules: AlertRules,
  subject: FoundSubject,
  form: URLSearchParams,
): Partial<AlertRules> {
  const { of } = subject;
  const problems: FieldProblem[] = [];
  const thresholds = parseThresholds(form.get("thresholds") ?? "", problems);
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
  const repeat = parseRepeat(of, form, problems);
  if (problems.length > 0) throw new FieldsError(problems);
  const wanted = new Set(form.getAll("kind"));
  const off = listKinds(of).filter((kind) => !wanted.has(kind));
  if (of === "*") return { thresholds, balanceBelow, ...repeat, failingAfterMs: minutes * MINUTE_MS, off };
  const inherited = findInheritedRule(rules, subject).off;
  // Kinds that do not apply to the subject keep the value they have for everything.
  const kept = inherited.filter((kind) => !listKinds(of).includes(kind));
  const own = [...kept, ...off];
  const isSame = own.length === inherited.length && own.every((kind) => inherited.includes(kind));
  return withOwnRule(rules, of, {
    ...(form.get("thresholds") ?? "").trim() !== "" && { thresholds },
    ...typedBalance !== "" && { balanceBelow },
    ...repeat,
    ...!isSame && { off: own },
  });
}

/**
 * Parses how often a form repeats alerts. An empty field inherits; in the rules of everything it restores the
 * default.
 */
function parseRepeat(
  of: RuleTarget,
  form: URLSearchParams,
  problems: FieldProblem[],
): Pick<QuotaRule, "repeatEveryMs" | "repeatMost"> {
  const [hours, most] = ["repeatHours", "repeatMost"].map((name) => (form.get(name) ?? "").trim());
  const repeatEveryMs = Math.round(Number(hours) * HOUR_MS);
  const repeatMost = Number(most);
  if (repeatEveryMs !== 0 && !(repeatEveryMs >= MIN_REPEAT_MS && repeatEveryMs <= MAX_REPEAT_MS)) {
    problems.push({
      field: "repeatHours",
      message: `Alerts are repeated after ${MIN_REPEAT_MS / HOUR_MS} to ${
        MAX_REPEAT_MS / HOUR_MS
      } hours, or 0 for never`,
    });
  }
  if (most !== "" && !(Number.isInteger(repeatMost) && repeatMost >= 1 && repeatMost <= MAX_REPEATS)) {
    problems.push({ field: "repeatMost", message: `Alerts are repeated 1 to ${MAX_REPEATS} times` });
  }
  if (of !== "*") return { ...hours !== "" && { repeatEveryMs }, ...most !== "" && { repeatMost } };
  // A form without a field changes nothing of it.
  return {
    ...form.has("repeatHours") && { repeatEveryMs },
    ...form.has("repeatMost") && { repeatMost: most === "" ? DEFAULT_MAX_REPEATS : repeatMost },
  };
}

function parseThresholds(text: string, problems: FieldProblem[]): readonly Threshold[] {
  const words = text.split(",").map((word) => word.trim()).filter((word) => word !== "");
  // Bare numbers may be separated by spaces as well.
  const lines = words.flatMap((word) => /^[\d.%\s]+$/.test(word) ? word.split(/\s+/) : [word]).map(
    parseThreshold,
  );
  if (lines.length > MAX_THRESHOLDS || lines.includes(null)) {
    problems.push({
      field: "thresholds",
      message:
        `Thresholds are up to ${MAX_THRESHOLDS} lines above 0, separated by commas: 80 for percent used, 20% left, 500 used, 1000 left`,
    });
  }
  return sortThresholds(lines.filter((one) => one !== null));
}

/**
 * Returns the rules with the rule of an account or quota replaced, keeping its budget; an empty one is
 * removed.
 *
 * @throws {FieldsError} when there are too many
 */
export function withOwnRule(
  rules: AlertRules,
  of: Exclude<RuleTarget, "*">,
  { thresholds, balanceBelow, repeatEveryMs, repeatMost, off }: QuotaRule,
): Pick<AlertRules, "only"> {
  const { [of]: before, ...others } = rules.only ?? {};
  const own: QuotaRule = {
    ...before?.budget !== undefined && { budget: before.budget },
    ...before?.budgetCurrency && { budgetCurrency: before.budgetCurrency },
    ...thresholds && { thresholds },
    ...balanceBelow !== undefined && { balanceBelow },
    ...repeatEveryMs !== undefined && { repeatEveryMs },
    ...repeatMost !== undefined && { repeatMost },
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
