/**
 * Turns a document into readings as a declaration says. Leaves out
 * missing values; fails on values of the wrong type. Pure.
 */
import * as v from "valibot";
import { badResponseError, computeRest, instant, lenientNumber, tidy } from "../provider_kit/decode.ts";
import type { Dropped, Reading, Window } from "../model/quota.ts";
import { BALANCE, CALENDAR } from "../provider_kit/readings.ts";
import { type Endpoint, type FigureRule, PRIMARIES, type Primary, type QuotaRule } from "./declaration.ts";
import { type Path, valueAt } from "./path.ts";

const MAX_DEPTH = 64;

/**
 * Rejects documents nested too deeply for figures.
 * @throws {ProviderError} `bad_response`
 */
export function refuseDeep(document: unknown): void {
  let level: readonly unknown[] = [document];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) throw badResponseError(`The answer is nested deeper than ${MAX_DEPTH} levels`, "");
    level = level.flatMap((one) => typeof one === "object" && one !== null ? Object.values(one) : []);
  }
}

export interface Figures {
  readonly readings: readonly Reading[];
  readonly plan?: string;
  readonly dropped?: readonly Dropped[];
}

/**
 * @param now when the document was received
 * @throws {ProviderError} `bad_response`
 */
export function readFigures(
  declaration: Pick<Endpoint, "quotas" | "plan">,
  document: unknown,
  now: number,
): Figures {
  refuseDeep(document);
  const readings: Reading[] = [];
  const dropped: Dropped[] = [];
  for (const rule of declaration.quotas) {
    const reading = createReading(rule, document, now);
    if (reading === "missing") {
      dropped.push({ what: rule.key, why: "not in the answer" });
    } else if (reading !== "none") {
      readings.push(reading);
      const why = explainUnknown(reading);
      if (why !== null) dropped.push({ what: `use of ${rule.key}`, why });
    }
  }
  if (readings.length === 0 && dropped.length === declaration.quotas.length) {
    throw badResponseError("The answer contains none of the declared quotas", "");
  }
  const plan = declaration.plan ? planAt(document, declaration.plan.path) : undefined;
  return {
    readings,
    ...plan === undefined ? {} : { plan },
    ...dropped.length > 0 ? { dropped } : {},
  };
}

/** Returns why a stated figure says nothing about use; null when it does, or when there is no limit. */
function explainUnknown({ used, limit, remaining, window, allowed }: Reading): string | null {
  if (used !== null || allowed === true) return null;
  if (remaining === null) return "a negative figure";
  return window !== BALANCE && limit !== null && remaining > limit ? "more is left than its limit" : null;
}

function createReading(rule: QuotaRule, document: unknown, now: number): Reading | "missing" | "none" {
  const name = PRIMARIES.find((one) => rule[one] !== undefined) ?? "used";
  const primary = readNumber(rule[name], document, rule.key);
  const limit = readLimit(rule, document);
  const isShare = name !== "used" && name !== "remaining";
  const common = {
    quota: rule.key,
    label: rule.label,
    unit: rule.unit,
    resetsAt: resetsAt(rule, document, now),
  };
  // Of a quota without a limit, a share and what is left mean nothing: vendors write -1 for them.
  const isMeaningless = limit === "unlimited" && (isShare && rule.unit !== "percent" ||
    name === "remaining" && (primary === null || primary === "unlimited" || primary < 0));
  if (primary === "unlimited" || isMeaningless) {
    return { ...common, used: null, limit: null, remaining: null, window: createWindow(rule), allowed: true };
  }
  if (primary === null) return "missing";
  const known = limit === "unlimited" ? null : limit;
  return createStated(rule, name, primary, known, common);
}

