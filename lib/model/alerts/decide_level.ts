/** Alerts about how full a quota is. */
import { displayUnit, formatAbout, formatLeft } from "../view/format.ts";
import type { QuotaView } from "../view/view.ts";
import { countBacks } from "./decide_back.ts";
import { withMarks, withoutMarks } from "./memory.ts";
import {
  amountsWords,
  amountWords,
  instantWords,
  joinParts,
  joinSentences,
  quotaName,
  resetWords,
  usedWords,
} from "./message.ts";
import { hasCycles, isEmpty, isRefilled, type Pass } from "./quota_pass.ts";
import {
  compareThresholds,
  crossedWords,
  isClear,
  isCrossed,
  type Threshold,
  thresholdId,
} from "./threshold.ts";
import { ruleFor } from "./rules.ts";

/** A balance is re-armed above this multiple of its threshold. */
const BALANCE_HYSTERESIS = 1.1;

/** Raises the most severe new level: blocked by the vendor, used up, or over a threshold. */
export function decideLevel(pass: Pass): void {
  const { account, quota, now, zone, rules } = pass.input;
  const rule = ruleFor(rules, quota);
  if (!hasCycles(quota)) rearm(pass, rule.thresholds, rule.balanceBelow);
  const isBalance = quota.window.kind === "balance";
  const crossed = isBalance ? [] : rule.thresholds.filter((one) => isCrossed(one, quota) === true);
  const isKnown = quota.share !== null || quota.remaining !== null ||
    !isBalance && rule.thresholds.some((one) => isCrossed(one, quota) !== null);
  const blocked = quota.allowed === false || quota.status === "blocked";
  const empty = isEmpty(quota);
  const low = isBalance && quota.remaining !== null && rule.balanceBelow > 0 &&
    quota.remaining < rule.balanceBelow;
  const marks = [
    ...crossed.map((one) => `threshold:${thresholdId(one)}`),
    ...blocked ? ["blocked"] : [],
    ...empty ? ["used-up"] : [],
    ...low ? ["balance-low"] : [],
  ];
  if (!isKnown && !blocked) {
    return pass.skip("threshold", "figure-unknown");
  }
  if (marks.length === 0) return pass.skip("threshold", "not-reached");
  const fresh = marks.filter((mark) => !pass.has(mark));
  pass.memory = withMarks(pass.memory, marks);
  if (pass.first) return pass.skip(empty ? "used-up" : blocked ? "blocked" : "threshold", "first-reading");
  const occasion = hasCycles(quota) ? quota.cycle.startedAt : quota.at;
  // Its first message in a cycle keeps the id it has always had.
  const backs = hasCycles(quota) ? countBacks(pass) : 0;
  const anew = backs === 0 ? occasion : `${occasion}|${backs}`;
  const name = quotaName(account, quota);
  const reset = resetWords(quota, now, zone);
  const remember = (alert: string) =>
    pass.memory = {
      ...pass.memory,
      low: {
        alert,
        startedAt: quota.cycle.startedAt,
        ...quota.allowed !== undefined && { judged: true as const },
      },
    };
  if (empty && fresh.includes("used-up")) {
    const details = joinSentences(
      amountsWords(quota),
      `${
        isBalance
          ? "Top it up"
          : quota.window.kind === "rolling"
          ? "Wait until it has refilled"
          : "Wait for its reset"
      }, or switch to another account.`,
    );
    remember(pass.raise("used-up", "critical", anew, {
      title: `${name}: ${isBalance ? "empty" : "used up"}`,
      text: joinParts(isBalance ? "nothing is left of the balance" : "nothing is left", reset),
      details,
    }));
  } else if (blocked && !empty && fresh.includes("blocked")) {
    remember(pass.raise("blocked", "critical", anew, {
      title: `${name}: blocked by ${account.providerName}`,
      text: joinParts("the vendor is refusing requests", usedWords(quota), reset),
      details: "Wait until the vendor allows work again, or switch to another account.",
    }));
  } else if (low && !empty && fresh.includes("balance-low")) {
    pass.raise("balance-low", "warning", occasion, {
      title: `${name}: ${amountWords(quota.remaining, quota)} left`,
      text: joinParts(
        `the balance is below ${amountWords(rule.balanceBelow, quota)}`,
        describeDuration(quota, now),
      ),
      details: "Top it up before it is empty, or switch to another account.",
    }, rule.balanceBelow);
  } else if (!empty && !blocked && fresh.some((mark) => mark.startsWith("threshold:"))) {
    const highest = findMostSevere(crossed, quota)!;
    const known = rule.thresholds.filter((one) => isCrossed(one, quota) !== null);
    const isTop = highest === findMostSevere(known, quota);
    const words = levelWords(highest, quota);
    const id = pass.raise(
      "threshold",
      isTop ? "critical" : "warning",
      `${thresholdId(highest)}|${occasion}`,
      {
        title: `${name}: ${words}`,
        text: joinParts(
          words,
          crossedWords(highest, displayUnit(quota)),
          reset,
          describeOutlook(quota, now, zone),
        ),
        details: joinSentences(amountsWords(quota), describeAdvice(quota, isTop)),
      },
      highest,
    );
    if (isTop) remember(id);
  } else {pass.skip(
      empty ? "used-up" : blocked ? "blocked" : low ? "balance-low" : "threshold",
      "already-raised",
    );}
}

