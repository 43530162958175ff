/** Evaluates one reading of a quota. */
import { HOUR_MS } from "../duration.ts";
import { isNoQuota } from "../quota.ts";
import { displayUnit } from "../view/format.ts";
import type { AccountView, QuotaView } from "../view/view.ts";
import type { Alert, AlertFigures, AlertKind, AlertSeverity, Decision, DecisionReason } from "./alert.ts";
import type { QuotaMemory } from "./memory.ts";
import { usedWords } from "./message.ts";
import type { AlertRules } from "./rules.ts";
import { HYSTERESIS, type Threshold, usedShare } from "./threshold.ts";

/** Messages about a quota without a reset are worth sending for this long. */
const MAX_MESSAGE_AGE_MS = 6 * HOUR_MS;

export interface QuotaInput {
  readonly account: AccountView;
  readonly quota: QuotaView;
  /** Null before the first reading. */
  readonly memory: QuotaMemory | null;
  readonly rules: AlertRules;
  /** Epoch milliseconds. */
  readonly now: number;
  /** IANA zone of the times in messages. */
  readonly zone: string;
  /** Evaluates the newest reading again, to explain it. */
  readonly again?: boolean;
}

/** Collects the decisions about one reading while updating the memory. */
export class Pass {
  readonly decisions: Decision[] = [];
  pending: readonly string[] = [];
  memory: QuotaMemory;
  readonly input: QuotaInput;
  readonly first: boolean;

  constructor(input: QuotaInput, memory: QuotaMemory, first: boolean) {
    this.input = input;
    this.memory = memory;
    this.first = first;
  }

  get quota(): QuotaView {
    return this.input.quota;
  }

  has(mark: string): boolean {
    return this.memory.cycle.marks.includes(mark);
  }

  skip(kind: AlertKind, reason: DecisionReason): void {
    this.decisions.push({ kind, quota: this.quota.quota, reason, figure: usedWords(this.quota) });
  }

  /** Reports whether a condition also held at the previous reading; if not, the next one has to confirm it. */
  confirmed(condition: string): boolean {
    this.pending = [...this.pending, condition];
    return this.memory.pending.includes(condition);
  }

  raise(
    kind: AlertKind,
    severity: AlertSeverity,
    occasion: string | number,
    words: Pick<Alert, "title" | "text"> & Partial<Pick<Alert, "details" | "resolves">>,
    threshold?: Threshold,
  ): string {
    const { quota, now } = this.input;
    const { used, limit, remaining, share, resetsAt } = quota;
    const unit = displayUnit(quota);
    const id = `${kind}|${quota.key}|${occasion}`;
    const expiresAt = quota.resetsAt !== null && quota.resetsAt > now
      ? quota.resetsAt
      : now + MAX_MESSAGE_AGE_MS;
    this.decisions.push({
      kind,
      quota: quota.quota,
      reason: "raised",
      figure: usedWords(quota),
      alert: {
        id,
        kind,
        severity,
        account: this.input.account.key,
        quota: quota.quota,
        at: quota.at,
        details: "",
        expiresAt,
        figures: {
          used,
          limit,
          remaining,
          share,
          unit,
          resetsAt,
          ...threshold !== undefined && thresholdFigures(threshold),
        },
        ...words,
      },
    });
    return id;
  }
}

/** Reports whether use restarts from time to time; without cycles, levels are re-armed instead. */
export function hasCycles({ window }: Pick<QuotaView, "window">): boolean {
  return window.kind !== "rolling" && window.kind !== "balance";
}

/** Reports whether nothing is left. */
export function isEmpty(quota: Pick<QuotaView, "share" | "remaining" | "used" | "limit">): boolean {
  if (isNoQuota(quota)) return false;
  const { share, remaining } = quota;
  return share !== null && share >= 1 || remaining !== null && remaining <= 0;
}

/**
 * Reports whether a quota without cycles is clearly no longer empty.
 *
 * @param below the amount under which a balance is low; a tenth of it is enough to be no longer empty
 */
export function isRefilled(
  quota: Pick<QuotaView, "share" | "remaining" | "used" | "limit">,
  below: number,
): boolean {
  const { share, remaining } = quota;
  if (isEmpty(quota)) return false;
  return share === null ? (remaining ?? 0) > below * HYSTERESIS : share < 1 - HYSTERESIS;
}

function thresholdFigures(threshold: Threshold): Pick<AlertFigures, "threshold" | "thresholdOf"> {
  if (typeof threshold === "number") return { threshold };
  return "share" in threshold
    ? { threshold: usedShare(threshold) }
    : { threshold: threshold.amount, thresholdOf: threshold.of };
}
