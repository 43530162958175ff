/** Sessions of accounts; each opens to the state of every quota at its start and end. */
import {
  type DisplayUnit,
  formatAmount,
  formatCount,
  formatDuration,
  formatQuantity,
  formatShare,
} from "../../model/view/format.ts";
import type { Session, SessionQuota } from "../../model/engine/session.ts";
import { nodeKey } from "../words.ts";
import { Instant, Open } from "./cells.tsx";
import type { Heading, Pager, TableTools } from "./kinds.ts";
import { EmptyTable, PagerBar, TableCard, TableHead, ToolRow } from "./parts.tsx";

export interface SessionRow {
  readonly session: Session;
  readonly title: string;
  /** From the first rise to the last, in milliseconds. */
  readonly lengthMs: number;
  readonly quotas: readonly UsedQuota[];
}

/** A quota the session used. */
export interface UsedQuota extends SessionQuota {
  readonly title: string;
  /** Null when the vendor no longer reports the quota. */
  readonly unit: DisplayUnit | null;
  readonly startShare: number | null;
  readonly endShare: number | null;
}

export interface SessionSection {
  readonly title: string | null;
  readonly sum: SessionSum | null;
  readonly rows: readonly SessionRow[];
}

/** Sums over all rows of a group. */
export interface SessionSum {
  readonly sessions: number;
  readonly lengthMs: number;
}

export interface SessionsTableView {
  readonly headings: readonly Heading[];
  readonly sections: readonly SessionSection[];
  readonly pager: Pager;
  readonly tools: TableTools;
}

export function SessionsTable({ table, zone }: {
  readonly table: SessionsTableView;
  readonly zone: string;
}) {
  const { headings, sections, pager, tools } = table;
  const width = headings.length;
  return (
    <>
      <ToolRow tools={tools} />
      {pager.total === 0
        ? (
          <EmptyTable title="No session to show">
            {tools.reset === null
              ? "A session begins when any quota of an account rises, and ends after a while without use. Choose a longer range."
              : "No session matches these filters. Clear them, or choose a longer range."}
          </EmptyTable>
        )
        : (
          <TableCard label="Sessions" foot={<PagerBar pager={pager} tools={tools} what="sessions" />}>
            <table id="sessions-table" class="data-table">
              <caption class="sr-only">Sessions: periods of use of an account</caption>
              <TableHead headings={headings} />
              {sections.map(({ title, sum, rows }) => (
                <>
                  {title !== null && (
                    <tbody key={title}>
                      <tr class="group-row">
                        <th scope="rowgroup" colSpan={width}>
                          <span class="outside-text text-ink">{title}</span>
                          {sum && (
                            <span class="group-sum">
                              {`${sum.sessions} ${sum.sessions === 1 ? "session" : "sessions"}, ${
                                formatDuration(sum.lengthMs)
                              } active`}
                            </span>
                          )}
                        </th>
                      </tr>
                    </tbody>
                  )}
                  {rows.map((row) => (
                    <Row
                      key={nodeKey(`${row.session.account} ${row.session.startedAt}`)}
                      row={row}
                      zone={zone}
                      width={width}
                    />
                  ))}
                </>
              ))}
            </table>
          </TableCard>
        )}
    </>
  );
}

function Row({ row, zone, width }: {
  readonly row: SessionRow;
  readonly zone: string;
  readonly width: number;
}) {
  const { session, title, lengthMs, quotas } = row;
  const { account, startedAt, endedAt, readings } = session;
  return (
    <tbody class="session">
      <tr data-account={account} data-state={endedAt === null ? "open" : "over"}>
        <th scope="row" class="row-title">
          <span class="outside-text">{title}</span>
        </th>
        <td>
          <Instant at={startedAt} zone={zone} />
        </td>
        <td class="wide-only">
          {endedAt === null
            ? <span class="chip text-accent">open</span>
            : <Instant at={endedAt} zone={zone} />}
        </td>
        <td class="number">
          <span class="whitespace-nowrap">{formatDuration(lengthMs)}</span>
          {endedAt === null && <Open />}
        </td>
        <td class="number wide-only">{formatCount(readings)}</td>
        <td>
          <details class="row-details">
            <summary class="outside-text">{summaryText(quotas)}</summary>
          </details>
        </td>
      </tr>
      <tr class="detail-row">
        <td colSpan={width}>
          <table class="detail-table text-sm">
            <caption class="sr-only">Each quota in the session</caption>
            <thead>
              <tr>
                <th scope="col">Quota</th>
                <th scope="col">Used at the start</th>
                <th scope="col">Used at the end</th>
                <th scope="col">Consumed</th>
                <th scope="col">Last rise</th>
              </tr>
            </thead>
            <tbody>
              {quotas.map((quota) => (
                <tr key={quota.quota} data-quota={quota.quota}>
                  <th scope="row">
                    <span class="outside-text text-ink">{quota.title}</span>
                  </th>
                  <td>{formatLevel(quota.start, quota.startShare, quota.unit)}</td>
                  <td>{formatLevel(quota.end, quota.endShare, quota.unit)}</td>
                  <td>{consumedText(quota)}</td>
                  <td>
                    <Instant at={quota.lastRiseAt} zone={zone} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </td>
      </tr>
    </tbody>
  );
}

/** Describes the most used quota, and the number of others. */
function summaryText(quotas: readonly UsedQuota[]): string {
  const first = quotas[0];
  if (!first) return "nothing";
  const more = quotas.length - 1;
  return `${first.title} ${consumedText(first)}${more > 0 ? `, ${more} more` : ""}`;
}

function consumedText({ consumed, unit }: UsedQuota): string {
  return unit === null ? String(consumed) : formatQuantity(consumed, unit);
}

function formatLevel(value: number | null, share: number | null, unit: DisplayUnit | null): string {
  if (unit === null) return value === null ? "unknown" : String(value);
  const amount = formatAmount(value, unit);
  return share === null || unit === "percent" ? amount : `${amount} (${formatShare(share)})`;
}
