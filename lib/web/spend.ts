/** The page of spend, and its form for the prices of plans and budgets. */
import { HttpError } from "fresh";
import { findBudget } from "../model/alerts/decide_budget.ts";
import { withBudget } from "../model/alerts/rules.ts";
import type { AccountKey } from "../model/quota.ts";
import { CURRENCY, MAX_PRICE } from "../model/setting_limits.ts";
import type { AppContext } from "../app/context.ts";
import type { FrameFacts } from "../ui/Frame.tsx";
import type { SpendPageView } from "../ui/spend/kinds.ts";
import { followChanges } from "./outdated_form.ts";
import { priceFields } from "../ui/spend/SpendPage.tsx";
import { type FieldProblem, FieldsError } from "./failure.ts";
import { frameFacts } from "./frame.ts";
import { pageZone } from "./preferences.ts";
import { listKnownAccounts, save } from "./settings.ts";
import type { State } from "./state.ts";

export interface SpendPageData {
  readonly facts: FrameFacts;
  readonly view: SpendPageView;
  readonly note: string;
}

/** @param answered the submitted values of a form that could not be used */
export async function spendPage(
  state: State,
  query: URLSearchParams,
  answered?: { readonly typed: URLSearchParams; readonly problems: readonly FieldProblem[] },
): Promise<SpendPageData> {
  const facts = await frameFacts(state, "Spend");
  const spend = await state.services.spend(pageZone(state));
  const typed = answered?.typed.get("account") ?? null;
  return {
    facts,
    note: answered ? "Nothing was saved" : query.get("done") === "saved" ? "Saved" : "",
    view: {
      ...spend,
      typed: answered && typed !== null
        ? {
          account: typed,
          price: answered.typed.get("price") ?? "",
          currency: answered.typed.get("currency") ?? "",
          budget: answered.typed.get("budget") ?? "",
          problems: Object.fromEntries(answered.problems.map(({ field, message }) => [field, message])),
        }
        : null,
    },
  };
}

/**
 * Saves the price and the budget of one account; removes empty ones.
 *
 * @throws {FieldsError} naming the invalid fields; nothing was changed then
 */
export async function applySpendForm(services: AppContext, submitted: URLSearchParams): Promise<AccountKey> {
  const account = (await listKnownAccounts(services)).find((key) => key === submitted.get("account"));
  if (account === undefined) throw new HttpError(400, "The form names no existing account");
  const { price: own = null } = (await services.settings.load()).accounts[account] ?? {};
  const stored = { price: own, budget: findBudget(await services.alerts.rules(), account) || null };
  const form = followChanges(submitted, priceFields(stored));
  const problems: FieldProblem[] = [];
  const price = parseAmount(form, "price", problems);
  const budget = parseAmount(form, "budget", problems);
  const currency = (form.get("currency")?.trim() || "USD").toUpperCase();
  if (!CURRENCY.test(currency)) {
    problems.push({ field: "currency", message: "A currency has three letters, such as USD" });
  }
  if (problems.length > 0) throw new FieldsError(problems);
  await save(services, {
    accounts: { [account]: { price: price === null ? null : { amount: price, currency } } },
  });
  const rules = await services.alerts.rules();
  if (findBudget(rules, account) !== (budget ?? 0)) {
    await services.alerts.setRules((before) => withBudget(before, account, budget ?? 0));
    services.hub.publish({ kind: "alerts", account: null });
  }
  return account;
}

/** Parses an amount of money as people type it, `20`, `19.99`, `$20`; null where the field is empty. */
function parseAmount(form: URLSearchParams, field: string, problems: FieldProblem[]): number | null {
  const text = (form.get(field) ?? "").trim();
  if (text === "") return null;
  const amount = /^\$?(\d{1,7}(?:[.,]\d{1,2})?)$/.exec(text)?.[1]?.replace(",", ".");
  if (amount !== undefined && Number(amount) <= MAX_PRICE) return Number(amount);
  problems.push({ field, message: "An amount of money, such as 20 or 19.99" });
  return null;
}
