/** Whether a provider's answer keeps the contract: a slip in one must not reach the store. Pure. */
import { type Reading, UNITS, WINDOW_KINDS } from "../model/quota.ts";
import type { Answer } from "../provider.ts";

const QUOTA_ID = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** What is wrong with an answer, or null when it is sound. */
export function answerProblem(answer: Answer): string | null {
  if (!Array.isArray(answer?.readings)) return "The provider gave no list of readings";
  const seen = new Set<string>();
  for (const reading of answer.readings as readonly Reading[]) {
    const problem = readingProblem(reading);
    if (problem !== null) return `The provider gave an unusable reading: ${problem}`;
    if (seen.has(reading.quota)) return `The provider gave two readings of "${reading.quota}"`;
    seen.add(reading.quota);
  }
  return null;
}

function readingProblem(reading: Reading): string | null {
  const { quota, label, unit, window } = reading ?? {};
  if (typeof quota !== "string" || !QUOTA_ID.test(quota)) return "its id is not in kebab-case";
  if (typeof label !== "string") return `"${quota}" has no label`;
  if (!UNITS.includes(unit)) return `the unit of "${quota}" is unknown`;
  if (!WINDOW_KINDS.includes(window?.kind)) return `the window of "${quota}" is unknown`;
  for (const name of ["used", "limit", "remaining"] as const) {
    const value = reading[name];
    if (value !== null && !Number.isFinite(value)) {
      return `"${name}" of "${quota}" is neither a number nor null`;
    }
  }
  const { resetsAt } = reading;
  if (resetsAt !== null && !Number.isSafeInteger(resetsAt)) {
    return `"resetsAt" of "${quota}" is neither whole milliseconds nor null`;
  }
  return null;
}
