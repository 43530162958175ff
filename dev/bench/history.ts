/**
 * Synthetic history for benchmarks and demonstrations: accounts with quotas that rise
 * during working hours and reset on time, passed through the engine poll by poll, as the
 * poller does. The same options always give the same history.
 */
import { DAY_MS } from "../../lib/model/duration.ts";
import { advance, emptyState } from "../../lib/model/engine/advance.ts";
import { type AccountKey, accountKey, type QuotaKey, quotaKey, type Reading } from "../../lib/model/quota.ts";
import type { Poll, Store } from "../../lib/store/store.ts";

export interface HistoryOptions {
  readonly accounts: number;
  /** Number of quotas of each account. */
  readonly quotas: number;
  readonly days: number;
  /**
   * Between two polls of an account, in milliseconds.
   * @default {60000}
   */
  readonly stepMs?: number;
  /** The last poll, epoch milliseconds. */
  readonly endAt: number;
}

export interface Filled {
  readonly accounts: readonly AccountKey[];
  readonly quotas: readonly QuotaKey[];
  readonly polls: number;
  readonly readings: number;
}

/** Polls written at once. */
const BATCH = 2_000;

/** Typical quotas of vendors; an account with more quotas repeats some. */
const SHAPES: readonly Pick<Reading, "quota" | "label" | "unit" | "limit" | "window">[] = [
  {
    quota: "five-hour",
    label: "5-hour limit",
    unit: "percent",
    limit: 100,
    window: { kind: "fixed", seconds: 18_000 },
  },
  {
    quota: "seven-day",
    label: "7-day limit",
    unit: "percent",
    limit: 100,
    window: { kind: "fixed", seconds: 604_800 },
  },
  {
    quota: "subscription",
    label: "Requests",
    unit: "requests",
    limit: 135,
    window: { kind: "fixed", seconds: 14_400 },
  },
  {
    quota: "credits",
    label: "Credits",
    unit: "usd",
    limit: null,
    window: { kind: "balance", seconds: null },
  },
];

/** Fills `store` and returns what it added. */
export async function fillHistory(store: Store, options: HistoryOptions): Promise<Filled> {
  const stepMs = options.stepMs ?? 60_000;
  const polls = Math.floor(options.days * DAY_MS / stepMs);
  const accounts = Array.from({ length: options.accounts }, (_, i) => accountKey("demo", `account-${i + 1}`));
  const quotas: QuotaKey[] = [];
  for (const [index, account] of accounts.entries()) {
    const sources = Array.from({ length: options.quotas }, (_, i) => createSource(i, index * 97 + i + 1));
    quotas.push(...sources.map(({ id }) => quotaKey(account, id)));
    // Accounts are polled one after another, not all in the same millisecond.
    const endAt = options.endAt - index * Math.floor(stepMs / (options.accounts + 1));
    let state = await store.recall(account);
    let batch: Poll[] = [];
    for (let at = endAt - (polls - 1) * stepMs; at <= endAt; at += stepMs) {
      const snapshot = { account, at, readings: sources.map(({ read }) => read(at, stepMs)), plan: "Pro" };
      const next = advance(state.at === null ? emptyState(account) : state, snapshot);
      state = next.state;
      const outcome = {
        account,
        at,
        durationMs: 180 + at % 97,
        kind: "ok",
        failures: 0,
        nextAt: at + stepMs,
        nextReason: "interval",
        credential: "6f1d2c9ab03e",
      } as const;
      batch.push({ snapshot, state, changes: next.changes, outcome });
      if (batch.length < BATCH) continue;
      await store.commitAll(batch);
      batch = [];
    }
    await store.commitAll(batch);
  }
  return { accounts, quotas, polls: polls * accounts.length, readings: polls * quotas.length };
}

interface Source {
  readonly id: string;
  readonly read: (at: number, stepMs: number) => Reading;
}

function createSource(index: number, seed: number): Source {
  const shape = SHAPES[index % SHAPES.length]!;
  const round = Math.floor(index / SHAPES.length);
  const id = round === 0 ? shape.quota : `${shape.quota}-${round + 1}`;
  const random = createRandom(seed);
  const { seconds } = shape.window;
  let used = 0;
  let left = 40;
  let resetsAt = 0;
  return {
    id,
    read(at, stepMs) {
      if (seconds !== null && at >= resetsAt) {
        resetsAt = (Math.floor(at / (seconds * 1000)) + 1) * seconds * 1000;
        used = 0;
      }
      const rise = isWorking(at) && random() < 0.4 ? random() * stepMs : 0;
      if (shape.limit === null) {
        left = left < 1 ? 40 : left - rise / DAY_MS * 20;
        const remaining = Math.round(left * 100) / 100;
        return { ...shape, quota: id, used: null, remaining, resetsAt: null };
      }
      used = Math.min(shape.limit, used + rise / (seconds ?? 1) / 1000 * shape.limit * 3);
      const shown = shape.unit === "percent" ? Math.round(used * 10) / 10 : Math.floor(used);
      return { ...shape, quota: id, used: shown, remaining: shape.limit - shown, resetsAt };
    },
  };
}

/** From eight to six, except on weekends. */
function isWorking(at: number): boolean {
  const date = new Date(at);
  return date.getUTCDay() % 6 !== 0 && date.getUTCHours() >= 8 && date.getUTCHours() < 18;
}

/** A small generator of numbers in [0, 1) that repeats for the same seed. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
