/** Announces that a quota is usable again after it was used up, blocked or nearly used up. Pure. */
import type { LowAlert } from "./memory.ts";
import { withClaim, withMarks, withoutMarks } from "./memory.ts";
import { amountsWords, joinParts, joinSentences, quotaName, resetWords, usedWords } from "./message.ts";
import { hasCycles, isEmpty, isRefilled, type Pass } from "./quota_pass.ts";
import { type QuotaRule, ruleFor } from "./rules.ts";
import { compareThresholds, isClear, isCrossed } from "./threshold.ts";

const BACK_MARK = "back:";
/** A vendor that states another limit each time would be announced as often. */
const MAX_BACK_MARKS = 3;

/**
 * Announces that a quota is usable again, but only with proof: the vendor says so, the announced reset has
 * passed, or two readings agree.
 *
 * Without a reset, a raised limit, bought credits, another plan or a lifted block end the wait too: once for each limit
 * and plan of a cycle, so that a vendor that goes back and forth is not announced each time.
 */
export function decideBack(pass: Pass): void {
  const { account, quota, now, zone, rules } = pass.input;
  const { low, resetsAt, cycle } = pass.memory;
  if (low === null) return;
  if (quota.allowed !== undefined) pass.memory = { ...pass.memory, low: { ...low, judged: true } };
  const isSameCycle = hasCycles(quota) && low.startedAt === cycle.startedAt;
  const rule = ruleFor(rules, quota);
  const clear = isSameCycle ? isUsableInCycle(pass, low, rule) : isUsable(pass, rule);
  if (!clear || quota.allowed === false || quota.status === "blocked") {
    const isKnown = quota.share !== null || quota.remaining !== null;
    return pass.skip("back", isKnown ? "not-reached" : "figure-unknown");
  }
  const mark = `${BACK_MARK}${quota.limit ?? ""}|${account.plan ?? ""}`;
  if (isSameCycle && (pass.has(mark) || countBacks(pass) >= MAX_BACK_MARKS)) {
    return pass.skip("back", "already-raised");
  }
  // The vendor gave a verdict while this was low, so its silence now is not one.
  if (low.judged === true && quota.allowed === undefined) return pass.skip("back", "verdict-unknown");
  const due = low.startedAt !== cycle.startedAt && resetsAt !== null && resetsAt <= quota.at;
  if (!pass.confirmed("back") && quota.allowed !== true && !due) return pass.skip("back", "not-confirmed");
  const id = pass.raise("back", "info", `${low.alert}|${cycle.startedAt}`, {
    title: `${quotaName(account, quota)}: available again`,
    text: joinParts(usedWords(quota), resetWords(quota, now, zone)),
    details: joinSentences(amountsWords(quota), "You can use it again."),
    resolves: low.alert,
  });
  const told = { ...pass.memory, low: null };
  if (isSameCycle) {
    // The last message must not remain "available again" when it is used up once more.
    pass.memory = withMarks(withoutMarks(told, ["used-up", "blocked"]), [mark]);
  } else {
    const claimed = withClaim(told, id);
    pass.memory = { ...claimed, cycle: { ...claimed.cycle, ended: low } };
  }
}

/** Returns how often the quota became available again within the current cycle. */
export function countBacks({ memory: { cycle: { marks } } }: Pass): number {
  return marks.filter((mark) => mark.startsWith(BACK_MARK)).length;
}

/** Reports whether a quota is on the good side of all its thresholds since its reset, or since it refilled. */
function isUsable({ quota }: Pass, { thresholds, balanceBelow }: Required<QuotaRule>): boolean {
  const [isBack, isOver] = hasCycles(quota)
    ? [hasRest(quota), isCrossed]
    : [isRefilled(quota, balanceBelow), (...args: Parameters<typeof isClear>) => !isClear(...args)];
  return isBack && thresholds.every((one) => isCrossed(one, quota) === null || !isOver(one, quota));
}

/**
 * Reports whether a quota is usable without a reset. Whoever waits wants to know as soon as work is possible, so for a
 * lifted block any rest is enough, and for a used-up quota what is not nearly used up. After the highest threshold
 * nobody waits: then use has to be clearly below all of them.
 */
function isUsableInCycle({ quota }: Pass, { alert }: LowAlert, { thresholds }: Required<QuotaRule>): boolean {
  if (!hasRest(quota)) return false;
  if (alert.startsWith("blocked|") && quota.allowed === true) return true;
  const known = thresholds.filter((one) => isCrossed(one, quota) !== null);
  if (alert.startsWith("threshold|")) return known.every((one) => isClear(one, quota));
  const last = known.toSorted((a, b) => compareThresholds(a, b, quota.limit)).at(-1);
  return last === undefined || !isCrossed(last, quota);
}

function hasRest(quota: Pass["quota"]): boolean {
  return !isEmpty(quota) && (quota.share !== null || (quota.remaining ?? 0) > 0);
}
