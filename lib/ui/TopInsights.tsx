import { type Signal, useSignal, useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { Insight } from "../model/insights/insight.ts";
import { INSIGHT_LOOKS } from "./account/insight_looks.ts";
import { JSON_REQUEST, pathTo } from "./base_path.ts";
import { StatusIcon } from "./icons.tsx";
import { accountHref } from "./links.ts";
import { filterAccounts, type OverviewFilter } from "./overview.ts";
import { liveView, type PackedView } from "./packed_view.ts";
import { chooseTopInsights, describeSubject, type TopInsight } from "./top_insights.ts";
import { nodeKey } from "./words.ts";

export interface TopInsightsProps {
  readonly view: PackedView;
  /** The selection to follow, shared with the cards. */
  readonly filter: Signal<OverviewFilter>;
  readonly insights: readonly TopInsight[];
  /** The selection it was drawn for, if that may have changed since. */
  readonly drawnFilter?: OverviewFilter;
}

/** The most important insights about what the overview shows; renders nothing when there are none. */
export function TopInsights({ filter, insights, ...props }: TopInsightsProps) {
  const view = liveView(props.view);
  const shown = useSignal(insights);
  const last = useRef(props.drawnFilter ?? filter.peek());

  async function load(wanted: OverviewFilter) {
    const accounts = filterAccounts(view.peek(), wanted).map(({ key }) => ["account", key]);
    if (accounts.length === 0) return [];
    const answer = await fetch(pathTo(`/api/v1/insights?${new URLSearchParams(accounts)}`), JSON_REQUEST);
    if (!answer.ok) return null;
    const { insights }: { readonly insights: readonly Insight[] } = await answer.json();
    return chooseTopInsights(insights, view.peek(), wanted);
  }

  useSignalEffect(() => {
    const wanted = filter.value;
    if (wanted === last.current) return;
    last.current = wanted;
    // When loading fails the list stays as it is, and an overtaken answer is dropped.
    load(wanted).then((found) => {
      if (found !== null && last.current === wanted) shown.value = found;
    }, () => {});
  });

  if (shown.value.length === 0) return <div class="top-insights" />;
  return (
    <section class="top-insights mt-6" aria-labelledby="top-insights-title">
      <h2 id="top-insights-title" class="text-lg font-semibold">Worth knowing</h2>
      <ul class="card-shadow mt-3 divide-y rounded-xl border border-line bg-surface px-4">
        {shown.value.map((insight) => {
          const [shape, colour] = INSIGHT_LOOKS[insight.severity];
          return (
            <li
              key={nodeKey(insight.key)}
              class="top-insight border-line py-3 text-sm"
              data-insight={insight.key}
            >
              <p class="flex items-baseline gap-x-2">
                <span class={`flex items-center gap-1.5 self-center ${colour}`}>
                  <StatusIcon status={shape} />
                  <span class="sr-only">{insight.severity === "negative" ? "Critical:" : "Warning:"}</span>
                </span>
                <a
                  class="quota-link touch-target outside-text min-w-0 flex-1"
                  href={`${accountHref(insight.account)}#insights`}
                  aria-current="false"
                >
                  <span>
                    <span class="text-muted">{describeSubject(insight, view.value.accounts)}</span>{" "}
                    <span class="font-medium">{insight.title}</span>
                  </span>
                </a>
                <span class="outside-text font-semibold">{insight.metric}</span>
              </p>
              <p class="outside-text mt-1 text-muted">{insight.description}</p>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
