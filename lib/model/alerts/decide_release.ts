/** Announces each newer version of Syntrack once, where update checks are on. Pure. */
import { WEEK_MS } from "../duration.ts";
import type { AccountKey } from "../quota.ts";
import type { AlertKind, Decision } from "./alert.ts";
import { addOccasion } from "./memory.ts";
import { joinParts } from "./message.ts";

/** The result of the last check for a newer version. */
export interface ReleaseFacts {
  /** The running version. */
  readonly running: string;
  /** The newest published version; null when unknown. */
  readonly newest: string | null;
  /** Whether `newest` is later than `running`. */
  readonly isNewer: boolean;
}

/** New versions belong to no single account. */
export const UPDATE_ACCOUNT = "syntrack/update" as AccountKey;

/**
 * @param release null where update checks are off
 * @param told the occasions already announced
 */
export function decideRelease(
  release: ReleaseFacts | null,
  told: readonly string[],
  off: readonly AlertKind[],
  now: number,
): { readonly decisions: readonly Decision[]; readonly told: readonly string[] } {
  if (release === null) return { decisions: [], told };
  const { running, newest, isNewer } = release;
  const figure = newest === null ? running : `${newest}, running ${running}`;
  const base = { kind: "new-version", quota: null, figure } as const;
  const skip = (reason: Decision["reason"]) => ({ decisions: [{ ...base, reason }], told });
  if (newest === null) return skip("figure-unknown");
  if (!isNewer) return skip("not-reached");
  if (told.includes(newest)) return skip("already-raised");
  const toldNow = addOccasion(told, newest);
  if (off.includes("new-version")) return { ...skip("turned-off"), told: toldNow };
  return {
    told: toldNow,
    decisions: [{
      ...base,
      reason: "raised",
      alert: {
        id: `new-version|${UPDATE_ACCOUNT}|${newest}`,
        kind: "new-version",
        severity: "info",
        account: UPDATE_ACCOUNT,
        quota: null,
        at: now,
        title: `Syntrack ${newest} is out`,
        text: joinParts(`a newer version than the one that is running, ${running}`),
        details:
          "`syntrack update` replaces an installed executable; pull the image again for a container, or the clone.",
        expiresAt: now + WEEK_MS,
      },
    }],
  };
}
