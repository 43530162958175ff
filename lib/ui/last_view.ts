/** What was last known, kept in the browser for the page that is shown when the server cannot be reached. */
import type { DashboardView } from "../model/view/view.ts";

const KEY = "last-view";
/** Written no more often than this while the page is looked at, in milliseconds. */
const EVERY_MS = 60_000;

export interface LastView {
  readonly view: DashboardView;
  /** IANA zone in which the page told times. */
  readonly zone: string;
}

let writtenAt = -Infinity;

/** Keeps the view, unless that was done a moment ago; `always` where the page is about to go. */
export function saveLastView(last: LastView, always = false): void {
  const now = performance.now();
  if (!always && now - writtenAt < EVERY_MS) return;
  writtenAt = now;
  try {
    localStorage.setItem(KEY, JSON.stringify(last));
  } catch {
    // A browser that keeps nothing has nothing to show later, and says so then.
  }
}

/** What was kept, or null. It was written by this program, but perhaps by another version of it. */
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
