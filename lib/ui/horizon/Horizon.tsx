/** The Horizon of a live page: the visible quotas, redrawn with every reading and every minute. */
import { type Signal, useComputed, useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { MINUTE_MS } from "../../model/duration.ts";
import { createHorizon, horizonEnd, type HorizonSpan } from "../../model/horizon/horizon.ts";
import { listIdleRanges } from "../../model/horizon/idle.ts";
import { useNow } from "../clock.ts";
import { filterAccounts, type OverviewFilter } from "../overview.ts";
import { writeOverviewAddress } from "../overview_address.ts";
import { useLater } from "../later.ts";
import { liveView, type PackedView } from "../packed_view.ts";
import { pageHeadline, type Pools } from "../summary.ts";
import { markStale } from "../words.ts";
import { useZone } from "../zone.ts";
import { HorizonChart } from "./HorizonChart.tsx";

export interface HorizonProps {
  readonly view: PackedView;
  /** Shared with the cards, which it follows. */
  readonly filter: Signal<OverviewFilter>;
  readonly zone: string;
  /** The idle hours of a week, one character each; null while unknown. */
  readonly idle: string | null;
  /** Which quotas count the same usage, by provider. */
  readonly pools: Pools;
  readonly span: HorizonSpan;
  /** The query of the page's address. */
  readonly search: Signal<string>;
}

export function Horizon({ filter, idle, pools, search, ...props }: HorizonProps) {
  const view = useLater(liveView(props.view));
  const now = useNow(view);
  const zone = useZone(view, props.zone).value;
  const span = useSignal(props.span);
  const minute = useComputed(() => Math.floor(now.value / MINUTE_MS)).value;
  const { horizon, accounts } = useMemo(() => {
    const at = now.peek();
    const accounts = filterAccounts(view.value, filter.value).map((account) => markStale(account, at));
    const week = idle === null ? null : Array.from(idle, (letter) => letter === "1");
    const own = new Set(accounts.map(({ key }) => key));
    const horizon = createHorizon({
      accounts,
      // Whether an account is usable depends on all of its quotas, shown or not.
      readiness: pageHeadline(view.value, at, zone, pools).all.filter(({ account }) => own.has(account.key)),
      now: at,
      span: span.value,
      idle: week && listIdleRanges(week, { from: at, to: horizonEnd(at, span.value) }, zone),
    });
    return { horizon, accounts };
  }, [view.value, minute, zone, span.value, filter.value]);
  const reach = useMemo(() => (next: HorizonSpan) => {
    span.value = next;
    writeOverviewAddress(search, { horizon: next === "24h" ? "" : next });
  }, []);
  if (accounts.length === 0) return null;
  return <HorizonChart {...{ horizon, accounts, zone }} search={search.value} onSpan={reach} />;
}
