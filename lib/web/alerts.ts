/** The page of alerts: what was raised, what is silent, which rules hold, and what its forms do. */
import { HttpError } from "fresh";
import type { AppContext } from "../app/context.ts";
import { plain } from "../base/text.ts";
import { ALERT_KINDS, type AlertKind } from "../model/alerts/alert.ts";
import { timesWords } from "../model/alerts/message.ts";
import type { Snooze } from "../model/alerts/delivery.ts";
import { HOUR_MS, MINUTE_MS } from "../model/duration.ts";
import { alertHref, type AlertsPageView, type ListedAlert } from "../ui/alerts/kinds.ts";
import type { FrameFacts } from "../ui/Frame.tsx";
import { accountTitle } from "../ui/words.ts";
import type { Replay } from "../alerts/replay.ts";
import { type FieldProblem, FieldsError } from "./failure.ts";
import { frameFacts } from "./frame.ts";
import type { State } from "./state.ts";

const MAX_SHOWN = 50;
/** How far back a preview of rules looks. */
const PREVIEW_DAYS = 30;
const MAX_EXAMPLES = 3;
const MAX_HOURS = 24 * 366;

export interface AlertsPage {
  readonly facts: FrameFacts;
  readonly view: AlertsPageView;
  readonly note: string;
}

/** A form that was answered with the page itself: refused, or previewed. */
export interface AnsweredForm {
  readonly typed: URLSearchParams;
  readonly problems: readonly FieldProblem[];
  readonly replay?: Replay;
}

const NOTES: Readonly<Record<string, string>> = {
  snoozed: "Nothing of it is sent for that time.",
  unsnoozed: "It is sent again.",
  saved: "Saved. The rules hold from the next reading on.",
};

export async function alertsPage(
  state: State,
  query: URLSearchParams,
  answered?: AnsweredForm,
): Promise<AlertsPage> {
  const { services } = state;
  const facts = await frameFacts(state, "Alerts");
  const [{ accounts }, raised, deliveries, snoozes, rules, channels] = await Promise.all([
    services.dashboard(),
    services.alerts.list(),
    services.alerts.deliveries(),
    services.alerts.snoozes(),
    services.alerts.rules(),
    services.channels.list(),
  ]);
  const titles = new Map<string, string>(accounts.map((account) => [account.key, accountTitle(account)]));
  const problems = Object.fromEntries(
    (answered?.problems ?? []).map(({ field, message }) => [field, message]),
  );
  const note = answered?.replay
    ? previewText(answered.replay)
    : answered
    ? `Nothing was changed. ${[...new Set(Object.values(problems))].join(". ")}.`
    : NOTES[query.get("done") ?? ""] ?? "";
  return {
    facts,
    note,
    view: {
      alerts: raised.filter(({ account }) => titles.has(account)).slice(0, MAX_SHOWN).map((
        one,
      ): ListedAlert => ({
        id: one.id,
        kind: one.kind,
        severity: one.severity,
        title: one.title,
        text: one.text,
        details: one.details,
        raisedAt: one.raisedAt,
        href: alertHref(one),
        deliveries: deliveries
          .filter(({ alert }) => alert.id === one.id)
          .map(({ channel, state, note }) => ({ channel, state, note: plain(note, 200) })),
      })),
      snoozes: snoozes.map(({ target, kind, until }) => ({
        target,
        title: target === "*" ? "Everything" : titles.get(target) ?? target,
        kind: kind ?? null,
        until,
      })),
      accounts: [...titles].map(([key, title]) => ({ key, title })),
      channels: channels.map(({ id, type }) => ({ id, type })),
      rules: answered?.typed.has("thresholds") ? typedRules(answered.typed) : {
        thresholds: rules.thresholds.map((share) => Number((share * 100).toFixed(2))).join(", "),
        balanceBelow: rules.balanceBelow,
        failingMinutes: rules.failingAfterMs / MINUTE_MS,
        kinds: ALERT_KINDS.filter((kind) => kind !== "test").map((kind) => ({
          kind,
          on: !rules.off.includes(kind),
        })),
      },
      problems,
    },
  };
}

