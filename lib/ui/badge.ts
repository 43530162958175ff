/** The number on the icon of the installed app: what needs attention, and what is used up or blocked. */
import { computeNeed, findTroubles } from "../model/view/need.ts";
import type { DashboardView } from "../model/view/view.ts";

export function badgeCount({ accounts, at }: Pick<DashboardView, "accounts" | "at">): number {
  const out = accounts.flatMap((account) =>
    account.quotas.filter((quota) => computeNeed(account, quota, at) === "out")
  );
  return findTroubles(accounts, at).length + out.length;
}

/** The number stays while the app is out of sight. Browsers without badges, and pages that are not installed, show none. */
export function showBadge(view: Pick<DashboardView, "accounts" | "at">): void {
  const count = badgeCount(view);
  const shown = count > 0 ? navigator.setAppBadge?.(count) : navigator.clearAppBadge?.();
  shown?.catch(() => {});
}
