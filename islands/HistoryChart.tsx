import { ASKS_JSON, pathTo } from "@/lib/ui/base_path.ts";
import { type Signal, useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { useMemo, useRef } from "preact/hooks";
import {
  DEFAULT_RANGE,
  grainOfView,
  type HistoryView,
  type RangeName,
  type Span,
} from "../lib/model/history/history.ts";
import { axisEnd, projectionOf, until } from "../lib/model/forecast/projection.ts";
import { parseEdge } from "../lib/model/history/time_range.ts";
import { mergedStretches } from "../lib/model/history/stretches.ts";
import type { DashboardView } from "../lib/model/view/view.ts";
import { addressOf, type QueryParameters } from "../lib/ui/chart/address.ts";
import { HistoryLegend, legendOf, statusText } from "../lib/ui/chart/HistoryLegend.tsx";
import { KeySign } from "../lib/ui/chart/KeySign.tsx";
import { HistoryPlot, ShareAxis } from "../lib/ui/chart/HistoryPlot.tsx";
import { extend, nextInstant } from "../lib/ui/chart/live_lines.ts";
import { type PackedHistory, unpackHistory } from "../lib/ui/chart/packed_history.ts";
import { PAGE_PAINT } from "../lib/ui/chart/paint.ts";
import { PointTable } from "../lib/ui/chart/PointTable.tsx";
import { RangeNav } from "../lib/ui/chart/RangeNav.tsx";
import { localText, SpanForm } from "../lib/ui/chart/SpanForm.tsx";
import { Walker } from "../lib/ui/chart/Walker.tsx";
import { momentText } from "../lib/ui/dates.ts";
import { type ChartSubject, chartSubject, type OverviewFilter, withRemembered } from "../lib/ui/overview.ts";

interface HistoryChartProps {
  readonly view: Signal<DashboardView>;
  /** As the server's `chartOf` built it. */
  readonly chart: {
    readonly history: PackedHistory;
    /** Keys of the quotas it shows; null for all. */
    readonly quotas: readonly string[] | null;
    /** Page of the table, or 0 when the table is hidden. */
    readonly table: number;
    /** Keys of hidden quotas. */
    readonly hidden: readonly string[];
    readonly kept: QueryParameters;
  };
  readonly zone: string;
  /** The heading; "History" by default. */
  readonly title?: string;
  /** The overview's selection; the chart shows the tightest of it. */
  readonly filter?: Signal<OverviewFilter>;
}

/** Number of points by which a key moves the cursor. */
const STEPS: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -10,
  PageUp: 10,
  Home: -Infinity,
  End: Infinity,
};
const MIN_ZOOM_MS = 5 * 60_000;
const MAX_ZOOM_MS = 366 * 86_400_000;
/** Sessions and downsampled points reload after this long. */
const RELOAD_MS = 5 * 60_000;
/** Maximum number of quotas a screen reader announces at once. */
const MAX_SPOKEN = 8;

