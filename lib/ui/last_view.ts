/** The last known view, stored in the browser for the page it shows when the server is unreachable. */
import type { DashboardView } from "../model/view/view.ts";

const KEY = "last-view";
/** Minimum time between writes while the page is visible, in milliseconds. */
const EVERY_MS = 60_000;

export interface LastView {
  readonly view: DashboardView;
  /** IANA zone the page showed times in. */
  readonly zone: string;
}

let writtenAt = -Infinity;

/** Stores the view, at most once per interval; `always` when the page is about to close. */
export function saveLastView(last: LastView, always = false): void {
  const now = performance.now();
  if (!always && now - writtenAt < EVERY_MS) return;
  writtenAt = now;
  try {
    localStorage.setItem(KEY, JSON.stringify(last));
  } catch {
    // A browser without storage has nothing to show later, and says so then.
  }
}

/** Returns the stored view, or null. This program wrote it, but possibly another version of it. */
export function lastView(): LastView | null {
  try {
    const last: LastView | null = JSON.parse(localStorage.getItem(KEY) ?? "null");
    const isSound = last !== null && typeof last.zone === "string" && typeof last.view.at === "number" &&
      Array.isArray(last.view.accounts) && typeof last.view.settings.display === "string";
    return isSound ? last : null;
  } catch {
    return null;
  }
}
