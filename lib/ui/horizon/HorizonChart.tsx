/** The Horizon on a page: a list of dated sentences, each with its drawing. Works without JavaScript. */
import { MINUTE_MS } from "../../model/duration.ts";
import type { AccountView } from "../../model/view/view.ts";
import { type Horizon, HORIZON_SPANS, type HorizonSpan } from "../../model/horizon/horizon.ts";
import type { Lane } from "../../model/horizon/lane.ts";
import {
  bestSentence,
  idleSentence,
  laneNote,
  laneSentence,
  moreSentence,
} from "../../model/horizon/words.ts";
import { formatPercent, timeTicks } from "../chart/axes.ts";
import { instantText } from "../dates.ts";
import { quotaHref } from "../links.ts";
import { memo } from "../memo.ts";
import { overviewHref } from "../overview.ts";
import { withoutName } from "../../model/view/without_name.ts";
import { accountTitle, nodeKey, quotaTitle } from "../words.ts";
import { NarrowFold, splitAt } from "../NarrowFold.tsx";
import { LaneDrawing, LaneGround } from "./LaneDrawing.tsx";
import { PAGE_HORIZON } from "./paint.ts";

const LANE_HEIGHT = 28;
const AXIS_HEIGHT = 18;
/** Number of lanes a phone shows at first. */
const MAX_NARROW = 5;
/** Narrow charts omit marks that would touch "Now". */
const MIN_NARROW_PLACE = 0.16;
/** Id of the background of the lanes, which is defined once because it is the same in all of them. */
const GROUND = "horizon-ground";

export interface HorizonChartProps {
  readonly horizon: Horizon;
  readonly accounts: readonly AccountView[];
  readonly zone: string;
  /** The query of the page's address. */
  readonly search: string;
  readonly onSpan: (span: HorizonSpan) => void;
}

export const HorizonChart = memo(function HorizonChart(
  { horizon, accounts, zone, search, onSpan }: HorizonChartProps,
) {
  const { from, to, lanes, best, span } = horizon;
  const formatWhen = (at: number) => instantText(at, from, zone);
  const names = new Map(accounts.map((account) => [account.key, accountTitle(account)]));
  const plan = bestSentence(best, to, (account) => names.get(account) ?? account, formatWhen);
  // The best account is named once, at the most urgent of its quotas.
  const bestLane = lanes.find(({ account }) => account.key === best[0]?.account);
  const more = moreSentence(horizon);
  // What to work with is always visible, however calm it is.
  const [urgent, added] = horizon.isBestAdded ? [lanes.slice(0, -1), lanes.slice(-1)] : [lanes, []];
  const [top, rest] = splitAt(urgent, MAX_NARROW);
  const itemOf = (lane: Lane) => (
    <LaneItem
      key={nodeKey(lane.quota.key)}
      lane={lane}
      horizon={horizon}
      zone={zone}
      isBest={lane === bestLane}
    />
  );
  return (
    <section class="horizon mt-6" aria-labelledby="horizon-title">
      <header class="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
        <h2 id="horizon-title" class="text-lg font-semibold">Horizon</h2>
        <nav class="choices no-print" aria-label="Length of the Horizon">
          {HORIZON_SPANS.map((one) => (
            <a
              key={one}
              class="horizon-btn choice touch-target"
              href={overviewHref(search, { horizon: one === "24h" ? "" : one })}
              data-span={one}
              aria-label={`Next ${one}`}
              aria-current={span === one ? "true" : "false"}
              onClick={(event) => {
                if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
                event.preventDefault();
                onSpan(one);
              }}
            >
              {one}
            </a>
          ))}
        </nav>
      </header>
      {plan !== "" && <p class="horizon-plan outside-text mt-1 text-sm">{plan}</p>}
      <div class="horizon-body card-shadow mt-3 rounded-xl border border-line bg-surface px-3 py-2">
        <Axis horizon={horizon} zone={zone} />
        <ol>
          {top.map(itemOf)}
          {rest.length > 0 && (
            <li>
              <NarrowFold words={`${rest.length} more lanes`}>
                <ol>{rest.map(itemOf)}</ol>
              </NarrowFold>
            </li>
          )}
          {added.map(itemOf)}
        </ol>
        {lanes.length === 0 && <p class="py-2 text-sm text-muted">No quota has anything to draw yet.</p>}
        <p class="pt-2 text-xs text-muted">
          Bar: left now. Dotted: forecast. Cross: runs out. Line: reset, after which nothing is forecast.{" "}
          {idleSentence(horizon, formatWhen)}
          {more !== "" && ` ${more}`} Times in {zone}.
        </p>
      </div>
    </section>
  );
});

