/**
 * `syntrack horizon`: for the next 24 hours or 7 days, what is left of each quota, where it runs out and
 * resets.
 */
import {
  createHorizon,
  type Horizon,
  HORIZON_SPANS,
  horizonEnd,
  type HorizonSpan,
} from "../../model/horizon/horizon.ts";
import { findIdleWeek, LEARNING_MS, listIdleRanges } from "../../model/horizon/idle.ts";
import type { Lane } from "../../model/horizon/lane.ts";
import { bestSentence, laneSentence, type When } from "../../model/horizon/words.ts";
import type { TimeRange } from "../../model/forecast/work_week.ts";
import { isoInstant, wallText } from "../../model/time.ts";
import type { AccountKey } from "../../model/quota.ts";
import { openSubjects } from "../analysing.ts";
import { explainNoMatch, printWhyEmpty } from "../headings.ts";
import { createHeadline } from "../headline.ts";
import { horizonLines } from "../horizon_lines.ts";
import { EXIT_OK } from "../io.ts";
import { readPresent } from "../present.ts";
import { MAX_LISTED, readLimit } from "../range.ts";
import { accountTitle, quotaName } from "../titles.ts";
import type { Tools } from "../tools.ts";
import { parseTypedText } from "../values.ts";

export async function horizon(tools: Tools): Promise<number> {
  const { now } = tools;
  const span = (parseTypedText(tools.typed, "range") ?? HORIZON_SPANS[0]) as HorizonSpan;
  const limit = parseTypedText(tools.typed, "limit") === undefined
    ? undefined
    : readLimit(tools.typed, MAX_LISTED);
  const { accounts, zone: zoneOf } = await readPresent(tools);
  const zone = zoneOf();
  const drawn = createHorizon({
    accounts,
    readiness: createHeadline(accounts, now, zoneOf).all,
    now,
    span,
    idle: await readIdle(tools, { from: now, to: horizonEnd(now, span) }, zone),
    ...limit !== undefined && { maxLanes: limit },
  });
  const names = new Map(accounts.map((account) => [account.key, accountTitle(account)]));
  const nameOf = (account: AccountKey) => names.get(account) ?? account;
  if (tools.json) {
    tools.printJson(horizonJson(drawn, nameOf, zone));
  } else if (accounts.every(({ quotas }) => quotas.length === 0)) {
    printWhyEmpty(tools, await explainNoMatch(tools));
  } else {
    tools.print(
      ...horizonLines(drawn, { ...tools, zone, nameOf, isPlain: tools.plain, isQuiet: tools.quiet }),
    );
  }
  return EXIT_OK;
}

/** Returns the user's idle hours; null while there is too little history. */
async function readIdle(tools: Tools, ahead: TimeRange, zone: string): Promise<readonly TimeRange[] | null> {
  const subjects = await openSubjects(tools);
  if (!subjects) return null;
  const { now } = tools;
  const from = now - LEARNING_MS;
  const accounts = (await tools.records()).map(({ account }) => account);
  const { items } = await subjects.analysis.sessionsInRange(accounts, {
    from,
    to: now,
    // As many as it lists at most.
    limit: Infinity,
  });
  const week = findIdleWeek(items, now, zone);
  return week && listIdleRanges(week, ahead, zone);
}

function horizonJson(drawn: Horizon, nameOf: (account: AccountKey) => string, zone: string) {
  const { span, from, to, lanes, more, idle, best } = drawn;
  const formatWhen: When = (at) => wallText(at, zone);
  return {
    at: isoInstant(from),
    zone,
    range: span,
    until: isoInstant(to),
    plan: bestSentence(best, to, nameOf, formatWhen),
    best: best.map(({ account, ...timeRange }) => ({ account, ...timeRangeJson(timeRange) })),
    idle: idle && idle.map(timeRangeJson),
    more,
    lanes: lanes.map((lane) => laneJson(lane, from, formatWhen)),
  };
}

function timeRangeJson({ from, to }: TimeRange) {
  return { from: isoInstant(from), to: isoInstant(to) };
}

function laneJson(lane: Lane, now: number, when: When) {
  const { account, quota, state, left, isRelative, emptyAt, resetsAt } = lane;
  return {
    account: account.key,
    quota: quota.key,
    label: quotaName(quota, account),
    state,
    text: laneSentence(lane, now, when),
    emptyAt: isoInstant(emptyAt),
    resetsAt: isoInstant(resetsAt),
    ofWhat: isRelative ? "balance" : "limit",
    left: left.map(([at, share]) => ({ at: isoInstant(at), share })),
  };
}
