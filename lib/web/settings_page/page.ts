/** Assembles the settings page. */
import type { FrameFacts } from "../../ui/Frame.tsx";
import type { Problems, Tab, TabView } from "../../ui/settings/kinds.ts";
import { TABS } from "../../ui/settings/kinds.ts";
import { plain } from "../../base/text.ts";
import { accountTitle, healthWord } from "../../ui/words.ts";
import { FieldsError } from "../failure.ts";
import { frameFacts } from "../frame.ts";
import type { State } from "../state.ts";
import { createQueryReader, type QueryReader } from "../tables/query_reader.ts";
import { noteText } from "../tables/common.ts";
import { bytesText, tabView } from "./views.ts";

export interface SettingsPage {
  readonly facts: FrameFacts;
  readonly view: TabView;
  readonly problems: Problems;
  readonly note: string;
  /** Tone of the remark. */
  readonly tone: "good" | "bad" | "plain";
}

/** Submitted values that were refused. */
export interface RefusedForm {
  readonly typed: URLSearchParams;
  readonly problems: Problems;
}

export async function settingsPage(
  state: State,
  query: URLSearchParams,
  refused?: RefusedForm,
): Promise<SettingsPage> {
  const reader = createQueryReader(query);
  const tab = reader.word("tab", TABS, "general");
  const facts = await frameFacts(state, "Settings");
  const adding = tab === "accounts" ? readSelectedProvider(state, reader) : null;
  const view = await tabView(tab, state.services, {
    zone: facts.zone,
    typed: refused?.typed ?? null,
    adding,
  });
  const problems = refused?.problems ?? {};
  const done = await describeDone(state, reader);
  const isRefused = refused !== undefined || await isFailing(state, reader);
  const wrong = Object.values(problems);
  const refusal = wrong.length === 0 ? "" : `Nothing was changed. ${[...new Set(wrong)].join(". ")}.`;
  const waiting = restartText(state.services.needRestart());
  return {
    facts,
    view,
    problems,
    note: [refusal, done, waiting, noteText(reader)].filter(Boolean).join(" "),
    tone: isRefused ? "bad" : done === "" ? "plain" : "good",
  };
}

/** Lists changes to a file that are not yet in force. */
function restartText(keys: readonly string[]): string {
  if (keys.length === 0) return "";
  const [are, take] = keys.length === 1 ? ["was", "takes"] : ["were", "take"];
  return `${keys.join(", ")} ${are} changed outside of the dashboard and ${take} effect at the next start.`;
}

/** The provider to add an account of, or null. */
function readSelectedProvider({ services }: State, reader: QueryReader): string | null {
  const ids = services.accounts.choices().map(({ id }) => id);
  return reader.word("add", ["", ...ids], "") || null;
}

export function parseTab(word: string | null): Tab | null {
  return TABS.find((tab) => tab === word) ?? null;
}

/** Returns the problems by field, or null for an error that names no fields. */
export function toProblems(error: unknown): Problems | null {
  if (!(error instanceof FieldsError)) return null;
  return Object.fromEntries(error.errors.map(({ field, message }) => [field, message]));
}

const DONE = [
  "none",
  "saved",
  "polled",
  "pruned",
  "vacuumed",
  "added",
  "changed",
  "renamed",
  "removed",
  "purged",
] as const;
const MAX_COUNT = Number.MAX_SAFE_INTEGER;

/** Describes the action done before the page was shown. */
async function describeDone({ services }: State, reader: QueryReader): Promise<string> {
  switch (reader.word("done", DONE, "none")) {
    case "none":
      return "";
    case "saved":
      return "Saved, and in force everywhere.";
    case "polled":
      return await describeAnswer(services, reader);
    case "pruned":
      return `Removed ${reader.count("count", 0, MAX_COUNT, 0)} expired rows.`;
    case "added":
      return `Stored ${await accountName(services, reader)}, encrypted. ${await describeAnswer(
        services,
        reader,
      )}`;
    case "changed":
      return `Changed ${await accountName(services, reader)}. ${await describeAnswer(services, reader)}`;
    case "renamed":
      return `Renamed to ${await accountName(services, reader)}, along with its history.`;
    case "removed":
      return `Removed ${await accountName(services, reader)}; its history stays.`;
    case "purged":
      return `Removed ${await accountName(services, reader)} and its history.`;
    case "vacuumed":
      return `Freed ${bytesText(reader.count("count", 0, MAX_COUNT, 0))}.`;
  }
}

/** Reports whether the account of the remark could not be read. */
async function isFailing({ services }: State, reader: QueryReader): Promise<boolean> {
  if (!["polled", "added", "changed"].includes(reader.text("done") ?? "")) return false;
  const { accounts } = await services.dashboard({ withHidden: true });
  return accounts.some(({ key, health }) => key === reader.text("account") && health.failure !== null);
}

/** Describes the outcome of polling the account. */
async function describeAnswer({ dashboard }: State["services"], reader: QueryReader): Promise<string> {
  const { accounts, at } = await dashboard({ withHidden: true });
  const account = accounts.find(({ key }) => key === reader.text("account"));
  if (!account) return "Polled; there is no answer yet.";
  const { health, quotas } = account;
  const hint = health.failure === null || health.hint === null ? "" : ` ${health.hint}.`;
  const word = health.failure === null
    ? `${quotas.length} ${quotas.length === 1 ? "quota was" : "quotas were"} read`
    : healthWord(account, at);
  return `${accountTitle(account)}: ${word}.${hint}`;
}

/** Names the account. The URL may hold anything, so only an existing account is called by its name. */
async function accountName({ accounts }: State["services"], reader: QueryReader): Promise<string> {
  const key = reader.text("account");
  const known = (await accounts.list()).find((one) => one.key === key);
  return known ? plain(known.key, 200) : "the account";
}
