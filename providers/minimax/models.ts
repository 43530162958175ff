/** Turns the models in MiniMax's response and their windows into readings, from counts and percentages. */
import * as v from "valibot";
import {
  amountOrNull,
  computeRest,
  computeUsed,
  type FieldKind,
  instantOrNull,
  isRecord,
  type KnownMembers,
  lenientNumber,
  member,
  orNull,
  slug,
  tidy,
  unknownFigures,
} from "../../lib/provider_kit/decode.ts";
import { textAt } from "../../lib/provider_kit/login_file.ts";
import type { Reading, Window } from "../../lib/model/quota.ts";
import {
  CALENDAR,
  countFigures,
  createGathering,
  FIVE_HOURS,
  type Gathering,
  ONE_WEEK,
} from "../../lib/provider_kit/readings.ts";

/** The vendor's status for a window without a limit, or for a model outside the plan. */
const NOT_LIMITED = 3;
const ACTIVE = 1;
const EXHAUSTED = 2;

interface HalfWindow {
  readonly total: number | null;
  /** Mostly what is left; for some accounts what is used. */
  readonly count: number | null;
  readonly percentLeft: number | null;
  readonly status: number | null;
  readonly endsAt: number | null;
}

interface NamedModel {
  readonly quota: string;
  readonly label: string;
  readonly window: Window;
}

const HALF: Readonly<Record<string, true | FieldKind>> = {
  total_count: true,
  usage_count: "amount",
  remaining_percent: "figure",
  status: true,
};
const KNOWN: KnownMembers = {
  ...Object.fromEntries(
    ["current_interval", "current_weekly"].flatMap((prefix) =>
      Object.entries(HALF).map(([name, kind]) => [`${prefix}_${name}`, kind])
    ),
  ),
  ...Object.fromEntries(["", "weekly_"].flatMap((prefix) => [
    [`${prefix}start_time`, "instant"],
    [`${prefix}end_time`, "instant"],
    [`${prefix}remains_time`, "figure"],
  ])),
  model_name: true,
  weekly_boost_permille: true,
  weekly_boost_permill: true,
  interval_boost_permille: true,
};

/** Builds one reading for each window in the plan; when models share a pool, the fullest counts. */
export function gatherModels(models: readonly unknown[], now: number): Gathering {
  const found = createGathering();
  // Text models are listed separately and share one pool: a fuller one there does not contradict the others.
  const pools = new Map<string, Reading>();
  const others: (readonly [Reading, name: string])[] = [];
  for (const model of models) {
    const name = textAt(model, "model_name")?.trim().slice(0, 80) ?? "a model without a name";
    for (const { what, why } of unknownFigures(model, KNOWN)) found.drop(`${name}: ${what}`, why);
    for (const figure of ["current_interval_remaining_percent", "current_weekly_remaining_percent"]) {
      const percent = v.parse(orNull(lenientNumber), member(model, figure));
      if (percent !== null && percent < 0) found.drop(`${name}: ${figure}`, "a negative share");
      if (percent !== null && percent > 100) found.drop(`${name}: ${figure}`, "more than all is left");
    }
    const readings = ofModel(model, now);
    if (typeof readings === "string") found.drop(name, readings);
    else {
      for (const reading of readings) {
        const before = pools.get(reading.quota);
        if (!isText(name)) others.push([reading, name]);
        else if (!before || countFigures(reading) > countFigures(before)) pools.set(reading.quota, reading);
      }
    }
  }
  for (const reading of [...pools.values()].toSorted((a, b) => rank(a) - rank(b))) found.add(reading);
  for (const [reading, name] of others) found.add(reading, name);
  return found;
}

const FIRST = ["five-hour", "weekly"];

function rank({ quota }: Reading): number {
  const index = FIRST.indexOf(quota);
  return index < 0 ? FIRST.length : index;
}

/** Returns the windows of a model in the plan, or why there are none. */
function ofModel(model: unknown, now: number): readonly Reading[] | string {
  if (!isRecord(model)) return "no block of figures";
  const name = model.model_name;
  if (typeof name !== "string" || slug(name) === "") return "no name";
  const interval = readHalf(model, "current_interval", model.end_time, model.remains_time, now);
  const weekly = readHalf(model, "current_weekly", model.weekly_end_time, model.weekly_remains_time, now);
  const hasWeekly = !isAbsent(weekly);
  // No limit on either side, or an empty one: the plan lacks the model.
  const isFree = (one: HalfWindow) => one.status === NOT_LIMITED && !one.total;
  if (isFree(interval) && (isFree(weekly) || !hasWeekly)) return [];
  const isUnsaid = (one: HalfWindow) => one.status === null && !one.total && (one.percentLeft ?? 100) === 100;
  if ((isFree(interval) && isUnsaid(weekly)) || (isFree(weekly) && isUnsaid(interval))) {
    return "the answer does not say whether it is part of the plan";
  }
  const readings = [
    toReading(interval, intervalNamed(name, model)),
    hasWeekly ? toReading(weekly, nameModel(name, "weekly", "weekly", ONE_WEEK)) : undefined,
    ...otherWindows(name, model, now),
  ].filter((one) => one !== undefined);
  if (readings.length > 0) return readings;
  // Only zeros: the model is listed, but not part of the plan.
  return isAbsent(interval) && interval.total === 0 ? [] : "no figure";
}

