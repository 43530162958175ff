/**
 * Decides which alerts a new reading of a quota raises. Pure: the same memory, view and rules give the same
 * decisions, so replaying stored readings raises the same alerts.
 *
 * Within one cycle each kind is raised once; what was used up or blocked is raised again only after it was announced as
 * available in between. Quotas without cycles (balances, rolling windows) are re-armed
 * once they are clearly back on the good side of their threshold.
 */
import { MINUTE_MS } from "../duration.ts";
import { isUnused } from "../engine/cycle.ts";
import { isOtherWindow } from "../engine/mark.ts";
import { findReset, isGauge } from "../quota.ts";
import { isFuture } from "../time.ts";
import { displayUnit, formatAmount, formatDuration, formatShare } from "../view/format.ts";
import type { QuotaView } from "../view/view.ts";
import type { Decision, DecisionReason } from "./alert.ts";
import { decideLevel } from "./decide_level.ts";
import { decideBack } from "./decide_back.ts";
import { hasCycles, isEmpty, Pass, type QuotaInput } from "./quota_pass.ts";
import {
  type CountingBasis,
  type QuotaMemory,
  rememberCycle,
  withClaim,
  withMarks,
  withoutMarks,
} from "./memory.ts";
import {
  amountsWords,
  amountWords,
  clockWords,
  instantWords,
  joinParts,
  joinSentences,
  quotaName,
  resetWords,
  usedWords,
} from "./message.ts";
import { type AlertRules, isOld, isRunOutLikely, ruleFor } from "./rules.ts";

export interface QuotaDecisions {
  readonly decisions: readonly Decision[];
  readonly memory: QuotaMemory | null;
}

/** A reset this much before the announced time is early. */
const MIN_EARLY_MS = 30 * MINUTE_MS;
const MIN_LIMIT_CHANGE = 0.01;
const LIMIT_MARK = "limit-changed:";
/** A vendor that derives its limit from other figures states another one each time. */
const MAX_LIMIT_MARKS = 7;

export function decideQuota(input: QuotaInput): QuotaDecisions {
  const { account, quota, rules, now } = input;
  const skip = (reason: DecisionReason): QuotaDecisions => ({
    decisions: [{ kind: "threshold", quota: quota.quota, reason, figure: usedWords(quota) }],
    memory: input.memory,
  });
  if (isGauge(quota.window)) return { decisions: [], memory: input.memory };
  if (quota.gone) return skip("no-longer-listed");
  if (isOld(quota, now) || isFuture(quota.at, now)) return skip("reading-old");
  // A partial answer repeats earlier readings: nothing new to decide. A time in the future comes from a wrong clock.
  const isKnown = input.memory !== null && quota.at <= input.memory.at && !isFuture(input.memory.at, now);
  if (isKnown && !input.again) {
    return { decisions: [], memory: input.memory };
  }

  const first = input.memory === null;
  const began = first ? begin(quota) : enterCycle(input.memory!, quota);
  const pass = new Pass(input, began.memory, first);
  for (const id of began.withdrawn) {
    pass.raise("withdrawn", "info", id, {
      title: `${quotaName(account, quota)}: not reset after all`,
      text: joinParts(
        "the vendor reverted the reset",
        usedWords(quota),
        resetWords(quota, now, input.zone),
      ),
      details: "Ignore the message before this one: these figures are current.",
      resolves: id,
    });
  }
  if (began.early) decideEarlyReset(pass, input.memory!);
  decideBack(pass);
  decideLevel(pass);
  decideRunOut(pass);
  decideLimit(pass, input.memory);
  return {
    decisions: pass.decisions.map((one) =>
      isOff(one, rules, quota)
        ? { kind: one.kind, quota: one.quota, reason: "turned-off", figure: one.figure }
        : one
    ),
    memory: {
      ...pass.memory,
      at: quota.at,
      limit: quota.limit,
      ...describeBasis({ ...quota, resetsAt: findAnnouncedReset(quota) }),
      pending: pass.pending,
    },
  };
}

function isOff({ kind, reason }: Decision, rules: AlertRules, quota: QuotaView): boolean {
  return reason === "raised" && ruleFor(rules, quota).off.includes(kind);
}

/** Returns the reset that was announced for the current cycle: the reading after an early one already states the next. */
function findAnnouncedReset({ resetsAt, cycle }: QuotaView): number | null {
  return cycle.resetsAt === undefined ? resetsAt : cycle.resetsAt;
}

function begin(quota: QuotaView) {
  const memory: QuotaMemory = {
    at: quota.at,
    cycle: {
      startedAt: quota.cycle.startedAt,
      marks: [],
      claims: [],
      ...isUnused(quota) && { unused: true },
    },
    earlier: [],
    low: null,
    pending: [],
    limit: quota.limit,
    ...describeBasis({ ...quota, resetsAt: findAnnouncedReset(quota) }),
  };
  return { memory, early: false, withdrawn: [] as readonly string[] };
}

/** Moves to another cycle: a new one, or back to an earlier one when a reset was reverted. */
function enterCycle(memory: QuotaMemory, quota: QuotaView) {
  const { cycle: { startedAt }, at, window } = quota;
  const withdrawn: readonly string[] = [];
  if (startedAt === memory.cycle.startedAt) {
    const { unused, ...cycle } = memory.cycle;
    return { memory: unused && !isUnused(quota) ? { ...memory, cycle } : memory, early: false, withdrawn };
  }
  const others = [memory.cycle, ...memory.earlier];
  const known = others.find((one) => one.startedAt === startedAt);
  const undone = startedAt < memory.cycle.startedAt ? others.filter((one) => one.startedAt > startedAt) : [];
  const isNew = known === undefined && undone.length === 0;
  if (isNew && isOtherBasis(memory, quota)) {
    return { memory: enterBasis(memory, quota), early: false, withdrawn };
  }
  const early = isNew && !memory.cycle.unused && window.kind !== "balance" && window.kind !== "rolling" &&
    memory.resetsAt !== null && memory.resetsAt - at > MIN_EARLY_MS;
  const begun = { startedAt, marks: [], claims: [], ...isUnused(quota) && { unused: true as const } };
  return {
    memory: rememberCycle(memory, known ?? begun),
    early,
    withdrawn: undone.flatMap(({ claims }) => claims),
  };
}

