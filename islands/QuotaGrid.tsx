import { pathTo } from "@/lib/ui/base_path.ts";
import { type Signal, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo, useRef } from "preact/hooks";
import type { AccountView, DashboardView, Display, QuotaView } from "../lib/model/view/view.ts";
import { AccountHint } from "../lib/ui/AccountHealth.tsx";
import { AccountSection } from "../lib/ui/AccountSection.tsx";
import { useNow } from "../lib/ui/clock.ts";
import {
  type Density,
  filtered,
  inOrder,
  orderOf,
  type OverviewFilter,
  overviewHref,
  providerTabs,
} from "../lib/ui/overview.ts";
import { OverviewBar } from "../lib/ui/OverviewBar.tsx";
import { QuotaCard } from "../lib/ui/QuotaCard.tsx";
import { QuotaRow } from "../lib/ui/QuotaRow.tsx";
import { type Spark, withReading } from "../lib/ui/spark.ts";
import { summarySentence } from "../lib/ui/summary.ts";
import { accountTitle, isStale, nodeKey } from "../lib/ui/words.ts";
import { PROVIDER_COOKIE, remember, useZone } from "../lib/ui/zone.ts";

interface QuotaGridProps {
  readonly view: Signal<DashboardView>;
  readonly zone: string;
  /** Shared with the chart, which follows it. */
  readonly filter: Signal<OverviewFilter>;
  readonly density: Density;
  /** The query of the page's address. */
  readonly search: string;
  /** The last day of quotas by key: levels up to the half hour `sparkSlot`. */
  readonly sparks: Readonly<Record<string, string>>;
  readonly sparkSlot: number;
}

/** All accounts with their quotas, the tightest first, with live countdowns. */
export default function QuotaGrid(props: QuotaGridProps) {
  const { view, filter } = props;
  const now = useNow(view);
  const zone = useZone(view, props.zone).value;
  const density = useSignal(props.density);
  const search = useSignal(props.search);
  const order = useMemo(() => orderOf(view.peek()), []);
  const sparks = useRef(new Map<string, Spark>());
  const { trouble, settings: { display } } = view.value;
  const compact = density.value === "compact";

  function sparkOf({ key, at, share }: QuotaView): Spark | undefined {
    const levels = props.sparks[key];
    if (levels === undefined) return undefined;
    const before = sparks.current.get(key) ?? { slot: props.sparkSlot, levels };
    const spark = withReading(before, at, share);
    sparks.current.set(key, spark);
    return spark;
  }

  /** Runs for every card once a second but renders almost nothing: the ticking parts are inside the cards. */
  function cardOf(account: AccountView, quota: QuotaView, display: Display): JSX.Element {
    const stale = isStale(account, now.value);
    const common = { quota, now, zone, display, stale, spark: sparkOf(quota) };
    return compact
      ? (
        <QuotaRow
          key={nodeKey(quota.key)}
          {...common}
          title={accountTitle(account)}
          provider={account.provider}
        />
      )
      : <QuotaCard key={nodeKey(quota.key)} {...common} provider={account.provider} />;
  }

  function choose(next: OverviewFilter) {
    filter.value = next;
    remember(PROVIDER_COOKIE, next.provider);
    address({ provider: next.provider, q: next.words.trim() });
  }

  function show(next: Density) {
    density.value = next;
    remember("density", next);
    address({ view: "" });
  }

  function address(change: Readonly<Record<string, string>>) {
    const href = overviewHref(location.search, change);
    globalThis.history.replaceState(null, "", pathTo(href));
    search.value = location.search;
  }

  const accounts = inOrder(filtered(view.value, filter.value), order.accounts);
  const all = view.value.accounts.length > 0;
  return (
    <div>
      <p class="summary outside-text text-xl font-medium leading-snug tracking-tight sm:text-2xl">
        {summarySentence(view.value, now.value, zone)}
      </p>
      {trouble !== null && (
        <p class="store-trouble outside-text notice mt-4" role="alert">
          <strong class="text-critical">New readings are not kept.</strong> {trouble.message}. {trouble.hint}.
        </p>
      )}
      {all && (
        <OverviewBar
          tabs={providerTabs(view.value)}
          filter={filter.value}
          density={density.value}
          search={search.value}
          onFilter={choose}
          onDensity={show}
        />
      )}
      {all && accounts.length === 0 && (
        <p class="nothing-found mt-8 rounded-xl border border-dashed border-line p-6 text-center text-muted">
          No quota is called that.{" "}
          <a
            class="text-accent underline"
            href="/"
            aria-current="false"
            onClick={(event) => {
              event.preventDefault();
              choose({ provider: "", words: "" });
            }}
          >
            Show all
          </a>
        </p>
      )}
      {compact
        ? (
          <CompactList
            accounts={accounts}
            order={order.quotas}
            card={cardOf}
            display={display}
            now={now}
            zone={zone}
          />
        )
        : accounts.map((account) => (
          <AccountSection key={nodeKey(account.key)} account={account} now={now} zone={zone}>
            {inOrder(account.quotas, order.quotas).map((quota) =>
              cardOf(account, quota, display)
            )}
          </AccountSection>
        ))}
    </div>
  );
}

interface CompactListProps {
  readonly accounts: readonly AccountView[];
  readonly order: readonly string[];
  readonly card: (account: AccountView, quota: QuotaView, display: Display) => JSX.Element;
  readonly display: Display;
  readonly now: Signal<number>;
  readonly zone: string;
}

/** All quotas in one list, the tightest first, below the accounts' hints. */
function CompactList({ accounts, order, card, display, now, zone }: CompactListProps) {
  const owners = new Map(accounts.flatMap((account) => account.quotas.map(({ key }) => [key, account])));
  const quotas = inOrder(accounts.flatMap((account) => account.quotas), order);
  return (
    <section class="mt-6" aria-labelledby="quotas-title">
      <h2 id="quotas-title" class="sr-only">Quotas</h2>
      {accounts.map((account) => (
        <AccountHint key={nodeKey(account.key)} account={account} now={now} zone={zone} named />
      ))}
      {quotas.length > 0 && (
        <div class="quota-list card-shadow rounded-xl border border-line bg-surface">
          {quotas.map((quota) => card(owners.get(quota.key)!, quota, display))}
        </div>
      )}
    </section>
  );
}
