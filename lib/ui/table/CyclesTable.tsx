/** Cycles of quotas, from reset to reset, optionally in groups. */
import type { Cycle, Evidence } from "../../model/engine/cycle.ts";
import type { DisplayCycle } from "../../model/view/display_cycle.ts";
import {
  type DisplayUnit,
  earlierDisplayUnit,
  formatAmount,
  formatCount,
  formatDuration,
  formatQuantity,
  formatShare,
} from "../../model/view/format.ts";
import type { StatusWord } from "../../model/view/status.ts";
import type { AccountView, QuotaView } from "../../model/view/view.ts";
import { nodeKey } from "../words.ts";
import { Instant, Open, ShareCell } from "./cells.tsx";
import type { Heading, Pager, TableTools } from "./kinds.ts";
import { EmptyTable, PagerBar, TableCard, TableHead, ToolRow } from "./parts.tsx";

/** A quota with the account it belongs to. */
export interface Subject {
  readonly account: AccountView;
  readonly quota: QuotaView;
}

export interface CycleRow {
  readonly cycle: DisplayCycle;
  readonly subject: Subject;
  /** Title of the quota, with its account's when there are several. */
  readonly title: string;
  readonly share: number | null;
  readonly status: StatusWord;
  /** In milliseconds; up to now while it is open. */
  readonly lengthMs: number;
}

/** Rows under one heading; the heading is null when rows are not grouped. */
export interface CycleSection {
  readonly title: string | null;
  readonly sum: CycleSum | null;
  readonly rows: readonly CycleRow[];
}

/** Sums over all rows of a group, including those on other pages. */
export interface CycleSum {
  readonly cycles: number;
  /** Null when the quotas count in different units. */
  readonly consumed: number | null;
  readonly unit: DisplayUnit | null;
  readonly averagePeak: number | null;
  /** Number of cycles that reached their limit. */
  readonly full: number;
}

export interface CyclesTableView {
  readonly headings: readonly Heading[];
  readonly sections: readonly CycleSection[];
  readonly pager: Pager;
  readonly tools: TableTools;
}

const EVIDENCE_WORDS: Readonly<Record<Evidence, string>> = {
  "reset-passed": "the stated reset passed",
  "reset-moved": "the next reset was stated",
  "reset-gone": "no reset was stated any more",
  "use-fell": "use fell",
  "left-rose": "what is left rose",
  "topped-up": "it was topped up",
  "plan-changed": "the plan changed",
  "unit-changed": "its unit changed",
  "window-changed": "its window changed",
};

/** Describes how a cycle ended; empty while it is open. */
export function endText({ endedBy, endedAt }: Pick<Cycle, "endedBy" | "endedAt">): string {
  if (endedAt === null) return "";
  if (endedBy.includes("topped-up")) return "topped up";
  if (endedBy.includes("unit-changed")) return "unit changed";
  if (endedBy.includes("window-changed")) return "window changed";
  if (endedBy.includes("reset-passed")) return "at its reset";
  if (endedBy.includes("plan-changed")) return "plan changed";
  if (endedBy.includes("reset-moved")) return "reset early";
  return endedBy.length === 0 ? "unknown" : "reset";
}

/** Describes the evidence that a cycle had ended. */
function evidenceText({ endedBy }: Pick<Cycle, "endedBy">): string {
  return endedBy.map((one) => EVIDENCE_WORDS[one]).join(", ");
}

export function CyclesTable({ table, zone, now }: {
  readonly table: CyclesTableView;
  readonly zone: string;
  readonly now: number;
}) {
  const { headings, sections, pager, tools } = table;
  return (
    <>
      <ToolRow tools={tools} />
      {pager.total === 0
        ? (
          <EmptyTable title="No cycle to show">
            {tools.reset === null
              ? "A cycle starts with the first reading of a quota. Choose a longer range, or wait for a poll."
              : "No cycle matches these filters. Clear them, or choose a longer range."}
          </EmptyTable>
        )
        : (
          <TableCard label="Cycles" foot={<PagerBar pager={pager} tools={tools} what="cycles" />}>
            <table id="cycles-table" class="data-table">
              <caption class="sr-only">Cycles of quotas, from reset to reset</caption>
              <TableHead headings={headings} />
              {sections.map(({ title, sum, rows }) => (
                <tbody key={title ?? ""}>
                  {title !== null && (
                    <tr class="group-row">
                      <th scope="rowgroup" colSpan={headings.length}>
                        <span class="outside-text text-ink">{title}</span>
                        {sum && <span class="group-sum">{sumText(sum)}</span>}
                      </th>
                    </tr>
                  )}
                  {rows.map((row) => (
                    <Row
                      key={nodeKey(`${row.cycle.quota} ${row.cycle.startedAt}`)}
                      row={row}
                      zone={zone}
                      now={now}
                    />
                  ))}
                </tbody>
              ))}
            </table>
          </TableCard>
        )}
    </>
  );
}

function Row({ row, zone, now }: { readonly row: CycleRow; readonly zone: string; readonly now: number }) {
  const { cycle, subject, title, share, status, lengthMs } = row;
  const unit = earlierDisplayUnit(subject.quota, cycle.unit);
  const isOpen = cycle.endedAt === null;
  return (
    <tr data-quota={cycle.quota} data-state={isOpen ? "open" : "over"}>
      <th scope="row" class="row-title">
        <span class="outside-text">{title}</span>
      </th>
      <td>
        <Instant at={cycle.startedAt} zone={zone} />
        {isOpen && <Open />}
        {!cycle.whole && (
          <span class="text-muted" title="It had already started at the first reading">or before</span>
        )}
      </td>
      <td class="wide-only">
        {cycle.endedAt === null
          ? (
            <span class="chip text-accent whitespace-nowrap">
              {cycle.resetsAt !== null && cycle.resetsAt > now
                ? `open, resets in ${formatDuration(cycle.resetsAt - now)}`
                : "open"}
            </span>
          )
          : <Instant at={cycle.endedAt} zone={zone} />}
      </td>
      <td class="number wide-only">{formatDuration(lengthMs)}</td>
      <td class="number">
        {share === null ? formatAmount(cycle.peak, unit) : <ShareCell share={share} status={status} />}
      </td>
      <td class="number">{formatQuantity(cycle.consumed, unit)}</td>
      <td class="number wide-only">{formatCount(cycle.count)}</td>
      <td class="wide-only text-muted" title={evidenceText(cycle)}>{endText(cycle)}</td>
    </tr>
  );
}

function sumText({ cycles, consumed, unit, averagePeak, full }: CycleSum): string {
  return [
    `${cycles} ${cycles === 1 ? "cycle" : "cycles"}`,
    consumed === null || unit === null ? "" : `${formatQuantity(consumed, unit)} consumed`,
    averagePeak === null ? "" : `peak ${formatShare(averagePeak)} on average`,
    full === 0 ? "" : `${full} used up`,
  ].filter((part) => part !== "").join(", ");
}
