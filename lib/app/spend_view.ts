/** Collects the input of the spend view: the accounts, the prices that users entered, and their budgets. */
import { findBudget } from "../model/alerts/decide_budget.ts";
import type { AccountKey } from "../model/quota.ts";
import { findPrices } from "../model/spend/price.ts";
import type { SpendView } from "../model/spend/spend.ts";
import type { DashboardView } from "../model/view/view.ts";
import { readSpend, type SpendSources } from "../read/spend.ts";
import type { AppContext } from "./context.ts";
import { accountSettings } from "./settings.ts";

/** The accounts at an instant, and what follows from their history at that instant. */
export interface SpendState {
  readonly dashboard: () => Promise<Pick<DashboardView, "at" | "accounts">>;
  readonly analysis: SpendSources["analysis"];
}

type Services = SpendState & Pick<AppContext, "poolsOf" | "settings" | "alerts">;

/**
 * Returns what was spent, by the days of a zone.
 *
 * @param only the accounts to include. Default: all that are not hidden
 * @throws {StoreError}
 */
export async function spendView(
  services: Services,
  zone: string,
  only?: ReadonlySet<AccountKey>,
): Promise<SpendView> {
  const [{ at, accounts }, settings, rules] = await Promise.all([
    services.dashboard(),
    services.settings.load(),
    services.alerts.rules(),
  ]);
  return await readSpend({
    analysis: services.analysis,
    poolsOf: services.poolsOf,
    accounts: only ? accounts.filter(({ key }) => only.has(key)) : accounts,
    pricesOf: (account) => findPrices(accountSettings(settings, account)),
    budgetOf: (account) => findBudget(rules, account),
    workDays: settings.workDays,
    zone,
    now: at,
  });
}
