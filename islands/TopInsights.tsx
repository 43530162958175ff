import { type Signal, useSignal, useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { Insight } from "../lib/model/insights/insight.ts";
import { INSIGHT_LOOKS } from "../lib/ui/account/insight_looks.ts";
import { ASKS_JSON, pathTo } from "../lib/ui/base_path.ts";
import { StatusIcon } from "../lib/ui/icons.tsx";
import { accountHref } from "../lib/ui/links.ts";
import { filtered, type OverviewFilter } from "../lib/ui/overview.ts";
import { liveView, type PackedView } from "../lib/ui/packed_view.ts";
import { subjectOf, type TopInsight, topInsights } from "../lib/ui/top_insights.ts";
import { nodeKey } from "../lib/ui/words.ts";

interface TopInsightsProps {
  readonly view: PackedView;
  /** Shared with the cards, which it follows. */
  readonly filter: Signal<OverviewFilter>;
  readonly insights: readonly TopInsight[];
}

/** The gravest insights about what the overview shows; renders nothing when nothing is grave. */
export default function TopInsights({ filter, insights, ...props }: TopInsightsProps) {
  const view = liveView(props.view);
  const shown = useSignal(insights);
  const last = useRef(filter.peek());

  async function load(wanted: OverviewFilter) {
    const accounts = filtered(view.peek(), wanted).map(({ key }) => ["account", key]);
    if (accounts.length === 0) return [];
    const answer = await fetch(pathTo(`/api/v1/insights?${new URLSearchParams(accounts)}`), ASKS_JSON);
    if (!answer.ok) return null;
    const { insights }: { readonly insights: readonly Insight[] } = await answer.json();
    return topInsights(insights, view.peek(), wanted);
  }

  useSignalEffect(() => {
    const wanted = filter.value;
    if (wanted === last.current) return;
    last.current = wanted;
    // What cannot be loaded stays as it was, and an overtaken answer is dropped.
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
                  <span class="sr-only">{insight.severity === "negative" ? "Grave:" : "Warning:"}</span>
                </span>
                <a
                  class="quota-link touch-target outside-text min-w-0 flex-1"
                  href={`${accountHref(insight.account)}#insights`}
                  aria-current="false"
                >
                  <span>
                    <span class="text-muted">{subjectOf(insight, view.value.accounts)}</span>{" "}
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
