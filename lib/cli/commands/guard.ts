/**
 * `syntrack guard`: the exit code says whether enough is left. It runs before other programs, so it loads as
 * little as it can, sends no request, and never says "enough" when it does not know.
 */
import { type GuardedQuota, guardJson } from "../../formats/guard.ts";
import {
  checkAll,
  checkQuota,
  type GuardVerdict,
  type NoVerdictReason,
} from "../../model/view/guard_rule.ts";
import { formatAge, formatDuration, formatLeft, formatShare } from "../../model/view/format.ts";
import { expectedMs, GAP_INTERVALS, isPolledElsewhere } from "../../model/engine/interval.ts";
import { isLocalOutcome } from "../../model/outcome.ts";
import { findReset, quotaKey } from "../../model/quota.ts";
import { type QuotaState, wholeSnapshotAt } from "../../model/engine/state.ts";
import type { AccountRecord } from "../../store/store.ts";
import { explainError, plain } from "../../base/text.ts";
import { type GuardArguments, parseGuardArguments } from "../guard_args.ts";
import {
  CliError,
  ClosedPipe,
  EXIT_INTERRUPTED,
  EXIT_OK,
  EXIT_UNKNOWN,
  EXIT_USAGE,
  failure,
  usageError,
} from "../io.ts";
import { loadPart, type Parts } from "../lazy.ts";
import { chooseQuotas } from "../select.ts";
import type { Tools } from "../tools.ts";
import { wrapMessage } from "../wrap.ts";

const EXIT_BELOW = 1;

/** As for forecasts: an older reading proves nothing, unless polls are rarer. */
const MAX_AGE_MS = 30 * 60_000;
/** How often to check again while waiting. */
const CHECK_EVERY_MS = 10_000;
/** How long a poller may take to read after a reset, or to start at all. */
const PATIENCE_MS = 5 * 60_000;
/** The same in checks: a machine that slept, or whose clock was set, gives a poller as much time. */
const PATIENT_CHECKS = PATIENCE_MS / CHECK_EVERY_MS;
/** How often to look up which accounts are configured. */
const LOOK_UP_EVERY_MS = 60_000;

/** Of quotas with too little left; the answer is clear by then. */
const MAX_LINES = 9;

interface Answer {
  readonly verdict: GuardVerdict;
  /** The fullest quota is last. */
  readonly quotas: readonly GuardedQuota[];
  readonly at: number;
  /** The accounts, if none of them was ever read. */
  readonly unread?: readonly AccountRecord[];
  /** What prevented this check; absent when nothing did. */
  readonly error?: unknown;
}

export async function guard(tools: Tools): Promise<number> {
  const args = parseGuardArguments(tools);
  try {
    const answer = args.wait
      ? await waitFor(tools, args)
      : await answerGuard(tools, args, createFindUnpolled(tools));
    if (answer === null) return EXIT_INTERRUPTED;
    printAnswer(tools, answer, args);
    if (answer.verdict === "enough") return EXIT_OK;
    if (answer.verdict === "below") return EXIT_BELOW;
    return args.failOpen ? EXIT_OK : EXIT_UNKNOWN;
  } catch (error) {
    if (!args.failOpen || error instanceof CliError && error.code === EXIT_USAGE) throw error;
    tools.report(`syntrack: Cannot decide: ${explainError(error)}`);
    return EXIT_OK;
  }
}

async function answerGuard(
  tools: Tools,
  args: GuardArguments,
  findUnpolled: FindUnpolled,
): Promise<Answer> {
  const records = await tools.records();
  const now = tools.clock.now();
  if (records.length === 0) return { verdict: "unknown", quotas: [], at: now };
  const chosen = chooseQuotas(tools.typed, records).filter(({ state }) => args.fits(state.reading.window));
  if (chosen.length === 0 && records.some(({ state }) => Object.keys(state.quotas).length > 0)) {
    throw usageError("No quota has a window of this length: `syntrack status` lists the quotas");
  }
  if (chosen.length === 0) return { verdict: "unknown", quotas: [], unread: records, at: now };
  const byAccount = new Map(records.map((record) => [record.account, record]));
  const quotas = chosen.map(({ account, quota, state }): GuardedQuota => {
    const record = byAccount.get(account);
    const enough = checkQuota(state, {
      now,
      minLeft: args.minLeft,
      maxAgeMs: args.maxAgeMs ?? defaultMaxAge(record, state),
      snapshotAt: record ? wholeSnapshotAt(record.state) : null,
    });
    const { resetsAt, window } = state.reading;
    return { ...enough, account, quota, at: state.at, resetsAt, window };
  });
  const checked = await withoutUnpolled(tools, records, quotas, findUnpolled);
  return {
    verdict: checkAll(checked),
    quotas: checked.toSorted((a, b) => leftFor(a) - leftFor(b)),
    at: now,
  };
}

