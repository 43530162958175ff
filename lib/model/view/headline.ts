/** One sentence that every surface shows: can I work now, with what, until when? */
import type { Pool } from "../history/counting.ts";
import { clockText, dayStart, wallText } from "../time.ts";
import { findReset } from "../quota.ts";
import { formatAge, formatDuration, formatLeft, formatRate, withPreposition } from "./format.ts";
import {
  compareReadiness,
  computeReadiness,
  isCurrent,
  isFromBeforeReset,
  type Readiness,
  type ReadyState,
} from "./readiness.ts";
import type { AccountView, QuotaView } from "./view.ts";

export interface Headline {
  /** Whether any work is possible: the state of the best account. */
  readonly state: ReadyState;
  /** The text up to the first comma, full stop or colon is the answer. */
  readonly text: string;
  /** The best account to work with; null without readings. */
  readonly best: Readiness | null;
  /** Every account, best first. */
  readonly all: readonly Readiness[];
}

export interface HeadlineWords {
  /** Must be safe to show, like everything below. */
  account(account: AccountView): string;
  /** The quota beside its account's name. */
  quota(quota: QuotaView, account: AccountView): string;
  /** The vendor's hint, or empty. */
  hint(account: AccountView): string;
  /** A sentence on how to get new figures, or empty. */
  readonly again: string;
}

export interface HeadlineContext {
  readonly now: number;
  /** Computed on demand. */
  readonly zone: () => string;
  readonly poolsOf: (provider: string) => readonly Pool[];
  readonly words: HeadlineWords;
  /** Names an instant, such as `15:20`; by default with an ISO date on another day. */
  readonly when?: (at: number) => string;
}

export function createHeadline(accounts: readonly AccountView[], context: HeadlineContext): Headline {
  const all = accounts.map((account) =>
    computeReadiness(account, context.poolsOf(account.provider), context.now)
  )
    .toSorted(compareReadiness);
  const best = all[0] ?? null;
  if (best === null) return { state: "unknown", text: "No readings yet", best, all };
  return {
    state: best.state,
    get text() {
      return `${bestText(best, accounts, context)}${restText(all)}`;
    },
    best,
    all,
  };
}

function bestText(
  best: Readiness,
  accounts: readonly AccountView[],
  { now, zone, words, when = (at) => whenText(at, now, zone()) }: HeadlineContext,
): string {
  const { account, state, quota, until } = best;
  const name = words.account(account);
  const label = quota ? words.quota(quota, account) : "";
  const isAhead = until !== null && until > now;
  const at = isAhead ? when(until) : "";
  const away = isAhead ? ` (in ${formatDuration(until - now)})` : "";
  switch (state) {
    case "ready": {
      const left = quota?.share == null ? "" : `, ${formatLeft(1 - quota.share)} left of ${label}`;
      return `Yes, with ${name}${left}${isAhead ? `, until it resets ${withPreposition(at)}${away}` : ""}.`;
    }
    case "at-risk": {
      if (!isAhead) return `Yes, with ${name}, but ${label} is about to run out.`;
      const reset = quota && findReset(quota);
      const back = reset !== null && reset > until
        ? `, ${formatDuration(reset - until)} before its reset`
        : "";
      return `Yes, with ${name}: ${label} runs out ${withPreposition(at)}${away}${back}.`;
    }
    case "out": {
      const refill = quota?.refillPerHour === undefined
        ? ""
        : `, and refills ${formatRate(quota.refillPerHour, quota.unit)}`;
      const why = quota?.status === "blocked" ? "is blocked by its vendor" : `is used up${refill}`;
      const one = `${name}, ${label}, ${why}`;
      return isAhead ? `No, not before ${at}${away}: ${one}.` : `No: ${one}.`;
    }
    case "unknown": {
      // What is off or no longer configured is not polled again.
      const isPolled = accounts.some(({ health }) => health.state !== "off");
      const again = words.again === "" || !isPolled ? "" : ` ${words.again}`;
      if (isCurrent(account, now)) {
        const passed = account.quotas.find((one) => !one.gone && isFromBeforeReset(one, now));
        if (passed) {
          const one = `${name}, ${words.quota(passed, account)},`;
          return `Unknown: the reset of ${one} has passed since the last reading.${again}`;
        }
        const hint = words.hint(account);
        return `Unknown: ${name} reports nothing that can run out.${hint === "" ? "" : ` ${hint}`}`;
      }
      const newest = Math.max(0, ...accounts.map((one) => one.at ?? 0));
      if (newest === 0) return "Unknown: no account has been read yet.";
      return `Unknown: the last reading is ${formatAge(now - newest)}.${again}`;
    }
  }
}

/** Summarizes the other accounts, if any. One that never had a usable login is no account to work with yet. */
function restText(entries: readonly Readiness[]): string {
  const all = entries.filter(({ account: { at, health } }) => at !== null || health.failure !== "missing");
  if (all.length < 2) return "";
  const count = (state: ReadyState) => all.filter((one) => one.state === state).length;
  const parts = [
    [count("ready"), "ready"],
    [count("at-risk"), "at risk"],
    [count("out"), "out"],
    [count("unknown"), "unknown"],
  ] as const;
  const said = parts.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`);
  return ` Of ${all.length} accounts: ${said.join(", ")}.`;
}

/** Formats `15:20` today, `2026-12-01 06:28` on any other day. */
function whenText(at: number, now: number, zone: string): string {
  return dayStart(at, zone) === dayStart(now, zone) ? clockText(at, zone) : wallText(at, zone);
}
