import { pathTo } from "@/lib/ui/base_path.ts";
import { useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { formatDuration } from "../lib/model/view/format.ts";
import { useNow } from "../lib/ui/clock.ts";
import { momentText } from "../lib/ui/dates.ts";
import { type LastView, lastView } from "../lib/ui/last_view.ts";
import { inOrder, orderOf } from "../lib/ui/overview_order.ts";
import { QuotaRow } from "../lib/ui/QuotaRow.tsx";
import { accountTitle, newestSnapshot, nodeKey } from "../lib/ui/words.ts";

/** How often to check whether the server is back, in milliseconds. */
const ASK_MS = 4000;
const NOTHING = { at: 0 };

/** Shows the last known view and its age, until the server answers again. */
export default function OfflineSnapshot() {
  const last = useSignal<LastView | null>(null);
  const loaded = useSignal(false);
  const isBack = useSignal(false);
  // The age counts by this machine's clock: there is no other.
  const now = useNow(useComputed(() => loaded.value ? { at: Date.now() } : NOTHING));

  useEffect(() => {
    last.value = lastView();
    loaded.value = true;
    const ask = async () => {
      if (document.visibilityState !== "visible") return;
      try {
        const answer = await fetch(pathTo("/api/health"), { cache: "no-store" });
        if (!answer.ok) return;
        // This page replaces the requested one, which loads from the same address.
        if (location.pathname === pathTo("/offline")) isBack.value = true;
        else location.reload();
      } catch {
        // Still unreachable.
      }
    };
    const timer = setInterval(ask, ASK_MS);
    const shown = () => void ask();
    document.addEventListener("visibilitychange", shown);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", shown);
    };
  }, []);

  return (
    <div>
      <p class="connection mt-1 text-muted" role="status" data-connection={isBack.value ? "back" : "lost"}>
        {isBack.value
          ? (
            <>
              The server answers. <a class="text-accent underline" href="/">To the overview</a>
            </>
          )
          : "The server cannot be reached. This page asks every few seconds and goes on by itself."}
      </p>
      {loaded.value && (last.value === null
        ? <p class="notice mt-4">Nothing was kept in this browser.</p>
        : <Known last={last.value} now={now} />)}
    </div>
  );
}

function Known(
  { last: { view, zone }, now }: { readonly last: LastView; readonly now: ReturnType<typeof useNow> },
) {
  const at = newestSnapshot(view) ?? view.at;
  const owners = new Map(view.accounts.flatMap((account) => account.quotas.map(({ key }) => [key, account])));
  const quotas = inOrder(view.accounts.flatMap(({ quotas }) => quotas), orderOf(view).quotas);
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
