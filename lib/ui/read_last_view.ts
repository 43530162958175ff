/** Reads what `last_view.ts` stored: only the page without a server does, so other pages do not load it. */
import { LAST_VIEW_KEY, type LastView } from "./last_view.ts";

/** Returns the stored view, or null. This program wrote it, but possibly another version of it. */
export function readLastView(): LastView | null {
  try {
    const last: LastView | null = JSON.parse(localStorage.getItem(LAST_VIEW_KEY) ?? "null");
    const isSound = last !== null && typeof last.zone === "string" && typeof last.view.at === "number" &&
      Array.isArray(last.view.accounts) && typeof last.view.settings.display === "string";
    return isSound ? last : null;
  } catch {
    return null;
  }
}
