import { type Signal, useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { formatShare } from "../lib/model/format.ts";
import { type HistoryView, type RangeName, RANGES } from "../lib/model/history.ts";
import { wallText } from "../lib/model/time.ts";
import type { DashboardView } from "../lib/model/view.ts";
import { dashOf, HistoryPlot, ShareAxis } from "../lib/ui/HistoryPlot.tsx";
import { extend, shareAt } from "../lib/ui/live_lines.ts";
import { accountTitle } from "../lib/ui/words.ts";

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

  useSignalEffect(() => {
    history.value = extend(history.peek(), view.value, intervalMs);
  });

  const legend = useComputed(() => {
    const lines = new Map(history.value.lines.map((line) => [line.key, line]));
    return view.value.accounts.flatMap((account) =>
      account.quotas.map((quota) => ({ account, quota, line: lines.get(quota.key) }))
    ).map((item, series) => ({ ...item, series }));
  });

  async function show(range: RangeName, event: Event) {
    event.preventDefault();
    try {
      const answer = await fetch(`/api/v1/series?range=${range}`, {
        headers: { accept: "application/json" },
      });
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      history.value = await answer.json();
      problem.value = "";
      const url = new URL(location.href);
      url.searchParams.set("range", range);
      globalThis.history.replaceState(null, "", url);
    } catch {
      problem.value = "The history could not be loaded. The server may be gone; try again.";
    }
  }

  function point(event: PointerEvent) {
    const box = (event.currentTarget as HTMLElement).querySelector(".plot")!.getBoundingClientRect();
    const place = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    const { from, to } = history.value;
    cursor.value = Math.round(from + place * (to - from));
  }

  function toggle(key: string) {
    hidden.value = hidden.value.includes(key)
      ? hidden.value.filter((other) => other !== key)
      : [...hidden.value, key];
  }

  const shown = legend.value.flatMap(({ quota, line, series }) =>
    line && !hidden.value.includes(quota.key) ? [{ line, series }] : []
  );
  const empty = !history.value.lines.some((line) => line.points.length > 1);
  const at = cursor.value;

  return (
    <section id="usage-chart" class="mt-10" aria-labelledby="usage-chart-title">
      <header class="mb-3 flex flex-wrap items-center justify-between gap-3">
        <h2 id="usage-chart-title" class="text-lg font-semibold">
          History
          <span class="ml-2 text-sm font-normal text-muted">percent of each limit, {zone}</span>
        </h2>
        <nav
          class="range-selector flex overflow-hidden rounded-lg border border-line bg-surface text-sm"
          aria-label="Range"
        >
          {RANGES.map(({ name }) => (
            <a
              key={name}
              class={`range-btn px-3 py-1.5 ${
                history.value.range === name
                  ? "bg-ink font-medium text-surface"
                  : "text-muted hover:bg-sunken"
              }`}
              href={`/?range=${name}`}
              data-range={name}
              aria-current={history.value.range === name ? "true" : undefined}
              onClick={(event) => show(name, event)}
            >
              {name}
            </a>
          ))}
        </nav>
      </header>
      <p class={problem.value ? "mb-3 text-sm text-danger" : "hidden"} role="status">{problem}</p>
      <figure class="card-shadow rounded-xl border border-line bg-surface p-4">
        {empty
          ? <p class="py-16 text-center text-sm text-muted">Not enough readings in this range yet.</p>
          : (
            <div
              class="flex"
              onPointerMove={point}
              onPointerDown={point}
              onPointerLeave={() => cursor.value = null}
            >
              <ShareAxis lines={shown} />
              <HistoryPlot history={history.value} lines={shown} zone={zone} cursor={at} />
            </div>
          )}
        <figcaption class="mt-3">
          <p class="text-xs text-muted" aria-hidden="true">
            {at === null ? "Now" : wallText(at, zone)}
          </p>
          <ul class="mt-1 flex flex-wrap gap-x-5 gap-y-1 text-sm">
            {legend.value.map(({ account, quota, line, series }) => {
              const off = hidden.value.includes(quota.key);
              return (
                <li key={quota.key}>
                  <button
                    type="button"
                    class={`flex items-center gap-2 rounded py-1 text-left ${
                      off ? "text-muted line-through" : ""
                    }`}
                    aria-pressed={off ? "false" : "true"}
                    onClick={() => toggle(quota.key)}
                  >
                    <svg width="22" height="8" aria-hidden="true" class={`shrink-0 series-${series % 8}`}>
                      <line
                        class={`series-swatch ${dashOf(series)}`}
                        x1="1"
                        x2="21"
                        y1="4"
                        y2="4"
                        stroke-width={off ? 1 : 3}
                      />
                    </svg>
                    <span class="outside-text">{accountTitle(account)} {quota.label}</span>
                    <span class="font-medium">
                      {formatShare(at === null ? quota.share : line ? shareAt(line, at) : null)}
                    </span>
                  </button>
                </li>
              );
            })}
          </ul>
        </figcaption>
      </figure>
    </section>
  );
}
