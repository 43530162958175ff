import { type ReadonlySignal, type Signal, useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { VendorPages } from "../model/vendor.ts";
import type { AccountView, QuotaView } from "../model/view/view.ts";
import { AccountHint } from "./AccountHealth.tsx";
import { AccountSection } from "./AccountSection.tsx";
import { useNow } from "./clock.ts";
import type { Density } from "../model/setting_limits.ts";
import { density as shownDensity, selectDensity } from "./density.ts";
import {
  ACCOUNTS_AT_ONCE,
  filterAccounts,
  MAX_CARDS,
  type OverviewFilter,
  overviewHref,
  providerTabs,
  QUOTAS_PER_ACCOUNT,
} from "./overview.ts";
import { writeOverviewAddress } from "./overview_address.ts";
import { computeOrder, inOrder, isOutOfOrder, type Sort, sortList } from "./overview_order.ts";
import { OverviewBar, SortBar } from "./OverviewBar.tsx";
import { liveView, type PackedView } from "./packed_view.ts";
import { QuotaCard } from "./QuotaCard.tsx";
import { FoldedAccount, MoreAccounts, Quotas, TightGroup } from "./QuotaGroups.tsx";
import { QuotaRow } from "./QuotaRow.tsx";
import { type Spark, withReading } from "./spark.ts";
import { troublesAt } from "./troubles.ts";
import { accountTitle, isStale, nodeKey } from "./words.ts";
import { PROVIDER_COOKIE, remember, useZone } from "./zone.ts";

export interface QuotaGridProps {
  readonly view: PackedView;
  readonly zone: string;
  /** Shared with the chart, which follows it. */
  readonly filter: Signal<OverviewFilter>;
  readonly density: Density;
  readonly sort: Sort;
  /** Number of accounts listed at first. */
  readonly shown: number;
  /** The vendors' own pages, by provider. */
  readonly pages: Readonly<Record<string, VendorPages>>;
  /** The query of the page's address. */
  readonly search: Signal<string>;
  /** The last day of quotas by key: levels up to the half hour `sparkSlot`. */
  readonly sparks: Readonly<Record<string, string>>;
  readonly sparkSlot: number;
}

/**
 * All quotas by urgency, with live countdowns: what needs attention, what is tight, then the rest by account.
 */
export function QuotaGrid(props: QuotaGridProps) {
  const { filter, search } = props;
  const view = liveView(props.view);
  const now = useNow(view);
  const zoned = useZone(view, props.zone);
  const zone = zoned.value;
  const density = useSignal(props.density);
  const sort = useSignal(props.sort);
  const shown = useSignal(props.shown);
  const order = useMemo(() => computeOrder(view.peek()), []);
  const sparks = useRef(new Map<string, Spark>());
  const changed = useComputed(() => isOutOfOrder(view.value, order, view.value.at));
  // Values that change with every tick are read where they are rendered. Here are only those that rarely change,
  // so that a tick renders little.
  const troubles = useComputed(() => troublesAt(view.value.accounts, now.value));
  const troubled = splitKeys(useComputed(() => joinKeys(troubles.value.map(({ account }) => account))));
  const stale = splitKeys(
    useComputed(() => joinKeys(view.value.accounts.filter((one) => isStale(one, now.value)))),
  );
  const { settings: { display } } = view.value;
  const isCompact = density.value === "compact";

  function findSpark({ key, at, share }: QuotaView): Spark | undefined {
    const levels = props.sparks[key];
    if (levels === undefined) return undefined;
    const before = sparks.current.get(key) ?? { slot: props.sparkSlot, levels };
    const spark = withReading(before, at, share);
    sparks.current.set(key, spark);
    return spark;
  }

  /** @param isApart true when the card is not below its account's title */
  function drawCard(account: AccountView, quota: QuotaView, isApart: boolean): JSX.Element {
    const common = {
      quota,
      now,
      zone,
      display,
      stale: stale.has(account.key) || quota.outdated === true,
      spark: findSpark(quota),
      provider: account.provider,
    };
    const title = accountTitle(account);
    return isCompact
      ? <QuotaRow key={nodeKey(quota.key)} {...common} vendor={account.providerName} title={title} />
      : <QuotaCard key={nodeKey(quota.key)} {...common} account={isApart ? title : undefined} />;
  }

  function choose(next: OverviewFilter) {
    filter.value = next;
    remember(PROVIDER_COOKIE, next.provider);
    writeAddress({ provider: next.provider, q: next.words.trim() });
  }

  useEffect(() => {
    shownDensity.value = props.density;
    return shownDensity.subscribe((next) => {
      if (next === null || next === density.peek()) return;
      density.value = next;
      writeAddress({ view: "" });
    });
  }, []);

  function sortBy(next: Sort) {
    sort.value = next;
    writeAddress({ sort: next === "need" ? "" : next });
  }

  function writeAddress(change: Readonly<Record<string, string>>) {
    writeOverviewAddress(search, change);
  }

  const all = view.value.accounts;
  const { accounts, quotas, ownOf, tight } = useMemo(() => {
    const accounts = inOrder(filterAccounts(view.value, filter.value), order.accounts);
    const owned = accounts.flatMap((account) =>
      account.quotas.map((quota) => ({ account, quota, key: quota.key }))
    );
    const quotas = inOrder(owned, order.quotas);
    const ownOf = Map.groupBy(quotas, ({ account }) => account);
    return { accounts, quotas, ownOf, tight: new Set(order.tight) };
  }, [view.value, filter.value]);
  const isFlat = isCompact && sort.value !== "need";
  const maxQuotas = shown.value * QUOTAS_PER_ACCOUNT;
  const allTight = isFlat ? [] : quotas.filter(({ quota }) => tight.has(quota.key));
  const first = allTight.slice(0, maxQuotas);
  const isNarrowed = filter.value.provider !== "" || filter.value.words.trim() !== "";
  const isFolded = !isNarrowed && quotas.length > MAX_CARDS;

  function isSaid(account: AccountView): boolean {
    return troubled.has(account.key) || account.health.hint === null;
  }

  /** Reports whether an account has anything to show beside its tight quotas. */
  function hasRest(account: AccountView): boolean {
    const own = ownOf.get(account) ?? [];
    return own.length === 0 || !isSaid(account) || own.some(({ quota }) => !tight.has(quota.key));
  }

  function drawRest(account: AccountView): JSX.Element {
    const quotas = (ownOf.get(account) ?? []).map(({ quota }) => quota).filter(({ key }) => !tight.has(key));
    const drawCards = () => (
      quotas.length > 0 &&
      <Quotas isCompact={isCompact}>{quotas.map((quota) => drawCard(account, quota, false))}</Quotas>
    );
    const hint = isSaid(account) ? null : account.health.hint;
    const common = {
      account: { ...account, health: { ...account.health, hint } },
      pages: props.pages[account.provider],
      now,
      zone,
    };
    const key = nodeKey(account.key);
    return isFolded
      ? <FoldedAccount key={key} {...common} {...{ quotas, display }}>{drawCards}</FoldedAccount>
      : <AccountSection key={key} {...common}>{drawCards()}</AccountSection>;
  }

  const others = isFlat ? [] : accounts.filter(hasRest);
  const rest = others.slice(0, shown.value).map(drawRest);
  const isCut = others.length > rest.length ||
    (isFlat ? quotas : allTight).length > maxQuotas;
  return (
    <>
      {all.length > 0 && (
        <OverviewBar
          tabs={providerTabs(view.value)}
          filter={filter.value}
          density={density.value}
          search={search.value}
          onFilter={choose}
          onDensity={selectDensity}
        />
      )}
      {all.length > 0 && accounts.length === 0 && (
        <p class="nothing-found mt-8 rounded-xl border border-dashed border-line p-6 text-center text-muted">
          No quota matches.{" "}
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
      <div class={accounts.length > 0 ? "overview-columns" : ""}>
        <div class="min-w-0">
          {isCompact && quotas.length > 0 && (
            <SortBar sort={sort.value} search={search.value} onSort={sortBy} />
          )}
          {first.length > 0 && (
            <TightGroup
              isCompact={isCompact}
              isOutOfOrder={changed.value}
              again={overviewHref(search.value, {})}
              cards={first.map(({ account, quota }) => drawCard(account, quota, true))}
            />
          )}
          {isFlat && (
            <section class="mt-4" aria-labelledby="quotas-title">
              <h2 id="quotas-title" class="sr-only">Quotas</h2>
              {accounts.filter(({ key }) => !troubled.has(key)).map((account) => (
                <AccountHint key={nodeKey(account.key)} account={account} now={now} zone={zone} named />
              ))}
              {quotas.length > 0 && (
                <Quotas isCompact>
                  {sortList(quotas, sort.value).slice(0, maxQuotas).map(({ account, quota }) =>
                    drawCard(account, quota, true)
                  )}
                </Quotas>
              )}
            </section>
          )}
          {isFolded && rest.length > 0
            ? (
              <section class="folded-accounts mt-8" aria-labelledby="rest-title">
                <h2 id="rest-title" class="text-lg font-semibold">
                  {first.length > 0 ? "Everything else" : "Accounts"}
                </h2>
                {rest}
              </section>
            )
            : rest}
          {isCut && (
            <MoreAccounts
              count={accounts.length}
              href={overviewHref(search.value, { accounts: String(shown.value + ACCOUNTS_AT_ONCE) })}
              onMore={() => {
                shown.value += ACCOUNTS_AT_ONCE;
                writeAddress({ accounts: String(shown.value) });
              }}
            />
          )}
        </div>
      </div>
    </>
  );
}

/** Joins the keys into one text: a signal compares texts by value, and lists by identity. */
function joinKeys(accounts: readonly AccountView[]): string {
  return accounts.map(({ key }) => key).join("\n");
}

function splitKeys(keys: ReadonlySignal<string>): ReadonlySet<string> {
  return new Set(keys.value.split("\n"));
}
