/** Describes what may be wrong with a hosted program, in one sentence each with what to do. */
import { explainError } from "../../base/text.ts";
import { MINUTE_MS, SECOND_MS } from "../../model/duration.ts";
import type { TroubleView } from "../../model/view/view.ts";
import type { RunRecord } from "./cron_run.ts";

/** How long a trouble is shown after it happened, in milliseconds. */
const SHOW_MS = 10 * MINUTE_MS;
/** The cron runs each minute; a few may be late or lost. */
const MAX_SILENT_MS = 5 * MINUTE_MS;

/** Returns the most important trouble, or null. @param startedAt when this instance began */
export function describeTrouble(run: RunRecord | null, now: number, startedAt: number): TroubleView | null {
  const isRecent = (at: number | null | undefined): at is number =>
    at != null && Math.abs(now - at) < SHOW_MS;
  const last = run?.beganAt ?? startedAt;
  if (now - last > MAX_SILENT_MS) {
    return {
      message: `The cron of the host has not run for ${
        Math.floor((now - last) / MINUTE_MS)
      } minutes, so nothing is polled`,
      hint: "Check the crons of the app in the host's console: its plan may be used up, or the cron paused",
      since: last,
    };
  }
  if (!run) return null;
  if (isRecent(run.ahead?.at)) {
    return {
      message: `Clocks of this program's instances differ by ${Math.round(run.ahead!.ms / SECOND_MS)} s`,
      hint: "Nothing is counted twice, but times may be off by that much; only the host can fix it",
      since: run.ahead!.at,
    };
  }
  if (isRecent(run.cutAt)) {
    return {
      message: `The run of ${formatTime(run.cutAt)} UTC was cut off by the host`,
      hint: "Stored data is safe, and the next run did the rest; if this happens often, use fewer accounts",
      since: run.cutAt,
    };
  }
  if (isRecent(run.twiceAt)) {
    return {
      message: `Two runs of the cron were active at the same time, at ${formatTime(run.twiceAt)} UTC`,
      hint: "The second one stopped, and nothing was polled or sent twice; deploy the app only once",
      since: run.twiceAt,
    };
  }
  return null;
}

/** Describes in one sentence what is wrong with a database, and what to do. */
export function storeSentence(error: unknown): string {
  const { message, hint } = storeTrouble(error);
  return `${message}: ${hint[0]!.toLowerCase()}${hint.slice(1)}`;
}

/** Describes why the database cannot be used at the moment. */
function storeTrouble(error: unknown): Pick<TroubleView, "message" | "hint"> {
  if (isLimited(error)) {
    return {
      message: "The limits of the host's plan are reached, so its database no longer answers",
      hint: "Wait for the next month or change the plan",
    };
  }
  if (classifyError(error) === "locked") {
    return {
      message: "The database keeps being changed by other processes (conflict)",
      hint: "Nothing was lost, try again in a moment",
    };
  }
  return {
    message: "The database of the host cannot be reached",
    hint: "Nothing was lost, try again in a minute",
  };
}

/** Describes why a run of the cron failed. */
export function describeRunTrouble(error: unknown): Pick<TroubleView, "message" | "hint"> {
  if (isLimited(error) || (error instanceof Error && error.name === "StoreError")) return storeTrouble(error);
  return {
    message: "The last run of the cron failed",
    hint: "Stored data is safe; the log of the host states the reason",
  };
}

/** Reports whether the platform refuses to open its database, which it says in its own words. */
function isLimited(error: unknown): boolean {
  return classifyError(error) === "limited" ||
    /quota|limit (?:exceeded|reached)|exceeded.*limit|too many requests|payment/i.test(explainError(error));
}

/** Tells failures of the store apart by their `kind`: bundles may hold two copies of the class. */
function classifyError(error: unknown): unknown {
  return (error as { readonly kind?: unknown } | null)?.kind;
}

function formatTime(at: number): string {
  return new Date(at).toISOString().slice(11, 16);
}
