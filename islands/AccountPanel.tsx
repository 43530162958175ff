import { useRef } from "preact/hooks";
import type { QuotaView } from "../lib/model/view/view.ts";
import type { VendorPages } from "../lib/model/vendor.ts";
import { FactChips } from "../lib/ui/account/FactChips.tsx";
import { type Lifetime, QuotaFigures } from "../lib/ui/account/QuotaFigures.tsx";
import { AccountDropped } from "../lib/ui/account/AccountDropped.tsx";
import { AccountHealth, AccountHint } from "../lib/ui/AccountHealth.tsx";
import { useNow } from "../lib/ui/clock.ts";
import { liveView, type PackedView } from "../lib/ui/packed_view.ts";
import { QuotaCard } from "../lib/ui/QuotaCard.tsx";
import { type Spark, withReading } from "../lib/ui/spark.ts";
import { VendorLinks } from "../lib/ui/VendorLinks.tsx";
import { isStale, nodeKey, planText } from "../lib/ui/words.ts";
import { useZone } from "../lib/ui/zone.ts";

interface AccountPanelProps {
  readonly view: PackedView;
  /** Key of the account. */
  readonly account: string;
  /** Id of the one quota to show; null for all. */
  readonly quota: string | null;
  readonly zone: string;
  /** Where its credential was found; empty when it is not configured. */
  readonly source: string;
  /** The vendor's own pages, if it has any. */
  readonly pages?: VendorPages | undefined;
  /** All-time usage of the one quota, or null. */
  readonly lifetime: Lifetime | null;
  readonly sparks: Readonly<Record<string, string>>;
  readonly sparkSlot: number;
}

/** The health of an account and its quotas, live. */
export default function AccountPanel({ account: key, quota: only, ...props }: AccountPanelProps) {
  const view = liveView(props.view);
  const now = useNow(view);
  const zone = useZone(view, props.zone).value;
  const sparks = useRef(new Map<string, Spark>());
  const account = view.value.accounts.find((one) => one.key === key);

  function findSpark({ key, at, share }: QuotaView): Spark | undefined {
    const levels = props.sparks[key];
    if (levels === undefined) return undefined;
    const spark = withReading(sparks.current.get(key) ?? { slot: props.sparkSlot, levels }, at, share);
    sparks.current.set(key, spark);
    return spark;
  }

  if (!account) {
    return (
      <p class="account mt-4 rounded-xl border border-dashed border-line p-4 text-sm text-muted">
        No reading yet. This account is configured and has not been polled.
      </p>
    );
  }
  const plan = planText(account);
  const stale = isStale(account, now.value);
  const quotas = account.quotas.filter(({ quota }) => only === null || quota === only);
  return (
    <div
      class="account"
      data-account={key}
      data-provider={account.provider}
      data-health={account.health.state}
    >
      <div class="mb-4 mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-muted">
        <span class="account-mark">
          <AccountHealth account={account} now={now} />
        </span>
        {plan !== "" && <span class="account-plan outside-text chip">{plan}</span>}
        <FactChips account={account} now={now} />
        {props.source !== "" && <span class="account-source outside-text">{props.source}</span>}
        <VendorLinks pages={props.pages} name={account.providerName} />
      </div>
      <AccountHint account={account} now={now} zone={zone} />
      <AccountDropped account={account} />
      {quotas.length === 0 && (
        <p class="rounded-xl border border-dashed border-line p-4 text-sm text-muted">
          {account.at === null
            ? "No reading yet."
            : "The vendor reports no quotas for the plan of this account."}
        </p>
      )}
      <h2 class="sr-only">Quotas</h2>
      <div class="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
        {quotas.map((quota) => (
          <QuotaCard
            key={nodeKey(quota.key)}
            quota={quota}
            provider={account.provider}
            now={now}
            zone={zone}
            display={view.value.settings.display}
            stale={stale || quota.outdated === true}
            spark={findSpark(quota)}
          />
        ))}
        {only !== null && quotas[0] && (
          <div class="lg:col-span-2">
            <QuotaFigures quota={quotas[0]} lifetime={props.lifetime} zone={zone} />
          </div>
        )}
      </div>
    </div>
  );
}
