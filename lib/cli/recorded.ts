/**
 * The audit record's name for what each command changes or exports; null for commands that only read, for
 * what a timer does by itself, and for starting and stopping the server, which its log records.
 */
import type { AccountAction } from "./table_accounts.ts";
import type { KEY_ACTIONS, TOKEN_ACTIONS, USER_ACTIONS } from "./table_access.ts";
import type { AlertAction, ChannelAction, FeedAction } from "./table_alerts.ts";
import type { NoteAction } from "./table_notes.ts";
import type { ServiceAction } from "./table_daemon.ts";
import type { StatuslineAction } from "./table_statusline.ts";
import type { CommandName, ConfigAction, DbAction, Typed } from "./table.ts";

type Words = string | null;
type ByAction<Action extends string> = Readonly<Record<Action, Words>>;

const account: ByAction<AccountAction> = {
  add: "added an account",
  list: null,
  rename: "changed an account",
  enable: "changed an account",
  disable: "changed an account",
  hide: "changed an account",
  show: "changed an account",
  refresh: "changed an account",
  remove: "removed an account",
};
const alerts: ByAction<AlertAction> = {
  list: null,
  explain: null,
  snooze: "changed alerts",
  unsnooze: "changed alerts",
  send: null,
  test: "tested a channel",
  replay: null,
  budget: "changed alerts",
};
const channels: ByAction<ChannelAction> = {
  list: null,
  types: null,
  add: "added a channel",
  change: "changed a channel",
  remove: "removed a channel",
  test: "tested a channel",
};
const config: ByAction<ConfigAction> = { check: null, init: "wrote the config file", path: null };
const db: ByAction<DbAction> = {
  check: null,
  backup: "took a backup",
  restore: "restored a backup",
  prune: "pruned the database",
  vacuum: "compacted the database",
  size: null,
};
const feeds: ByAction<FeedAction> = { list: null, add: "made a feed", revoke: "revoked a feed" };
const key: ByAction<typeof KEY_ACTIONS[number]> = {
  create: "made a key",
  list: null,
  revoke: "revoked a key",
  rotate: "changed the key of stored secrets",
};
const notes: ByAction<NoteAction> = {
  list: null,
  add: "added a note",
  change: "changed a note",
  remove: "removed a note",
};
const service: ByAction<ServiceAction> = {
  install: "installed the service",
  uninstall: "removed the service",
  status: null,
};
const statusline: ByAction<StatuslineAction> = {
  install: "installed the status line",
  uninstall: "removed the status line",
};
const token: ByAction<typeof TOKEN_ACTIONS[number]> = { generate: "made a token" };
const user: ByAction<typeof USER_ACTIONS[number]> = {
  list: null,
  add: "added a person",
  remove: "removed a person",
  role: "changed a person",
  reset: "reset a password",
};

/** By command, and by its first operand when that is the action. */
export const RECORDED: Readonly<Record<CommandName, Words | ByAction<string>>> = {
  account,
  alerts,
  audit: null,
  backtest: null,
  channels,
  chart: null,
  collect: "polled by hand",
  completion: null,
  config,
  cycles: null,
  db,
  demo: null,
  doctor: null,
  export: "exported",
  feeds,
  forecast: null,
  guard: null,
  health: null,
  history: null,
  horizon: null,
  import: "imported",
  insights: null,
  key,
  logs: null,
  notes,
  open: null,
  providers: null,
  query: null,
  restart: null,
  serve: null,
  service,
  sessions: null,
  setup: "wrote the config file",
  start: null,
  spend: null,
  stats: null,
  status: null,
  statusline,
  stop: null,
  token,
  // By then the database may have a schema that only the new version can read.
  update: null,
  user,
  watch: null,
};

/** Null when nothing is recorded. */
export function wordsFor({ command, operands }: Pick<Typed, "command" | "operands">): Words {
  const words = RECORDED[command];
  return typeof words === "object" && words !== null ? words[operands[0] ?? ""] ?? null : words;
}
