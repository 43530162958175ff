/** The channels on their page and over the API: how they are shown and changed. */
import { HttpError } from "fresh";
import { decide } from "../access/decide.ts";
import type { Principal } from "../access/principal.ts";
import type { ManagedChannel } from "../alerts/managed_channels.ts";
import type { AppContext } from "../app/context.ts";
import { plain } from "../base/text.ts";
import { takesWords } from "../model/alerts/rule_words.ts";
import type { ChannelsView, ListedChannel } from "../ui/alerts/ChannelsPage.tsx";
import { changeRule, parseRuleForm, ruleFields, type WantedRule } from "./channel_rule.ts";
import { FieldsError } from "./failure.ts";
import type { State } from "./state.ts";

/** A channel that takes longer counts as failed. */
const TEST_MS = 30_000;
const MAX_PROBLEM = 300;
const VALUE = "value.";
const NOTES: Readonly<Record<string, string>> = {
  added: "Stored. Send a test message to see whether it arrives.",
  changed: "Saved. It applies from the next alert on.",
  paused: "It sends nothing until you resume it; waiting messages are sent then, unless they are too old.",
  resumed: "The channel is active again.",
  removed: "Removed, with its secrets. Messages waiting for it are not sent.",
};

export function channelNote(query: URLSearchParams): string {
  return NOTES[query.get("done") ?? ""] ?? "";
}

/** @param form the submitted values, if they were refused with `problem` */
export async function channelsView(
  { services, principal }: State,
  query: URLSearchParams,
  form: URLSearchParams | null = null,
  problem = "",
): Promise<ChannelsView> {
  const decision = decide(principal, "fresh", services.access.now());
  const wanted = form?.get("type") ?? query.get("add");
  const all = await services.channels.list();
  const changing = form?.get("action") === "change" ? form.get("id") : query.get("change");
  const changed = all.find(({ id }) => id === changing);
  const type = services.channels.types().find(({ id }) => id === wanted);
  return {
    channels: all.map(toListed),
    types: services.channels.types().map(({ id, name }) => ({ id, name })),
    adding: type === undefined ? null : {
      type: type.id,
      name: type.name,
      id: form?.get("id") ?? "",
      rule: ruleFields({}, form),
      settings: type.settings.map(({ name, help, secret = false, optional = false, choices = [] }) => ({
        name,
        help,
        secret,
        optional,
        choices,
        // Secrets must be typed again.
        typed: secret ? "" : form?.get(VALUE + name) ?? "",
      })),
    },
    changing: changed === undefined ? null : { id: changed.id, rule: ruleFields(changed.rule, form) },
    mayChange: decision === "allowed" ? "yes" : decision === "sign in again" ? decision : "no",
    problem,
  };
}

function toListed(
  { id, typeName, rule, enabled, isReachable, isFromConfig, health }: ManagedChannel,
): ListedChannel {
  const { state, since, problem, sentAt, waiting, answers } = health;
  return {
    id,
    typeName,
    takes: takesWords(rule).join(", "),
    enabled,
    isReachable,
    isFromConfig,
    state,
    since,
    problem: plain(problem, MAX_PROBLEM),
    sentAt,
    waiting,
    answers: answers.map((one) => ({ ...one, note: plain(one.note, MAX_PROBLEM) })),
  };
}

/** The description of a new channel in a form or a body. */
export interface WantedChannel extends WantedRule {
  readonly id: string;
  readonly type: string;
  readonly values: Readonly<Record<string, string>>;
}

export function parseNewChannel(form: URLSearchParams): WantedChannel {
  const values = [...form].filter(([name, value]) => name.startsWith(VALUE) && value.trim() !== "")
    .map(([name, value]) => [name.slice(VALUE.length), value.trim()] as const);
  return {
    id: (form.get("id") ?? "").trim(),
    type: form.get("type") ?? "",
    values: Object.fromEntries(values),
    ...parseRuleForm(form),
  };
}

/**
 * Stores a channel for the caller: only a user at the machine may name addresses of its own network.
 *
 * @throws {FieldsError} with one sentence
 */
