/** The insights of an account, each with its evidence; each can be hidden and shown again. */
import { harmless } from "../../base/text.ts";
import type { Insight } from "../../model/insights/insight.ts";
import { StatusIcon } from "../icons.tsx";
import { NarrowFold, splitAt } from "../NarrowFold.tsx";
import { nodeKey } from "../words.ts";
import { INSIGHT_LOOKS } from "./insight_looks.ts";

export interface ListedInsight {
  readonly insight: Insight;
  readonly hidden: boolean;
}

export interface InsightListProps {
  readonly insights: readonly ListedInsight[];
  /** Number of further, less severe insights. */
  readonly moreCount: number;
  readonly moreHref: string;
  /** Number of hidden insights that are not in the list. */
  readonly hiddenCount: number;
  /** The page that also lists hidden insights. */
  readonly allHref: string;
}

/** Number of insights a phone shows at first: a row of a wide screen. */
const MAX_NARROW = 3;
const GRID = "grid gap-4 sm:grid-cols-2 lg:grid-cols-3";

export function InsightList({ insights, moreCount, moreHref, hiddenCount, allHref }: InsightListProps) {
  const [first, rest] = splitAt(insights, MAX_NARROW);
  return (
    <>
      {insights.length === 0 && (
        <p class="rounded-xl border border-dashed border-line p-4 text-sm text-muted">
          {hiddenCount > 0 ? "All insights are hidden." : "Nothing stands out in these readings."}
        </p>
      )}
      <div class={GRID}>
        {first.map(drawCard)}
        {rest.length > 0 && (
          <NarrowFold words={`${rest.length} more insights`}>
            <div class={GRID}>{rest.map(drawCard)}</div>
          </NarrowFold>
        )}
      </div>
      {moreCount > 0 && (
        <p class="mt-3 text-sm">
          <a
            class="insights-more quota-link touch-target text-accent underline"
            href={moreHref}
            aria-current="false"
          >
            {moreCount === 1 ? "One more" : `${moreCount} more`}
          </a>
        </p>
      )}
      {hiddenCount > 0 && (
        <p class="mt-3 text-sm">
          <a
            class="insights-all quota-link touch-target text-accent underline"
            href={allHref}
            aria-current="false"
          >
            {hiddenCount === 1 ? "1 hidden: show" : `${hiddenCount} hidden: show`}
          </a>
        </p>
      )}
    </>
  );
}

function drawCard({ insight, hidden }: ListedInsight) {
  return <Card key={nodeKey(insight.key)} insight={insight} hidden={hidden} />;
}

function Card({ insight, hidden }: ListedInsight) {
  const { key, severity, evidence } = insight;
  // These sentences contain labels from vendors.
  const [title, metric, sublabel, description] = [
    insight.title,
    insight.metric,
    insight.sublabel,
    insight.description,
  ].map((text) => harmless(text)) as [string, string, string, string];
  const [shape, colour] = INSIGHT_LOOKS[severity];
  return (
    <article
      class={`insight flex flex-col rounded-xl border border-line bg-surface p-4 ${
        hidden ? "border-dashed" : "card-shadow"
      }`}
      data-insight={key}
    >
      <h3 class={`flex items-center gap-2 text-sm ${colour}`}>
        <StatusIcon status={shape} />
        <span class="outside-text">{title}</span>
      </h3>
      <p class="mt-1 flex flex-wrap items-baseline gap-x-2">
        <span class="outside-text text-xl font-semibold">{metric}</span>
        <span class="outside-text text-sm text-muted">{sublabel}</span>
      </p>
      <p class="outside-text mt-2 text-sm">{description}</p>
      <div class="mt-auto flex items-end justify-between gap-3 pt-3 text-xs text-muted">
        {evidence.length > 0 && (
          <details class="min-w-0">
            <summary class="touch-target cursor-pointer">Details</summary>
            <dl class="mt-1">
              {evidence.map(({ label, value }) => (
                <div key={label} class="flex flex-wrap gap-x-2">
                  <dt>{label}</dt>
                  <dd class="outside-text text-ink">{value}</dd>
                </div>
              ))}
            </dl>
          </details>
        )}
        <form method="post" class="no-print ml-auto">
          <input type="hidden" name="insight" value={key} />
          <button
            type="submit"
            class="touch-target underline"
            name="act"
            value={hidden ? "show" : "hide"}
            aria-label={`${hidden ? "Show" : "Hide"} the insight ${title}`}
          >
            {hidden ? "Show" : "Hide"}
          </button>
        </form>
      </div>
    </article>
  );
}
