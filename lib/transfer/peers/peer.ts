/**
 * Reads another tracker's history as rows of an import: its readings in time order, and no derived data.
 * The engine computes cycles, sessions and sums.
 */
import type { ImportedReading } from "../../formats/import_rows.ts";
import { type AccountKey, accountKey } from "../../model/quota.ts";
import { TransferError } from "../transfer_error.ts";
import { onwatchSources } from "./onwatch.ts";
import type { PeerDatabase } from "./peer_database.ts";
import { Order, rowsInOrder } from "./peer_rows.ts";
import type { PeerHistory, PeerSource } from "./peer_source.ts";
import { instantOfPeer } from "./peer_values.ts";
import { monitorSources } from "./ai_usage_monitor.ts";
import { quotaSources } from "./syntrack.ts";
import { trackerSources } from "./synthetic_tracker.ts";

export const PEERS = ["synthetic-tracker", "syntrack", "onwatch", "ai-usage-monitor"] as const;
export type Peer = typeof PEERS[number];

export interface PeerReport {
  /** By table: rows read, and readings they gave. */
  readonly taken: Map<string, { rows: number; readings: number }>;
  /** By table and reason: how many rows, or figures in them, were skipped. */
  readonly left: Map<string, number>;
}

const HISTORIES: Readonly<Record<Peer, (db: PeerDatabase) => PeerHistory>> = {
  "synthetic-tracker": trackerSources,
  syntrack: quotaSources,
  onwatch: onwatchSources,
  "ai-usage-monitor": monitorSources,
};

/** A later reading would block real ones. */
const MAX_AHEAD_MS = 5 * 60_000;

/** Reads the history once. @param report is filled in the process. @throws {TransferError} */
export function* peerRows(
  db: PeerDatabase,
  peer: Peer,
  now: number,
  report: PeerReport,
): Generator<ImportedReading> {
  const { groups, skippedTables } = HISTORIES[peer](db);
  const known = groups.flat().filter(({ table }) => db.tables.has(table));
  if (known.length === 0) {
    const tables = [...db.tables.keys()].slice(0, 12).join(", ") || "none";
    throw new TransferError(
      `This is not a database of ${peer}: it has none of its tables (there are: ${tables})`,
      `--from accepts ${PEERS.join(", ")}. Nothing was imported`,
    );
  }
  for (const group of groups) yield* groupRows(db, group, now, report);
  for (const { table, values } of known) {
    const count = values === undefined ? 0 : db.countOrphans(values.table, values.column, table);
    if (count > 0) report.left.set(`${values!.table}: the row they belong to is missing`, count);
  }
  const read = new Set(known.map(({ table }) => table));
  for (const table of db.tables.keys()) {
    const count = read.has(table) ? 0 : db.count(table);
    const why = skippedTables[table] ?? reasonFor(table);
    if (count > 0 && why !== "") report.left.set(`${table}: ${why}`, count);
  }
}

function* groupRows(
  db: PeerDatabase,
  group: readonly PeerSource[],
  now: number,
  report: PeerReport,
): Generator<ImportedReading> {
  const sources = group.filter(({ table }) => db.tables.has(table));
  let at = Number.NaN;
  let polls = new Map<AccountKey, Map<string, ImportedReading>>();
  for (const one of rowsInOrder(db, sources, readOrder(db, sources, now, report))) {
    if (one.at !== at) {
      for (const poll of polls.values()) yield* poll.values();
      at = one.at;
      polls = new Map();
    }
    const { source } = one;
    const poll = source.read(one.row, one.values);
    if (typeof poll === "string") {
      count(report, source.table, poll);
      continue;
    }
    const account = accountKey(poll.provider, poll.name);
    const own = polls.get(account) ?? new Map<string, ImportedReading>();
    polls.set(account, own);
    const taken = report.taken.get(source.table) ?? { rows: 0, readings: 0 };
    taken.rows++;
    report.taken.set(source.table, taken);
    for (const reading of poll.readings) {
      if ("left" in reading) count(report, source.table, reading.left);
      else if (own.has(reading.quota)) {
        count(report, source.table, "a second figure for the same quota and time");
      } else {
        taken.readings++;
        own.set(reading.quota, { what: "readings", account, plan: poll.plan, at, reading });
      }
    }
  }
  for (const poll of polls.values()) yield* poll.values();
}

/** Sorts by instant, because times as text do not sort in time order, and fetches the rows by their numbers. */
function readOrder(
  db: PeerDatabase,
  sources: readonly PeerSource[],
  now: number,
  report: PeerReport,
): Order {
  const order = new Order();
  for (const [source, { table, timeColumn }] of sources.entries()) {
    if (!db.tables.get(table)?.includes(timeColumn)) {
      throw new TransferError(
        `The table "${table}" has no column "${timeColumn}": unknown schema`,
        "Nothing was imported. Please report it with the version of the other tracker",
      );
    }
    for (const row of db.rows(table, [timeColumn])) {
      const at = instantOfPeer(row[timeColumn]);
      if (at === null) count(report, table, "an unreadable time");
      else if (at > now + MAX_AHEAD_MS) count(report, table, "a time in the future");
      else order.add({ at, source, id: Number(row.rowid) });
    }
  }
  return order;
}

function count(report: PeerReport, table: string, why: string): void {
  const key = `${table}: ${why}`;
  report.left.set(key, (report.left.get(key) ?? 0) + 1);
}

/** Returns why a table that no source names is skipped. */
function reasonFor(table: string): string {
  if (/(?:^|_)reset_cycles$/.test(table)) return "cycles are computed from the readings";
  if (/^(?:sessions)$/.test(table)) return "sessions are computed from the readings";
  if (/^(?:users|auth_tokens|api_keys|push_subscriptions|provider_accounts|services)$/.test(table)) {
    return "users, keys and logins are not imported";
  }
  if (
    /^(?:settings|schema_version|migrations|notification_log|system_alerts|drizzle|.*_state)$/.test(table)
  ) {
    return "settings and notes of the other tracker";
  }
  if (/_(?:quota|model)_values$/.test(table)) return "";
  return "unknown table";
}
