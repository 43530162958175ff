/**
 * Imports the readings of a file like polls: through the engine, in time order, in a separate database that
 * blocks nothing, while the file is still being checked. Then copies the result in one transaction.
 */
import type { ImportedReading } from "../formats/import_rows.ts";
import { harmless } from "../base/text.ts";
import { emptyState, type Rules } from "../model/engine/advance.ts";
import type { AccountKey, Reading } from "../model/quota.ts";
import type { Store } from "../store/store.ts";
import { type StagedAccount, stagedAccount } from "./import_account.ts";
import type { AccountPlan } from "./import_check.ts";
import { TransferError } from "./transfer_error.ts";

type Stored = Pick<Store, "recall" | "readings" | "describe" | "terms">;

export interface StagingParts {
  /** The stored data; null when there is no database yet. */
  readonly store: Stored | null;
  /** Returns an empty store, discarded afterwards; called once, when there is something to add. */
  readonly stage: () => Promise<Store>;
  readonly rules: Rules;
  /** Called from time to time with the number of new readings. */
  readonly onProgress: (readings: number) => void;
}

export interface Staging {
  /** Ends the previous poll, if this row belongs to another; await it before checking the row. */
  before(row: ImportedReading): Promise<void> | undefined;
  /** Takes a checked row. @param planned the plan of its account, as far as it was checked */
  take(row: ImportedReading, planned: AccountPlan): void;
  /** Completes the import; call after the last row. Resolves to the number of new readings. */
  end(): Promise<number>;
  /** Adds all of it or nothing. @throws {TransferError} */
  adoptInto(store: Pick<Store, "recall" | "adopt">): Promise<void>;
}

/** Readings between progress reports. */
const TELL_EVERY = 10_000;
/** A polling server may get ahead of the import a few times, but not forever. */
const MAX_TRIES = 5;
const NOTHING: Pick<Store, "readings" | "describe" | "terms"> = {
  readings: () => Promise.resolve([]),
  describe: () => Promise.resolve(null),
  terms: () => Promise.resolve([]),
};

interface OpenPoll {
  readonly account: AccountKey;
  readonly at: number;
  readonly plan: string | null;
  readonly readings: Reading[];
  readonly planned: AccountPlan;
}

export function createStaging({ store, stage, rules, onProgress }: StagingParts): Staging {
  const staged = new Map<AccountKey, StagedAccount>();
  let into: Store | undefined;
  let open: OpenPoll | undefined;
  let added = 0;
  let reported = 0;

  async function stageAccount(account: AccountKey, { newest, late }: AccountPlan): Promise<StagedAccount> {
    const from = await store?.recall(account) ?? emptyState(account);
    if (from.at !== newest) throw createChangedError("The database changed during the import");
    into ??= await stage();
    // Late rows precede all newer ones, so it is known by now whether there are any.
    const one = stagedAccount({ account, store: store ?? NOTHING, stage: into, from, anew: late > 0, rules });
    staged.set(account, one);
    return one;
  }

  function count(readings: number): void {
    added += readings;
    if (added - reported >= TELL_EVERY) onProgress(reported = added);
  }

  function close(): Promise<void> | undefined {
    if (!open) return;
    const poll = open;
    open = undefined;
    const { planned, account, at } = poll;
    // All of it is stored, and nothing before it has to be recomputed.
    if (planned.late === 0 && planned.newest !== null && at <= planned.newest) return;
    const known = staged.get(account);
    const taken = known ? known.take(poll) : stageAccount(account, planned).then((one) => one.take(poll));
    if (typeof taken !== "number") return taken.then(count);
    count(taken);
  }

  return {
    before: ({ account, at }) => open && (open.account !== account || open.at !== at) ? close() : undefined,
    take({ account, at, plan, reading }, planned) {
      open ??= { account, at, plan: plan === null ? null : harmless(plan), readings: [], planned };
      const label = harmless(reading.label);
      open.readings.push(label === reading.label ? reading : { ...reading, label });
    },
    async end() {
      await close();
      for (const one of staged.values()) await one.end();
      return added;
    },
    async adoptInto(store) {
      if (!into) return;
      for (let tries = 0; tries < MAX_TRIES; tries++) {
        const moved = await store.adopt(into, [...staged.values()].map((one) => one.adopted()));
        if (moved.length === 0) return;
        for (const account of moved) {
          const caughtUp = await staged.get(account)?.catchUp(await store.recall(account));
          if (!caughtUp) {
            throw createChangedError(`The database changed during the import, by a poll of "${account}"`);
          }
        }
      }
      throw createChangedError(`The database keeps changing: ${staged.size} accounts are being polled`);
    },
  };
}

function createChangedError(what: string): Error {
  return new TransferError(what, "Nothing was imported; try again");
}
