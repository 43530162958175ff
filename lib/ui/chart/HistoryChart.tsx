/** The history chart as it works in a browser: live, with its ranges, its legend and what the pointer shows. */
import { type Signal, useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { useMemo, useRef } from "preact/hooks";
import { axisEnd, clipLine, projectLine } from "../../model/forecast/projected_line.ts";
import { previousPeriodText } from "../../model/history/earlier.ts";
import {
  chooseViewGrain,
  DEFAULT_RANGE,
  type HistoryRange,
  type HistoryView,
  type Line,
  type RangeName,
} from "../../model/history/history.ts";
import { mergeRanges } from "../../model/history/merge_ranges.ts";
import { parseEdge } from "../../model/history/time_range.ts";
import { splitQuotaKey } from "../../model/quota.ts";
import { buildAddress, earlierParameter, type QueryParameters, tableParameter } from "./address.ts";
import { ChartKey, ChartTools } from "./ChartFoot.tsx";
import { ChartNotes, notesNear } from "./ChartNotes.tsx";
import { ChartTip } from "./ChartTip.tsx";
import { copyPicture, pictureAddress } from "./copy_picture.ts";
import { EndNames } from "./EndNames.tsx";
import { buildLegend, endNames, HistoryLegend, spokenStatus } from "./HistoryLegend.tsx";
import { HistoryHead } from "./HistoryHead.tsx";
import { HistoryPlot, ShareAxis } from "./HistoryPlot.tsx";
import { type DrawnLine, withForecast } from "./line_paths.ts";
import { extend, instantAfterSteps, onlyQuotas } from "./live_lines.ts";
import { loadEarlier, loadSeries } from "./load_series.ts";
import { type PackedHistory, type PackedLine, unpackHistory, unpackLine } from "./packed_history.ts";
import { PAGE_PAINT } from "./paint.ts";
import { type Axis, pinchAxis } from "./pinch.ts";
import { PointTable } from "./PointTable.tsx";
import { localText, SpanForm } from "./SpanForm.tsx";
import { type ChartSubject, chartSubject, withRemembered } from "./subject.ts";
import { tipRows } from "./tip_rows.ts";
import { countSteps, type Fingers, Walker } from "./Walker.tsx";
import { zoomRange } from "./zoom.ts";
import { momentText } from "../dates.ts";
import { RELOAD_MS } from "../outdated.ts";
import { useLater } from "../later.ts";
import { liveView, type PackedView } from "../packed_view.ts";
import type { OverviewFilter } from "../overview.ts";
import { loadWholeStyles } from "../whole_styles.ts";

export interface HistoryChartProps {
  readonly view: PackedView;
  /** As the server's `chartOf` built it. */
  readonly chart: {
    readonly history: PackedHistory;
    /** Keys of the quotas it shows; null for all. */
    readonly quotas: readonly string[] | null;
    /** Page of the table, or 0 when the table is hidden. */
    readonly table: number;
    /** Keys of hidden quotas. */
    readonly hidden: readonly string[];
    /** The lines of the period before, moved into this one; null when they are not shown. */
    readonly earlier: readonly PackedLine[] | null;
    readonly kept: QueryParameters;
  };
  readonly zone: string;
  /** The heading; "History" by default. */
  readonly title?: string;
  /** The overview's selection; the chart shows the tightest of it. */
  readonly filter?: Signal<OverviewFilter>;
  /** The selection it was drawn for, if that may have changed since. */
  readonly drawnFilter?: OverviewFilter | undefined;
}

/** Number of points that the keys for a page move the cursor by. */
const PAGE_STEPS = 10;
const FAILED = "The history could not be loaded; try again.";

/** The history of quotas in percent of their limits; follows the live view. */
export function HistoryChart(props: HistoryChartProps) {
  const { view, chart, zone, filter } = { ...props, view: useLater(liveView(props.view)) };
  const kept = filter ? withRemembered(chart.kept, filter.value) : chart.kept;
  const about = useSignal<ChartSubject>({ quotas: chart.quotas, title: props.title ?? "History" });
  const { title } = about.value;
  const history = useSignal(useMemo(() => unpackHistory(chart.history), []));
  const hidden = useSignal(chart.hidden);
  const cursor = useSignal<number | null>(null);
  /**
   * The last instant under the cursor: moving to the link ends the cursor, and the new note is about that instant.
   */
  const pointed = useRef<number | null>(null);
  const drag = useSignal<readonly [number, number] | null>(null);
  /** The axis when the second finger came down. */
  const start = useRef<Axis | null>(null);
  const table = useSignal(chart.table);
  const earlier = useSignal<readonly Line[] | null>(
    useMemo(() => chart.earlier?.map(unpackLine) ?? null, []),
  );
  /** The axis while two fingers move it. */
  const pinch = useSignal<Axis | null>(null);
  const problem = useSignal("");
  const done = useSignal("");
  const wanted = useRef<HistoryRange>(spanOfView(chart.history));
  /** The range to return to. */
  const home = useRef<RangeName>(chart.history.range ?? DEFAULT_RANGE);
  const loadedAt = useRef(chart.history.to);

  const legend = useComputed(() => buildLegend(view.value, history.value.lines, about.value.quotas));
  const settings = useComputed(() => view.value.settings);

  function grow(from: HistoryView): boolean {
    const extended = extend(from, onlyQuotas(view.value, about.value.quotas));
    history.value = extended.history;
    return extended.missed;
  }

  /**
   * Loads a span from the server; returns whether that worked. Drops an answer overtaken by a newer request.
   *
   * @param chosen true when the user selected the span, so that the address must contain it
   */
  async function load(span: HistoryRange, chosen = true): Promise<boolean> {
    const turn = wanted.current = { ...span };
    try {
      const loaded = await loadSeries(span, about.peek().quotas);
      if (loaded === null) return false;
      const hasEarlier = earlier.peek() !== null;
      const before = hasEarlier ? await loadEarlier(loaded, about.peek().quotas) : null;
      if (turn !== wanted.current) return true;
      loadedAt.current = loaded.to;
      cursor.value = pinch.value = pointed.current = null;
      // The earlier lines of the previous span would be drawn in this one.
      if (hasEarlier) earlier.value = before;
      grow(loaded);
      if (chosen) writeAddress();
      return true;
    } catch {
      return turn !== wanted.current;
    }
  }

  useSignalEffect(() => {
    const missed = grow(history.peek());
    const live = "range" in wanted.current;
    if (live && (missed || view.value.at - loadedAt.current > RELOAD_MS)) {
      loadedAt.current = view.value.at;
      void load(wanted.current);
    }
  });

  /** Loads another subject for another selection, but not for the same one written differently. */
  const chosen = useRef(props.drawnFilter ?? filter?.peek());
  useSignalEffect(() => {
    if (!filter || filter.value === chosen.current) return;
    chosen.current = filter.value;
    const next = chartSubject(view.peek(), filter.value);
    const before = about.peek();
    if (next.title === before.title && String(next.quotas) === String(before.quotas)) return;
    about.value = next;
    void show(wanted.current, false);
  });

  async function show(span: HistoryRange, chosen = true) {
    if ("range" in span) home.current = span.range;
    done.value = "";
    problem.value = await load(span, chosen) ? "" : FAILED;
    pinch.value = null;
  }

  function showEdges(fromText: string, toText: string) {
    const [from, to] = [parseEdge(fromText, zone), parseEdge(toText, zone, true)];
    if (from === null || to === null || from >= to) {
      problem.value = "The start has to be before the end.";
    } else void zoom(from, to);
  }

  const zoom = (from: number, to: number) => show(zoomRange(from, to, view.peek().at));

  /** Zooms to half or twice the time around the cursor. */
  function scale(factor: number) {
    const { from, to } = history.value;
    const middle = cursor.value ?? (from + to) / 2;
    const half = (to - from) * factor / 2;
    void zoom(middle - half, middle + half);
  }

  /** Returns the chart's parameters for the address, except its table's. */
  function own(): QueryParameters {
    const { range, from, to } = history.value;
    const span: QueryParameters = range === null
      ? [["from", localText(from, zone)], ["to", localText(to, zone)]]
      : [["range", range]];
    return [...span, ...listHidden(), ...earlierParameter(earlier.value !== null)];
  }

  function listHidden(): QueryParameters {
    return hidden.value.map((key) => ["hide", key] as const);
  }

  function writeAddress() {
    globalThis.history.replaceState(null, "", buildAddress(kept, [...own(), ...tableParameter(table.value)]));
  }

  async function toggleEarlier() {
    if (earlier.value !== null) earlier.value = null;
    else {
      const turn = wanted.current;
      const before = await loadEarlier(history.peek(), about.peek().quotas).catch(() => null);
      // Another range was selected meanwhile, and its chart has no earlier lines.
      if (turn !== wanted.current) return;
      problem.value = before ? "" : FAILED;
      earlier.value = before;
    }
    writeAddress();
  }

  async function copy() {
    const address = pictureAddress(own(), shown.map(({ quota }) => quota.key), {
      display: settings.value.display,
      title: `${title}, percent ${word} of each limit`,
    });
    try {
      const how = await copyPicture(address, "syntrack-history.png");
      done.value = how === "copied" ? "Copied as a picture." : "Saved as a picture.";
      problem.value = "";
    } catch {
      problem.value = "The picture could not be created; try again.";
    }
  }

  async function turnTable(page: number) {
    // Without it the table has no borders, but all figures.
    if (page > 0) await loadWholeStyles().catch(() => {});
    table.value = page;
    writeAddress();
  }

  function toggle(key: string) {
    const { value } = hidden;
    hidden.value = value.includes(key) ? value.filter((other) => other !== key) : [...value, key];
    writeAddress();
  }

  const { range, sessions = [], notes = [] } = history.value;
  const left = settings.value.display === "left";
  const shown = legend.value.filter(({ quota, line }) => line && !hidden.value.includes(quota.key));
  const heading = shown.map(({ quota }) => range === null ? [] : projectLine(quota));
  const from = pinch.value?.from ?? history.value.from;
  const end = pinch.value?.end ?? axisEnd(from, history.value.to, heading);
  const to = Math.min(history.value.to, end);
  const lines = shown.map(({ line, series, quota }, i): DrawnLine => ({
    line: line!,
    series,
    projection: clipLine(heading[i]!, end),
    earlier: earlier.value?.find(({ key }) => key === quota.key),
  }));
  const accounts = new Set<string>(shown.map(({ quota }) => splitQuotaKey(quota.key).account));
  const bands = mergeRanges(
    sessions.flatMap(({ account, spans }) => accounts.has(account) ? spans : []),
    (to - from) / 500,
  );
  const empty = !legend.value.some(({ line }) => (line?.points.length ?? 0) > 1);
  const at = cursor.value;
  const moment = at === null ? "Now" : `${momentText(at, zone)}${at > to ? ", forecast" : ""}`;
  const word = left ? "left" : "used";

  function moveTo(instant: number) {
    cursor.value = pointed.current = Math.round(Math.min(end, Math.max(from, instant)));
  }

  function walk(steps: number) {
    if (!Number.isFinite(steps)) return moveTo(steps < 0 ? from : to);
    const least = chooseViewGrain(history.value).showMs / 2;
    const walked = lines.flatMap(withForecast);
    moveTo(instantAfterSteps(walked, cursor.value ?? to, steps, { from, end, minMs: least }));
  }

  function press(key: string): boolean {
    const steps = countSteps(key, PAGE_STEPS);
    if (steps !== null) walk(steps);
    else if (key === "+" || key === "=") scale(0.5);
    else if (key === "-") scale(2);
    else if (key === "0") void show({ range: home.current });
    else if (key === "Escape") cursor.value = drag.value = pointed.current = null;
    else return false;
    return true;
  }

  function mark(timeRange: readonly [number, number] | null, done: boolean) {
    const marked = timeRange?.map((x) => Math.min(to, from + x * (end - from))) ?? null;
    drag.value = done || !marked ? null : [marked[0]!, marked[1]!];
    if (done && marked) void zoom(Math.min(...marked), Math.max(...marked));
  }

  function spread(fingers: Fingers | null, isDone: boolean) {
    start.current ??= { from, end };
    const axis = fingers && pinchAxis(start.current, fingers.start, fingers.now);
    pinch.value = axis;
    if (!isDone) return;
    start.current = null;
    if (axis) void zoom(axis.from, axis.end);
  }

  return (
    <section id="usage-chart" class="mt-10" aria-labelledby="usage-chart-title">
      <HistoryHead
        {...{ title, zone, word, kept, problem: problem.value }}
        done={done.value}
        selected={range}
        own={[...listHidden(), ...earlierParameter(earlier.value !== null)]}
        onSelect={(name) => void show({ range: name })}
      />
      <figure class="card-shadow rounded-xl border border-line bg-surface p-4">
        <Walker
          label={`${title}, percent ${word} of each limit from ${momentText(from, zone)} to ${
            momentText(to, zone)
          }, ${zone}. Left and right arrow keys move along the points, plus and minus zoom, 0 resets.`}
          said={`${moment}: ${spokenStatus(shown, at, left, to)}`}
          onPoint={(x) => moveTo(from + x * (end - from))}
          onLeave={() => cursor.value = null}
          onKey={press}
          onDrag={mark}
          onPinch={spread}
        >
          <ShareAxis lines={lines} left={left} paint={PAGE_PAINT} />
          <div class="relative min-w-0 flex-1">
            <HistoryPlot
              {...{ from, to, end, lines, zone, left, bands, notes }}
              thresholds={settings.value.thresholds}
              cursor={at}
              drag={drag.value}
              paint={PAGE_PAINT}
            />
            {at !== null && drag.value === null && (
              <ChartTip
                place={(at - from) / (end - from)}
                moment={moment}
                rows={tipRows({ items: shown, lines, at, to, left })}
                notes={notesNear(notes, at, from, end)}
              />
            )}
          </div>
          <EndNames {...{ lines, left, to }} names={endNames(shown)} paint={PAGE_PAINT} />
          {empty && <p class="chart-empty">Not enough readings in this range yet.</p>}
        </Walker>
        <figcaption class="mt-3">
          <div class="flex flex-wrap items-center gap-x-4 gap-y-2 text-xs text-muted">
            <ChartKey
              moment={moment}
              hasForecast={end > to}
              hasBands={bands.length > 0}
              earlier={earlier.value === null ? "" : previousPeriodText(history.value.from, history.value.to)}
            />
            <ChartTools
              isZoomed={range === null}
              hasEarlier={earlier.value !== null}
              hasTable={table.value > 0}
              kept={kept}
              whenEarlier={[
                ...own().filter(([name]) => name !== "earlier"),
                ...earlierParameter(earlier.value === null),
                ...tableParameter(table.value),
              ]}
              whenTable={[...own(), ...tableParameter(table.value > 0 ? 0 : 1)]}
              onReset={() => void show({ range: home.current })}
              onScale={scale}
              onEarlier={() => void toggleEarlier()}
              onTable={() => void turnTable(table.value > 0 ? 0 : 1)}
              onCopy={() => void copy()}
            />
          </div>
          <HistoryLegend items={legend.value} hidden={hidden.value} {...{ at, to, left }} onToggle={toggle} />
          <ChartNotes
            {...{ notes, zone }}
            at={at ?? pointed.current ?? to}
            account={accounts.size === 1 ? [...accounts][0]! : ""}
          />
          <details class="no-print mt-3 text-sm" open={range === null}>
            <summary class="w-fit text-muted">Custom range</summary>
            <div class="mt-2">
              <SpanForm {...{ from, to, zone, kept }} onSubmit={showEdges} />
            </div>
          </details>
          {table.value > 0 && (
            <PointTable
              {...{ from, to, zone, left, kept }}
              stepMs={chooseViewGrain(history.value).showMs}
              columns={shown}
              page={table.value}
              own={own()}
              onPage={(page) => void turnTable(page)}
            />
          )}
        </figcaption>
      </figure>
    </section>
  );
}

function spanOfView({ range, from, to }: Pick<HistoryView, "range" | "from" | "to">): HistoryRange {
  return range === null ? { from, to } : { range };
}
