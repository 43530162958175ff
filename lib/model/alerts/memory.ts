/** What the alerts remember of an account between two readings, kept in the store beside it. */

/** What was raised in one cycle of a quota. */
export interface CycleMarks {
  /** `startedAt` of the cycle, epoch milliseconds. */
  readonly startedAt: number;
  /** What was raised or was so at the first reading: `threshold:0.8`, `used-up`, `runs-out`. */
  readonly marks: readonly string[];
  /** Alerts that claim that this cycle began: withdrawn when the vendor takes the reset back. */
  readonly claims: readonly string[];
}

export interface QuotaMemory {
  /** When the last reading that was considered was made, epoch milliseconds. */
  readonly at: number;
  readonly cycle: CycleMarks;
  /** Earlier cycles, newest first: a reset that is taken back leads into one of them. */
  readonly earlier: readonly CycleMarks[];
  /** The alert that said it was used up or nearly so, while nothing has said that it is back. */
  readonly low: { readonly alert: string; readonly startedAt: number } | null;
  /** Conditions that held at the last reading and wait for the next one to confirm them. */
  readonly pending: readonly string[];
  readonly limit: number | null;
  readonly unit: string;
  readonly resetsAt: number | null;
}

export interface AlertMemory {
  readonly quotas: Readonly<Record<string, QuotaMemory>>;
  /** Ids of the alerts of the account that are open: `failing`, `silent`, `sign-in-expired`. */
  readonly open: Readonly<Record<string, string>>;
  /** Occasions that were told and need not be told again: of credentials and credits that end. */
  readonly told: readonly string[];
  /** Since when polls have failed, epoch milliseconds; null while they work. */
  readonly failingSince: number | null;
  /** The end of the credential and when that end was first seen; null where none is known. */
  readonly credential: { readonly expiresAt: number; readonly seenAt: number } | null;
}

export const EMPTY_ALERT_MEMORY: AlertMemory = {
  quotas: {},
  open: {},
  told: [],
  failingSince: null,
  credential: null,
};

const MAX_EARLIER = 4;
const MAX_TOLD = 32;

/**
 * The memory in another cycle. What was raised in the others stays known, so that a vendor that goes back and forth
 * between two of them repeats nothing; what claimed that a later one began is no longer claimed.
 */
export function rememberCycle(memory: QuotaMemory, cycle: CycleMarks): QuotaMemory {
  const others = [memory.cycle, ...memory.earlier]
    .filter(({ startedAt }) => startedAt !== cycle.startedAt)
    .map((one) => one.startedAt > cycle.startedAt ? { ...one, claims: [] } : one);
  return { ...memory, cycle, earlier: others.slice(0, MAX_EARLIER), pending: [] };
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

export function remembersTold(told: readonly string[], occasion: string): readonly string[] {
  return [...told.filter((one) => one !== occasion), occasion].slice(-MAX_TOLD);
}
