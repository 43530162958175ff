/** The page of alerts: what was raised, what is snoozed, the rules in force, and the actions of its forms. */
import { HttpError } from "fresh";
import { decide } from "../access/decide.ts";
import type { AppContext } from "../app/context.ts";
import { plain } from "../base/text.ts";
import { ALERT_KINDS, alertPath, isAboutProgram } from "../model/alerts/alert.ts";
import { timesWords } from "../model/alerts/message.ts";
import { openAlerts } from "../model/alerts/open.ts";
import type { Replay } from "../alerts/replay.ts";
import {
  ALERT_STATES,
  type AlertsPageView,
  type AlertState,
  type ListedAlert,
  type ReplayView,
} from "../ui/alerts/kinds.ts";
import type { FrameFacts } from "../ui/Frame.tsx";
import { accountTitle, listTitle } from "../ui/words.ts";
import {
  createTypedView,
  EVERYTHING,
  followRules,
  type FoundSubject,
  listWindows,
  parseRules,
  PREVIEW_DAYS,
  readSubject,
  rulesView,
} from "./alert_rules.ts";
import { parseSnooze } from "./alert_snooze.ts";
import { type FieldProblem, FieldsError } from "./failure.ts";
import { frameFacts } from "./frame.ts";
import type { State } from "./state.ts";

const MAX_SHOWN = 50;
const MAX_ALL = 1000;
const MAX_EXAMPLES = 8;

export interface AlertsPage {
  readonly facts: FrameFacts;
  readonly view: AlertsPageView;
  readonly note: string;
}

/** A form answered with the page itself: refused, or previewed. */
export interface AnsweredForm {
  readonly typed: URLSearchParams;
  readonly problems: readonly FieldProblem[];
  readonly replay?: Replay;
}

const NOTES: Readonly<Record<string, string>> = {
  snoozed: "Its alerts are not sent during that time.",
  unsnoozed: "It is sent again.",
  saved: "Saved. The rules apply from the next reading on.",
};

export async function alertsPage(
  state: State,
  query: URLSearchParams,
  answered?: AnsweredForm,
): Promise<AlertsPage> {
  const { services, principal } = state;
  const facts = await frameFacts(state, "Alerts");
  const [{ accounts }, raised, deliveries, snoozes, rules, channels] = await Promise.all([
    services.dashboard(),
    services.alerts.list(),
    services.alerts.deliveries(),
    services.alerts.snoozes(),
    services.alerts.rules(),
    services.channels.list(),
  ]);
  const mayWrite = decide(principal, "write", services.access.now()) === "allowed";
  const titles = new Map<string, string>(accounts.map((account) => [account.key, accountTitle(account)]));
  const quotas = accounts.flatMap((account) =>
    account.quotas.filter(({ gone }) => !gone).map(({ key, ...quota }) => ({
      key,
      title: listTitle(account, quota),
    }))
  );
  const windows = listWindows(accounts);
  const names = new Map<string, string>([
    ["*", "Everything"],
    ...windows.map(({ key, title }) => [key, title] as const),
    ...titles,
    ...quotas.map((one) => [one.key, one.title] as const),
  ]);
  const sent = Map.groupBy(deliveries, ({ alert }) => alert.id);
  const now = services.clock.now();
  const open = new Set(openAlerts(raised, accounts, snoozes, now, rules).map(({ id }) => id));
  const filter = filterIn(query);
  const known = raised.filter(({ account }) => titles.has(account) || isAboutProgram(account)).map((
    one,
  ): ListedAlert => ({
    id: one.id,
    kind: one.kind,
    severity: one.severity,
    title: one.title,
    text: one.text,
    details: one.details,
    raisedAt: one.raisedAt,
    isOpen: open.has(one.id),
    account: one.account,
    target: one.quota === null ? one.account : `${one.account}/${one.quota}`,
    href: alertPath(one),
    deliveries: (sent.get(one.id) ?? [])
      .map(({ channel, state, note, dueAt }) => ({ channel, state, note: plain(note, 200), at: dueAt })),
  }));
  const matching = known.filter((one) => isMatch(one, filter));
  const limit = query.has("all") ? MAX_ALL : MAX_SHOWN;
  const preview = mayWrite ? await previewRules(state, query, rules, answered) : NO_PREVIEW;
  const problems = Object.fromEntries(
    [...answered?.problems ?? [], ...preview.problems].map(({ field, message }) => [field, message]),
  );
  return {
    facts,
    note: describeNote(query, answered, preview, problems),
    view: {
      alerts: matching.slice(0, limit),
      more: Math.max(0, matching.length - limit),
      filter,
      kinds: ALERT_KINDS.filter((kind) => kind !== "test"),
      snoozes: snoozes.map(({ target, kind, until }) => ({
        target,
        title: names.get(target) ?? target,
        kind: kind ?? null,
        until,
      })),
      snoozing: { target: query.get("snooze") ?? "*", kind: query.get("of-kind") ?? "" },
      accounts: [...titles].map(([key, title]) => ({ key, title })),
      quotas,
      windows,
      channels: channels.map(({ id, typeName, health }) => ({
        id,
        type: typeName,
        isInTrouble: health.state === "trouble",
      })),
      own: Object.keys(rules.only ?? {}).filter((key) => names.has(key)).map((key) => ({
        key,
        title: names.get(key)!,
      })),
      rules: preview.typed
        ? createTypedView(rules, preview.subject, preview.typed)
        : rulesView(rules, preview.subject),
      replay: preview.replay,
      mayWrite,
      problems,
    },
  };
}

