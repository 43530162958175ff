/** Cycles of one quota, each with the state of all the account's quotas at the cycle's peak. */
import type { Cycle } from "../../model/engine/cycle.ts";
import { type DisplayUnit, formatAmount } from "../../model/view/format.ts";
import type { StatusWord } from "../../model/view/status.ts";
import { nodeKey } from "../words.ts";
import { Instant, Open, ShareCell } from "./cells.tsx";
import type { Heading, Pager, TableTools } from "./kinds.ts";
import { EmptyTable, PagerBar, TableCard, TableHead, ToolRow } from "./parts.tsx";

export interface OverviewRow {
  readonly cycle: Cycle;
  readonly peakAt: number | null;
  readonly quotas: readonly QuotaColumn[];
}

/** The state of a quota at the peak of a cycle. */
export interface QuotaColumn {
  readonly quota: string;
  readonly unit: DisplayUnit;
  readonly used: number | null;
  /** What was used in an earlier unit that cannot be converted, with that unit. */
  readonly earlier?: string;
  readonly limit: number | null;
  readonly share: number | null;
  /** Consumed since the cycle began, as a share of the limit; null when unknown. */
  readonly rise: number | null;
  /** True for the quota the cycle belongs to. */
  readonly isSubject: boolean;
  readonly status: StatusWord;
}

export interface OverviewTableView {
  readonly headings: readonly Heading[];
  readonly rows: readonly OverviewRow[];
  readonly pager: Pager;
  readonly tools: TableTools;
  /** Title of the quota the cycles belong to; empty when there is none. */
  readonly subject: string;
}

export function OverviewTable({ table, zone }: {
  readonly table: OverviewTableView;
  readonly zone: string;
}) {
  const { headings, rows, pager, tools, subject } = table;
  return (
    <>
      <ToolRow tools={tools} />
      {pager.total === 0
        ? (
          <EmptyTable title="No cycle to show">
            A cycle starts with the first reading of a quota. Choose a longer range or another quota.
          </EmptyTable>
        )
        : (
          <TableCard
            label="Cycle overview"
            about={`Each row is a cycle of ${subject}. The figures show what every quota of the account had used at its peak; points show what was consumed since the cycle began.`}
            foot={<PagerBar pager={pager} tools={tools} what="cycles" />}
          >
            <table id="cycle-overview-table" class="data-table">
              <caption class="sr-only">Cycles of {subject}, beside all quotas</caption>
              <TableHead headings={headings} />
              <tbody>
                {rows.map(({ cycle, peakAt, quotas }) => (
                  <tr key={cycle.startedAt} data-state={cycle.endedAt === null ? "open" : "over"}>
                    <th scope="row" class="row-title">
                      <Instant at={cycle.startedAt} zone={zone} />
                      {cycle.endedAt === null && <Open />}
                    </th>
                    <td class="wide-only">
                      {cycle.endedAt === null
                        ? <span class="chip text-accent">open</span>
                        : <Instant at={cycle.endedAt} zone={zone} />}
                    </td>
                    <td class="wide-only">
                      {peakAt === null
                        ? <span class="text-muted">not kept</span>
                        : <Instant at={peakAt} zone={zone} />}
                    </td>
                    {quotas.map((quota) => <Standing key={nodeKey(quota.quota)} quota={quota} />)}
                  </tr>
                ))}
              </tbody>
            </table>
          </TableCard>
        )}
    </>
  );
}

function Standing({ quota }: { readonly quota: QuotaColumn }) {
  const { share, used, earlier, unit, rise, isSubject, status } = quota;
  return (
    <td class={`number ${isSubject ? "font-medium" : ""}`} data-quota={quota.quota}>
      {share === null ? earlier ?? formatAmount(used, unit) : <ShareCell share={share} status={status} />}
      {rise !== null && Math.abs(rise) >= 0.001 && (
        <span class="block text-xs text-muted">{riseText(rise)}</span>
      )}
    </td>
  );
}

function riseText(rise: number): string {
  const points = Math.round(rise * 1000) / 10;
  return `${points > 0 ? "+" : ""}${points} points`;
}
