/** The names of tables that exist once per kind. */
import type { Step } from "../model/engine/bucket.ts";
import type { DocKind } from "./store.ts";

/** Buckets have a table for each step, so that pruning the short ones never touches the long ones. */
export const BUCKET_TABLES: Readonly<Record<Step, string>> = {
  300_000: "five_minutes",
  3_600_000: "hours",
  86_400_000: "days",
};

/** `account_settings` because `accounts` holds the polled accounts. */
export const DOC_TABLES: Readonly<Record<DocKind, string>> = {
  settings: "settings",
  accounts: "account_settings",
  identities: "identities",
  renewals: "renewals",
  users: "users",
  logins: "logins",
  keys: "keys",
  passkeys: "passkeys",
  feeds: "feeds",
  notes: "notes",
  alerts: "alerts",
  alert_memory: "alert_memory",
  channels: "channels",
  outbox: "outbox",
  shared: "shared",
};
