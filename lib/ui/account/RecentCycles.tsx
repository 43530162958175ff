/** The last cycles of an account, or of one quota. */
import type { DisplayCycle } from "../../model/view/display_cycle.ts";
import { type DisplayUnit, formatAmount, formatDuration, formatQuantity } from "../../model/view/format.ts";
import type { StatusWord } from "../../model/view/status.ts";
import type { QuotaView } from "../../model/view/view.ts";
import { Instant, ShareCell } from "../table/cells.tsx";
import { endText } from "../table/CyclesTable.tsx";
import { quotaTitle } from "../words.ts";

export interface RecentCycle {
  readonly cycle: DisplayCycle;
  readonly quota: Pick<QuotaView, "label" | "quota">;
  readonly unit: DisplayUnit;
  /** The peak as a share of the limit; null when it cannot be known. */
  readonly share: number | null;
  readonly status: StatusWord;
}

export interface RecentCyclesProps {
  readonly cycles: readonly RecentCycle[];
  readonly zone: string;
  /** When the page was rendered, epoch milliseconds. */
  readonly now: number;
}

export function RecentCycles({ cycles, zone, now }: RecentCyclesProps) {
  if (cycles.length === 0) {
    return <p class="p-4 text-sm text-muted">A cycle starts with the first reading of a quota.</p>;
  }
  const hasOneQuota = cycles.every(({ cycle }) => cycle.quota === cycles[0]!.cycle.quota);
  return (
    <table class="data-table">
      <caption class="sr-only">The last cycles</caption>
      <thead>
        <tr>
          {!hasOneQuota && <th scope="col">Quota</th>}
          <th scope="col">Started</th>
          <th scope="col" class="number">Length</th>
          <th scope="col" class="number">Peak</th>
          <th scope="col" class="number">Consumed</th>
          <th scope="col">Ended</th>
        </tr>
      </thead>
      <tbody>
        {cycles.map(({ cycle, quota, unit, share, status }) => (
          <tr key={`${cycle.quota} ${cycle.startedAt}`}>
            {!hasOneQuota && (
              <th scope="row" class="row-title">
                <span class="outside-text">{quotaTitle(quota)}</span>
              </th>
            )}
            <td>
              <Instant at={cycle.startedAt} zone={zone} />
            </td>
            <td class="number">{formatDuration((cycle.endedAt ?? now) - cycle.startedAt)}</td>
            <td class="number">
              {share === null ? formatAmount(cycle.peak, unit) : <ShareCell share={share} status={status} />}
            </td>
            <td class="number">{formatQuantity(cycle.consumed, unit)}</td>
            <td class="text-muted">{cycle.endedAt === null ? "open" : endText(cycle)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
