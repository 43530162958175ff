/** Polls for store tests, each computed by the engine as the poller does it. */
import { type AccountState, advance, emptyState } from "../../lib/model/engine/advance.ts";
import { STEPS } from "../../lib/model/engine/bucket.ts";
import type { Outcome } from "../../lib/model/outcome.ts";
import { type AccountKey, type QuotaKey, quotaKey, type Reading } from "../../lib/model/quota.ts";
import type { Poll, Store } from "../../lib/store/store.ts";
import { ACCOUNT, type FakePoll, MINUTE_MS, reading, utc } from "../support/readings.ts";

export const START = utc("2026-03-10 08:00");
export const QUOTA: QuotaKey = quotaKey(ACCOUNT, "five-hour");

export function createSuccess(at: number, account: AccountKey = ACCOUNT): Outcome {
  return {
    account,
    at,
    durationMs: 120,
    kind: "ok",
    failures: 0,
    nextAt: at + MINUTE_MS,
    nextReason: "interval",
    credential: "c0ffee",
  };
}

export function createFailure(at: number, fields: Partial<Outcome> = {}): Outcome {
  return {
    ...createSuccess(at),
    kind: "unavailable",
    hint: "The vendor does not answer",
    failures: 1,
    ...fields,
  };
}

export function pollsOf(
  polls: readonly FakePoll[],
  account: AccountKey = ACCOUNT,
  from: AccountState = emptyState(account),
): readonly Poll[] {
  let before = from;
  return polls.map((poll) => {
    const snapshot = { account, ...poll };
    const { state, changes } = advance(before, snapshot);
    before = state;
    return { snapshot, state, changes, outcome: createSuccess(poll.at, account) };
  });
}

/** Returns one reading of `QUOTA` per minute, with these values of `used`. */
export function minutes(used: readonly (number | null)[], account: AccountKey = ACCOUNT): readonly Poll[] {
  return pollsOf(
    used.map((value, i) => ({
      at: START + i * MINUTE_MS,
      readings: [reading({ used: value, resetsAt: START + 5 * 60 * MINUTE_MS })],
    })),
    account,
  );
}

export async function commitAll(store: Store, polls: readonly Poll[]): Promise<void> {
  for (const poll of polls) await store.commit(poll);
}

/** Returns a poll whose last change is invalid, so that a store reaches it after writing all others. */
export function spoil(poll: Poll, fields: Partial<Reading>): Poll {
  const readings = poll.snapshot.readings.map((reading) => ({ ...reading, ...fields }));
  const entries = poll.changes.filter((change) => change.kind === "entry");
  return {
    ...poll,
    snapshot: { ...poll.snapshot, readings },
    changes: [...poll.changes.filter((change) => change.kind !== "entry"), ...entries],
  };
}

const EVER = { from: 0, to: Number.MAX_SAFE_INTEGER };

/** Returns everything a store has about some quotas, to compare before and after. */
export async function readEverything(store: Store, quotas: readonly QuotaKey[]): Promise<unknown> {
  const latest = await store.latest();
  return {
    latest,
    sessions: await Promise.all(latest.map(({ account }) => store.sessions({ account, limit: 100_000 }))),
    outcomes: await Promise.all(latest.map(({ account }) => store.outcomes({ account, limit: 100_000 }))),
    quotas: await Promise.all(quotas.map(async (quota) => ({
      described: await store.describe(quota),
      readings: await store.readings({ quota }),
      cycles: await store.cycles({ quota, limit: 100_000 }),
      series: await Promise.all(STEPS.map((step) => store.series({ quota, step, ...EVER }))),
    }))),
  };
}
