/** A chart as a table, for screen readers and for exact figures: newest first, one page at a time. */
import type { Line } from "../../model/history/history.ts";
import { momentText } from "../dates.ts";
import { buildAddress, type QueryParameters } from "./address.ts";
import { shareLabel } from "./HistoryLegend.tsx";
import { shareAt } from "./live_lines.ts";

const ROWS = 20;

export interface PointTableProps {
  readonly from: number;
  readonly to: number;
  /** Time between two rows, in milliseconds. */
  readonly stepMs: number;
  readonly columns: readonly { readonly name: string; readonly line: Line | undefined }[];
  readonly zone: string;
  readonly left: boolean;
  /** Counted from 1. */
  readonly page: number;
  readonly kept: QueryParameters;
  /** The chart's own parameters in the address. */
  readonly own: QueryParameters;
  readonly onPage: (page: number) => void;
}

export function PointTable(props: PointTableProps) {
  const { from, to, stepMs, columns, zone, left, kept, own, onPage } = props;
  const count = Math.max(1, Math.floor((to - from) / stepMs));
  const pages = Math.ceil(count / ROWS);
  const page = Math.min(pages, Math.max(1, props.page));
  const rows = Array.from(
    { length: Math.min(ROWS, count - (page - 1) * ROWS) },
    (_, i) => to - ((page - 1) * ROWS + i) * stepMs,
  );
  return (
    <div class="point-table mt-4">
      <div class="table-scroll" role="region" tabIndex={0} aria-label="Table of the history">
        <table class="data-table">
          <caption class="sr-only">
            {`Percent ${left ? "left" : "used"} of each limit, newest first, page ${page} of ${pages}`}
          </caption>
          <thead>
            <tr>
              <th scope="col">{zone}</th>
              {columns.map(({ name }) => <th key={name} scope="col" class="number outside-text">{name}</th>)}
            </tr>
          </thead>
          <tbody>
            {rows.map((at) => (
              <tr key={at}>
                <th scope="row" class="whitespace-nowrap">{momentText(at, zone)}</th>
                {columns.map(({ name, line }) => {
                  const share = line ? shareAt(line, at) : null;
                  return (
                    <td key={name} class="number">
                      {share === null ? "no reading" : shareLabel(share, left)}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {pages > 1 && (
        <nav class="mt-3 flex items-center gap-3 text-sm" aria-label="Pages of the table">
          <Turn to={page - 1} of={pages} text="Newer" {...{ kept, own, onPage }} />
          <span class="text-muted">{`Page ${page} of ${pages}`}</span>
          <Turn to={page + 1} of={pages} text="Older" {...{ kept, own, onPage }} />
        </nav>
      )}
    </div>
  );
}

interface TurnProps extends Pick<PointTableProps, "kept" | "own" | "onPage"> {
  readonly to: number;
  readonly of: number;
  readonly text: string;
}

function Turn({ to, of, text, kept, own, onPage }: TurnProps) {
  if (to < 1 || to > of) return <span class="button opacity-50" aria-disabled="true">{text}</span>;
  function turn(event: MouseEvent) {
    event.preventDefault();
    onPage(to);
  }
  return (
    <a
      class="button"
      href={buildAddress(kept, [...own, ["table", String(to)]])}
      aria-current="false"
      onClick={turn}
    >
      {text}
    </a>
  );
}