function LaneItem({ lane, horizon, zone, isBest }: {
  readonly lane: Lane;
  readonly horizon: Horizon;
  readonly zone: string;
  readonly isBest: boolean;
}) {
  const formatWhen = (at: number) => instantText(at, horizon.from, zone);
  const account = accountTitle(lane.account);
  return (
    <li
      class="horizon-lane py-1.5"
      data-quota={lane.quota.key}
      data-provider={lane.account.provider}
      data-state={lane.state}
    >
      <p class="flex flex-wrap items-baseline justify-between gap-x-3 text-sm">
        <span class="outside-text flex min-w-0 flex-wrap items-center gap-x-2">
          <a class="quota-link touch-target" href={quotaHref(lane.quota.key)} aria-current="false">
            <span>
              <span class="text-muted">{account}</span>{" "}
              {withoutName(quotaTitle(lane.quota), account, lane.account.providerName)}
            </span>
          </a>
          {isBest && <span class="chip text-accent">best now</span>}
        </span>
        <span class="text-xs text-muted" aria-hidden="true">{laneNote(lane, horizon.from, formatWhen)}</span>
        <span class="horizon-sentence sr-only">{laneSentence(lane, horizon.from, formatWhen)}</span>
      </p>
      <svg class="horizon-drawing block w-full" height={LANE_HEIGHT} aria-hidden="true">
        <use href={`#${GROUND}`} />
        <LaneDrawing lane={lane} horizon={horizon} paint={PAGE_HORIZON} height={LANE_HEIGHT} />
      </svg>
    </li>
  );
}

function Axis({ zone, ...props }: { readonly horizon: Horizon; readonly zone: string }) {
  const horizon = onWholeMinute(props.horizon);
  const { from, to } = horizon;
  return (
    <svg class="block w-full" height={AXIS_HEIGHT} aria-hidden="true">
      <defs>
        <g id={GROUND}>
          <LaneGround horizon={horizon} zone={zone} paint={PAGE_HORIZON} height={LANE_HEIGHT} />
        </g>
      </defs>
      <text {...PAGE_HORIZON.part("strong")} x="0" y="12">Now</text>
      {timeTicks(from, to, zone).filter(({ place }) => place > 0.09 && place < 0.95).map((tick) => (
        <text
          key={tick.at}
          {...PAGE_HORIZON.part("text")}
          data-minor={tick.minor || tick.place < MIN_NARROW_PLACE ? "" : undefined}
          x={formatPercent(tick.place)}
          y="12"
          text-anchor="middle"
        >
          {tick.text}
        </text>
      ))}
    </svg>
  );
}

/**
 * The axis as it was when the minute began, less than a pixel away. The ground stands in each lane again, so that
 * drawing it with every reading would be most of what an update costs.
 */
function onWholeMinute({ from, to, idle }: Horizon): Pick<Horizon, "from" | "to" | "idle"> {
  const begun = from - from % MINUTE_MS;
  return {
    from: begun,
    to: begun + to - from,
    idle: idle &&
      idle.map((timeRange) => timeRange.from === from ? { ...timeRange, from: begun } : timeRange),
  };
}
