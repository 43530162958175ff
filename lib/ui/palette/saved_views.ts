/** Views this browser has saved: an address with its filters and ranges, under a name. */
import { harmless } from "../../base/text.ts";

export interface SavedView {
  readonly name: string;
  /** Path and query inside the dashboard, without the path it is served below. */
  readonly href: string;
}

export const VIEWS_KEY = "views";
const MAX_VIEWS = 50;
/** In characters. */
const MAX_VIEW_NAME = 60;

/** Returns the name that is stored for a typed one: nothing in it turns the sentences it is shown in. */
export function viewName(typed: string): string {
  return [...harmless(typed).trim()].slice(0, MAX_VIEW_NAME).join("");
}

/** Parses stored views. Storage may hold anything, so only links to pages of this dashboard count. */
export function parseViews(text: string | null): readonly SavedView[] {
  try {
    const stored: unknown = JSON.parse(text ?? "[]");
    return !Array.isArray(stored) ? [] : stored.flatMap((one: unknown): SavedView[] => {
      const { name, href } = (one ?? {}) as Partial<SavedView>;
      const isView = typeof name === "string" && typeof href === "string" && isInside(href);
      return isView ? [{ name: viewName(name), href }] : [];
    }).slice(0, MAX_VIEWS);
  } catch {
    return [];
  }
}

/** Browsers drop tabs and line ends from an address and treat a backslash as a slash, so the URL parser decides. */
function isInside(href: string): boolean {
  const [base, url] = [new URL("http://here.invalid/"), URL.parse(href, "http://here.invalid/")];
  return href.startsWith("/") && url?.origin === base.origin;
}

/** Puts a view first, replacing one of the same name. */
export function withView(views: readonly SavedView[], view: SavedView): readonly SavedView[] {
  return [view, ...views.filter(({ name }) => name !== view.name)].slice(0, MAX_VIEWS);
}

export function loadViews(): readonly SavedView[] {
  try {
    return parseViews(localStorage.getItem(VIEWS_KEY));
  } catch {
    return [];
  }
}

/** @returns false when the browser cannot store them */
export function storeViews(views: readonly SavedView[]): boolean {
  try {
    localStorage.setItem(VIEWS_KEY, JSON.stringify(views));
    return true;
  } catch {
    return false;
  }
}
