import { type Signal, useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { useMemo, useRef } from "preact/hooks";
import { type HistoryView, type RangeName, rangeOf } from "../lib/model/history.ts";
import type { DashboardView } from "../lib/model/view.ts";
import { momentText } from "../lib/ui/dates.ts";
import { HistoryLegend, legendOf, standingText } from "../lib/ui/HistoryLegend.tsx";
import { HistoryPlot, ShareAxis } from "../lib/ui/HistoryPlot.tsx";
import { extend } from "../lib/ui/live_lines.ts";
import { type PackedHistory, unpackHistory } from "../lib/ui/packed_history.ts";
import { RangeNav } from "../lib/ui/RangeNav.tsx";

interface HistoryChartProps {
  readonly view: Signal<DashboardView>;
  readonly history: PackedHistory;
  readonly zone: string;
  readonly intervalMs: number;
}

/** How many steps of the range a key moves the cursor. */
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

/** The history of all quotas in percent of their limits; follows the live view. */
export default function HistoryChart(props: HistoryChartProps) {
  const { view, zone, intervalMs } = props;
  const history = useSignal(useMemo(() => unpackHistory(props.history), []));
  const hidden = useSignal<readonly string[]>([]);
  const cursor = useSignal<number | null>(null);
  const problem = useSignal("");
  const wanted = useRef<{ readonly range: RangeName }>(props.history);

  const legend = useComputed(() => legendOf(view.value, history.value.lines));

  function grow(from: HistoryView): boolean {
    const extended = extend(from, view.value, intervalMs);
    history.value = extended.history;
    return extended.missed;
  }

  /** Reads a range from the server, and says whether that went well. An answer that was overtaken is dropped. */
  async function load(range: RangeName): Promise<boolean> {
    const turn = wanted.current = { range };
    try {
      const answer = await fetch(`/api/v1/series?range=${range}`, {
        headers: { accept: "application/json" },
      });
      if (!answer.ok) return false;
      const loaded: HistoryView = await answer.json();
      if (turn !== wanted.current) return true;
      grow(loaded);
      const url = new URL(location.href);
      url.searchParams.set("range", range);
      globalThis.history.replaceState(null, "", url);
      return true;
    } catch {
      return turn !== wanted.current;
    }
  }

  useSignalEffect(() => {
    if (grow(history.peek())) void load(wanted.current.range);
  });

  async function show(range: RangeName) {
    problem.value = await load(range) ? "" : "The history could not be loaded; try again.";
  }

  function toggle(key: string) {
    const { value } = hidden;
    hidden.value = value.includes(key) ? value.filter((other) => other !== key) : [...value, key];
  }

  function point(event: PointerEvent) {
    const box = (event.currentTarget as HTMLElement).querySelector(".plot")!.getBoundingClientRect();
    moveTo(history.value.from + (event.clientX - box.left) / box.width * spanMs());
  }

  /** A finger that is lifted leaves the cursor where it is. */
  function leave(event: PointerEvent) {
    if (event.pointerType === "mouse") cursor.value = null;
  }

  function walk(event: KeyboardEvent) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { to, range } = history.value;
    const steps = STEPS[event.key];
    if (event.key === "Escape") cursor.value = null;
    else if (steps !== undefined) {
      event.preventDefault();
      moveTo((cursor.value ?? to) + steps * (rangeOf(range)?.showMs ?? spanMs() / 100));
    }
  }

  function moveTo(at: number) {
    const { from, to } = history.value;
    cursor.value = Math.round(Math.min(to, Math.max(from, at)));
  }

  function spanMs(): number {
    return history.value.to - history.value.from;
  }

  const shown = legend.value.flatMap(({ quota, line, series }) =>
    line && !hidden.value.includes(quota.key) ? [{ line, series }] : []
  );
  const empty = !history.value.lines.some((line) => line.points.length > 1);
  const at = cursor.value;
  const moment = at === null ? "Now" : momentText(at, zone);

  return (
    <section id="usage-chart" class="mt-10" aria-labelledby="usage-chart-title">
      <header class="mb-3 flex flex-wrap items-center justify-between gap-3">
        <h2 id="usage-chart-title" class="text-lg font-semibold">
          History
          <span class="ml-2 text-sm font-normal text-muted">percent of each limit, {zone}</span>
        </h2>
        <RangeNav selected={history.value.range} onSelect={show} />
      </header>
      <p class={problem.value ? "mb-3 text-sm text-danger" : "hidden"} role="status">{problem}</p>
      <figure class="card-shadow rounded-xl border border-line bg-surface p-4">
        {empty
          ? <p class="py-16 text-center text-sm text-muted">Not enough readings in this range yet.</p>
          : (
            <div
              class="chart-area flex rounded"
              role="slider"
              tabIndex={0}
              aria-label="Instant of the history"
              aria-valuemin={history.value.from}
              aria-valuemax={history.value.to}
              aria-valuenow={at ?? history.value.to}
              aria-valuetext={`${moment}: ${
                legend.value.map((item) => `${item.name} ${standingText(item, at)}`).join(", ")
              }`}
              onPointerMove={point}
              onPointerDown={point}
              onPointerLeave={leave}
              onKeyDown={walk}
              onBlur={() => cursor.value = null}
            >
              <ShareAxis lines={shown} />
              <HistoryPlot history={history.value} lines={shown} zone={zone} cursor={at} />
            </div>
          )}
        <figcaption class="mt-3">
          <p class="chart-moment text-xs text-muted" aria-hidden="true">{moment}</p>
          <HistoryLegend items={legend.value} hidden={hidden.value} at={at} onToggle={toggle} />
        </figcaption>
      </figure>
    </section>
  );
}