interface RulesPreview {
  readonly subject: FoundSubject;
  readonly typed: URLSearchParams | null;
  readonly replay: ReplayView | null;
  readonly problems: readonly FieldProblem[];
}

const NO_PREVIEW: RulesPreview = { subject: EVERYTHING, typed: null, replay: null, problems: [] };

/** The rules to preview against the past: the submitted ones, or those in force for the subject in `of`. */
async function previewRules(
  { services }: State,
  query: URLSearchParams,
  rules: Awaited<ReturnType<AppContext["alerts"]["rules"]>>,
  answered: AnsweredForm | undefined,
): Promise<RulesPreview> {
  const form = answered?.typed.has("thresholds") ? answered.typed : query.has("try") ? query : null;
  let subject = EVERYTHING;
  try {
    subject = await readSubject(services, (answered?.typed.get("of") ?? query.get("of")) || "*");
    if (answered?.replay) return { subject, typed: form, replay: replayView(answered.replay), problems: [] };
    if (answered || !query.has("of") && form === null) {
      return { subject, typed: form, replay: null, problems: [] };
    }
    const wanted = form ? parseRules(rules, subject, form) : undefined;
    return {
      subject,
      typed: form,
      replay: replayView(await services.alerts.replay(PREVIEW_DAYS, wanted, subject.of)),
      problems: [],
    };
  } catch (error) {
    if (!(error instanceof FieldsError)) throw error;
    return { subject, typed: form, replay: null, problems: error.errors };
  }
}

function replayView({ alerts, readings }: Replay): ReplayView {
  return {
    count: alerts.length,
    readings,
    days: PREVIEW_DAYS,
    examples: alerts.slice(-MAX_EXAMPLES).reverse().map(({ at, title }) => ({
      at,
      title: plain(title, 120),
    })),
  };
}

function describeNote(
  query: URLSearchParams,
  answered: AnsweredForm | undefined,
  { subject: { of }, typed, replay, problems: previewProblems }: RulesPreview,
  problems: Readonly<Record<string, string>>,
): string {
  if (previewProblems.length > 0 || answered && !answered.replay) {
    return `Nothing was changed. ${[...new Set(Object.values(problems))].join(". ")}.`;
  }
  if (replay && typed) {
    const which = of === "*" ? "these rules" : "this rule";
    const lately = replay.examples.slice(0, 3).map(({ title }) => title).join("; ");
    return `Not saved yet. In the last ${PREVIEW_DAYS} days ${which} would have alerted you ${
      timesWords(replay.count)
    }${lately === "" ? "" : `, lately: ${lately}`}. Forecasts, failing accounts and repeats are not counted.`;
  }
  return NOTES[query.get("done") ?? ""] ?? "";
}

function filterIn(query: URLSearchParams): AlertsPageView["filter"] {
  const state = ALERT_STATES.find((one) => one === query.get("state")) ?? "";
  const kind = ALERT_KINDS.find((one) => one === query.get("kind")) ?? "";
  // The forms of rules name kinds as well.
  return query.has("try")
    ? { account: "", kind: "", state: "" }
    : { account: query.get("account") ?? "", kind, state };
}

function isMatch(alert: ListedAlert, { account, kind, state }: AlertsPageView["filter"]): boolean {
  return (account === "" || alert.account === account) && (kind === "" || alert.kind === kind) &&
    (state === "" || isInState(alert, state));
}

function isInState({ isOpen, deliveries }: ListedAlert, state: AlertState): boolean {
  switch (state) {
    case "open":
      return isOpen;
    case "not-sent":
      return deliveries.length === 0 || deliveries.every(({ state }) => state === "expired");
    default:
      return deliveries.some((one) => one.state === state);
  }
}

/**
 * Runs the action that a form requests; resolves to the word for what was done, or to a preview.
 *
 * @param zone of the times in a form
 * @throws {FieldsError} for invalid values
 * @throws {HttpError} 400 for a form without a known purpose
 */
export async function applyAlertForm(
  services: AppContext,
  form: URLSearchParams,
  zone: string,
): Promise<string | Replay> {
  switch (form.get("action")) {
    case "snooze":
      await services.alerts.snooze(await parseSnooze(services, form, zone));
      return publishChange(services, "snoozed");
    case "unsnooze": {
      const { alerts } = services;
      const snooze = (await alerts.snoozes()).find(({ target }) => target === form.get("target"));
      if (!snooze) throw new FieldsError([{ field: "target", message: "There is no such snooze" }]);
      await alerts.unsnooze(snooze.target);
      return publishChange(services, "unsnoozed");
    }
    case "preview": {
      const subject = await readSubject(services, form.get("of") || "*");
      const wanted = parseRules(await services.alerts.rules(), subject, form);
      return await services.alerts.replay(PREVIEW_DAYS, wanted, subject.of);
    }
    case "rules": {
      const subject = await readSubject(services, form.get("of") || "*");
      await services.alerts.setRules((before) =>
        parseRules(before, subject, followRules(before, subject, form))
      );
      return publishChange(services, "saved");
    }
    default:
      throw new HttpError(400, "The form does not say what to do");
  }
}

/** Notifies every page that shows open alerts. */
function publishChange({ hub }: AppContext, word: string): string {
  hub.publish({ kind: "alerts", account: null });
  return word;
}