function describeBasis({ unit, currency, window, resetsAt }: CountingBasis): CountingBasis {
  return { unit, ...currency !== undefined && { currency }, window, resetsAt };
}

/** Reports whether the quota is counted in another unit or over another window than before. */
function isOtherBasis({ unit, currency, window }: Partial<CountingBasis>, quota: QuotaView): boolean {
  // Older versions remembered the unit alone.
  if (window === undefined) return unit !== quota.unit;
  return unit !== quota.unit || currency !== quota.currency || isOtherWindow(window, quota.window);
}

/** Enters the cycle of another unit or window, which is no reset. One that is returned to keeps what it has raised. */
function enterBasis(memory: QuotaMemory, quota: QuotaView): QuotaMemory {
  const { window, cycle, earlier } = memory;
  const left = window === undefined ? cycle : { ...cycle, whole: describeBasis({ ...memory, window }) };
  const returned = earlier.find(({ whole }) =>
    whole && !isOtherBasis(whole, quota) && (whole.resetsAt === null || whole.resetsAt > quota.at)
  );
  const others = earlier.filter((one) => one !== returned);
  const marks = returned?.marks ?? [];
  return rememberCycle({ ...memory, cycle: left, earlier: others }, {
    startedAt: quota.cycle.startedAt,
    marks,
    claims: [],
    ...isUnused(quota) && { unused: true },
  });
}

function decideEarlyReset(pass: Pass, before: QuotaMemory): void {
  const { account, quota, now, zone } = pass.input;
  const id = pass.raise("early-reset", "info", quota.cycle.startedAt, {
    title: `${quotaName(account, quota)}: reset early`,
    text: joinParts(
      `it reset ${formatDuration(before.resetsAt! - quota.at)} before the announced time`,
      usedWords(quota),
      resetWords(quota, now, zone),
    ),
    details: "More is available now than expected.",
  });
  pass.memory = withClaim(pass.memory, id);
}

/** Announces that a quota will probably run out before its reset; two readings must agree. */
function decideRunOut(pass: Pass): void {
  const { account, quota, now, zone, rules } = pass.input;
  const { forecast } = quota;
  if (forecast === undefined || !hasCycles(quota)) return;
  const { state, emptyAt, runOutProbability } = forecast;
  if (
    state !== "runs-dry" || !isRunOutLikely(forecast, rules) || emptyAt === null || emptyAt <= now ||
    isEmpty(quota)
  ) {
    return pass.skip("runs-out", "not-reached");
  }
  if (pass.has("runs-out")) return pass.skip("runs-out", "already-raised");
  if (!pass.confirmed("runs-out")) return pass.skip("runs-out", "not-confirmed");
  pass.memory = withMarks(pass.memory, ["runs-out"]);
  const reset = findReset(quota);
  const before = reset !== null && reset > emptyAt
    ? `, ${formatDuration(reset - emptyAt)} before its reset ${clockWords(reset, now, zone)}`
    : "";
  const odds = runOutProbability === null ? "" : `probability ${formatShare(runOutProbability)}`;
  pass.raise("runs-out", "warning", quota.cycle.startedAt, {
    title: `${quotaName(account, quota)}: will run out`,
    text: joinParts(
      `at this rate it runs out ${instantWords(emptyAt, now, zone)}${before}`,
      usedWords(quota),
      odds,
    ),
    details: joinSentences(
      amountsWords(quota),
      "Slow down, or switch to another account or a smaller model.",
    ),
  });
}

function decideLimit(pass: Pass, before: QuotaMemory | null): void {
  const { account, quota, now, zone } = pass.input;
  // Limits of different things cannot be compared.
  if (before === null || isOtherBasis(before, quota) || quota.unit === "percent") return;
  const [limit, former] = [quota.limit ?? 0, before.limit ?? 0];
  if (limit <= 0 || former <= 0 || quota.window.kind === "balance") return;
  if (Math.abs(limit - former) / former < MIN_LIMIT_CHANGE) return;
  const isRaised = limit > former;
  const mark = `${LIMIT_MARK}${limit}`;
  const hasCycle = hasCycles(quota);
  // Announces it once a cycle, because some vendors alternate between two limits.
  if (hasCycle && pass.has(mark)) return pass.skip("limit-changed", "already-raised");
  if (hasCycle) {
    const marks = pass.memory.cycle.marks.filter((one) => one.startsWith(LIMIT_MARK));
    pass.memory = withMarks(withoutMarks(pass.memory, marks.slice(0, -MAX_LIMIT_MARKS)), [mark]);
  }
  pass.raise("limit-changed", "info", hasCycle ? `${limit}|${quota.cycle.startedAt}` : quota.at, {
    title: `${quotaName(account, quota)}: limit ${isRaised ? "raised" : "lowered"}`,
    text: joinParts(
      `from ${formatAmount(former, displayUnit(quota))} to ${amountWords(limit, quota)}`,
      usedWords(quota),
      resetWords(quota, now, zone),
    ),
    details: isRaised
      ? "You can use more of it from now on."
      : "You can use less of it from now on: check at the vendor whether your plan has changed.",
  });
}
