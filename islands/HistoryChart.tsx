import { type Signal, useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import { type HistoryView, type RangeName, rangeOf } from "../lib/model/history.ts";
import type { DashboardView } from "../lib/model/view.ts";
import { momentText } from "../lib/ui/dates.ts";
import { HistoryLegend, legendOf, standingText } from "../lib/ui/HistoryLegend.tsx";
import { HistoryPlot, ShareAxis } from "../lib/ui/HistoryPlot.tsx";
import { extend, hasMissed } from "../lib/ui/live_lines.ts";
import { RangeNav } from "../lib/ui/RangeNav.tsx";

interface HistoryChartProps {
  readonly view: Signal<DashboardView>;
  readonly history: HistoryView;
  readonly zone: string;
  readonly intervalMs: number;
}

/** The history of all quotas in percent of their limits; follows the live view. */
export default function HistoryChart(props: HistoryChartProps) {
  const { view, zone, intervalMs } = props;
  const history = useSignal(props.history);
  const hidden = useSignal<readonly string[]>([]);
  const cursor = useSignal<number | null>(null);
  const problem = useSignal("");
  const asked = useRef(0);

  const legend = useComputed(() => legendOf(view.value, history.value.lines));

  /** Reads the range from the server, and says whether that went well. An answer that was overtaken is dropped. */
  async function load(range: RangeName): Promise<boolean> {
    const turn = ++asked.current;
    try {
      const answer = await fetch(`/api/v1/series?range=${range}`, {
        headers: { accept: "application/json" },
      });
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      const loaded: HistoryView = await answer.json();
      if (turn === asked.current) history.value = extend(loaded, view.peek(), intervalMs);
      return true;
    } catch {
      return turn !== asked.current;
    }
  }

  useSignalEffect(() => {
    const now = view.value;
    const grow = () => history.value = extend(history.peek(), now, intervalMs);
    if (hasMissed(history.peek(), now, intervalMs)) {
      void load(history.peek().range).then((loaded) => loaded || grow());
    } else grow();
  });

  async function show(range: RangeName) {
    const loaded = await load(range);
    problem.value = loaded ? "" : "The history could not be loaded. The server may be gone; try again.";
    if (!loaded || history.peek().range !== range) return;
    const url = new URL(location.href);
    url.searchParams.set("range", range);
    globalThis.history.replaceState(null, "", url);
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
    const { from, to, range } = history.value;
    const at = cursor.value ?? to;
    const step = rangeOf(range)?.showMs ?? spanMs() / 100;
    const places: Readonly<Record<string, number>> = {
      ArrowLeft: at - step,
      ArrowDown: at - step,
      ArrowRight: at + step,
      ArrowUp: at + step,
      PageDown: at - 10 * step,
      PageUp: at + 10 * step,
      Home: from,
      End: to,
    };
    const place = places[event.key];
    if (event.key === "Escape") cursor.value = null;
    else if (place !== undefined) {
      event.preventDefault();
      moveTo(place);
    }
  }

  function moveTo(at: number) {
    const { from, to } = history.value;
    cursor.value = Math.round(Math.min(to, Math.max(from, at)));
  }

  function spanMs(): number {
    return history.value.to - history.value.from;
  }

  if (view.value.accounts.length === 0) return null;
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
