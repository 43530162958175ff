/** One sentence: can I work now, with what, until when? */
import { plain } from "../base/text.ts";
import { PRODUCTS } from "../../providers/products.ts";
import { formatAge, formatDuration, formatShare } from "../model/view/format.ts";
import {
  compareReadiness,
  isCurrent,
  type Readiness,
  readinessOf,
  type ReadyState,
} from "../model/view/readiness.ts";
import type { AccountView } from "../model/view/view.ts";
import { clockText, dayStart, wallText } from "../model/time.ts";
import { accountTitle, quotaName } from "./titles.ts";

export interface Headline {
  /** Whether anything can be worked with: that of the best account. */
  readonly state: ReadyState;
  readonly text: string;
  /** The best account to work with; null where nothing was read. */
  readonly best: Readiness | null;
  /** Every account, the best first. */
  readonly all: readonly Readiness[];
}

const POOLS = new Map(PRODUCTS.map(({ id, pools }) => [id, pools]));

export function headlineOf(accounts: readonly AccountView[], now: number, zone: () => string): Headline {
  const all = accounts.map((account) => readinessOf(account, POOLS.get(account.provider) ?? [], now))
    .toSorted(compareReadiness);
  const best = all[0] ?? null;
  if (best === null) return { state: "unknown", text: "Nothing was read yet", best, all };
  return {
    state: best.state,
    get text() {
      return `${bestText(best, accounts, now, zone)}${restText(all)}`;
    },
    best,
    all,
  };
}

function bestText(
  best: Readiness,
  accounts: readonly AccountView[],
  now: number,
  zone: () => string,
): string {
  const { account, state, quota, until } = best;
  const name = accountTitle(account);
  const label = quota ? quotaName(quota, account) : "";
  const at = until === null || until <= now
    ? ""
    : `${whenText(until, now, zone())} (in ${formatDuration(until - now)})`;
  switch (state) {
    case "ready": {
      const left = quota?.share == null
        ? ""
        : `, ${formatShare(Math.max(0, 1 - quota.share))} left of ${label}`;
      return `Yes, with ${name}${left}${at === "" ? "" : `, until it resets at ${at}`}.`;
    }
    case "at-risk": {
      if (at === "") return `Yes, with ${name}, but ${label} is about to run out.`;
      const back = quota?.resetsAt != null && until !== null && quota.resetsAt > until
        ? `, ${formatDuration(quota.resetsAt - until)} before its reset`
        : "";
      return `Yes, with ${name}: ${label} runs out at ${at}${back}.`;
    }
    case "out": {
      const why = quota?.status === "blocked" ? "is blocked by its vendor" : "is used up";
      const one = `${name}, ${label}, ${why}`;
      return at === "" ? `No: ${one}.` : `No, not before ${at}: ${one}.`;
    }
    case "unknown": {
      if (isCurrent(account, now)) {
        const hint = plain(account.health.hint ?? "").trim();
        return `Not known: ${name} states nothing that can run out.${hint === "" ? "" : ` ${hint}`}`;
      }
      const newest = Math.max(0, ...accounts.map((one) => one.at ?? 0));
      return newest === 0
        ? "Not known: no account has been read yet."
        : `Not known: the last reading is ${formatAge(now - newest)}. \`syntrack collect\` asks again.`;
    }
  }
}

/** How the other accounts are, where there are any. */
function restText(all: readonly Readiness[]): string {
  if (all.length < 2) return "";
  const count = (state: ReadyState) => all.filter((one) => one.state === state).length;
  const parts = [
    [count("ready"), "ready"],
    [count("at-risk"), "at risk"],
    [count("out"), "out"],
    [count("unknown"), "not known"],
  ] as const;
  const said = parts.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`);
  return ` Of ${all.length} accounts: ${said.join(", ")}.`;
}

/** `15:20` today, `2026-12-01 06:28` on another day. */
function whenText(at: number, now: number, zone: string): string {
  return dayStart(at, zone) === dayStart(now, zone) ? clockText(at, zone) : wallText(at, zone);
}
