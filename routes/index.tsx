import { useSignal } from "@preact/signals";
import { page } from "fresh";
import HistoryChart from "@/islands/HistoryChart.tsx";
import Live from "@/islands/Live.tsx";
import QuotaGrid from "@/islands/QuotaGrid.tsx";
import ThemeToggle from "@/islands/ThemeToggle.tsx";
import { DEFAULT_RANGE, rangeOf } from "@/lib/model/history.ts";
import { FirstRun } from "@/lib/ui/FirstRun.tsx";
import { Mark } from "@/lib/ui/icons.tsx";
import { pageTitle } from "@/lib/ui/words.ts";
import { packHistory } from "@/lib/ui/packed_history.ts";
import { define } from "@/lib/web/state.ts";

export const handlers = define.handlers({
  async GET(ctx) {
    const { services } = ctx.state;
    const asked = ctx.url.searchParams.get("range");
    const range = rangeOf(asked ?? DEFAULT_RANGE);
    const view = await services.dashboard();
    ctx.state.title = pageTitle(view);
    return page({
      view,
      history: packHistory(await services.history({ range: range?.name ?? DEFAULT_RANGE })),
      setups: view.accounts.length === 0
        ? (await services.providers()).map(({ id, name, setup }) => ({ id, name, setup }))
        : [],
      note: asked !== null && !range
        ? `There is no range "${asked.slice(0, 20)}"; the last 6 hours are shown.`
        : "",
      zone: services.zone,
      version: services.version,
      intervalMs: services.intervalMs,
      demo: services.demo,
    });
  },
});

export default define.page<typeof handlers>(function Overview({ data }) {
  const view = useSignal(data.view);
  return (
    <div class="mx-auto max-w-6xl px-4 pb-12 sm:px-6">
      <a class="skip-link" href="#figures">Skip to the figures</a>
      <header class="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-5">
        <div class="flex items-center gap-2.5">
          <a href="/" class="flex items-center gap-2.5">
            <Mark />
            <h1 class="text-lg font-semibold tracking-tight">Syntrack</h1>
          </a>
          {data.demo && (
            <span class="hidden rounded-full border border-line px-2 text-xs text-muted sm:inline">
              demo, invented figures
            </span>
          )}
        </div>
        <div class="no-print ml-auto flex items-center gap-3">
          <Live view={view} zone={data.zone} />
          <ThemeToggle />
        </div>
      </header>
      <main id="figures" tabIndex={-1}>
        {data.demo && <p class="text-sm text-muted sm:hidden">A demo: these figures are invented.</p>}
        {data.note && <p class="rounded-lg border border-line bg-sunken px-3 py-2 text-sm">{data.note}</p>}
        <QuotaGrid view={view} zone={data.zone} />
        {data.view.accounts.length === 0 ? <FirstRun setups={data.setups} /> : (
          <HistoryChart
            view={view}
            history={data.history}
            zone={data.zone}
            intervalMs={data.intervalMs}
          />
        )}
      </main>
      <footer class="mt-12 flex flex-wrap gap-x-4 gap-y-1 border-t border-line pt-4 text-xs text-muted">
        <span>Syntrack {data.version}</span>
        <span>Times in {data.zone}</span>
        {data.demo && <span>A demo: these figures are invented</span>}
        <a class="underline" href="/api/current?provider=all">The same as JSON</a>
      </footer>
    </div>
  );
});
