/** What alerts remember of an account between two readings, stored beside it. */
import type { Window } from "../quota.ts";

/** What a cycle counted, and until when. */
export interface CountingBasis {
  readonly unit: string;
  /** Absent without money. */
  readonly currency?: string;
  readonly window: Window;
  readonly resetsAt: number | null;
}

/** What one cycle of a quota raised. */
export interface CycleMarks {
  /** `startedAt` of the cycle, epoch milliseconds. */
  readonly startedAt: number;
  /** Alerts raised, or already true at the first reading: `threshold:0.8`, `used-up`, `runs-out`. */
  readonly marks: readonly string[];
  /** Alerts that announced this cycle; withdrawn when the vendor reverts the reset. */
  readonly claims: readonly string[];
  /** The low level this cycle announced as over; it holds again if the reset is reverted. */
  readonly ended?: LowAlert;
  /** True while every reading of it stated no use: such a window begins with its first use, and is not reset by it. */
  readonly unused?: true;
  /** Set when the vendor counts something else from then on, in case it returns to this. */
  readonly whole?: CountingBasis;
}

/** The alert that announced a quota as used up or nearly so. */
export interface LowAlert {
  readonly alert: string;
  readonly startedAt: number;
  /** Whether the vendor has given a verdict since. */
  readonly judged?: true;
}

export interface QuotaMemory {
  /** Time of the last evaluated reading, epoch milliseconds. */
  readonly at: number;
  readonly cycle: CycleMarks;
  /** Earlier cycles, newest first: a reverted reset leads back to one of them. */
  readonly earlier: readonly CycleMarks[];
  /** The alert that announced it as used up or nearly so, until another announces that it is back. */
  readonly low: LowAlert | null;
  /** Conditions of the last reading that the next one must confirm. */
  readonly pending: readonly string[];
  readonly limit: number | null;
  readonly unit: string;
  readonly currency?: string;
  /** Absent in memories of older versions, as is the currency. */
  readonly window?: Window;
  readonly resetsAt: number | null;
}

export interface AlertMemory {
  readonly quotas: Readonly<Record<string, QuotaMemory>>;
  /** Ids of the account's open alerts: `failing`, `silent`, `sign-in-expired`. */
  readonly open: Readonly<Record<string, string>>;
  /** Occasions already announced, such as expiring credentials and credits. */
  readonly told: readonly string[];
  /** Since when polls have failed, epoch milliseconds; null while they work. */
  readonly failingSince: number | null;
  /** Since when it has been seen without new readings, epoch milliseconds; absent while there are some. */
  readonly staleSince?: number;
  /** The expiry of the credential, and when it was first seen; null when unknown. */
  readonly credential: { readonly expiresAt: number; readonly seenAt: number } | null;
  /** The last attempt evaluated, epoch milliseconds; absent before the first. */
  readonly triedAt?: number;
}

export const EMPTY_ALERT_MEMORY: AlertMemory = {
  quotas: {},
  open: {},
  told: [],
  failingSince: null,
  credential: null,
};

const MAX_EARLIER = 4;
const MAX_OCCASIONS = 32;

/**
 * Returns the memory moved to another cycle. It keeps what other cycles raised, so that a vendor that alternates
 * between two cycles repeats nothing, and drops the announcements of later cycles.
 */
export function rememberCycle(memory: QuotaMemory, cycle: CycleMarks): QuotaMemory {
  const others = [memory.cycle, ...memory.earlier]
    .filter(({ startedAt }) => startedAt !== cycle.startedAt)
    .map((one) => one.startedAt > cycle.startedAt ? withoutClaims(one) : one);
  // The earliest reverted reset ended this low level, which now holds again.
  const ended = [memory.cycle, ...memory.earlier].filter(({ startedAt }) => startedAt > cycle.startedAt)
    .flatMap(({ ended }) => ended ?? []).at(-1);
  return {
    ...memory,
    cycle,
    low: ended ?? memory.low,
    earlier: others.slice(0, MAX_EARLIER),
    pending: [],
  };
}

/** Returns the memory of a quota that is counted in another unit or over another window from then on. */
export function withOtherWhole(memory: QuotaMemory): QuotaMemory {
  return { ...memory, unit: "" };
}

function withoutClaims({ ended: _ended, ...cycle }: CycleMarks): CycleMarks {
  return { ...cycle, claims: [] };
}

export function withMarks(memory: QuotaMemory, marks: readonly string[]): QuotaMemory {
  const all = [...new Set([...memory.cycle.marks, ...marks])];
  return { ...memory, cycle: { ...memory.cycle, marks: all } };
}

export function withoutMarks(memory: QuotaMemory, marks: readonly string[]): QuotaMemory {
  return {
    ...memory,
    cycle: { ...memory.cycle, marks: memory.cycle.marks.filter((one) => !marks.includes(one)) },
  };
}

/** Returns the memory with one more announcement of the current cycle, to withdraw if its reset is reverted. */
export function withClaim(memory: QuotaMemory, id: string): QuotaMemory {
  return { ...memory, cycle: { ...memory.cycle, claims: [...memory.cycle.claims, id] } };
}

export function addOccasion(told: readonly string[], occasion: string): readonly string[] {
  return [...told.filter((one) => one !== occasion), occasion].slice(-MAX_OCCASIONS);
}
