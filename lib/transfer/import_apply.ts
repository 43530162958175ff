/**
 * Imports the readings of a file like polls: through the engine, in time order, in a separate database that
 * blocks nothing. Then copies the result in one transaction.
 */
import type { ImportedReading } from "../formats/import_rows.ts";
import type { Rules } from "../model/engine/advance.ts";
import type { AccountKey, Reading } from "../model/quota.ts";
import type { Store } from "../store/store.ts";
import { type StagedAccount, stagedAccount } from "./import_account.ts";
import type { ImportPlan } from "./import_check.ts";
import { TransferError } from "./transfer_error.ts";

export interface ImportParts {
  readonly store: Pick<Store, "recall" | "readings" | "describe" | "terms" | "adopt">;
  /** Empty; discarded afterwards. */
  readonly stage: Store;
  readonly plan: ImportPlan;
  readonly rules: Rules;
  /** Called now and then with the number of readings added. */
  readonly onProgress: (readings: number) => void;
}

/** Readings between progress reports. */
const TELL_EVERY = 10_000;
/** A polling server may get ahead of the import a few times, but not forever. */
const MAX_TRIES = 5;

/** Applies all rows or none. @param rows the checked rows, once more from the start */
export async function applyRows(rows: AsyncIterable<ImportedReading>, parts: ImportParts): Promise<void> {
  const { store, plan } = parts;
  const staged = await stageRows(rows, parts);
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const moved = await store.adopt(parts.stage, [...staged.values()].map((one) => one.adopted()));
    if (moved.length === 0) return;
    for (const account of moved) {
      const caughtUp = await staged.get(account)?.catchUp(await store.recall(account));
      if (!caughtUp) throw changed(`The database was written to meanwhile, by a poll of "${account}"`);
    }
  }
  throw changed(`The database is written to all the time, by polls of ${plan.accounts.size} accounts`);
}

async function stageRows(
  rows: AsyncIterable<ImportedReading>,
  { store, stage, plan, rules, onProgress }: ImportParts,
): Promise<ReadonlyMap<AccountKey, StagedAccount>> {
  const staged = new Map<AccountKey, StagedAccount>();
  let open: { account: AccountKey; at: number; plan: string | null; readings: Reading[] } | undefined;
  let added = 0;
  let reported = 0;

  async function stagedOf(account: AccountKey): Promise<StagedAccount> {
    const known = staged.get(account);
    if (known) return known;
    const from = await store.recall(account);
    const { newest, late } = plan.accounts.get(account) ?? {};
    if (from.at !== newest) throw changed("The database was written to meanwhile");
    const anew = late !== undefined && late > 0;
    const one = stagedAccount({ account, store, stage, from, anew, rules });
    staged.set(account, one);
    return one;
  }

  async function close(): Promise<void> {
    if (!open) return;
    added += await (await stagedOf(open.account)).take(open);
    if (added - reported >= TELL_EVERY) onProgress(reported = added);
    open = undefined;
  }

  for await (const { account, at, plan: name, reading } of rows) {
    const planned = plan.accounts.get(account);
    if (!planned) throw changed("The file has changed while it was read");
    if (planned.added === 0) continue;
    if (planned.late === 0 && planned.newest !== null && at <= planned.newest) continue;
    if (open && (open.account !== account || open.at !== at)) await close();
    open ??= { account, at, plan: name, readings: [] };
    open.readings.push(reading);
  }
  await close();
  for (const one of staged.values()) await one.end();
  if (added !== plan.readings) throw changed("The file has changed while it was read");
  return staged;
}

function changed(what: string): Error {
  return new TransferError(what, "Nothing was imported; try again");
}
