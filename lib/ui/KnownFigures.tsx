/** The quotas of the last view this browser stored, and how old it is. */
import type { ReadonlySignal } from "@preact/signals";
import { formatDuration } from "../model/view/format.ts";
import { momentText } from "./dates.ts";
import type { LastView } from "./last_view.ts";
import { computeOrder, inOrder } from "./overview_order.ts";
import { QuotaRow } from "./QuotaRow.tsx";
import { accountTitle, findNewestSnapshot, nodeKey } from "./words.ts";

export function KnownFigures(
  { last: { view, zone }, now }: { readonly last: LastView; readonly now: ReadonlySignal<number> },
) {
  const at = findNewestSnapshot(view) ?? view.at;
  const owners = new Map(view.accounts.flatMap((account) => account.quotas.map(({ key }) => [key, account])));
  const quotas = inOrder(view.accounts.flatMap(({ quotas }) => quotas), computeOrder(view).quotas);
  return (
    <section class="mt-4" aria-labelledby="known-title">
      <h2 id="known-title" class="text-lg font-semibold">
        As of {momentText(at, zone)}
        <span class="snapshot-age ml-2 text-sm font-normal text-danger">
          {formatDuration(Math.max(0, now.value - at))} ago, {zone}
        </span>
      </h2>
      <div class="quota-list card-shadow mt-3 rounded-xl border border-line bg-surface">
        {quotas.map((quota) => (
          <QuotaRow
            key={nodeKey(quota.key)}
            quota={quota}
            provider={owners.get(quota.key)!.provider}
            vendor={owners.get(quota.key)!.providerName}
            title={accountTitle(owners.get(quota.key)!)}
            now={now}
            zone={zone}
            display={view.settings.display}
            stale
          />
        ))}
      </div>
    </section>
  );
}
