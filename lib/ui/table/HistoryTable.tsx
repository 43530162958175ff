/** The log of an account's readings: its quotas side by side, or one of them with all its figures. */
import {
  type DisplayUnit,
  formatAmount,
  formatCount,
  formatQuantity,
  UNKNOWN,
} from "../../model/view/format.ts";
import type { QuotaKey } from "../../model/quota.ts";
import type { StatusWord } from "../../model/view/status.ts";
import type { Display } from "../../model/view/view.ts";
import { Instant, ShareCell } from "./cells.tsx";
import type { LinkChoice, TableTools } from "./kinds.ts";
import { EmptyTable, FileLinks, LinkRow, PageLink, TableCard, ToolRow } from "./parts.tsx";

export interface HistoryRow {
  readonly at: number;
  /** In column order; null when that quota was not read then. */
  readonly quotas: readonly (LoggedQuota | null)[];
}

/** A reading of a quota, or a summary of several: then `used` is the last, and `left` the lowest. */
export interface LoggedQuota {
  /** The unit at that time, which may differ from the quota's today. */
  readonly unit: DisplayUnit;
  readonly used: number | null;
  readonly limit: number | null;
  readonly left: number | null;
  readonly share: number | null;
  /** Since the previous reading; keeps counting over resets. */
  readonly consumed: number;
  readonly resets: number;
  readonly readings: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly status: StatusWord;
}

export interface HistoryTableView {
  /** Whether shares show what is used or what is left. */
  readonly display: Display;
  /** Null before the first account. */
  readonly account: string | null;
  readonly columns: readonly {
    readonly key: QuotaKey;
    readonly title: string;
    readonly unit: DisplayUnit;
    readonly limit: number | null;
  }[];
  readonly rows: readonly HistoryRow[];
  /** True when rows summarize several readings. */
  readonly isSummed: boolean;
  readonly descending: boolean;
  /** The address that reverses the order. */
  readonly turn: string;
  /** The first page, and the next one; null when there is none. */
  readonly start: string | null;
  readonly next: string | null;
  readonly sizes: readonly LinkChoice[];
  readonly tools: TableTools;
}

export function HistoryTable({ table, zone }: { readonly table: HistoryTableView; readonly zone: string }) {
  const { rows, columns, tools, account } = table;
  return (
    <>
      <ToolRow tools={tools} />
      {rows.length === 0
        ? (
          <EmptyTable title="No reading to show">
            {account === null
              ? "No readings yet. They are listed here once an account is configured and polled."
              : columns.length === 0
              ? "This account has not been read yet; the overview says why."
              : "No readings in this range. Choose a longer one; single readings are kept for as long as the settings say, their sums forever."}
          </EmptyTable>
        )
        : (
          <TableCard
            label="Readings"
            about={`Shares of the limit are what is ${table.display}; in small print what was consumed since the previous row.`}
            foot={<Foot table={table} />}
          >
            <table id="history-table" class="data-table sticky-first">
              <caption class="sr-only">Readings of {account}</caption>
              {columns.length === 1
                ? <OneQuota table={table} zone={zone} />
                : <AllQuotas table={table} zone={zone} />}
            </table>
          </TableCard>
        )}
    </>
  );
}

function Foot({ table: { start, next, sizes, rows, tools } }: { readonly table: HistoryTableView }) {
  return (
    <div class="pager no-print flex flex-wrap items-center gap-x-4 gap-y-2 px-3 py-3 text-sm">
      <p class="pager-place text-muted">{rows.length === 1 ? "1 row" : `${rows.length} rows`}</p>
      {(start !== null || next !== null) && (
        <nav class="flex items-center gap-2" aria-label="Pages of the table">
          <PageLink href={start} rel="first" text="Back to the start" />
          <PageLink href={next} rel="next" text="Next" />
        </nav>
      )}
      <div class="flex items-center gap-2 text-muted">
        <span>Rows</span>
        <LinkRow label="Rows per page" links={sizes} class="size-row" />
      </div>
      <FileLinks tools={tools} />
    </div>
  );
}