type Unpolled = Awaited<ReturnType<Parts["listUnpolled"]>>;

/** Returns those of the accounts that nothing polls. */
type FindUnpolled = (records: readonly AccountRecord[]) => Promise<Unpolled>;

/** Returns a function that looks the configured accounts up, at most once a minute: a wait lasts for hours. */
function createFindUnpolled(tools: Tools): FindUnpolled {
  let found: { readonly at: number; readonly accounts: Promise<Unpolled> } | null = null;
  return (records) => {
    const now = tools.clock.now();
    if (found === null || Math.abs(now - found.at) >= LOOK_UP_EVERY_MS) {
      found = { at: now, accounts: loadPart("listUnpolled").then((find) => find(tools, records)) };
    }
    return found.accounts;
  };
}

/**
 * Leaves out accounts that are off or no longer configured, as long as others remain, unless the user names one or
 * another instant. They matter only if an account that nothing polls prevents the answer "enough".
 */
async function withoutUnpolled(
  tools: Tools,
  records: readonly AccountRecord[],
  quotas: readonly GuardedQuota[],
  findUnpolled: FindUnpolled,
): Promise<readonly GuardedQuota[]> {
  if (["account", "now"].some((name) => tools.typed.options[name] !== undefined)) return quotas;
  const now = tools.clock.now();
  const byAccount = Map.groupBy(quotas, ({ account }) => account);
  const idle = records.filter((record) => {
    const { account, state, outcome } = record;
    const isOpen = byAccount.get(account)?.some(({ verdict }) => verdict !== "enough") ?? false;
    // An account that a timer polls is late by the interval of that timer, not by the next poll planned.
    const isLate = Object.values(state.quotas).every((one) => now - one.at > defaultMaxAge(record, one));
    return isOpen && isLate && !isPolledElsewhere(outcome, now);
  });
  if (idle.length === 0 || idle.length === byAccount.size) return quotas;
  const unpolled = await findUnpolled(records);
  const idleKeys = new Set(idle.map(({ account }) => account));
  return quotas.map((quota) => {
    const doubt = idleKeys.has(quota.account) ? unpolled.get(quota.account) : undefined;
    return doubt ? { ...quota, verdict: "unknown", doubt } : quota;
  });
}

/** Sorts by what is left: blocked quotas first, unknown ones last. */
function leftFor({ left, blocked }: GuardedQuota): number {
  return blocked ? -1 : left ?? 2;
}

/** Derives how old a reading may be from the time between readings. */
function defaultMaxAge(record: AccountRecord | undefined, quota: QuotaState): number {
  const outcome = record?.outcome ?? null;
  // A vendor with local readings is polled only every half hour, so allow for a late poll.
  const minMs = outcome !== null && isLocalOutcome(outcome) ? MAX_AGE_MS + PATIENCE_MS : MAX_AGE_MS;
  return Math.max(minMs, GAP_INTERVALS * expectedMs(quota, outcome));
}

/** Checks until there is enough or nothing is left to wait for; returns null when interrupted. */
async function waitFor(tools: Tools, args: GuardArguments): Promise<Answer | null> {
  const stop = new AbortController();
  const leave = tools.io.onStop(() => stop.abort());
  const progress = await createProgress(tools);
  const findUnpolled = createFindUnpolled(tools);
  let deadline: number | null = null;
  /** Checks in a row without a verdict, and since the deadline. */
  let unknown = 0;
  let late = 0;
  /** Whether any check succeeded: the arguments are right then, and the database can be read. */
  let began = false;
  try {
    while (true) {
      const answer = await answerGuard(tools, args, findUnpolled).catch((error) => {
        if (!began) throw error;
        return failed(tools, error);
      });
      if (stop.signal.aborted) return null;
      began = true;
      if (answer.verdict === "enough") return answer;
      if (answer.verdict === "below") {
        deadline ??= lastReset(answer);
        if (deadline === null) return answer;
      }
      unknown = answer.verdict === "below" ? 0 : unknown + 1;
      late = deadline === null || answer.at < deadline ? 0 : late + 1;
      if (Math.max(unknown, late) > PATIENT_CHECKS) {
        if (answer.error) throw answer.error;
        return answer;
      }
      progress(answer);
      await tools.clock.sleep(CHECK_EVERY_MS, stop.signal);
      if (stop.signal.aborted) return null;
    }
  } finally {
    progress(null);
    leave();
  }
}

/**
 * Returns the answer of a check that failed after others succeeded, as when an account was removed or another
 * program has the database: no wrong usage, and maybe over soon.
 */
