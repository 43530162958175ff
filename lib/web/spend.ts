/** The page of spend, and its form for the prices of plans and budgets. */
import { HttpError } from "fresh";
import { findBudget } from "../model/alerts/decide_budget.ts";
import { withBudget } from "../model/alerts/rules.ts";
import type { AccountKey } from "../model/quota.ts";
import { findPrices, isDay, priceOn } from "../model/spend/price.ts";
import { isoDate } from "../model/time.ts";
import { CURRENCY, MAX_PRICE } from "../model/setting_limits.ts";
import type { AppContext } from "../app/context.ts";
import type { FrameFacts } from "../ui/Frame.tsx";
import type { SpendPageView } from "../ui/spend/kinds.ts";
import { followChanges } from "./outdated_form.ts";
import { priceFields } from "../ui/spend/PlanCard.tsx";
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
          since: answered.typed.get("since") ?? "",
          budget: answered.typed.get("budget") ?? "",
          budgetCurrency: answered.typed.get("budgetCurrency") ?? "",
          problems: Object.fromEntries(answered.problems.map(({ field, message }) => [field, message])),
        }
        : null,
    },
  };
}

/**
 * Saves the price and the budget of one account; removes empty ones.
 *
 * @param zone in which a new price counts from today, or from the day that the form names
 * @throws {FieldsError} naming the invalid fields; nothing was changed then
 */
export async function applySpendForm(
  services: AppContext,
  submitted: URLSearchParams,
  zone: string,
): Promise<AccountKey> {
  const account = (await listKnownAccounts(services)).find((key) => key === submitted.get("account"));
  if (account === undefined) throw new HttpError(400, "The form names no existing account");
  const stored = await readStored(services, account, zone);
  const fields = priceFields(stored);
  const form = followChanges(submitted, fields);
  const problems: FieldProblem[] = [];
  const amount = parseAmount(form, "price", stored.price?.amount ?? null, problems);
  const currency = parseCurrency(form, "currency", problems) ?? "USD";
  const since = parseDay(form, problems);
  const budget = parseAmount(form, "budget", stored.budget, problems) ?? 0;
  // A form without the field is for the currency that the account has.
  const budgetCurrency = parseCurrency(form, "budgetCurrency", problems) ?? stored.budgetCurrency ??
    (form.has("budgetCurrency") ? "USD" : null);
  if (problems.length > 0) throw new FieldsError(problems);
  const isPrice = amount !== (stored.price?.amount ?? null) || since !== undefined ||
    amount !== null && currency !== stored.price?.currency;
  if (isPrice) {
    const from = since ?? (stored.hasPrices ? stored.today : undefined);
    const price = amount === null ? null : { amount, currency, since: from };
    await save(services, { accounts: { [account]: { price, priceEnds: since } } }, undefined, zone);
  }
  if ((stored.budget ?? 0) !== budget || budget > 0 && budgetCurrency !== stored.storedCurrency) {
    await services.alerts.setRules((before) => withBudget(before, account, budget, budgetCurrency));
    services.hub.publish({ kind: "alerts", account: null });
  }
  return account;
}

/** Returns what the form of an account shows, and the currency that is stored with its budget. */
async function readStored(services: AppContext, account: AccountKey, zone: string) {
  const [settings, rules, { plans }] = await Promise.all([
    services.settings.load(),
    services.alerts.rules(),
    services.spend(zone, new Set([account])),
  ]);
  const prices = findPrices(settings.accounts[account] ?? {});
  const today = isoDate(services.clock.now(), zone);
  const budget = findBudget(rules, account);
  return {
    today,
    hasPrices: prices.length > 0,
    price: priceOn(prices, today),
    budget: budget?.amount ?? null,
    budgetCurrency: budget?.currency ?? plans[0]?.budgetCurrency ?? null,
    storedCurrency: budget?.currency ?? null,
  };
}

/** Parses a currency as people type it, `eur`; null where the field is empty. */
function parseCurrency(form: URLSearchParams, field: string, problems: FieldProblem[]): string | null {
  const currency = (form.get(field) ?? "").trim().toUpperCase();
  if (currency === "") return null;
  if (!CURRENCY.test(currency)) {
    problems.push({ field, message: "A currency has three letters, such as USD" });
  }
  return currency;
}

/** Parses the day from which a price counts; undefined where the field is empty. */
function parseDay(form: URLSearchParams, problems: FieldProblem[]): string | undefined {
  const day = (form.get("since") ?? "").trim();
  if (day === "") return undefined;
  if (!isDay(day)) problems.push({ field: "since", message: "A day, such as 2026-11-21" });
  return day;
}

/**
 * Parses an amount of money as people type it, `20`, `19.99`, `$20`; null where the field is empty.
 *
 * @param stored which programs may have set with more digits: unchanged, it must not prevent other changes
 */
function parseAmount(
  form: URLSearchParams,
  field: string,
  stored: number | null,
  problems: FieldProblem[],
): number | null {
  const text = (form.get(field) ?? "").trim();
  if (text === "") return null;
  if (stored !== null && text === String(stored)) return stored;
  const amount = /^\$?(\d{1,10}(?:[.,]\d{1,2})?)$/.exec(text)?.[1]?.replace(",", ".");
  if (amount !== undefined && Number(amount) <= MAX_PRICE) return Number(amount);
  problems.push({ field, message: "An amount of money, such as 20 or 19.99" });
  return null;
}
