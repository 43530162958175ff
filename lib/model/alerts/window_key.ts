// A line comment, because the keys contain a star and a slash.
// Names kinds of windows, for rules that apply to all quotas with one of them: "*/5h".
import type { Window } from "../quota.ts";
import { formatWindow } from "../view/format.ts";

/** No account can have this key, because no provider is called `*`. */
export type WindowKey = `*/${string}`;

const HOUR_S = 3600;
const DAY_S = 24 * HOUR_S;

/** Returns the key of a window: its length, `calendar` or `balance`; null when it has no name. */
export function windowKey({ kind, seconds }: Window): WindowKey | null {
  if (kind === "allocation") return null;
  if (kind === "balance" || seconds === null) {
    return kind === "balance" || kind === "calendar" ? `*/${kind}` : null;
  }
  if (seconds % DAY_S === 0) return `*/${seconds / DAY_S}d`;
  return seconds % HOUR_S === 0 ? `*/${seconds / HOUR_S}h` : `*/${seconds}s`;
}

/** Formats `Windows of 5 h`, `Balances`. */
export function windowTitle({ kind, seconds }: Window): string {
  if (kind === "balance") return "Balances";
  return seconds === null ? "Calendar months and other periods" : `Windows of ${formatWindow(seconds)}`;
}
