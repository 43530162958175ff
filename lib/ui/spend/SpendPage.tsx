/** What was spent by account and month, what is left for today, and what plans were worth. */
import type { AccountSpend, MonthAmount, QuotaAllowance } from "../../model/spend/spend.ts";
import { allowanceText, formatMoney, totalText } from "../../model/spend/words.ts";
import { formatShare } from "../../model/view/format.ts";
import { dayText, monthText } from "../dates.ts";
import { nodeId, nodeKey } from "../words.ts";
import { EmptyTable, TableCard } from "../table/parts.tsx";
import type { SpendPageView } from "./kinds.ts";
import { PlanCard } from "./PlanCard.tsx";

const NO_PROJECTION =
  "Part of the month is unknown, or fewer than three days of the last two weeks are known";
/** Columns of months on a wide screen. */
const SHOWN_MONTHS = 6;

export function SpendPage({ view }: { readonly view: SpendPageView }) {
  const { accounts, plans, allowances } = view;
  if (accounts.length + plans.length + allowances.length === 0) {
    return (
      <EmptyTable title="Nothing to sum up yet">
        Money and plans appear once the first account has been polled.
      </EmptyTable>
    );
  }
  return (
    <>
      <Money view={view} />
      {allowances.length > 0 && <Allowances allowances={allowances} />}
      <Plans view={view} />
    </>
  );
}