export async function addChannel(
  { channels }: AppContext,
  by: Principal | null,
  { id, type, values, ...wanted }: WantedChannel,
): Promise<void> {
  const rule = changeRule({}, wanted);
  await withFieldErrors(channels.add({ id, type, values, rule }, by?.kind === "local"));
}

/** Removes a channel. @throws {FieldsError} for a command of the config file, with where to remove it {HttpError} 404 */
export async function removeChannel({ channels }: Pick<AppContext, "channels">, id: string): Promise<void> {
  await requireChannel(withFieldErrors(channels.remove(id)));
}

/** Runs a change. @throws {FieldsError} with one sentence for what the caller can fix */
async function withFieldErrors<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    // By name, since bundles may hold two copies of the classes.
    const isForCaller = error instanceof Error &&
      (error.name === "ChannelSettingsError" || error.name === "VaultError");
    if (!isForCaller) throw error;
    throw new FieldsError([{ field: "", message: plain(error.message, MAX_PROBLEM).replace(/\.$/, "") }]);
  }
}

/** Changes what a channel takes. @throws {FieldsError} {HttpError} 404 */
export async function changeChannel({ channels }: AppContext, id: string, wanted: WantedRule): Promise<void> {
  const channel = (await channels.list()).find((one) => one.id === id);
  await requireChannel(
    channel === undefined ? Promise.resolve(false) : channels.setRule(id, changeRule(channel.rule, wanted)),
  );
}

/** Names a change for the record. @param enabled whether it was paused or resumed; undefined for neither */
export function changeWords(enabled: boolean | undefined): string {
  return enabled === undefined
    ? "changed a channel"
    : enabled
    ? "ended the pause of a channel"
    : "paused a channel";
}

/** Sends a test message and returns the result as one sentence. @throws {HttpError} 404 */
export async function testChannel({ channels }: AppContext, id: string) {
  const test = await channels.test(id, AbortSignal.timeout(TEST_MS));
  if (test === null) throw new HttpError(404, "There is no such channel");
  const { isTaken, tookMs, asked } = test;
  const problem = plain(test.problem, MAX_PROBLEM);
  const whom = asked.length === 0 ? "" : ` through ${asked.join(", ")}`;
  const name = plain(id, 40);
  const sentence = isTaken
    ? `${name} accepted the test message after ${tookMs} ms${whom}. Check that it arrived.`
    : `${name} did not accept the test message after ${tookMs} ms${whom}: ${problem}.`;
  return { ...test, problem, sentence };
}

/**
 * Runs the action that a form requests.
 *
 * @returns the word for what was done, or the sentence with the result of a test
 * @throws {FieldsError} {HttpError}
 */
export async function changeChannels(
  state: State,
  form: URLSearchParams,
): Promise<{ readonly done: string } | { readonly outcome: string }> {
  const { services, principal } = state;
  const id = form.get("id") ?? "";
  const note = (action: string) => state.done = { action, target: id.slice(0, 64) };
  switch (form.get("action")) {
    case "add":
      await addChannel(services, principal, parseNewChannel(form));
      note("added a channel");
      return { done: "added" };
    case "pause":
    case "resume": {
      const isPaused = form.get("action") === "pause";
      await requireChannel(services.channels.setEnabled(id, !isPaused));
      note(isPaused ? "paused a channel" : "ended the pause of a channel");
      return { done: isPaused ? "paused" : "resumed" };
    }
    case "change":
      await changeChannel(services, id, parseRuleForm(form));
      note("changed a channel");
      return { done: "changed" };
    case "remove":
      if (form.get("sure") === null) {
        return { outcome: "Nothing was changed. Tick the box to remove a channel." };
      }
      await removeChannel(services, id);
      note("removed a channel");
      return { done: "removed" };
    case "test": {
      const { sentence } = await testChannel(services, id);
      note("tested a channel");
      return { outcome: sentence };
    }
    default:
      throw new HttpError(400, "The form does not say what to do");
  }
}

/** @throws {HttpError} 404 */
export async function requireChannel(done: Promise<boolean>): Promise<void> {
  if (!await done) throw new HttpError(404, "There is no such channel");
}
