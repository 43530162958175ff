/** Decides which open alerts are repeated: only where a rule asks for it, up to its maximum. Pure. */
import { DAY_MS, HOUR_MS } from "../duration.ts";
import type { AccountKey } from "../quota.ts";
import { displayUnit, formatDuration } from "../view/format.ts";
import type { AccountView, QuotaView } from "../view/view.ts";
import type { Alert, AlertKind, Decision } from "./alert.ts";
import type { Snooze } from "./delivery.ts";
import { accountName, instantWords, joinParts, quotaName, resetWords, usedWords } from "./message.ts";
import { openAlerts } from "./open.ts";
import { type AlertRules, isOld, ruleFor, ruleForAccount } from "./rules.ts";

/** An alert with the time it was raised. */
type RaisedAlert = Alert & { readonly raisedAt: number };

export interface RepeatInput {
  /** Newest first, including repetitions. */
  readonly raised: readonly RaisedAlert[];
  readonly accounts: readonly AccountView[];
  readonly snoozes: readonly Snooze[];
  readonly rules: AlertRules;
  readonly now: number;
  readonly zone: string;
}

export type RepeatDecision = Decision & { readonly account: AccountKey };

/** Reports whether the rules ask for repetitions about an account or one of its quotas. */
export function hasRepeatRule(rules: AlertRules, { key, quotas }: AccountView): boolean {
  return ruleForAccount(rules, key).repeatEveryMs > 0 ||
    quotas.some((quota) => ruleFor(rules, quota).repeatEveryMs > 0);
}

/** Decides about each open alert whose rule asks for repetitions. */
export function decideRepeats(
  { raised, accounts, snoozes, rules, now, zone }: RepeatInput,
): readonly RepeatDecision[] {
  const first = raised.filter(({ repeats }) => repeats === undefined);
  const open = openAlerts(first, accounts, snoozes, now, rules);
  return open.flatMap((alert): readonly RepeatDecision[] => {
    const account = accounts.find(({ key }) => key === alert.account)!;
    const quota = account.quotas.find((one) => one.quota === alert.quota);
    const rule = quota ? ruleFor(rules, quota) : ruleForAccount(rules, account.key);
    if (rule.repeatEveryMs <= 0 || rule.off.includes(alert.kind)) return [];
    const own = raised.filter(({ repeats }) => repeats === alert.id);
    const base = { kind: alert.kind, quota: alert.quota, account: account.key };
    const times = `${own.length} of ${rule.repeatMost}`;
    if (quota && isOld(quota, now)) return [{ ...base, reason: "reading-old", figure: usedWords(quota) }];
    if (own.length >= rule.repeatMost) {
      return [{ ...base, reason: "repeated-enough", figure: `repeated ${times}` }];
    }
    const dueAt = Math.max(alert.raisedAt, ...own.map(({ raisedAt }) => raisedAt)) + rule.repeatEveryMs;
    if (dueAt > now) {
      return [{
        ...base,
        reason: "repeat-later",
        figure: `${times}, next ${instantWords(dueAt, now, zone)}`,
      }];
    }
    return [{
      ...base,
      reason: "raised",
      figure: `repeated ${own.length + 1} of ${rule.repeatMost}`,
      alert: {
        ...alert,
        ...updateWords(alert, account, quota, now, zone),
        id: `${alert.id}|again|${own.length + 1}`,
        repeats: alert.id,
        at: now,
      },
    }];
  });
}

/** Kinds that end at a fixed instant, with what happens then. */
const ENDS: Partial<Readonly<Record<AlertKind, string>>> = {
  "sign-in-expires": "its login expires",
  "credit-lapses": "the first expires",
  "over-budget": "the month ends",
};
/** Kinds whose current figures say it all. */
const FIGURES: ReadonlySet<AlertKind> = new Set(["threshold", "used-up", "balance-low"]);

/** States the current figures, because those of the first message are old. */
function updateWords(
  alert: RaisedAlert,
  account: AccountView,
  quota: QuotaView | undefined,
  now: number,
  zone: string,
): Pick<Alert, "title" | "text" | "expiresAt" | "figures"> {
  const since = `still the case after ${formatDuration(now - alert.raisedAt)}`;
  if (!quota) {
    const end = ENDS[alert.kind];
    return {
      title: stillTitle(accountName(account), alert.title),
      text: joinParts(since, end ? `${end} ${instantWords(alert.expiresAt, now, zone)}` : ""),
      // An alert with a fixed end stays open until then.
      expiresAt: end ? alert.expiresAt : now + DAY_MS,
    };
  }
  const { used, limit, remaining, share, resetsAt } = quota;
  const unit = displayUnit(quota);
  const name = quotaName(account, quota);
  return {
    title: FIGURES.has(alert.kind) ? `${name}: still ${usedWords(quota)}` : stillTitle(name, alert.title),
    text: joinParts(usedWords(quota), since, resetWords(quota, now, zone)),
    // An alert whose reset has passed is not open any more.
    expiresAt: resetsAt ?? now + 6 * HOUR_MS,
    ...alert.figures && { figures: { ...alert.figures, used, limit, remaining, share, unit, resetsAt } },
  };
}

/** Turns `Acme: blocked` into `Acme: still blocked`, and `Acme: will run out` into `Acme: will still run out`. */
function stillTitle(name: string, title: string): string {
  const start = `${name}: `;
  const rest = title.startsWith(start) ? title.slice(start.length) : title;
  return `${start}${rest.startsWith("will ") ? `will still ${rest.slice(5)}` : `still ${rest}`}`;
}
