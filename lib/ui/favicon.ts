/** The icon of a page: a ring filled like the tightest quota, in the colour and shape of its status. */
import { pathTo } from "./base_path.ts";
import { type StatusWord } from "../model/view/status.ts";
import { type DashboardView, findTightest } from "../model/view/view.ts";

const COLOURS: Readonly<Record<StatusWord, string>> = {
  healthy: "#3aa67c",
  warning: "#d2a034",
  danger: "#e5783a",
  critical: "#e5586a",
  blocked: "#e5586a",
  unknown: "#8b949d",
};
/**
 * The ring moves in steps of this many percent, so that browsers request a new icon only when it looks different.
 */
const STEP = 5;
const RADIUS = 8;

/** The program's icon, which shows no figure. */
export const PLAIN_ICON = "/icon.svg";

/** Returns the icon's address; the program's icon when the figures are unknown or stale. */
export function faviconHref(view: Pick<DashboardView, "accounts"> | null): string {
  const tightest = findTightest(view);
  if (!tightest || tightest.share === null && tightest.status !== "blocked") return PLAIN_ICON;
  const percent = Math.min(100, Math.max(0, Math.floor((tightest.share ?? 0) * 100 / STEP) * STEP));
  return `/favicon.svg?used=${percent}&status=${tightest.status}`;
}

/** Sets the page's icon to match the view. */
export function showFavicon(view: Pick<DashboardView, "accounts"> | null): void {
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  const href = pathTo(faviconHref(view));
  if (link && link.getAttribute("href") !== href) link.href = href;
}

/**
 * @param percent how full the ring is, 0 to 100
 * @param word any text; draws `unknown` unless it is a status
 */
export function faviconSvg(percent: number, word: string): string {
  const status = Object.hasOwn(COLOURS, word) ? word as StatusWord : "unknown";
  const around = 2 * Math.PI * RADIUS;
  const filled = Math.round(around * Math.min(100, Math.max(0, percent))) / 100;
  const full = status === "critical" || status === "blocked"
    ? `<circle cx="12" cy="12" r="4" fill="${COLOURS[status]}"/>`
    : "";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none">` +
    `<rect width="24" height="24" rx="6" fill="#171a1d"/>` +
    `<circle cx="12" cy="12" r="${RADIUS}" stroke="#4a525a" stroke-width="4"/>` +
    `<circle cx="12" cy="12" r="${RADIUS}" stroke="${COLOURS[status]}" stroke-width="4" ` +
    `stroke-dasharray="${filled} 99" transform="rotate(-90 12 12)"/>${full}</svg>\n`;
}
