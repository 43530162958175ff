/** The last sessions of an account. */
import { type DisplayUnit, formatDuration, formatQuantity } from "../../model/view/format.ts";
import { Instant } from "../table/cells.tsx";

export interface RecentSession {
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly lengthMs: number;
  readonly isOpen: boolean;
  readonly used: readonly {
    readonly title: string;
    readonly consumed: number;
    readonly unit: DisplayUnit | null;
  }[];
}

export function RecentSessions({ sessions, zone }: {
  readonly sessions: readonly RecentSession[];
  readonly zone: string;
}) {
  if (sessions.length === 0) {
    return <p class="p-4 text-sm text-muted">A session starts when something is used.</p>;
  }
  return (
    <table class="data-table">
      <caption class="sr-only">The last sessions</caption>
      <thead>
        <tr>
          <th scope="col">Started</th>
          <th scope="col" class="number">Length</th>
          <th scope="col">Consumed</th>
        </tr>
      </thead>
      <tbody>
        {sessions.map(({ startedAt, lengthMs, isOpen, used }) => (
          <tr key={startedAt}>
            <th scope="row" class="whitespace-nowrap">
              <Instant at={startedAt} zone={zone} />
            </th>
            <td class="number">{isOpen ? `${formatDuration(lengthMs)}, open` : formatDuration(lengthMs)}</td>
            <td class="outside-text">
              {used.map(({ title, consumed, unit }) =>
                `${title} ${unit === null ? consumed : formatQuantity(consumed, unit)}`
              ).join(", ")}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
