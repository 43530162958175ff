/** Totals of quotas: all time, and by day and week side by side. */
import {
  type DisplayUnit,
  formatAmount,
  formatCount,
  formatQuantity,
  formatRate,
  unitWord,
} from "../../model/view/format.ts";
import type { QuotaKey } from "../../model/quota.ts";
import type { StatusWord } from "../../model/view/status.ts";
import type { Display } from "../../model/view/view.ts";
import { isoDate } from "../../model/time.ts";
import { nodeKey } from "../words.ts";
import { ShareCell } from "./cells.tsx";
import type { LinkChoice, Pager, TableTools } from "./kinds.ts";
import { EmptyTable, FileLinks, PagerBar, TableCard, ToolRow } from "./parts.tsx";

export interface StatsRow {
  readonly key: QuotaKey;
  readonly title: string;
  readonly unit: DisplayUnit;
  readonly used: number | null;
  readonly share: number | null;
  readonly status: StatusWord;
  /** Averaged over the last 24 hours. */
  readonly perHour: number | null;
  /** Consumed; null without readings. */
  readonly today: number | null;
  readonly week: number | null;
  readonly perDay: number | null;
  readonly consumed: number;
  readonly readings: number;
  /** The first reading, epoch milliseconds. */
  readonly since: number | null;
}

export interface PeriodRow {
  /** `2026-11-21` or `2026-W47`. */
  readonly label: string;
  readonly from: number;
  /** In column order; null without readings. */
  readonly sums: readonly (PeriodSum | null)[];
}

export interface PeriodSum {
  readonly consumed: number;
  readonly leftLow: number | null;
  readonly leftHigh: number | null;
  readonly readings: number;
  readonly resets: number;
}

export interface StatsView {
  /** Whether shares show what is used or what is left. */
  readonly display: Display;
  readonly overall: readonly StatsRow[];
  readonly columns: readonly { readonly key: QuotaKey; readonly title: string; readonly unit: DisplayUnit }[];
  /** True when there are too many quotas for columns side by side: then each has a row. */
  readonly isTurned: boolean;
  /** Newest first. */
  readonly days: readonly PeriodRow[];
  readonly weeks: readonly PeriodRow[];
  readonly pager: Pager;
  readonly dayLinks: readonly LinkChoice[];
  readonly tools: TableTools;
}

export function StatsTables({ table: stats, zone }: { readonly table: StatsView; readonly zone: string }) {
  if (stats.overall.length === 0) {
    return (
      <EmptyTable title="Nothing to sum up yet">
        Figures by day and week appear once the first account has been polled.
      </EmptyTable>
    );
  }
  const PeriodTable = stats.isTurned ? TurnedPeriods : Periods;
  return (
    <>
      <ToolRow tools={stats.tools} />
      <h2 class="mt-8 text-lg font-semibold">Overall</h2>
      <Overall rows={stats.overall} display={stats.display} zone={zone} />
      <h2 class="mt-8 text-lg font-semibold">By day</h2>
      <PeriodTable id="daily-table" word="Day" rows={stats.days} columns={stats.columns} />
      <h2 class="mt-8 text-lg font-semibold">By week</h2>
      <PeriodTable id="weekly-table" word="Week" rows={stats.weeks} columns={stats.columns} />
      {stats.pager.pages > 1
        ? <PagerBar pager={stats.pager} tools={stats.tools} what="quotas" />
        : (
          <div class="no-print mt-4 text-sm">
            <FileLinks tools={stats.tools} />
          </div>
        )}
    </>
  );
}

function Overall({ rows, display, zone }: {
  readonly rows: readonly StatsRow[];
  readonly display: Display;
  readonly zone: string;
}) {
  return (
    <TableCard label="Overall">
      <table id="overall-table" class="data-table">
        <caption class="sr-only">Each quota: now and over all time</caption>
        <thead>
          <tr>
            <th scope="col">Quota</th>
            <th scope="col" class="number">{display === "left" ? "Left now" : "Used now"}</th>
            <th scope="col" class="number wide-only">Rate, 24 h</th>
            <th scope="col" class="number">Today</th>
            <th scope="col" class="number wide-only">This week</th>
            <th scope="col" class="number wide-only">Per day</th>
            <th scope="col" class="number wide-only">Total</th>
            <th scope="col" class="number wide-only">Readings</th>
            <th scope="col" class="wide-only">Since</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key} data-quota={row.key}>
              <th scope="row" class="row-title">
                <span class="outside-text">{row.title}</span>
              </th>
              <td class="number">
                {row.share === null
                  ? formatAmount(row.used, row.unit)
                  : <ShareCell share={row.share} status={row.status} display={display} />}
              </td>
              <td class="number wide-only">{formatRate(row.perHour, row.unit)}</td>
              <td class="number">{consumedText(row.today, row.unit)}</td>
              <td class="number wide-only">{consumedText(row.week, row.unit)}</td>
              <td class="number wide-only">{formatAmount(row.perDay, row.unit)}</td>
              <td class="number wide-only">{formatAmount(row.consumed, row.unit)}</td>
              <td class="number wide-only">{formatCount(row.readings)}</td>
              <td class="wide-only whitespace-nowrap">
                {row.since === null ? "" : isoDate(row.since, zone)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableCard>
  );
}

