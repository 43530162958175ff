/** The Horizon of a live page: the visible quotas, redrawn with every reading and every minute. */
import { type ReadonlySignal, type Signal, useComputed } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { MINUTE_MS } from "../../model/duration.ts";
import { horizonEnd, horizonOf, type HorizonSpan } from "../../model/horizon/horizon.ts";
import { idleStretches } from "../../model/horizon/idle.ts";
import type { Headline } from "../../model/view/headline.ts";
import type { AccountView, DashboardView } from "../../model/view/view.ts";
import { asRead } from "../words.ts";
import { HorizonChart } from "./HorizonChart.tsx";

export interface HorizonProps {
  readonly view: Signal<DashboardView>;
  /** The visible accounts, with their visible quotas. */
  readonly shown: readonly AccountView[];
  readonly now: ReadonlySignal<number>;
  readonly zone: string;
  /** The idle hours of a week, one character each; null while unknown. */
  readonly idle: string | null;
  /** Of the whole view. */
  readonly headline: ReadonlySignal<Headline>;
  readonly span: HorizonSpan;
  /** The query of the page's address. */
  readonly search: string;
  /** Always the same function. */
  readonly onSpan: (span: HorizonSpan) => void;
}

export function Horizon(props: HorizonProps) {
  const { view, shown, now, zone, idle, headline, span, search, onSpan } = props;
  const minute = useComputed(() => Math.floor(now.value / MINUTE_MS)).value;
  const keys = shown.flatMap(({ quotas }) => quotas.map(({ key }) => key)).join("\n");
  const { horizon, accounts } = useMemo(() => {
    const at = now.peek();
    const accounts = shown.map((account) => asRead(account, at));
    const week = idle === null ? null : Array.from(idle, (letter) => letter === "1");
    const own = new Set(accounts.map(({ key }) => key));
    const horizon = horizonOf({
      accounts,
      // Whether an account is usable depends on all of its quotas, shown or not.
      readiness: headline.peek().all.filter(({ account }) => own.has(account.key)),
      now: at,
      span,
      idle: week && idleStretches(week, { from: at, to: horizonEnd(at, span) }, zone),
    });
    return { horizon, accounts };
  }, [view.value, minute, zone, span, keys]);
  return <HorizonChart {...{ horizon, accounts, zone, search, onSpan }} />;
}
