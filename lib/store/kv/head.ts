/**
 * The data stored under an account's name: its state, its quotas, and its newest rows. One value, so that a poll
 * usually changes nothing else, and a check of it detects any change of the account.
 */
import type { AccountKey } from "../../model/quota.ts";
import { type AccountState, emptyState } from "../../model/engine/state.ts";
import { decode, encode } from "../rows.ts";
import { type QuotaDescription, StoreError } from "../store.ts";
import { type Entry, type KvDatabase, type Mutation, putText, type Stored } from "./database.ts";
import { freshId, KEYS } from "./keys.ts";
import { type Edits, isRemoved, type Row, type RowsBySeries, sortByTime, withRows } from "./series.ts";

export interface Head {
  /** The id under which its rows are stored. */
  readonly id: string;
  /** Time of the state; null before the first poll. */
  readonly at: number | null;
  readonly okAt: number | null;
  /** Increases whenever rows beside the head change, so that a reader can tell whether they match. */
  readonly epoch: number;
  /** The state as JSON; null before the first poll. */
  readonly state: string | null;
  /** By place, which never changes. */
  readonly quotas: readonly QuotaDescription[];
  /** The newest rows of each series; they override those in pieces. */
  readonly fresh: RowsBySeries;
  /** The newest outcome; null when there is none. */
  readonly outcome: Row | null;
}

/** A head as read. */
export interface FoundHead {
  readonly account: AccountKey;
  /** Null for an unknown account. */
  readonly head: Head | null;
  readonly stored: Stored | null;
  readonly versionstamp: string | null;
  /** The journal of a decided change that is not complete. */
  readonly pending: string | null;
}

export function newHead(): Head {
  return {
    id: freshId(),
    at: null,
    okAt: null,
    epoch: 0,
    state: null,
    quotas: [],
    fresh: {},
    outcome: null,
  };
}

/** JSON never contains this character. */
const BETWEEN = "\0";

export function putHead(account: AccountKey, head: Head, before: Stored | null): readonly Mutation[] {
  const { state, quotas, fresh, outcome, ...fields } = head;
  const text = [state ?? "", JSON.stringify({ quotas, fresh, outcome })].join(BETWEEN);
  return putText(KEYS.account(account), { account, ...fields, pending: null }, text, before);
}

/** Returns the same head, waiting for a change decided elsewhere. */
export function putPending(account: AccountKey, stored: Stored, journal: string): Mutation {
  return { key: KEYS.account(account), value: { ...stored, pending: journal } };
}

/** Returns null when its parts were replaced while it was read. */
export async function decodeHead(
  database: KvDatabase,
  account: AccountKey,
  entry: Entry | null,
): Promise<FoundHead | null> {
  if (!entry) return { account, head: null, stored: null, versionstamp: null, pending: null };
  const { value, versionstamp } = entry;
  const text = await database.textOf(value);
  if (text === null) return null;
  const cut = text.indexOf(BETWEEN);
  if (cut < 0) {
    throw new StoreError("corrupt", `The account "${account}" cannot be read`, "Import an export of it");
  }
  const { id, at, okAt, epoch, pending } = value as unknown as Head & { readonly pending: string | null };
  const rest = decode<Pick<Head, "quotas" | "fresh" | "outcome">>(text.slice(cut + 1), "account");
  const state = cut === 0 ? null : text.slice(0, cut);
  return { account, head: { id, at, okAt, epoch, state, ...rest }, stored: value, versionstamp, pending };
}

/** Returns the full name of an account, which its key may abbreviate. */
export function readAccount({ value }: Entry): AccountKey {
  return value.account as AccountKey;
}

export function decodeState(head: Head | null, account: AccountKey): AccountState {
  return head?.state == null ? emptyState(account) : decode<AccountState>(head.state, "state");
}

/** Reports whether a state is the stored one. */
export function isStoredState(head: Head | null, state: AccountState): boolean {
  const text = encode(state, "state");
  return text === (head?.state ?? encode(emptyState(state.account), "state"));
}

/** Returns the head with rows inserted, none of them in pieces yet. */
export function withEdits(head: Head, edits: Edits): Head {
  const fresh: Record<string, readonly Row[]> = { ...head.fresh };
  for (const [series, rows] of edits) {
    fresh[series] = withRows(fresh[series] ?? [], sortByTime(rows.values()));
  }
  const newest = sortByTime(edits.get("o")?.values() ?? []).findLast((row) => !isRemoved(row));
  const isNewer = newest !== undefined && (head.outcome === null || newest[0] >= head.outcome[0]);
  return { ...head, fresh, outcome: isNewer ? newest : head.outcome };
}
