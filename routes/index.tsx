import { useSignal } from "@preact/signals";
import { page } from "fresh";
import FilterForms from "@/islands/FilterForms.tsx";
import Live from "@/islands/Live.tsx";
import LiveQuotaGrid from "@/islands/QuotaGrid.tsx";
import Summary from "@/islands/Summary.tsx";
import { sortByTightness } from "@/lib/model/view/view.ts";
import { chartSubject } from "@/lib/ui/chart/subject.ts";
import { QUOTAS_PER_ACCOUNT } from "@/lib/ui/overview.ts";
import { packView } from "@/lib/ui/packed_view.ts";
import { QuotaGrid } from "@/lib/ui/QuotaGrid.tsx";
import { SummaryPart } from "@/lib/ui/SummaryPart.tsx";
import { UntilWhole } from "@/lib/ui/WholeView.tsx";
import { FirstRun } from "@/lib/ui/FirstRun.tsx";
import { LateChart } from "./(_components)/LateChart.tsx";
import { LateHorizon, LateInsights, LateNeeds } from "./(_components)/overview_parts.tsx";
import { LiveFrame } from "./(_components)/LiveFrame.tsx";
import { OpenBanners } from "./(_components)/OpenBanners.tsx";
import { readChart } from "@/lib/web/chart.ts";
import { firstRun } from "@/lib/web/first_run.ts";
import { frameFacts } from "@/lib/web/frame.ts";
import { packWeek, readIdleWeek } from "@/lib/web/horizon.ts";
import { parseOverviewQuery, selectPools, selectVendorPages } from "@/lib/web/overview.ts";
import { pageZone } from "@/lib/web/preferences.ts";
import { readTopInsights } from "@/lib/web/overview_insights.ts";
import { readSparks } from "@/lib/web/sparks.ts";
import { define } from "@/lib/web/state.ts";
import type { QuotaKey } from "@/lib/model/quota.ts";

export const handlers = define.handlers({
  async GET(ctx) {
    const { services } = ctx.state;
    const view = await services.dashboard();
    const selection = parseOverviewQuery(ctx.url.searchParams, ctx.state.preferences, view);
    // The lines of unlisted accounts would be most of the page, and of the time it takes.
    const quotas = sortByTightness(view).slice(0, selection.shown * QUOTAS_PER_ACCOUNT).map(({ key }) => key);
    const subject = chartSubject(view, selection.filter);
    const zone = pageZone(ctx.state);
    const [facts, { chart, note }, sparks, idle, insights, start] = await Promise.all([
      frameFacts(ctx.state, "", view),
      readChart(services, ctx.url, {
        zone,
        ...subject.quotas !== null && { quotas: subject.quotas as readonly QuotaKey[] },
      }),
      readSparks(services, quotas),
      readIdleWeek(services, view.accounts.map(({ key }) => key), zone),
      readTopInsights(services, view, selection.filter),
      view.accounts.length === 0 ? firstRun(services, ctx.url.searchParams.get("add")) : null,
    ]);
    return page({
      facts,
      view,
      insights,
      chart,
      chartTitle: subject.title,
      sparks,
      filter: selection.filter,
      density: selection.density,
      sort: selection.sort,
      span: selection.span,
      shown: selection.shown,
      idle: packWeek(idle),
      pools: selectPools(services, view),
      pages: selectVendorPages(services, view.accounts),
      search: ctx.url.search,
      start,
      note: [selection.note, note].filter((text) => text !== "").join(" "),
    }, { headers: selection.remember.map((cookie): [string, string] => ["set-cookie", cookie]) });
  },
});

export default define.page<typeof handlers>(function Overview({ data }) {
  const view = packView(data.view);
  const filter = useSignal(data.filter);
  const search = useSignal(data.search);
  const { facts, sparks } = data;
  const { zone } = facts;
  const summary = { view, zone, pools: data.pools };
  const { density, sort, shown, pages } = data;
  const grid = {
    ...{ view, zone, filter, density, sort, shown, pages, search },
    sparks: sparks.levels,
    sparkSlot: sparks.slot,
  };
  return (
    <LiveFrame
      facts={facts}
      page="overview"
      title="Overview"
      quietTitle
      note={data.note}
      live={<Live view={view} zone={zone} version={facts.version} title="" />}
    >
      <div class="overview">
        <div class="overview-head">
          <UntilWhole view={view} name="summary-part">
            <SummaryPart {...summary} />
          </UntilWhole>
          <Summary {...summary} />
          <OpenBanners facts={facts} />
        </div>
        <LateNeeds view={view} zone={zone} />
        <UntilWhole view={view} name="quota-grid">
          <QuotaGrid {...grid} />
        </UntilWhole>
        <LiveQuotaGrid {...grid} />
        {data.start !== null
          ? (
            <>
              <FirstRun {...data.start} />
              <FilterForms />
            </>
          )
          : (
            <>
              <LateHorizon
                view={view}
                filter={filter}
                zone={zone}
                idle={data.idle}
                pools={data.pools}
                span={data.span}
                search={search}
              />
              <LateInsights view={view} filter={filter} insights={data.insights} />
              <LateChart
                view={view}
                chart={data.chart}
                zone={zone}
                title={data.chartTitle}
                filter={filter}
              />
            </>
          )}
      </div>
    </LiveFrame>
  );
});
