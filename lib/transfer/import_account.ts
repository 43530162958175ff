/**
 * Computes the history of one account after an import, in a separate store: from the end of the stored
 * history when all imported readings are newer, otherwise from the beginning, out of both.
 */
import { type AccountState, advance, type Change, emptyState, type Rules } from "../model/engine/advance.ts";
import type { AccountKey, Reading, Snapshot } from "../model/quota.ts";
import type { AdoptedAccount, Poll, Store } from "../store/store.ts";
import { readStoredSnapshots, type StoredSnapshot } from "./stored_snapshots.ts";

/** One poll from a file. */
export interface FilePoll {
  readonly at: number;
  readonly plan: string | null;
  readonly readings: readonly Reading[];
}

export interface ImportAccountParts {
  readonly account: AccountKey;
  /** The store with the account's current data. */
  readonly store: Pick<Store, "readings" | "describe" | "terms">;
  /** The store in which to compute the new history. */
  readonly stage: Pick<Store, "commitAll">;
  /** The stored state. */
  readonly from: AccountState;
  /** True to replay the stored readings too. */
  readonly anew: boolean;
  readonly rules: Rules;
}

export interface StagedAccount {
  /** Adds a poll; call in time order, and await it. Returns how many of its readings were new. */
  take(poll: FilePoll): number | Promise<number>;
  /** Adds the remaining stored readings. */
  end(): Promise<void>;
  /** Adds what was stored in the meantime, up to `state`; returns false when that requires a replay from the start. */
  catchUp(state: AccountState): Promise<boolean>;
  adopted(): AdoptedAccount;
}

/** Polls written at once: few enough that the waiting ones are collected as young garbage. */
const BATCH = 512;

export function stagedAccount(parts: ImportAccountParts): StagedAccount {
  const { account, store, stage, from, anew, rules } = parts;
  const corrections: Change[] = [];
  const past = anew ? readStoredSnapshots(store, from) : null;
  let base = from;
  let state = anew ? emptyState(account) : from;
  let batch: Poll[] = [];
  let waiting: StoredSnapshot | null | undefined;

  async function next(): Promise<StoredSnapshot | null> {
    if (waiting === undefined) waiting = (await past?.next())?.value ?? null;
    return waiting;
  }

  /** Returns the pending write to await, if any. */
  function put(at: number, readings: readonly Reading[], plan: string | null): Promise<void> | undefined {
    const snapshot: Snapshot = {
      account,
      at,
      readings,
      ...plan === null ? {} : { plan },
      ...hasLocalSource(readings) && { partial: true },
    };
    const step = advance(state, snapshot, rules);
    state = step.state;
    if (!anew) {
      for (const change of step.changes) if (correctsBefore(change, base.at ?? 0)) corrections.push(change);
    }
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
    batch.push({ snapshot, changes: step.changes, state, outcome });
    return batch.length >= BATCH ? flush() : undefined;
  }

  async function flush(): Promise<void> {
    await stage.commitAll(batch);
    batch = [];
  }

  async function merge({ at, plan, readings }: FilePoll): Promise<number> {
    for (let before = await next(); before && before.at < at; before = await next()) {
      await put(before.at, before.readings, before.plan);
      waiting = undefined;
    }
    const same = await next();
    const known = same?.at === at ? same.readings : [];
    if (known.length > 0) waiting = undefined;
    const added = readings.filter(({ quota }) => !known.some((one) => one.quota === quota));
    await put(at, [...known, ...added], plan);
    return added.length;
  }

  return {
    take(poll) {
      if (anew) return merge(poll);
      const { length } = poll.readings;
      return put(poll.at, poll.readings, poll.plan)?.then(() => length) ?? length;
    },
    async end() {
      for (let rest = await next(); rest; rest = await next()) {
        await put(rest.at, rest.readings, rest.plan);
        waiting = undefined;
      }
      // The last poll may have contained no readings.
      if (anew && from.at !== null && (state.at ?? 0) < from.at) await put(from.at, [], from.plan);
      await flush();
    },
    async catchUp(now) {
      if (!anew || now.at === null || now.at <= (state.at ?? 0)) return false;
      for await (const { at, plan, readings } of readStoredSnapshots(store, now, (base.at ?? 0) + 1)) {
        if (at <= (state.at ?? 0)) return false;
        await put(at, readings, plan);
      }
      if ((state.at ?? 0) < now.at) await put(now.at, [], now.plan);
      await flush();
      base = now;
      return true;
    },
    adopted: () => ({ account, at: base.at, whole: anew, corrections }),
  };
}

/** Reports whether all readings are local: then they say nothing about the quotas they do not name. */
function hasLocalSource(readings: readonly Reading[]): boolean {
  return readings.length > 0 && readings.every(({ source }) => source !== undefined);
}

/** Reports whether a change concerns data stored up to `at`, not data in the stage. */
function correctsBefore(change: Change, at: number): boolean {
  switch (change.kind) {
    case "adjust":
      return change.at <= at;
    case "void-cycle":
    case "void-session":
      return change.startedAt <= at;
    default:
      return false;
  }
}