/** What was typed stays in the form. */
function typedRules(form: URLSearchParams): AlertsPageView["rules"] {
  const wanted = new Set(form.getAll("kind"));
  return {
    thresholds: form.get("thresholds") ?? "",
    balanceBelow: form.get("balanceBelow") ?? "",
    failingMinutes: form.get("failingMinutes") ?? "",
    kinds: ALERT_KINDS.filter((kind) => kind !== "test").map((kind) => ({ kind, on: wanted.has(kind) })),
  };
}

function previewText({ alerts }: Replay): string {
  const examples = alerts.slice(-MAX_EXAMPLES).map(({ title }) => title).reverse();
  const such = examples.length === 0 ? "" : `, lately: ${examples.join("; ")}`;
  return `Not saved yet. In the last ${PREVIEW_DAYS} days these rules would have told you ${
    timesWords(alerts.length)
  }${such}. ` +
    "Forecasts and failing accounts are not in this count.";
}

/**
 * Does what a form asks for; resolves to the word for what was done, or to what a preview shows.
 *
 * @throws {FieldsError} for values that make no sense
 * @throws {HttpError} 400 for a form that says nothing of what it is for
 */
export async function applyAlertForm(services: AppContext, form: URLSearchParams): Promise<string | Replay> {
  switch (form.get("action")) {
    case "snooze": {
      const hours = Number(form.get("hours"));
      const target = await targetOf(services, form.get("target"));
      if (!(hours > 0) || hours > MAX_HOURS) {
        throw new FieldsError([{
          field: "hours",
          message: "How long is not said in hours between 0 and a year",
        }]);
      }
      await services.alerts.snooze({ target, until: services.clock.now() + hours * HOUR_MS });
      return "snoozed";
    }
    case "unsnooze":
      await services.alerts.unsnooze(await targetOf(services, form.get("target"), true));
      return "unsnoozed";
    case "preview":
      return await services.alerts.replay(PREVIEW_DAYS, rulesIn(form));
    case "rules":
      await services.alerts.setRules(rulesIn(form));
      return "saved";
    default:
      throw new HttpError(400, "The form does not say what is to be done");
  }
}

async function targetOf(services: AppContext, word: string | null, known = false): Promise<Snooze["target"]> {
  if (word === "*") return "*";
  const targets: readonly string[] = known
    ? (await services.alerts.snoozes()).map(({ target }) => target)
    : (await services.dashboard()).accounts.map(({ key }) => key);
  const target = targets.find((one) => one === word);
  if (target === undefined) throw new FieldsError([{ field: "target", message: "There is no such account" }]);
  return target as Snooze["target"];
}

function rulesIn(form: URLSearchParams) {
  const problems: FieldProblem[] = [];
  const thresholds = (form.get("thresholds") ?? "").split(/[,\s]+/).filter((word) => word !== "").map(Number);
  if (thresholds.length > 10 || thresholds.some((one) => !(one > 0 && one <= 1000))) {
    problems.push({
      field: "thresholds",
      message: "Thresholds are up to ten percentages above 0, separated by commas",
    });
  }
  const balanceBelow = Number(form.get("balanceBelow"));
  if (!(balanceBelow >= 0 && balanceBelow <= 1e9)) {
    problems.push({ field: "balanceBelow", message: "The balance is an amount of 0 or more" });
  }
  const minutes = Number(form.get("failingMinutes"));
  if (!(minutes >= 0 && minutes <= 7 * 24 * 60)) {
    problems.push({ field: "failingMinutes", message: "The time is in minutes, at most a week" });
  }
  if (problems.length > 0) throw new FieldsError(problems);
  const wanted = new Set(form.getAll("kind"));
  return {
    thresholds: [...new Set(thresholds)].sort((a, b) => a - b).map((percent) => percent / 100),
    balanceBelow,
    failingAfterMs: minutes * MINUTE_MS,
    off: ALERT_KINDS.filter((kind): kind is AlertKind => kind !== "test" && !wanted.has(kind)),
  };
}