function consumedText(consumed: number | null, unit: DisplayUnit): string {
  return consumed === null ? "no reading" : formatQuantity(consumed, unit);
}

interface PeriodsProps extends Pick<StatsView, "columns"> {
  readonly id: string;
  readonly word: string;
  readonly rows: readonly PeriodRow[];
}

function Periods({ id, word, rows, columns }: PeriodsProps) {
  return (
    <TableCard label={`By ${word.toLowerCase()}`}>
      <table id={id} class="data-table sticky-first">
        <caption class="sr-only">Consumption by {word.toLowerCase()}, newest first</caption>
        <thead>
          <tr>
            <th scope="col">{word}</th>
            {columns.length === 1
              ? ["Consumed", "Least left", "Most left", "Resets", "Readings"].map((head) => (
                <th key={head} scope="col" class="number">{head}</th>
              ))
              : columns.map(({ key, title, unit }) => (
                <th key={key} scope="col" class="number quota-head">
                  <span class="outside-text">{title}</span>
                  {unitWord(unit) !== "" && <span class="block text-xs">{unitWord(unit)}</span>}
                </th>
              ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ label, sums }, place) => (
            <tr key={label} data-period={label}>
              <th scope="row" class="whitespace-nowrap text-ink">
                {label}
                {place === 0 && (
                  <>
                    {" "}
                    <span class="text-muted">so far</span>
                  </>
                )}
              </th>
              {columns.length === 1
                ? <OneQuota sum={sums[0] ?? null} unit={columns[0]!.unit} />
                : columns.map(({ key, unit }, place) => (
                  <PeriodCell key={nodeKey(key)} row={sums} place={place} unit={unit} rows={rows} />
                ))}
            </tr>
          ))}
        </tbody>
      </table>
    </TableCard>
  );
}

/** A row for each quota, with the periods side by side, newest first. */
function TurnedPeriods({ id, word, rows, columns }: PeriodsProps) {
  return (
    <TableCard label={`By ${word.toLowerCase()}`}>
      <table id={id} class="data-table sticky-first">
        <caption class="sr-only">Consumption of each quota by {word.toLowerCase()}, newest first</caption>
        <thead>
          <tr>
            <th scope="col">Quota</th>
            {rows.map(({ label }, place) => (
              <th key={label} scope="col" class="number" data-period={label}>
                {label}
                {place === 0 && <span class="block text-xs">so far</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {columns.map(({ key, title, unit }, place) => (
            <tr key={nodeKey(key)} data-quota={key}>
              <th scope="row" class="row-title">
                <span class="outside-text">{title}</span>
                {unitWord(unit) !== "" && <span class="block text-xs text-muted">{unitWord(unit)}</span>}
              </th>
              {rows.map(({ label, sums }) => {
                const sum = sums[place];
                return sum
                  ? <td key={label} class="number">{formatAmount(sum.consumed, unit)}</td>
                  : <td key={label} class="number text-muted">no reading</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </TableCard>
  );
}

function OneQuota({ sum, unit }: { readonly sum: PeriodSum | null; readonly unit: DisplayUnit }) {
  if (!sum) return <td class="number text-muted" colSpan={5}>no reading</td>;
  return (
    <>
      <td class="number">{formatQuantity(sum.consumed, unit)}</td>
      <td class="number">{formatAmount(sum.leftLow, unit)}</td>
      <td class="number">{formatAmount(sum.leftHigh, unit)}</td>
      <td class="number">{sum.resets}</td>
      <td class="number">{formatCount(sum.readings)}</td>
    </>
  );
}

/** What was consumed, with a bar relative to the column's maximum. */
function PeriodCell({ row, place, unit, rows }: {
  readonly row: PeriodRow["sums"];
  readonly place: number;
  readonly unit: DisplayUnit;
  readonly rows: readonly PeriodRow[];
}) {
  const sum = row[place];
  if (!sum) return <td class="number text-muted">no reading</td>;
  const most = rows.reduce((most, { sums }) => Math.max(most, sums[place]?.consumed ?? 0), 0);
  const width = `${most > 0 ? Math.round(sum.consumed / most * 1000) / 10 : 0}%`;
  return (
    <td class="number">
      <span class="inline-flex items-center justify-end gap-2">
        <svg class="share-bar" width="48" height="6" aria-hidden="true">
          <rect class="share-track" width="100%" height="6" rx="3" />
          <rect class="period-fill" width={width} height="6" rx="3" />
        </svg>
        <span class="share-figure">{formatAmount(sum.consumed, unit)}</span>
      </span>
    </td>
  );
}
