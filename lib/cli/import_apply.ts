/** Takes the readings of a file in as polls are taken in: through the engine, in order of time. */
import type { ImportedRow } from "../dialects/import_rows.ts";
import { type AccountState, advance, type Rules } from "../model/advance.ts";
import type { AccountKey, Reading, Snapshot } from "../model/quota.ts";
import type { Store } from "../store/store.ts";
import type { ImportPlan } from "./import_check.ts";
import { failure } from "./io.ts";

export interface ImportParts {
  readonly store: Pick<Store, "recall" | "commit">;
  readonly plan: ImportPlan;
  readonly rulesOf: (account: AccountKey) => Rules;
  /** Told now and then how many readings were added. */
  readonly onProgress: (readings: number) => void;
}

/** How often progress is told, in readings. */
const TELL_EVERY = 10_000;

/**
 * To be called within one transaction: whatever it throws undoes all of it.
 *
 * @param rows those that were checked, once more from the beginning
 */
export async function applyRows(
  rows: AsyncIterable<{ readonly row: ImportedRow }>,
  parts: ImportParts,
): Promise<void> {
  const { plan, store, rulesOf, onProgress } = parts;
  const states = new Map<AccountKey, AccountState>();
  let open: { account: AccountKey; at: number; plan: string | null; readings: Reading[] } | undefined;
  let added = 0;
  let told = 0;

  async function stateOf(account: AccountKey): Promise<AccountState> {
    const known = states.get(account);
    if (known) return known;
    const state = await store.recall(account);
    if (state.at !== (plan.newest.get(account) ?? null)) {
      throw changed("The database was written to meanwhile");
    }
    return state;
  }

  async function close(): Promise<void> {
    if (!open) return;
    const { account, at, readings } = open;
    const snapshot: Snapshot = { account, at, readings, ...open.plan === null ? {} : { plan: open.plan } };
    const { state, changes } = advance(await stateOf(account), snapshot, rulesOf(account));
    const outcome = {
      account,
      at,
      durationMs: 0,
      kind: "ok",
      failures: 0,
      nextAt: null,
      nextReason: "imported",
      credential: null,
    } as const;
    if (!await store.commit({ snapshot, changes, state, outcome })) {
      throw changed("The database was written to meanwhile");
    }
    states.set(account, state);
    added += readings.length;
    if (added - told >= TELL_EVERY) onProgress(told = added);
    open = undefined;
  }

  for await (const { row } of rows) {
    const { account, at, reading } = row;
    const newest = plan.newest.get(account);
    if (newest === undefined) throw changed("The file has changed while it was read");
    if (newest !== null && at <= newest) continue;
    if (open && (open.account !== account || open.at !== at)) await close();
    open ??= { account, at, plan: row.plan, readings: [] };
    open.readings.push(reading);
  }
  await close();
  if (added !== plan.readings) throw changed("The file has changed while it was read");
}

function changed(what: string): Error {
  return failure(what, "Nothing was imported; try again");
}
