/** A plan with its use, and the form for its price and the budget of its account. */
import { plain } from "../../base/text.ts";
import type { PlanSpend } from "../../model/spend/spend.ts";
import { formatMoney, planText } from "../../model/spend/words.ts";
import { formatNumber, formatPlan } from "../../model/view/format.ts";
import { MadeFrom } from "../MadeFrom.tsx";
import { nodeId } from "../words.ts";
import type { SpendPageView } from "./kinds.ts";

/** Maximum length of a plan's name, in characters. */
const MAX_PLAN = 60;

export function PlanCard({ view, plan }: { readonly view: SpendPageView; readonly plan: PlanSpend }) {
  const typed = view.typed?.account === plan.account ? view.typed : null;
  const id = nodeId("plan", plan.account);
  const fields = priceFields(plan);
  return (
    <li id={id} class="plan-card card-shadow rounded-xl border border-line bg-surface p-4">
      <h3 class="outside-text font-medium">
        {plan.title}
        {plan.plan !== null && (
          <span class="font-normal text-muted">, {plain(formatPlan(plan.plan), MAX_PLAN)}</span>
        )}
      </h3>
      <p class="plan-use mt-1 text-sm">{plan.isBilled ? "Billed by use" : planText(plan)}</p>
      {hasDays(plan) && <p class="plan-prices mt-1 text-xs text-muted">{pricesText(plan.prices)}</p>}
      {plan.advice.map((sentence) => <p key={sentence} class="outside-text mt-1 text-sm">{sentence}</p>)}
      <details class="no-print mt-2 text-sm" open={typed !== null}>
        <summary class="touch-target cursor-pointer text-muted">{summaryText(plan)}</summary>
        <form method="post" action="/spend" class="mt-2 flex flex-wrap items-end gap-3">
          <input type="hidden" name="account" value={plan.account} />
          <MadeFrom values={fields} />
          <AmountField
            id={`${id}-price`}
            name="price"
            label="Price per month"
            value={typed?.price ?? fields.price}
            problem={typed?.problems.price}
          />
          <AmountField
            id={`${id}-currency`}
            name="currency"
            label="Currency"
            value={typed?.currency ?? fields.currency}
            problem={typed?.problems.currency}
          />
          <AmountField
            id={`${id}-since`}
            name="since"
            label="Since"
            value={typed?.since ?? ""}
            problem={typed?.problems.since}
          />
          <AmountField
            id={`${id}-budget`}
            name="budget"
            label="Budget per month"
            value={typed?.budget ?? fields.budget}
            problem={typed?.problems.budget}
          />
          <AmountField
            id={`${id}-budget-currency`}
            name="budgetCurrency"
            label="Budget currency"
            value={typed?.budgetCurrency ?? fields.budgetCurrency}
            problem={typed?.problems.budgetCurrency}
          />
          <button
            type="submit"
            class="button touch-target"
            aria-label={`Save the price and budget of ${plan.title}`}
          >
            Save
          </button>
        </form>
      </details>
    </li>
  );
}

/** The fields of the form as stored, for a plan without a typed value. */
export function priceFields(
  { price, budget, budgetCurrency }: Pick<PlanSpend, "price" | "budget" | "budgetCurrency">,
): Readonly<Record<"price" | "currency" | "budget" | "budgetCurrency", string>> {
  return {
    price: String(price?.amount ?? ""),
    currency: price?.currency ?? "USD",
    budget: String(budget ?? ""),
    budgetCurrency: budgetCurrency ?? "USD",
  };
}

/** `Price $20.00, budget $50.00`, or what can be entered. */
function summaryText({ price, budget, budgetCurrency }: PlanSpend): string {
  const set = [
    price === null ? "" : `price ${formatMoney(price.amount, price.currency)} a month`,
    budget === null
      ? ""
      : `budget ${budgetCurrency === null ? formatNumber(budget) : formatMoney(budget, budgetCurrency)}`,
  ].filter((text) => text !== "").join(", ");
  return set === "" ? "Enter a price or a budget" : `${set[0]!.toUpperCase()}${set.slice(1)}`;
}

/** Reports whether the price alone does not say when it counts. */
function hasDays({ prices }: Pick<PlanSpend, "prices">): boolean {
  return prices.some(({ since }) => since !== null);
}

/** `$20.00 a month, $40.00 a month since 2026-11-12`. */
function pricesText(prices: PlanSpend["prices"]): string {
  return prices.map(({ since, price }) => {
    const amount = price === null ? "nothing" : `${formatMoney(price.amount, price.currency)} a month`;
    return since === null ? amount : `${amount} since ${since}`;
  }).join(", ");
}

function AmountField({ id, name, label, value, problem }: {
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly problem: string | undefined;
}) {
  return (
    <div class="flex flex-col gap-1 text-sm">
      <label for={id} class="font-medium">{label}</label>
      <input
        id={id}
        name={name}
        // A day with the button of its calendar needs more room than an amount.
        class={name === "since" ? "field touch-target w-40" : "field touch-target w-28"}
        value={value}
        type={name === "since" ? "date" : "text"}
        inputMode={name === "price" || name === "budget" ? "decimal" : "text"}
        autocomplete="off"
        maxLength={12}
        aria-invalid={problem === undefined ? undefined : "true"}
        aria-describedby={problem === undefined ? undefined : `${id}-problem`}
      />
      {problem !== undefined && <p id={`${id}-problem`} class="text-critical">{problem}</p>}
    </div>
  );
}