/** The history of quotas in percent of their limits; follows the live view. */
export default function HistoryChart(props: HistoryChartProps) {
  const { view, chart, zone, filter } = props;
  const kept = filter ? withRemembered(chart.kept, filter.value) : chart.kept;
  const about = useSignal<ChartSubject>({ quotas: chart.quotas, title: props.title ?? "History" });
  const { title } = about.value;
  const history = useSignal(useMemo(() => unpackHistory(chart.history), []));
  const hidden = useSignal(chart.hidden);
  const cursor = useSignal<number | null>(null);
  const drag = useSignal<readonly [number, number] | null>(null);
  const table = useSignal(chart.table);
  const problem = useSignal("");
  const wanted = useRef<Span>(spanOfView(chart.history));
  /** The range to return to. */
  const home = useRef<RangeName>(chart.history.range ?? DEFAULT_RANGE);
  const loadedAt = useRef(chart.history.to);

  const legend = useComputed(() => legendOf(view.value, history.value.lines, about.value.quotas));
  const settings = useComputed(() => view.value.settings);

  function grow(from: HistoryView): boolean {
    const extended = extend(from, only(view.value, about.value.quotas));
    history.value = extended.history;
    return extended.missed;
  }

  /**
   * Loads a span from the server, and returns whether that
   * worked. Drops a response overtaken by a newer request.
   *
   * @param chosen true when the user selected the span, so that the address must contain it
   */
  async function load(span: Span, chosen = true): Promise<boolean> {
    const turn = wanted.current = { ...span };
    const parameters = new URLSearchParams((about.peek().quotas ?? []).map((key) => ["quota", key]));
    for (const [name, value] of Object.entries(span)) parameters.set(name, String(value));
    try {
      const answer = await fetch(pathTo(`/api/v1/series?${parameters}`), ASKS_JSON);
      if (!answer.ok) return false;
      const loaded: HistoryView = await answer.json();
      if (turn !== wanted.current) return true;
      loadedAt.current = loaded.to;
      cursor.value = null;
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

  /** A different selection loads another subject; the same one in other words does not. */
  const chosen = useRef(filter?.peek());
  useSignalEffect(() => {
    if (!filter || filter.value === chosen.current) return;
    chosen.current = filter.value;
    const next = chartSubject(view.peek(), filter.value);
    const before = about.peek();
    if (next.title === before.title && String(next.quotas) === String(before.quotas)) return;
    about.value = next;
    void show(wanted.current, false);
  });

  async function show(span: Span, chosen = true) {
    if ("range" in span) home.current = span.range;
    problem.value = await load(span, chosen) ? "" : "The history could not be loaded; try again.";
  }

  function showEdges(fromText: string, toText: string) {
    const from = parseEdge(fromText, zone);
    const to = parseEdge(toText, zone, true);
    if (from === null || to === null || from >= to) {
      problem.value = "The beginning has to lie before the end.";
    } else void zoom(from, to);
  }

  function zoom(from: number, to: number) {
    const now = view.peek().at;
    const length = Math.min(MAX_ZOOM_MS, Math.max(MIN_ZOOM_MS, to - from));
    const end = Math.min(now, Math.round((from + to + length) / 2));
    return show({ from: Math.max(0, Math.round(end - length)), to: end });
  }

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
    return [...span, ...hiding()];
  }

  function hiding(): QueryParameters {
    return hidden.value.map((key) => ["hide", key] as const);
  }

  function tableParameter(page: number): QueryParameters {
    return page > 0 ? [["table", String(page)]] : [];
  }

  function writeAddress() {
    globalThis.history.replaceState(null, "", addressOf(kept, [...own(), ...tableParameter(table.value)]));
  }

  function turnTable(page: number) {
    table.value = page;
    writeAddress();
  }

  function toggleTable(event: MouseEvent) {
    event.preventDefault();
    turnTable(table.value > 0 ? 0 : 1);
  }

  function toggle(key: string) {
    const { value } = hidden;
    hidden.value = value.includes(key) ? value.filter((other) => other !== key) : [...value, key];
    writeAddress();
  }

  const { from, to, range, sessions = [] } = history.value;
  const left = settings.value.display === "left";
  const shown = legend.value.filter(({ quota, line }) => line && !hidden.value.includes(quota.key));
  const heading = shown.map(({ quota }) => range === null ? [] : projectionOf(quota));
  const end = axisEnd(from, to, heading);
  const lines = shown.map(({ line, series }, i) => ({
    line: line!,
    series,
    projection: until(heading[i]!, end),
  }));
  const accounts = new Set(shown.map(({ quota }) => quota.key.slice(0, quota.key.lastIndexOf("/"))));
  const bands = mergedStretches(
    sessions.flatMap(({ account, spans }) => accounts.has(account) ? spans : []),
    (to - from) / 500,
  );
  const empty = !legend.value.some(({ line }) => (line?.points.length ?? 0) > 1);
  const at = cursor.value;
  const moment = at === null ? "Now" : momentText(at, zone);
  const word = left ? "left" : "used";

  function moveTo(instant: number) {
    cursor.value = Math.round(Math.min(to, Math.max(from, instant)));
  }

  function walk(steps: number) {
    if (!Number.isFinite(steps)) return moveTo(steps < 0 ? from : to);
    const direction = steps < 0 ? -1 : 1;
    const least = grainOfView(history.value).showMs / 2;
    let instant = cursor.value ?? to;
    for (let i = 0; i < Math.abs(steps); i++) {
      const next = nextInstant(lines.map(({ line }) => line), instant, direction, least);
      if (next === null || next < from || next > to) break;
      instant = next;
    }
    moveTo(instant);
  }

  function press(key: string): boolean {
    const steps = STEPS[key];
    if (steps !== undefined) walk(steps);
    else if (key === "+" || key === "=") scale(0.5);
    else if (key === "-") scale(2);
    else if (key === "0") void show({ range: home.current });
    else if (key === "Escape") cursor.value = drag.value = null;
    else return false;
    return true;
  }

  function mark(stretch: readonly [number, number] | null, done: boolean) {
    const marked = stretch?.map((x) => Math.min(to, from + x * (end - from))) ?? null;
    drag.value = done || !marked ? null : [marked[0]!, marked[1]!];
    if (done && marked) void zoom(Math.min(...marked), Math.max(...marked));
  }

  const announcements = shown.slice(0, MAX_SPOKEN).map((item) =>
    `${item.name} ${statusText(item, at, left)}`
  );
  if (shown.length > MAX_SPOKEN) announcements.push(`and ${shown.length - MAX_SPOKEN} more in the table`);

  return (
    <section id="usage-chart" class="mt-10" aria-labelledby="usage-chart-title">
      <header class="mb-3 flex flex-wrap items-center justify-between gap-3">
        <h2 id="usage-chart-title" class="text-lg font-semibold">
          {title}
          <span class="ml-2 text-sm font-normal text-muted">{`percent ${word} of each limit, ${zone}`}</span>
        </h2>
        <RangeNav
          selected={range}
          kept={kept}
          own={hiding()}
          onSelect={(name) => void show({ range: name })}
        />
      </header>
      <p class={problem.value ? "chart-problem mb-3 text-sm text-danger" : "hidden"} role="status">
        {problem}
      </p>
      <figure class="card-shadow rounded-xl border border-line bg-surface p-4">
        <Walker
          label={`${title}, percent ${word} of each limit from ${momentText(from, zone)} to ${
            momentText(to, zone)
          }, ${zone}. Arrow keys left and right walk the points, plus and minus zoom, 0 resets.`}
          said={`${moment}: ${announcements.join(", ")}`}
          onPoint={(x) => moveTo(from + x * (end - from))}
          onLeave={() => cursor.value = null}
          onKey={press}
          onDrag={mark}
        >
          <ShareAxis lines={lines} left={left} paint={PAGE_PAINT} />
          <HistoryPlot
            {...{ from, to, end, lines, zone, left, bands }}
            thresholds={settings.value.thresholds}
            cursor={at}
            drag={drag.value}
            paint={PAGE_PAINT}
          />
          {empty && (
            <p class="pointer-events-none absolute inset-0 flex items-center justify-center text-sm text-muted">
              Not enough readings in this range yet.
            </p>
          )}
        </Walker>
        <figcaption class="mt-3">
          <div class="flex flex-wrap items-center gap-x-4 gap-y-2 text-xs text-muted">
            <p class="chart-moment chart-moment-room" aria-hidden="true">{moment}</p>
            <ul class="chart-key flex flex-wrap gap-x-4" aria-label="Signs">
              <li>
                <KeySign part="warning" />
                {`warning and critical`}
              </li>
              {end > to && (
                <li>
                  <KeySign part="projection" />forecast
                </li>
              )}
              {bands.length > 0 && (
                <li>
                  <KeySign part="band" />active
                </li>
              )}
            </ul>
            <div class="no-print ml-auto flex flex-wrap gap-2">
              <div class="needs-script flex gap-2">
                {range === null && (
                  <button
                    type="button"
                    class="chart-reset icon-button touch-target px-3"
                    onClick={() => void show({ range: home.current })}
                  >
                    Reset zoom
                  </button>
                )}
                <button
                  type="button"
                  class="chart-zoom-in icon-button touch-target"
                  aria-label="Zoom in"
                  title="Zoom in"
                  onClick={() => scale(0.5)}
                >
                  +
                </button>
                <button
                  type="button"
                  class="chart-zoom-out icon-button touch-target"
                  aria-label="Zoom out"
                  title="Zoom out"
                  onClick={() => scale(2)}
                >
                  &minus;
                </button>
              </div>
              <a
                class="chart-table-toggle button touch-target"
                href={addressOf(kept, [...own(), ...tableParameter(table.value > 0 ? 0 : 1)])}
                aria-current="false"
                onClick={toggleTable}
              >
                {table.value > 0 ? "Hide the table" : "As a table"}
              </a>
            </div>
          </div>
          <HistoryLegend items={legend.value} hidden={hidden.value} at={at} left={left} onToggle={toggle} />
          <details class="no-print mt-3 text-sm" open={range === null}>
            <summary class="w-fit text-muted">Custom range</summary>
            <div class="mt-2">
              <SpanForm {...{ from, to, zone, kept }} onSubmit={showEdges} />
            </div>
          </details>
          {table.value > 0 && (
            <PointTable
              {...{ from, to, zone, left, kept }}
              stepMs={grainOfView(history.value).showMs}
              columns={shown}
              page={table.value}
              own={own()}
              onPage={turnTable}
            />
          )}
        </figcaption>
      </figure>
    </section>
  );
}

function spanOfView({ range, from, to }: Pick<HistoryView, "range" | "from" | "to">): Span {
  return range === null ? { from, to } : { range };
}

/** Returns the view without the quotas the chart does not show. */
function only(view: DashboardView, quotas: readonly string[] | null): DashboardView {
  if (quotas === null) return view;
  const accounts = view.accounts.map((account) => ({
    ...account,
    quotas: account.quotas.filter(({ key }) => quotas.includes(key)),
  }));
  return { ...view, accounts };
}
