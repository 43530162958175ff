/** The last known view, stored in the browser for the page it shows when the server is unreachable. */
import type { DashboardView } from "../model/view/view.ts";

export const LAST_VIEW_KEY = "last-view";
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
    localStorage.setItem(LAST_VIEW_KEY, JSON.stringify(last));
  } catch {
    // A browser without storage has nothing to show later, and says so then.
  }
}
