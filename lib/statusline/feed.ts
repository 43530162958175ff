/**
 * The file in which a status line leaves the limits it was handed, for whoever polls: by folder of the
 * tool, since somebody may work with several logins.
 */
import type { FedWindow, FedWindows } from "./input.ts";

export interface Fed {
  /** When they were handed over, epoch milliseconds. */
  readonly at: number;
  /** The beginning of the SHA-256 of the token in the tool's file at that time, or null where there was none. */
  readonly credential: string | null;
  readonly windows: FedWindows;
}

/** By the folder of the tool as its variable has it; empty for the usual one. */
export type Feed = Readonly<Record<string, Fed>>;

const MOST_HOMES = 20;
/** The same figures are written again after so long, as they are still true. */
export const AGAIN_MS = 60_000;

/** What stands in the file; nothing for a file that is broken. */
export function feedIn(text: string | null): Feed {
  try {
    const homes: unknown = JSON.parse(text ?? "")?.homes;
    if (typeof homes !== "object" || homes === null) return {};
    return Object.fromEntries(Object.entries(homes).filter(([, fed]) => isFed(fed)));
  } catch {
    return {};
  }
}

function isFed(value: unknown): value is Fed {
  const { at, credential, windows } = { ...value as Partial<Fed> };
  return typeof at === "number" && Number.isFinite(at) &&
    (credential === null || typeof credential === "string") &&
    typeof windows === "object" && windows !== null && Object.values(windows).every(isWindow);
}

function isWindow(value: unknown): value is FedWindow {
  const { usedPercent, resetsAt } = { ...value as Partial<FedWindow> };
  return typeof usedPercent === "number" && (resetsAt === null || typeof resetsAt === "number");
}

/** Whether it is worth writing: something has changed, or it was some time ago. */
export function isNews(before: Fed | undefined, windows: FedWindows, now: number): boolean {
  if (Object.keys(windows).length === 0) return false;
  if (!before || now < before.at || now - before.at >= AGAIN_MS) return true;
  return JSON.stringify(before.windows) !== JSON.stringify(windows);
}

export function feedText(feed: Feed, home: string, fed: Fed): string {
  const newest = Object.entries({ ...feed, [home]: fed }).sort(([, a], [, b]) => b.at - a.at).slice(
    0,
    MOST_HOMES,
  );
  return `${JSON.stringify({ schemaVersion: 1, homes: Object.fromEntries(newest) })}\n`;
}