/** Reads windows with unknown names, in the form of those that are known. They are reported anyway. */
function otherWindows(
  name: string,
  model: Readonly<Record<string, unknown>>,
  now: number,
): readonly (Reading | undefined)[] {
  const windows = Object.keys(model).flatMap((field) => OTHER_WINDOW.exec(field)?.[1] ?? []);
  return [...new Set(windows)].filter((window) => window !== "interval" && window !== "weekly").map(
    (window) => {
      const words = window.replaceAll("_", " ");
      const known = readHalf(
        model,
        `current_${window}`,
        model[`${window}_end_time`],
        model[`${window}_remains_time`],
        now,
      );
      return toReading(known, nameModel(name, slug(window), words, CALENDAR));
    },
  );
}

const OTHER_WINDOW = /^current_([a-z0-9_]{1,40})_(?:total_count|remaining_percent)$/;

function readHalf(
  model: Readonly<Record<string, unknown>>,
  prefix: string,
  end: unknown,
  remains: unknown,
  now: number,
): HalfWindow {
  const left = v.parse(amountOrNull, remains);
  const percent = v.parse(orNull(lenientNumber), model[`${prefix}_remaining_percent`]);
  return {
    total: v.parse(amountOrNull, model[`${prefix}_total_count`]),
    count: v.parse(amountOrNull, model[`${prefix}_usage_count`]),
    percentLeft: percent === null || percent < 0 ? null : percent,
    status: v.parse(orNull(lenientNumber), model[`${prefix}_status`]),
    // The end stays the same at each poll; the remaining time jitters with the network.
    endsAt: v.parse(instantOrNull, end) ?? (left ? v.parse(instantOrNull, now + left) : null),
  };
}

/** Accounts from before the weekly window have its fields, all empty. */
function isAbsent({ total, percentLeft, status }: HalfWindow): boolean {
  return !total && percentLeft === null && status === null;
}

function toReading(half: HalfWindow, { quota, label, window }: NamedModel): Reading | undefined {
  const figures = toFigures(half);
  return figures && {
    quota,
    label,
    ...figures,
    window,
    resetsAt: half.endsAt,
    // The status "exhausted" is the vendor's verdict when the figures say otherwise.
    ...half.status === EXHAUSTED && figures.remaining !== 0 ? { allowed: false } : {},
    ...half.status === ACTIVE ? { allowed: true } : {},
  };
}

function toFigures(half: HalfWindow): Pick<Reading, "unit" | "used" | "limit" | "remaining"> | undefined {
  const { total, count, percentLeft, status } = half;
  const unit = total ? "requests" : "percent";
  if (status === NOT_LIMITED) return { unit, used: 0, limit: null, remaining: null };
  if (total && count !== null) {
    const isUse = isCountOfUse(total, count, percentLeft);
    const used = isUse ? count : computeUsed(total, count);
    return { unit, used, limit: total, remaining: isUse ? computeRest(total, count) : count };
  }
  if (percentLeft !== null) {
    const used = computeUsed(100, percentLeft);
    return { unit: "percent", used, limit: 100, remaining: used === null ? null : percentLeft };
  }
  if (status === EXHAUSTED) {
    return { unit, used: total || null, limit: total || null, remaining: 0 };
  }
  return total ? { unit, used: null, limit: total, remaining: null } : undefined;
}

/** The count is what is left, unless the percentage beside it contradicts that. */
function isCountOfUse(total: number, count: number, percentLeft: number | null): boolean {
  if (percentLeft === null) return false;
  const asLeft = count / total * 100;
  return Math.abs(100 - asLeft - percentLeft) < Math.abs(asLeft - percentLeft);
}

/** Lengths with names, in seconds, and their words. */
const LENGTHS: readonly (readonly [seconds: number, key: string, words: string])[] = [
  [5 * 3600, "five-hour", "5-hour"],
  [86_400, "daily", "daily"],
  [604_800, "weekly", "weekly"],
];
const MAX_SECONDS = 400 * 86_400;

function intervalNamed(name: string, model: Readonly<Record<string, unknown>>): NamedModel {
  const start = v.parse(instantOrNull, model.start_time);
  const end = v.parse(instantOrNull, model.end_time);
  const seconds = start === null || end === null ? 0 : Math.round((end - start) / 1000);
  if (seconds <= 0 || seconds > MAX_SECONDS) {
    return isText(name)
      ? nameModel(name, "five-hour", "5-hour", FIVE_HOURS)
      : nameModel(name, "interval", "interval", CALENDAR);
  }
  const near = LENGTHS.find(([length]) => Math.abs(seconds - length) <= length * 0.05);
  const [length, key, words] = near ?? [seconds, `${seconds}s`, `${tidy(seconds / 3600)} h`];
  return nameModel(name, key, words, { kind: "fixed", seconds: length });
}

/** Text models share a pool under one name, or in older responses once for each model. */
function isText(name: string): boolean {
  return /^(?:general$|minimax-m)/i.test(name.trim());
}

function nameModel(name: string, key: string, words: string, window: Window): NamedModel {
  if (isText(name)) {
    return { quota: key, label: `${words.charAt(0).toUpperCase()}${words.slice(1)} quota`, window };
  }
  return {
    quota: `${slug(name) || "other"}-${key}`,
    label: `${name.trim().slice(0, 80)} (${words})`,
    window,
  };
}
