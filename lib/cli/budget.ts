/** `syntrack alerts budget`: lists and sets what accounts may spend in a calendar month. */
import type { Composed } from "../app/compose.ts";
import { plain } from "../base/text.ts";
import { withBudget } from "../model/alerts/rules.ts";
import type { AccountKey } from "../model/quota.ts";
import { CURRENCY } from "../model/setting_limits.ts";
import { formatMoney } from "../model/spend/words.ts";
import { printDone } from "./done.ts";
import { EXIT_OK, usageError } from "./io.ts";
import { unknownName } from "./select.ts";
import type { Tools } from "./tools.ts";

export interface TypedBudget {
  readonly amount: string | undefined;
  readonly currency: string | undefined;
}

type Alerts = Composed["alerting"]["alerts"];
type Services = Pick<ReturnType<Composed["services"]>, "dashboard" | "spend">;

export async function changeBudget(
  tools: Tools,
  alerts: Alerts,
  services: Services,
  target: string | undefined,
  typed: TypedBudget,
): Promise<number> {
  if (target === undefined) return await listBudgets(tools, alerts, services);
  const { accounts } = await services.dashboard();
  const account = accounts.find(({ key }) => key === target);
  if (account === undefined) throw unknownName("account", target, accounts.map(({ key }) => key));
  const budget = typed.amount === undefined || !/^\d{1,9}(\.\d{1,2})?$/.test(typed.amount)
    ? NaN
    : Number(typed.amount);
  if (Number.isNaN(budget)) {
    throw usageError("alerts budget needs an amount of money", "Such as 50, or 0 for no budget");
  }
  const currency = typed.currency?.toUpperCase() ?? await findCurrency(tools, services, account.key);
  if (currency !== null && !CURRENCY.test(currency)) {
    throw usageError(
      `Unknown currency "${plain(typed.currency!)}"`,
      "A currency has three letters, such as USD",
    );
  }
  await alerts.setRules((before) => withBudget(before, account.key, budget, currency));
  const set = { budget, currency: budget === 0 ? null : currency };
  tools.recordAction({ target: account.key, detail: set });
  printDone(
    tools,
    { account: account.key, ...set },
    budget === 0
      ? `${plain(account.key)} has no budget`
      : `You get an alert when ${plain(account.key)} has spent more than ${
        amountText(set)
      } in a calendar month`,
  );
  return EXIT_OK;
}

async function listBudgets(tools: Tools, alerts: Alerts, services: Services): Promise<number> {
  const { only = {} } = await alerts.rules();
  tools.recordAction(null);
  const set = await Promise.all(
    Object.entries(only).flatMap(([key, { budget = 0, budgetCurrency }]) =>
      budget > 0 ? [{ account: key as AccountKey, budget, budgetCurrency }] : []
    ).map(async ({ account, budget, budgetCurrency }) => ({
      account,
      budget,
      currency: budgetCurrency ?? await findCurrency(tools, services, account),
    })),
  );
  if (tools.json) tools.printJson({ budgets: set });
  else if (set.length === 0) tools.print("No account has a budget");
  else for (const one of set) tools.print(`${plain(one.account)}: ${amountText(one)} a month`);
  return EXIT_OK;
}

/** Returns the currency of an account's budget, or of one set now without a currency; null while none is known. */
async function findCurrency(tools: Tools, services: Services, account: AccountKey): Promise<string | null> {
  const zone = (await tools.dataLocation()).zone();
  const { plans } = await services.spend(zone, new Set([account]));
  return plans[0]?.budgetCurrency ?? null;
}

/** `$50.00`, `50.00 EUR`; `50` while the account's currency is unknown. */
function amountText(
  { budget, currency }: { readonly budget: number; readonly currency: string | null },
): string {
  return currency === null ? String(budget) : formatMoney(budget, currency);
}