function createStated(
  rule: QuotaRule,
  name: Primary,
  primary: number,
  limit: number | null,
  common: Pick<Reading, "quota" | "label" | "unit" | "resetsAt">,
): Reading | "none" {
  if (name === "remaining" && limit === null) {
    const window = rule.windowSeconds === null ? BALANCE : createWindow(rule);
    // Only a balance can be a debt: any other negative figure is invalid.
    const remaining = window === BALANCE || primary >= 0 ? primary : null;
    return { ...common, used: null, limit: null, remaining, window };
  }
  const isShare = name !== "used" && name !== "remaining";
  const whole = isShare && rule.unit === "percent" ? 100 : limit;
  const share = name === "remainingPercent"
    ? 1 - primary / 100
    : name === "usedFraction"
    ? primary
    : primary / 100;
  const raw = name === "used"
    ? primary
    : name === "remaining"
    ? (limit ?? 0) - primary
    : whole === null
    ? null
    : share * whole;
  const known = raw === null ? null : tidy(raw, name === "used" ? raw : whole ?? raw);
  const used = known === null || known < 0 ? null : known;
  if (whole === 0 && used === 0) return "none";
  // More than the limit may be left, from an earlier period: how much was used is unknown then, and what is left is not.
  const left = name === "remaining" ? primary : whole === null ? null : (1 - share) * whole;
  const isMoreLeft = name.startsWith("remaining") && used === null && left !== null && left >= 0;
  const remaining = isMoreLeft ? tidy(left, whole ?? left) : computeRest(whole, used);
  return { ...common, used, limit: whole, remaining, window: createWindow(rule) };
}

/**
 * Returns the window of a rule: with a stated reset it is fixed, without one it slides. With neither reset
 * nor length it is a gauge, which never resets.
 */
function createWindow(rule: QuotaRule): Window {
  const { windowSeconds: seconds, resetsAt } = rule;
  if (seconds === null) return resetsAt ? CALENDAR : BALANCE;
  return { kind: resetsAt ? "fixed" : "rolling", seconds };
}

/**
 * Returns the scaled figure; null when it is missing.
 * @throws {ProviderError} when it is not a number
 */
function readNumber(
  rule: FigureRule | undefined,
  document: unknown,
  quota: string,
): number | "unlimited" | null {
  if (rule === undefined) return null;
  if (rule.literal !== undefined) return tidy(rule.literal * rule.scale);
  const value = valueAt(document, rule.path ?? []);
  if (value === undefined || value === null) return null;
  const raw = v.safeParse(lenientNumber, value);
  if (!raw.success) throw badResponseError(`A figure of "${quota}" is not a number`, "");
  if (rule.unlimitedWhen !== undefined && raw.output === rule.unlimitedWhen) return "unlimited";
  const scaled = raw.output * rule.scale;
  if (!Number.isFinite(scaled) || Math.abs(scaled) > 1e15) {
    throw badResponseError(`A figure of "${quota}" is too large`, "");
  }
  return tidy(scaled);
}

function readLimit(rule: QuotaRule, document: unknown): number | "unlimited" | null {
  const limit = readNumber(rule.limit, document, rule.key);
  // A negative limit can only mean "none", even when it was not declared to.
  return typeof limit === "number" && limit < 0 ? "unlimited" : limit;
}

function resetsAt({ resetsAt: rule, key }: QuotaRule, document: unknown, now: number): number | null {
  if (!rule) return null;
  const value = valueAt(document, rule.path);
  if (value === undefined || value === null) return null;
  const at = parseInstant(rule.format, value, now);
  if (at === null) throw badResponseError(`The reset of "${key}" is not an instant`, "");
  return at;
}

type Format = NonNullable<QuotaRule["resetsAt"]>["format"];

function parseInstant(format: Format, value: unknown, now: number): number | null {
  if (format === "iso") return typeof value === "string" ? boundedNumber(value) : null;
  const number = v.safeParse(lenientNumber, value);
  if (!number.success) return null;
  if (format === "in-seconds") return boundedNumber(now + Math.round(number.output * 1000));
  return boundedNumber(
    format === "unix-seconds" ? Math.round(number.output * 1000) : Math.round(number.output),
  );
}

function boundedNumber(value: number | string): number | null {
  const result = v.safeParse(instant, value);
  return result.success ? result.output : null;
}

function planAt(document: unknown, path: Path): string | undefined {
  const value = valueAt(document, path);
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value === "string" || typeof value === "number") return String(value).slice(0, 80);
  throw badResponseError("The plan is neither text nor a number", "");
}
