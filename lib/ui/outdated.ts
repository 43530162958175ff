/** Decides whether a rendering of quotas is outdated. */
import type { DashboardView } from "../model/view/view.ts";
import { settingsMark } from "./words.ts";

/** Sessions and downsampled points reload after this long. */
export const RELOAD_MS = 5 * 60_000;

/**
 * Reports whether something rendered from one view would look different with another.
 *
 * @param quotas the keys of the quotas it shows; null for all
 */
export function isOutdated(
  drawn: DashboardView,
  now: DashboardView,
  quotas: readonly string[] | null,
): boolean {
  return now !== drawn &&
    (now.at - drawn.at > RELOAD_MS || computeMark(now, quotas) !== computeMark(drawn, quotas));
}

function computeMark(view: DashboardView, quotas: readonly string[] | null): string {
  const shown = view.accounts.flatMap((account) => account.quotas).filter(({ key }) =>
    quotas?.includes(key) ?? true
  );
  return [settingsMark(view), ...shown.map(({ key, at }) => `${key} ${at}`)].join("\n");
}