function TimeHead({ turn, descending }: Pick<HistoryTableView, "turn" | "descending">) {
  return (
    <th scope="col" data-column="at" aria-sort={descending ? "descending" : "ascending"}>
      <a class="sort-link text-ink" href={turn}>
        Time
        <span class="sort-mark" aria-hidden="true">{descending ? "\u25bc" : "\u25b2"}</span>
      </a>
    </th>
  );
}

/** The share of each quota, and what it consumed since the previous row. */
function AllQuotas({ table, zone }: { readonly table: HistoryTableView; readonly zone: string }) {
  return (
    <>
      <thead>
        <tr>
          <TimeHead {...table} />
          {table.columns.map(({ key, title }) => (
            <th key={key} scope="col" class="number quota-head">
              <span class="outside-text">{title}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {table.rows.map(({ at, quotas }) => (
          <tr key={at}>
            <th scope="row" class="row-title">
              <Instant at={at} zone={zone} exact={!table.isSummed} />
            </th>
            {table.columns.map(({ key, unit }, place) => (
              <td key={key} class="number">
                <Standing logged={quotas[place] ?? null} unit={unit} display={table.display} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </>
  );
}

function Standing({ logged, unit, display }: {
  readonly logged: LoggedQuota | null;
  readonly unit: DisplayUnit;
  readonly display: Display;
}) {
  if (logged === null) return <span class="text-muted">no reading</span>;
  const { share, used, left, consumed, resets, status } = logged;
  const text = amountText(logged.unit, unit);
  return (
    <>
      {share === null
        ? used === null && left !== null ? `${text(left)} left` : text(used)
        : <ShareCell share={share} status={status} display={display} />}
      {(consumed > 0 || resets > 0) && (
        <span class="block text-xs text-muted">
          {[consumed > 0 ? `+${text(consumed)}` : "", resets > 0 ? "reset" : ""]
            .filter((part) => part !== "").join(", ")}
        </span>
      )}
    </>
  );
}

/** Names the unit of an earlier time, because the rest of the column counts in another. */
function amountText(unit: DisplayUnit, usual: DisplayUnit): (amount: number | null) => string {
  return (amount) => unit === usual ? formatAmount(amount, unit) : formatQuantity(amount, unit);
}

function OneQuota({ table, zone }: { readonly table: HistoryTableView; readonly zone: string }) {
  const { unit = "requests" as const } = table.columns[0] ?? {};
  const summed = table.isSummed;
  const heads = summed
    ? [
      "Used at the end",
      "Lowest",
      "Highest",
      "Least left",
      table.display === "left" ? "Share left" : "Share used",
      "Consumed",
      "Readings",
      "",
    ]
    : ["Used", "Limit", "Left", table.display === "left" ? "Share left" : "Share used", "Consumed", ""];
  return (
    <>
      <thead>
        <tr>
          <TimeHead {...table} />
          {heads.map((head) => (
            <th key={head} scope="col" class={head === "" ? "" : "number"}>
              {head === "" ? <span class="sr-only">What happened</span> : head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {table.rows.map(({ at, quotas: [logged] }) => {
          if (!logged) return null;
          const { used, limit, left, share, consumed, resets, readings, low, high, status } = logged;
          const text = amountText(logged.unit, unit);
          return (
            <tr key={at}>
              <th scope="row" class="row-title">
                <Instant at={at} zone={zone} exact={!table.isSummed} />
              </th>
              <td class="number">{text(used)}</td>
              {summed
                ? (
                  <>
                    <td class="number">{text(low)}</td>
                    <td class="number">{text(high)}</td>
                  </>
                )
                : <td class="number">{text(limit)}</td>}
              <td class="number">{text(left)}</td>
              <td class="number">
                {share === null
                  ? UNKNOWN
                  : <ShareCell share={share} status={status} display={table.display} />}
              </td>
              <td class="number">{text(consumed)}</td>
              {summed && <td class="number">{formatCount(readings)}</td>}
              <td class="text-accent">{resets === 0 ? "" : resets === 1 ? "reset" : `${resets} resets`}</td>
            </tr>
          );
        })}
      </tbody>
    </>
  );
}
