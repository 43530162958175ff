/** The Horizon as dated sentences, for readers who cannot see the chart. */
import type { AccountKey } from "../quota.ts";
import { formatAbout, formatDuration, formatLeft, formatShare, withPreposition } from "../view/format.ts";
import type { BestRange } from "./best.ts";
import type { Horizon } from "./horizon.ts";
import type { Lane } from "./lane.ts";

/** Names an instant without a preposition, such as `15:20` or `Sat 15:20`. */
export type When = (at: number) => string;

/** Describes a lane, without its name: `62% left. Runs out at 15:20, 1h 10m before its reset at 16:30.` */
export function laneSentence(lane: Lane, now: number, when: When): string {
  const { state, emptyAt, resetsAt } = lane;
  const [level] = lane.left;
  const left = level && !lane.isRelative ? `${formatLeft(level[1])} left. ` : "";
  const reset = resetsAt === null ? "" : ` ${withPreposition(when(resetsAt))}`;
  switch (state) {
    case "blocked":
      return reset === "" ? "Blocked by its vendor." : `Blocked by its vendor. Its reset is${reset}.`;
    case "used-up":
      return reset === "" ? "Used up, no reset known." : `Used up until its reset${reset}.`;
    case "runs-out":
    case "may-run-out": {
      const word = state === "runs-out" ? "Runs out" : "May run out";
      if (emptyAt === null || emptyAt <= now) return `${left}About to run out.`;
      const early = resetsAt === null || resetsAt <= emptyAt
        ? ""
        : `, ${formatDuration(resetsAt - emptyAt)} before its reset${reset}`;
      return `${left}${word} ${withPreposition(when(emptyAt))}${early}.`;
    }
    case "tight":
    case "lasts": {
      if (resetsAt === null) {
        return emptyAt === null ? `${left}Lasts.` : `${left}Lasts about ${formatAbout(emptyAt - now)}.`;
      }
      const last = lane.left.at(-1);
      const then = last && last[0] >= resetsAt
        ? `, with about ${formatShare(Math.round(last[1] * 100) / 100)} left`
        : "";
      return `${left}${state === "tight" ? "Just lasts" : "Lasts"} until its reset${reset}${then}.`;
    }
    case "unknown":
      return `${left}${reset === "" ? "No forecast." : `No forecast. Resets${reset}.`}`;
    case "old":
      return "No recent reading.";
  }
}

/** Describes it in a few words, beside the chart: `out 15:20, reset 16:30`. */
export function laneNote({ state, emptyAt, resetsAt }: Lane, now: number, when: When): string {
  const reset = resetsAt === null ? "" : `reset ${when(resetsAt)}`;
  const first = describeNote(state, emptyAt, now, when);
  return [first, reset].filter((text) => text !== "").join(", ");
}

function describeNote(state: Lane["state"], emptyAt: number | null, now: number, when: When): string {
  switch (state) {
    case "blocked":
      return "blocked";
    case "used-up":
      return "used up";
    case "runs-out":
      return emptyAt === null || emptyAt <= now ? "about to run out" : `out ${when(emptyAt)}`;
    case "may-run-out":
      return emptyAt === null || emptyAt <= now ? "may be about to run out" : `may be out ${when(emptyAt)}`;
    case "tight":
    case "lasts":
      if (state === "tight" && emptyAt === null) return "just lasts";
      return emptyAt === null ? "lasts" : `lasts about ${formatAbout(emptyAt - now)}`;
    case "unknown":
      return "no forecast";
    case "old":
      return "no recent reading";
  }
}

/** Formats `Work with Claude until 15:20, then with Codex.`; empty when nothing is known. */
export function bestSentence(
  best: readonly BestRange[],
  to: number,
  nameOf: (account: AccountKey) => string,
  when: When,
): string {
  const [first] = best;
  if (!first) return "";
  const parts = best.map(({ account, to: until }, place) => {
    const what = account === null
      ? place === 0 ? "Nothing is left" : "then nothing is left"
      : `${place === 0 ? "Work with" : "then with"} ${nameOf(account)}`;
    return until >= to ? what : `${what} until ${when(until)}`;
  });
  return `${parts.join(", ")}.`;
}

/** Says how many lanes are left out; empty when none are. */
export function moreSentence(
  { more, lanes, isBestAdded = false }: Pick<Horizon, "more" | "lanes" | "isBestAdded">,
): string {
  if (more === 0) return "";
  const what = more === 1 ? "1 more quota is" : `${more} more quotas are`;
  return isBestAdded
    ? `${what} not drawn: these are the ${lanes.length - 1} most urgent, and one quota of the best account.`
    : `${what} not drawn: ${
      lanes.length === 1 ? "this one is" : `these ${lanes.length} are`
    } the most urgent.`;
}

/** Describes the idle hours, or says that they are unknown. */
export function idleSentence(
  { idle }: Pick<Horizon, "idle">,
  when: When,
): string {
  if (idle === null) return "Your idle hours are still unknown: learning them takes a week of history.";
  if (idle.length === 0) return "";
  const [first] = idle;
  return `Shaded: hours in which you usually do not work, next ${when(first!.from)} to ${when(first!.to)}.`;
}
