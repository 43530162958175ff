/** Adds missing rows to the past and leaves stored ones unchanged. */
import { type AccountKey, splitQuotaKey } from "../../model/quota.ts";
import type { PastRow } from "../store.ts";
import type { Accounts } from "./accounts.ts";
import { findPlace, readAllRows } from "./change_account.ts";
import type { Mutation } from "./database.ts";
import { fold } from "./fold.ts";
import { type FoundHead, withEdits } from "./head.ts";
import type { HeadChange } from "./journal.ts";
import { bucketRow, cycleRow, sessionRow } from "./rows_of.ts";
import { edit, type Edits, type Row, SERIES } from "./series.ts";

/** @param exactly stores nothing when another number of rows would be stored */
export async function supplement(
  accounts: Accounts,
  batches: Iterable<readonly PastRow[]> | AsyncIterable<readonly PastRow[]>,
  exactly?: number,
): Promise<number> {
  // Batches can be read only once, and a change may have to be planned again.
  const gathered: GatheredRow[] = [];
  for await (const rows of batches) for (const row of rows) gathered.push(createRow(row));
  return await accounts.change(async () => {
    const changes = new Map<AccountKey, { readonly found: FoundHead; readonly edits: Edits }>();
    const stored = new Map<string, ReadonlySet<number>>();
    let added = 0;
    for (const { account, seriesOf, row } of gathered) {
      let change = changes.get(account);
      if (!change) changes.set(account, change = { found: await accounts.find(account), edits: new Map() });
      const { found: { head }, edits } = change;
      const series = head && seriesOf((quota) => findPlace(head, quota));
      if (!head || series === null) continue;
      const key = `${account} ${series}`;
      let known = stored.get(key);
      if (!known) {
        const rows = await readAllRows(accounts, head, series);
        if (!rows) return null;
        stored.set(key, known = new Set(rows.map(([at]) => at)));
      }
      if (known.has(row[0]) || edits.get(series)?.has(row[0])) continue;
      edit(edits, series, row);
      added++;
    }
    if (added === 0 || exactly !== undefined && added !== exactly) return { result: added };
    const heads: HeadChange[] = [];
    const mutations: Mutation[] = [];
    for (const { found, edits } of changes.values()) {
      if (!found.head || edits.size === 0) continue;
      const folded = await fold(accounts.database, withEdits(found.head, edits));
      if (!folded) return null;
      heads.push({ found, head: folded.head });
      mutations.push(...folded.mutations);
    }
    return { transaction: { heads, mutations }, result: added };
  });
}

interface GatheredRow {
  readonly account: AccountKey;
  /** Returns null for an unknown quota. */
  readonly seriesOf: (place: (quota: string) => number) => string | null;
  readonly row: Row;
}

function createRow(past: PastRow): GatheredRow {
  if (past.kind === "session") {
    const { session } = past;
    return { account: session.account, seriesOf: () => SERIES.sessions, row: sessionRow(session) };
  }
  const { account, quota } = splitQuotaKey(past.kind === "bucket" ? past.quota : past.cycle.quota);
  const at = (seriesOf: (place: number) => string) => (placeOf: (quota: string) => number) => {
    const place = placeOf(quota);
    return place < 0 ? null : seriesOf(place);
  };
  if (past.kind === "cycle") return { account, seriesOf: at(SERIES.cycles), row: cycleRow(past.cycle) };
  const { bucket } = past;
  return { account, seriesOf: at((place) => SERIES.buckets(place, bucket.step)), row: bucketRow(bucket) };
}
