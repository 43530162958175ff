/** The tables of the analytics page: consumption by group, and the quotas that drain fastest. */
import {
  formatDuration,
  formatLimits,
  formatQuantity,
  formatRate,
  formatShare,
  formatWindow,
} from "../../model/view/format.ts";
import type { Interval } from "../../model/history/usage.ts";
import { dateText, instantText } from "../dates.ts";
import { Swatch } from "../chart/HistoryLegend.tsx";
import { PAGE_PAINT } from "../chart/paint.ts";
import { slotText } from "../chart/slot_text.ts";
import { type UseData, valueText } from "../chart/use_kinds.ts";
import { TableCard } from "../table/parts.tsx";
import type { BreakdownRow, DepletionRow, SummaryRow } from "./kinds.ts";

export interface SummaryTableProps {
  readonly rows: readonly SummaryRow[];
  readonly zone: string;
  /** Heading of the rows. */
  readonly group: string;
  readonly compared: boolean;
}

export function SummaryTable({ rows, zone, group, compared }: SummaryTableProps) {
  const amounts = rows.some(({ amount }) => amount !== null);
  return (
    <TableCard label="Table of the summary">
      <table id="summary-table" class="data-table">
        <caption class="sr-only">Consumption in limits, highest first</caption>
        <thead>
          <tr>
            <th scope="col">{group.slice(0, 1).toUpperCase() + group.slice(1)}</th>
            <th scope="col" class="number">Of limits</th>
            {amounts && <th scope="col" class="number">Amount</th>}
            <th scope="col" class="number">A day</th>
            <th scope="col" class="number wide-only">Busiest day</th>
            <th scope="col" class="number">Highest</th>
            {compared && <th scope="col" class="number">Before</th>}
            {compared && <th scope="col" class="number">Change</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name} data-group={row.name}>
              <th scope="row" class="row-title">
                <span class="name-cell flex items-center gap-2">
                  <Patch series={row.series} />
                  <span class="outside-text">{row.name}</span>
                </span>
              </th>
              <td class="number font-medium">{formatLimits(row.total)}</td>
              {amounts && (
                <td class="number">
                  {row.amount === null || row.unit === null
                    ? "no reading"
                    : formatQuantity(row.amount, row.unit)}
                </td>
              )}
              <td class="number">{formatLimits(row.perDay)}</td>
              <td class="number wide-only">
                {row.busiestAt === null
                  ? "none"
                  : `${dateText(row.busiestAt, zone)}, ${formatLimits(row.busiest)}`}
              </td>
              <td class="number">{formatShare(row.high)}</td>
              {compared && <td class="number">{formatLimits(row.before)}</td>}
              {compared && <td class="number">{changeText(row.change)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </TableCard>
  );
}

/** Formats a change with its sign: `+24%`, `-8%`. */
export function changeText(change: number | null): string {
  if (change === null) return "not comparable";
  const percent = Math.round(change * 100);
  return `${percent > 0 ? "+" : ""}${percent}%`;
}

function Patch({ series }: { readonly series: number }) {
  return (
    <svg width="12" height="12" aria-hidden="true" class="shrink-0">
      <rect {...PAGE_PAINT.area(series)} width="12" height="12" rx="3" />
    </svg>
  );
}

/** The use of each quota relative to its own limits, as bars beside their figures. */
export function Breakdown({ rows }: { readonly rows: readonly BreakdownRow[] }) {
  const most = rows.reduce((top, { total }) => Math.max(top, total ?? 0), 0);
  return (
    <table class="breakdown data-table">
      <caption class="sr-only">Consumption in limits, by vendor</caption>
      <thead class="sr-only">
        <tr>
          <th scope="col">Vendor</th>
          <th scope="col">Bar</th>
          <th scope="col">Of limits</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, series, total }) => (
          <tr key={name} data-provider-name={name}>
            <th scope="row" class="row-title outside-text">{name}</th>
            <td class="w-1/2">
              <svg width="100%" height="12" aria-hidden="true">
                <rect class="part-track" width="100%" height="12" rx="3" />
                {total !== null && total > 0 && (
                  <rect
                    {...PAGE_PAINT.area(series)}
                    width={`${Math.round(total / most * 1000) / 10}%`}
                    height="12"
                    rx="3"
                  />
                )}
              </svg>
            </td>
            <td class="number font-medium">{formatLimits(total)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export interface DepletionTableProps {
  readonly rows: readonly DepletionRow[];
  readonly zone: string;
  readonly now: number;
  readonly interval: Interval;
}

export function DepletionTable({ rows, zone, now, interval }: DepletionTableProps) {
  return (
    <TableCard label="Table of the fastest depletion">
      <table id="depletion-table" class="data-table">
        <caption class="sr-only">Quotas by their fastest depletion</caption>
        <thead>
          <tr>
            <th scope="col">Quota</th>
            <th scope="col" class="number">Fastest</th>
            <th scope="col" class="number wide-only">When</th>
            <th scope="col" class="number">A full limit lasts</th>
            <th scope="col" class="number wide-only">Mean</th>
            <th scope="col" class="number wide-only">Average per window</th>
            <th scope="col" class="number">Now</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name} data-quota-name={row.name}>
              <th scope="row" class="row-title">
                <span class="name-cell flex items-center gap-2">
                  <Swatch series={row.series} />
                  <span class="outside-text">{row.name}</span>
                </span>
              </th>
              <td class="number font-medium">{formatRate(row.fastest * 100, "percent")}</td>
              <td class="number wide-only">{slotText(row.fastestAt, interval, zone)}</td>
              <td class="number">{formatDuration(3_600_000 / row.fastest)}</td>
              <td class="number wide-only">{formatRate(row.mean * 100, "percent")}</td>
              <td class="number wide-only">
                {row.perWindow === null || row.windowSeconds === null
                  ? "no window"
                  : `${formatLimits(row.perWindow)} in ${formatWindow(row.windowSeconds)}`}
              </td>
              <td class="number">{headingText(row, now, zone)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableCard>
  );
}

function headingText({ forecast }: DepletionRow, now: number, zone: string): string {
  switch (forecast?.state) {
    case "runs-dry":
      return forecast.emptyAt === null ? "runs out" : `runs out ${instantText(forecast.emptyAt, now, zone)}`;
    case "exhausted":
      return "nothing left";
    case "tight":
      return "tight";
    case "lasts":
    case "idle":
      return "lasts";
    default:
      return "unknown";
  }
}

export interface UseTableProps {
  readonly data: UseData;
  readonly zone: string;
  /** Counted from 1. */
  readonly page: number;
  readonly hrefOf: (page: number) => string;
}

const ROWS = 31;

/** The figures of the bars, newest first, one page at a time. */
export function UseTable({ data, zone, page: requestedPage, hrefOf }: UseTableProps) {
  const count = data.edges.length - 1;
  const pages = Math.max(1, Math.ceil(count / ROWS));
  const page = Math.min(requestedPage, pages);
  const slots = Array.from(
    { length: Math.min(ROWS, count - (page - 1) * ROWS) },
    (_, i) => count - 1 - (page - 1) * ROWS - i,
  );
  return (
    <>
      <TableCard label="Table of the figures">
        <table id="use-table" class="data-table">
          <caption class="sr-only">{`Newest first, page ${page} of ${pages}`}</caption>
          <thead>
            <tr>
              <th scope="col">{zone}</th>
              {data.rows.map(({ name }) => <th key={name} scope="col" class="number outside-text">{name}
              </th>)}
            </tr>
          </thead>
          <tbody>
            {slots.map((slot) => (
              <tr key={slot}>
                <th scope="row" class="whitespace-nowrap">
                  {slotText(data.edges[slot]!, data.interval, zone)}
                </th>
                {data.rows.map(({ name, values }) => (
                  <td key={name} class="number">{valueText(values[slot] ?? null, data)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </TableCard>
      {pages > 1 && (
        <nav class="mt-3 flex items-center gap-3 text-sm" aria-label="Pages of the figures">
          {page > 1 && <a class="button" href={hrefOf(page - 1)} aria-current="false">Newer</a>}
          <span class="text-muted">{`Page ${page} of ${pages}`}</span>
          {page < pages && <a class="button" href={hrefOf(page + 1)} aria-current="false">Older</a>}
        </nav>
      )}
    </>
  );
}