function failed(tools: Tools, error: unknown): Answer {
  const isUsage = error instanceof CliError && error.code === EXIT_USAGE;
  return {
    verdict: "unknown",
    quotas: [],
    at: tools.clock.now(),
    error: isUsage ? failure(error.message, error.hint) : error,
  };
}

/** Returns the last reset of the quotas that lack enough; null when one of them has none. */
function lastReset({ quotas, at }: Answer): number | null {
  let last: number | null = null;
  for (const { verdict, resetsAt } of quotas) {
    if (verdict !== "below") continue;
    if (resetsAt === null || resetsAt <= at) return null;
    last = Math.max(last ?? resetsAt, resetsAt);
  }
  return last;
}

/** Returns a function that overwrites one line of progress; it does nothing without a terminal. */
async function createProgress({ io }: Tools): Promise<(answer: Answer | null) => void> {
  if (!io.stderr.isTty || io.env.TERM === "dumb") return () => {};
  const show = await loadPart("showProgress");
  return (answer) => show(io, answer && `Waiting: ${summarizeAnswer(answer)}`);
}

function summarizeAnswer(answer: Answer): string {
  if (answer.error) return plain(explainError(answer.error));
  const lacking = answer.quotas.find(({ verdict }) => verdict === answer.verdict);
  if (!lacking) return "no readings yet";
  return answer.verdict === "unknown" ? doubtText(lacking, answer.at) : leftText(lacking, answer.at);
}

function printAnswer(tools: Tools, answer: Answer, { minLeft, failOpen }: GuardArguments): void {
  const { verdict, quotas, unread = [], at } = answer;
  const needed = `${formatShare(minLeft)} needed`;
  try {
    if (tools.json) tools.printJson(guardJson(verdict, quotas, minLeft, at));
    else if (verdict !== "unknown") {
      const word = verdict === "enough" ? "Enough" : "Too little";
      const shown = quotas.filter((quota) => quota.verdict === verdict);
      const most = verdict === "enough" ? 1 : MAX_LINES;
      for (const one of shown.slice(0, most)) {
        const text = one.blocked
          ? `Blocked: ${leftText(one, at)}`
          : `${word}: ${leftText(one, at)} (${needed})`;
        tools.print(wrapMessage(text, tools.width));
      }
      if (verdict === "below" && shown.length > most) {
        tools.print(`Too little: ${shown.length - most} more, which --json lists`);
      }
    }
  } catch (error) {
    // The exit code is the answer, whether or not the text has a reader.
    if (!(error instanceof ClosedPipe)) throw error;
  }
  if (verdict !== "unknown") return;
  const open = failOpen ? ", and --fail-open lets it pass" : "";
  tools.report(`syntrack: Cannot tell whether enough is left${open}`);
  if (quotas.length === 0) { for (const line of unreadLines(unread)) tools.report(`  ${line}`); }
  for (const quota of quotas) if (quota.verdict === "unknown") tools.report(`  ${doubtText(quota, at)}`);
}

/** Says what prevents readings: to poll again is no advice to whom a vendor refuses. */
function unreadLines(records: readonly AccountRecord[]): readonly string[] {
  const failed = records.flatMap(({ account, outcome }) =>
    outcome?.hint && outcome.kind !== "ok" ? [[account, outcome.hint] as const] : []
  );
  if (failed.length === 0) return ["No readings yet: run `syntrack collect` or `syntrack serve`"];
  const lines = failed.slice(0, MAX_LINES).map(([account, hint]) =>
    `${plain(account)}: never read. ${plain(hint)}`
  );
  const more = failed.length - lines.length;
  return more === 0 ? lines : [...lines, `${more} more: see syntrack status --long`];
}

function leftText(guarded: GuardedQuota, now: number): string {
  const { account, quota, left, blocked } = guarded;
  const reset = findReset(guarded);
  const then = reset === null || reset <= now ? "" : `, resets in ${formatDuration(reset - now)}`;
  if (blocked) return `its vendor blocks ${plain(quotaKey(account, quota))}${then}`;
  return `${formatLeft(left)} left of ${plain(quotaKey(account, quota))}${then}`;
}

const DOUBTS: Readonly<Record<NoVerdictReason, string>> = {
  future: "so a clock was wrong",
  stale: "too old",
  "reset-passed": "its reset has passed since",
  gone: "its vendor no longer reports it",
  "no-figure": "its vendor does not report how much is left",
  "no-limit": "it has no limit to compare with",
  removed: "its account is no longer configured",
  off: "the polling of its account is off",
  allocation: "it is reserved capacity, so nothing is consumed",
};

function doubtText({ account, quota, at, doubt }: GuardedQuota, now: number): string {
  return `${plain(quotaKey(account, quota))}: read ${formatAge(now - at)}, ${DOUBTS[doubt ?? "no-figure"]}`;
}
