/** Today's allowance: how much of a long window may be used by the end of today to spread it evenly. */
import { DAY_MS } from "../duration.ts";
import { windowProgress } from "../forecast/work_week.ts";
import { dayStart } from "../time.ts";

export interface AllowanceInput {
  /** Used share of the limit, 1 for all of it; null when unknown. */
  readonly share: number | null;
  readonly windowMs: number | null;
  /** Epoch milliseconds. */
  readonly resetsAt: number | null;
  readonly now: number;
  readonly workDays: number;
  /** IANA zone of the days. */
  readonly zone: string;
}

export interface Allowance {
  /** The share that an even pace has used by the end of today, 0..1. */
  readonly evenShare: number;
  /** What is left of it for today, as a share of the limit; negative when more is already used. */
  readonly left: number;
  /** When today, or the window, ends; epoch milliseconds. */
  readonly until: number;
}

/** Shorter windows have no days to spread over. */
const MIN_WINDOW_MS = 2 * DAY_MS;

/** Null for unknown figures, short windows, and resets that are due. @throws {RangeError} for an unknown zone */
export function dayAllowance(input: AllowanceInput): Allowance | null {
  const { now, workDays, zone } = input;
  // NaN fails every comparison.
  const [share, windowMs, resetsAt] = [input.share ?? NaN, input.windowMs ?? NaN, input.resetsAt ?? NaN];
  const isKnown = Number.isFinite(share) && share >= 0 && windowMs >= MIN_WINDOW_MS;
  if (!isKnown || !(resetsAt > now && resetsAt - now <= windowMs)) return null;
  const until = Math.min(resetsAt, dayStart(now, zone, 1));
  const { elapsedMs, leftMs } = windowProgress({
    from: resetsAt - windowMs,
    to: resetsAt,
    now: until,
    workDays,
    zone,
  });
  const evenShare = elapsedMs / (elapsedMs + leftMs);
  return { evenShare, left: evenShare - share, until };
}
