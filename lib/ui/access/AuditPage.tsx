/** The audit log: who did what, when, from where and with which credential; and whether the log is intact. */
import { Card } from "../settings/parts.tsx";
import { Instant } from "../table/cells.tsx";
import type { Heading, Pager, TableTools } from "../table/kinds.ts";
import { EmptyTable, PagerBar, TableCard, TableHead, ToolRow } from "../table/parts.tsx";

export interface AuditPageRow {
  readonly id: number;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly name: string;
  readonly action: string;
  /** Empty when there is none, like the fields below. */
  readonly target: string;
  readonly detail: string;
  readonly credential: string;
  readonly address: string;
  readonly isRefused: boolean;
}

export interface AuditView {
  readonly headings: readonly Heading[];
  readonly rows: readonly AuditPageRow[];
  readonly pager: Pager;
  readonly tools: TableTools;
  /** Filter: part of the target. */
  readonly target: string;
  /** What the chain of hashes proves, and when it was verified. */
  readonly check: { readonly isWhole: boolean; readonly text: string; readonly at: string };
  readonly note: string;
  readonly zone: string;
}

export function AuditPage({ view }: { readonly view: AuditView }) {
  const { headings, rows, pager, tools, target, check, zone } = view;
  return (
    <>
      <Card title="Verify the record">
        <p
          id="audit-check"
          class={`outside-text mt-1 text-sm ${check.isWhole ? "" : "font-medium text-critical"}`}
          role={check.isWhole ? undefined : "alert"}
          data-whole={String(check.isWhole)}
        >
          {check.text}
        </p>
        <p class="mt-1 text-sm text-muted">
          Every row holds a hash of the one before it. Checked{" "}
          {check.at}. Keep the last hash somewhere else: then every change to older rows can be detected.
        </p>
      </Card>
      <ToolRow tools={tools}>
        <label class="flex min-w-0 flex-col gap-1 text-xs text-muted">
          Target{" "}
          <input
            type="search"
            name="target"
            value={target}
            maxLength={100}
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            class="field min-w-0 text-ink"
          />
        </label>
      </ToolRow>
      {rows.length === 0
        ? (
          <EmptyTable title="Nothing to show">
            {tools.reset === null
              ? "Nothing was recorded in this range. Choose a longer one."
              : "No entry matches these filters. Clear them, or choose a longer range."}
          </EmptyTable>
        )
        : (
          <TableCard label="Who did what" foot={<PagerBar pager={pager} tools={tools} what="rows" />}>
            <table id="audit-table" class="data-table">
              <caption class="sr-only">Who did what, newest first</caption>
              <TableHead headings={headings} />
              <tbody>
                {rows.map((row) => <Row key={row.id} row={row} zone={zone} />)}
              </tbody>
            </table>
          </TableCard>
        )}
    </>
  );
}

function Row({ row, zone }: { readonly row: AuditPageRow; readonly zone: string }) {
  const { id, at, name, action, target, detail, credential, address, isRefused } = row;
  return (
    <tr data-row={id} data-outcome={isRefused ? "refused" : "done"}>
      <td>
        <Instant at={at} zone={zone} />
      </td>
      <th scope="row" class="row-title">
        <span class="outside-text">{name}</span>
      </th>
      <td class={isRefused ? "text-critical" : ""}>{action}</td>
      <td>
        {target !== "" && <span class="outside-text block">{target}</span>}
        {detail !== "" && <span class="outside-text block text-muted">{detail}</span>}
        <span class="narrow-only">
          <span class="outside-text block text-muted">
            {[credential, address].filter((text) => text !== "").join(", ")}
          </span>
        </span>
      </td>
      <td class="wide-only">{credential}</td>
      <td class="wide-only">{address}</td>
    </tr>
  );
}