/** Re-arms a quota without cycles once it is clearly on the good side. */
function rearm(pass: Pass, thresholds: readonly Threshold[], below: number): void {
  const { remaining } = pass.quota;
  const gone = [
    ...thresholds.filter((one) => isClear(one, pass.quota)).map((one) => `threshold:${thresholdId(one)}`),
    ...remaining !== null && remaining > below * BALANCE_HYSTERESIS ? ["balance-low"] : [],
    ...isRefilled(pass.quota, below) ? ["used-up"] : [],
    ...pass.quota.allowed === true ? ["blocked"] : [],
  ];
  pass.memory = withoutMarks(pass.memory, gone);
}

/** Returns the line that is crossed last; among equals, the later one. */
function findMostSevere(thresholds: readonly Threshold[], { limit }: QuotaView): Threshold | undefined {
  return thresholds.toSorted((a, b) => compareThresholds(a, b, limit)).at(-1);
}

/** States the level in the terms of a crossed line: used or left, as a share or an amount. */
function levelWords(threshold: Threshold, quota: QuotaView): string {
  const { share, used, remaining } = quota;
  if (typeof threshold === "number" || "share" in threshold && threshold.of === "used") {
    return usedWords(quota);
  }
  if ("share" in threshold) return `${formatLeft(1 - share!)} left`;
  return threshold.of === "used"
    ? `${amountWords(used, quota)} used`
    : `${amountWords(remaining, quota)} left`;
}

/** Returns what to do; empty when nothing needs doing. */
function describeAdvice({ forecast }: QuotaView, isTop: boolean): string {
  if (forecast?.state === "lasts") return "";
  return isTop || forecast?.state === "runs-dry"
    ? "Slow down, or switch to another account or a smaller model."
    : forecast?.state === "tight"
    ? "It may run out before its reset: slow down a little."
    : "It is too early to say whether it lasts until its reset: check it from time to time.";
}

function describeDuration({ forecast }: QuotaView, now: number): string {
  const emptyAt = forecast?.emptyAt ?? null;
  return emptyAt === null || emptyAt <= now
    ? ""
    : `at this rate it lasts about ${formatAbout(emptyAt - now)}`;
}

function describeOutlook({ forecast }: QuotaView, now: number, zone: string): string {
  if (forecast?.state === "lasts") return "it should last until then";
  const emptyAt = forecast?.state === "runs-dry" ? forecast.emptyAt : null;
  return emptyAt === null || emptyAt <= now ? "" : `expected to run out ${instantWords(emptyAt, now, zone)}`;
}
