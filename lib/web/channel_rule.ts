/** Which alerts a channel takes and when, as forms and programs say it. */
import type { AlertKind } from "../model/alerts/alert.ts";
import { CHANNEL_KINDS, channelKinds, emptyRuleProblem, unknownKind } from "../model/alerts/channel_kinds.ts";
import { dayMinuteText } from "../model/alerts/day_minute.ts";
import { type ChannelRule, parseQuietHours, quietHoursText } from "../model/alerts/delivery.ts";
import { parseDaily, parseWeekly, WEEKDAYS } from "../model/alerts/summary.ts";
import type { RuleFields } from "../ui/alerts/ChannelRuleFields.tsx";
import { type FieldProblem, FieldsError } from "./failure.ts";

/** Absent fields stay as they are; null, like an empty text, gives back the default. */
export interface WantedRule {
  readonly least?: string | null | undefined;
  readonly urgent?: string | null | undefined;
  readonly kinds?: readonly string[] | null | undefined;
  /** `22:00-07:00` */
  readonly quiet?: string | null | undefined;
  /** `08:00` */
  readonly daily?: string | null | undefined;
  /** `mon-08:00` */
  readonly weekly?: string | null | undefined;
}

const SEVERITIES = ["info", "warning", "critical"] as const;
const URGENT = ["warning", "critical", "none"] as const;

/** @throws {FieldsError} */
export function changeRule(before: ChannelRule, wanted: WantedRule): ChannelRule {
  const problems: FieldProblem[] = [];
  const read = <T>(
    field: keyof WantedRule,
    known: T | undefined,
    parse: (text: string) => T | null | undefined,
    message: string,
  ): T | undefined => {
    const text = wanted[field];
    if (text === undefined) return known;
    if (text === null || String(text).trim() === "") return undefined;
    const value = parse(String(text).trim());
    if (value == null) problems.push({ field, message });
    return value ?? undefined;
  };
  const least = read(
    "least",
    before.least,
    (text) => SEVERITIES.find((one) => one === text),
    "The lowest severity is info, warning or critical",
  );
  const urgent = read(
    "urgent",
    before.urgent,
    (text) => URGENT.find((one) => one === text),
    "What is urgent in quiet hours is warning, critical or none",
  );
  const quiet = read("quiet", before.quiet, parseQuietHours, "Quiet hours are such as 22:00-07:00");
  const daily = read(
    "daily",
    before.summaries?.daily,
    parseDaily,
    "A daily summary has a time such as 08:00",
  );
  const weekly = read(
    "weekly",
    before.summaries?.weekly,
    parseWeekly,
    "A weekly summary has a day and a time such as mon-08:00",
  );
  const hasSummary = daily !== undefined || weekly !== undefined;
  const kinds = wanted.kinds === undefined ? before.kinds : kindsIn(wanted.kinds ?? CHANNEL_KINDS, problems);
  const rule: ChannelRule = {
    ...least && { least },
    ...kinds && { kinds },
    ...quiet && { quiet },
    ...urgent && { urgent },
    ...hasSummary && { summaries: { ...daily && { daily }, ...weekly && { weekly } } },
  };
  const empty = emptyRuleProblem(rule);
  if (empty !== null) problems.push({ field: "kinds", message: empty });
  if (problems.length > 0) throw new FieldsError(problems);
  return rule;
}

function kindsIn(words: readonly string[], problems: FieldProblem[]): readonly AlertKind[] | undefined {
  if (unknownKind(words) !== undefined) {
    problems.push({ field: "kinds", message: "There is no such kind of alert for channels" });
  }
  return channelKinds(words);
}

/** Parses the fields of a form. */
export function parseRuleForm(form: URLSearchParams): WantedRule {
  const [day, time] = [form.get("weekday") ?? "", form.get("weeklyAt") ?? ""];
  return {
    least: form.get("least"),
    urgent: form.get("urgent"),
    // Forms of older scripts, from before there were checkboxes, name no kinds.
    kinds: form.has("kinds") ? form.getAll("kind") : undefined,
    quiet: form.get("quiet"),
    daily: form.get("daily"),
    weekly: day === "" ? null : `${day}-${time}`,
  };
}

/** Returns the field values for a rule, or those that were typed. */
export function ruleFields(rule: ChannelRule, typed: URLSearchParams | null = null): RuleFields {
  const { least = "", urgent = "critical", kinds, quiet, summaries } = rule;
  const wanted = typed?.has("kinds") ? typed.getAll("kind") : null;
  const { daily, weekly } = summaries ?? {};
  return {
    least: typed?.get("least") ?? least,
    urgent: typed?.get("urgent") ?? urgent,
    quiet: typed?.get("quiet") ?? (quiet ? quietHoursText(quiet) : ""),
    daily: typed?.get("daily") ?? (daily ? dayMinuteText(daily.minute) : ""),
    weekday: typed?.get("weekday") ?? (weekly ? WEEKDAYS[weekly.weekday] ?? "" : ""),
    weeklyAt: typed?.get("weeklyAt") ?? (weekly ? dayMinuteText(weekly.minute) : "08:00"),
    kinds: CHANNEL_KINDS.map((kind) => ({
      kind,
      on: wanted ? wanted.includes(kind) : kinds === undefined || kinds.includes(kind),
    })),
  };
}
