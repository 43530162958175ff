/** One reading of a quota while it is decided what it raises. */
import { HOUR_MS } from "../duration.ts";
import type { AccountView, QuotaView } from "../view/view.ts";
import type { Alert, AlertKind, AlertSeverity, Decision, DecisionReason } from "./alert.ts";
import type { QuotaMemory } from "./memory.ts";
import { usedWords } from "./message.ts";
import type { AlertRules } from "./rules.ts";

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
  /** Decides about the newest reading once more, to explain it. */
  readonly again?: boolean;
}

/** Collects the decisions about one reading while the memory changes. */
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

  /** Whether a condition held at the reading before as well; asks for that at the next one otherwise. */
  confirmed(condition: string): boolean {
    this.pending = [...this.pending, condition];
    return this.memory.pending.includes(condition);
  }

  raise(
    kind: AlertKind,
    severity: AlertSeverity,
    occasion: string | number,
    words: Pick<Alert, "title" | "text"> & Partial<Pick<Alert, "details" | "resolves">>,
    threshold?: number,
  ): string {
    const { quota, now } = this.input;
    const { used, limit, remaining, share, unit, resetsAt } = quota;
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
          ...threshold !== undefined && { threshold },
        },
        ...words,
      },
    });
    return id;
  }
}

/** Whether use is counted anew from time to time; of what has no cycles, levels are armed again. */
export function hasCycles({ window }: QuotaView): boolean {
  return window.kind !== "rolling" && window.kind !== "balance";
}

/** Whether nothing is left; a limit of nothing of which nothing was used is no quota. */
export function isEmpty({ share, remaining, used, limit }: QuotaView): boolean {
  if (limit !== null && limit <= 0 && (used ?? 0) <= 0) return false;
  return share !== null && share >= 1 || remaining !== null && remaining <= 0;
}
