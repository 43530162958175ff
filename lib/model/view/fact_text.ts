/** Facts of an account besides its quotas, in words for people. */
import { formatCount, formatDuration } from "./format.ts";
import type { AccountFact } from "../quota.ts";

/**
 * Formats `Banked resets: 3, the first expires in 9d 20h`. The
 * label comes from outside: treat it as hostile text.
 */
export function factText({ label, count, expiresAt }: AccountFact, now: number): string {
  const text = `${label}: ${formatCount(count)}`;
  if (count === 0 || expiresAt === null) return text;
  const lapses = expiresAt > now ? `expires in ${formatDuration(expiresAt - now)}` : "has expired";
  return `${text}, ${count === 1 ? "it" : "the first"} ${lapses}`;
}