function Money({ view }: { readonly view: SpendPageView }) {
  const { accounts, totals } = view;
  if (accounts.length === 0) {
    return (
      <EmptyTable title="No account reports money">
        Vendors that bill by use (API keys, credits, extra usage) are summed up here. What plans cost can be
        entered below.
      </EmptyTable>
    );
  }
  // Months without readings would be empty columns.
  const known = view.months.findLastIndex((_, place) => totals.some((total) => total.months[place] != null));
  const months = view.months.slice(0, Math.min(SHOWN_MONTHS, Math.max(1, known + 1)));
  return (
    <section aria-labelledby="money">
      <h2 id="money" class="mt-6 text-lg font-semibold">By account and month</h2>
      {totals.map((total) => (
        <p key={total.currency} class="spend-total mt-1">
          {totalText(total, (at) => dayText(at, view.zone))}.
        </p>
      ))}
      <TableCard
        label="Spend by account and month"
        about={`Each amount counts once, even if the vendor shows it in several places. Months begin at midnight in ${view.zone}.`}
      >
        <table id="spend-table" class="data-table">
          <caption class="sr-only">Spend of each account by month, current month first</caption>
          <thead>
            <tr>
              <th scope="col">Account</th>
              <th scope="col" class="number">{monthText(months[0]!.from, view.zone)}</th>
              <th scope="col" class="number">At month end</th>
              {months.slice(1).map(({ label, from }, place) => (
                <th key={label} scope="col" class={place === 0 ? "number" : "number wide-only"}>
                  {monthText(from, view.zone)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {accounts.map((row) => (
              <MoneyRow
                key={nodeKey(`${row.account} ${row.currency}`)}
                row={row}
                count={months.length}
                zone={view.zone}
              />
            ))}
          </tbody>
          {accounts.length > 1 && (
            <tfoot>
              {totals.map(({ currency, months: sums, projected }) => (
                <tr key={currency}>
                  <th scope="row" class="row-title">
                    {totals.length > 1 ? `Total in ${currency}` : "Total"}
                  </th>
                  <td class="number font-semibold">
                    <Amount amount={sums[0] ?? null} currency={currency} zone={view.zone} />
                  </td>
                  <td class="number">{formatMoney(projected, currency)}</td>
                  <MonthCells months={sums.slice(0, months.length)} currency={currency} zone={view.zone} />
                </tr>
              ))}
            </tfoot>
          )}
        </table>
      </TableCard>
      <p class="file-links no-print mt-4 flex items-center gap-2 text-sm text-muted">
        <span>Download all months</span>
        {["CSV", "JSON"].map((text) => (
          <a
            key={text}
            class="button export-link"
            href={`/api/v1/tables/spend?format=${text.toLowerCase()}`}
            data-format={text.toLowerCase()}
            download
          >
            {text}
          </a>
        ))}
      </p>
    </section>
  );
}

function MoneyRow({ row, count, zone }: {
  readonly row: AccountSpend;
  /** Number of months that are shown. */
  readonly count: number;
  readonly zone: string;
}) {
  const { title, currency, months, projection, budget } = row;
  const spent = months[0]?.amount ?? null;
  return (
    <tr data-account={row.account}>
      <th scope="row" class="row-title">
        <span class="outside-text">{title}</span>
      </th>
      <td class="number">
        <Amount amount={months[0] ?? null} currency={currency} zone={zone} />
        {budget !== null && spent !== null && (
          <span class={spent > budget ? "block text-xs text-critical" : "block text-xs text-muted"}>
            {formatShare(spent / budget)} of {formatMoney(budget, currency)}
          </span>
        )}
      </td>
      <td class="number">
        {projection === null
          ? (
            <span class="text-muted" title={spent === null ? "No readings this month" : NO_PROJECTION}>
              unknown
            </span>
          )
          : (
            <span
              title={projection.days === 0
                ? "No longer configured, so nothing more is expected"
                : `At ${
                  formatMoney(projection.perDay, currency)
                } a day, as in the last ${projection.days} days`}
            >
              {formatMoney(projection.amount, currency)}
            </span>
          )}
      </td>
      <MonthCells months={months.slice(0, count)} currency={currency} zone={zone} />
    </tr>
  );
}

/** Shows the amount of a month, and since when it is known if that is not all of the month. */
function Amount({ amount, currency, zone }: {
  readonly amount: MonthAmount | null;
  readonly currency: string;
  readonly zone: string;
}) {
  if (amount === null) return <span class="font-normal text-muted">no reading</span>;
  return (
    <>
      {formatMoney(amount.amount, currency)}
      {amount.since !== null && (
        <span class="block whitespace-nowrap text-xs font-normal text-muted">
          {amount.isPartly ? "partly " : ""}since {dayText(amount.since, zone)}
        </span>
      )}
    </>
  );
}

/** Shows the months before the current one. */
function MonthCells({ months, currency, zone }: {
  readonly months: readonly (MonthAmount | null)[];
  readonly currency: string;
  readonly zone: string;
}) {
  return (
    <>
      {months.slice(1).map((one, place) => (
        <td key={place} class={place === 0 ? "number" : "number wide-only"}>
          <Amount amount={one} currency={currency} zone={zone} />
        </td>
      ))}
    </>
  );
}

function Allowances({ allowances }: { readonly allowances: readonly QuotaAllowance[] }) {
  return (
    <section aria-labelledby="allowances">
      <h2 id="allowances" class="mt-8 text-lg font-semibold">For today</h2>
      <p class="mt-1 text-sm text-muted">
        Weekly and monthly limits, spread evenly over their days: what you can use by the end of today.
      </p>
      <ul class="mt-4 grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
        {allowances.map((one) => (
          <li
            key={one.quota}
            id={nodeId("allowance", one.quota)}
            class="card-shadow rounded-xl border border-line bg-surface p-4"
          >
            <p class="outside-text text-sm font-medium">{one.title}</p>
            <p
              class={one.left < 0
                ? "allowance mt-1 font-semibold text-warning"
                : "allowance mt-1 font-semibold"}
            >
              {allowanceText(one)}
            </p>
            <svg
              class="mt-2 block h-2 w-full overflow-hidden rounded-full"
              viewBox="0 0 100 4"
              preserveAspectRatio="none"
              role="img"
              aria-label={evenShareText(one)}
            >
              <rect width="100" height="4" class="fill-current text-line" />
              <rect
                width={toPercent(one.share)}
                height="4"
                class={one.left < 0 ? "fill-current text-warning" : "fill-current text-healthy"}
              />
              <rect
                x={Math.min(99, toPercent(one.evenShare))}
                width="1"
                height="4"
                class="fill-current text-ink"
              />
            </svg>
            <p class="mt-1 text-xs text-muted">
              {evenShareText(one)}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function evenShareText({ share, evenShare }: Pick<QuotaAllowance, "share" | "evenShare">): string {
  return `${formatShare(share)} used; the even share at the end of today is ${formatShare(evenShare)}`;
}

function toPercent(share: number): number {
  return Math.round(Math.min(1, Math.max(0, share)) * 1000) / 10;
}

function Plans({ view }: { readonly view: SpendPageView }) {
  return (
    <section aria-labelledby="plans">
      <h2 id="plans" class="mt-8 text-lg font-semibold">Plans and budgets</h2>
      <p class="mt-1 text-sm text-muted">
        Enter the monthly price of a plan to see how much of it you used. A changed price counts from today,
        or from the day you enter; earlier days keep the earlier price. A budget covers a calendar month; you
        get an alert when you exceed it.
      </p>
      <ul class="mt-4 grid gap-3 lg:grid-cols-2">
        {view.plans.map((plan) => <PlanCard key={nodeKey(plan.account)} view={view} plan={plan} />)}
      </ul>
    </section>
  );
}
