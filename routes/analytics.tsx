import { page } from "fresh";
import DayMap from "@/islands/DayMap.tsx";
import UseChart from "@/islands/UseChart.tsx";
import { isShort } from "@/lib/model/history/usage.ts";
import { Breakdown, DepletionTable, SummaryTable, UseTable } from "@/lib/ui/analytics/Tables.tsx";
import { intervalWord } from "@/lib/ui/chart/use_kinds.ts";
import { PageFrame } from "./(_components)/PageFrame.tsx";
import { NarrowFold, splitAt } from "@/lib/ui/NarrowFold.tsx";
import { EmptyTable, ToolRow } from "@/lib/ui/table/parts.tsx";
import { analyse } from "@/lib/web/analytics/analyse.ts";
import { parseAnalyticsQuery } from "@/lib/web/analytics/query.ts";
import { analyticsTools, MEASURE_WORDS } from "@/lib/web/analytics/tools.ts";
import { frameFacts } from "@/lib/web/frame.ts";
import { define } from "@/lib/web/state.ts";
import { changedQuery } from "@/lib/web/tables/query_reader.ts";
import { noteText } from "@/lib/web/tables/common.ts";

export const handlers = define.handlers({
  async GET(ctx) {
    const { services } = ctx.state;
    const view = await services.dashboard({ withHidden: true });
    const facts = await frameFacts(ctx.state, "Analytics", view);
    const providers = new Map(view.accounts.map(({ provider, providerName }) => [provider, providerName]));
    const query = ctx.url.searchParams;
    const selection = parseAnalyticsQuery(query, facts.zone, view.at, [...providers.keys()]);
    const analytics = await analyse(services, view, selection, facts.zone);
    const tools = analyticsTools(query, selection, {
      providers: [...providers].map(([id, name]) => ({ id, name })),
      units: analytics.units,
      unit: analytics.kind,
      zone: facts.zone,
    });
    const { reader, group, interval, measure, compare, page: tablePage } = selection;
    return page({
      facts,
      analytics,
      tools,
      asked: { group, interval, measure, compare, page: tablePage },
      query: query.toString(),
      hasAccounts: view.accounts.length > 0,
      wasRead: view.accounts.some(({ quotas }) => quotas.length > 0),
      note: noteText(reader),
      now: view.at,
    });
  },
});

/** Number of charts a phone shows at first. */
const MAX_NARROW = 4;

/** Consumption by group and time, compared with another period. */
export default define.page<typeof handlers>(function AnalyticsPage({ data }) {
  const { facts, analytics, tools, asked } = data;
  const { zone } = facts;
  const { use, charts, undrawn, views, unlimited, gauges, coverage } = analytics;
  const every = `every ${intervalWord(asked.interval)}`;
  const hrefOf = (page: number) => `${changedQuery(new URLSearchParams(data.query), { page })}#figures`;
  const [firstCharts, restCharts] = splitAt(charts, MAX_NARROW);
  const title = `${MEASURE_WORDS[asked.measure]}${use.unit === null ? "" : `, ${use.unit}`}, ${every}`;
  const drawCard = (data: typeof charts[number]) => {
    const only = charts.length > 1 ? `${data.rows[0]?.name ?? ""}, ` : "";
    return (
      <div
        key={only}
        class="use-card card-shadow min-w-0 rounded-xl border border-line bg-surface p-4"
      >
        <UseChart data={data} zone={zone} label={`Consumption, ${only}${title}`} />
      </div>
    );
  };
  return (
    <PageFrame
      facts={facts}
      page="analytics"
      title="Analytics"
      note={data.note}
    >
      <span data-reload hidden />
      <ToolRow tools={tools} />
      {!data.hasAccounts || analytics.isEmpty && use.rows.length === 0
        ? (
          <EmptyTable title="No readings in these days">
            {data.wasRead
              ? "Choose more days, or another provider."
              : data.hasAccounts
              ? "No account has been read yet; the overview says why."
              : "Figures appear with the first account; the overview shows how to add one."}
          </EmptyTable>
        )
        : (
          <>
            <section class="mt-6" aria-labelledby="use-title">
              <h2 id="use-title" class="text-lg font-semibold">
                Consumption <span class="ml-2 text-sm font-normal text-muted">{`${title}, ${zone}`}</span>
              </h2>
              <div class={`mt-3 grid gap-4 ${charts.length > 1 ? "lg:grid-cols-2" : ""}`}>
                {firstCharts.map(drawCard)}
                {restCharts.length > 0 && (
                  <NarrowFold words={`${restCharts.length} more charts`}>
                    <div class="grid gap-4 lg:grid-cols-2">{restCharts.map(drawCard)}</div>
                  </NarrowFold>
                )}
              </div>
              <NarrowFold words="How consumption is counted">
                <p class="analytics-units outside-text mt-2 max-w-3xl text-sm text-muted">
                  Quotas are counted in units that cannot be added up, so each is compared by how much of its
                  own limit it consumed: 100% is one whole limit, however often it was reset. Shares of
                  different limits are not added up either. Where quotas count the same use or the same money,
                  only one is included.
                  {views.length > 0 && asked.group !== "quota" &&
                    ` Shown only when grouped by quota: ${views.join(", ")}.`}
                  {asked.group === "quota" && " Single quotas are not added up."}
                  {undrawn > 0 && ` Not drawn, but in the summary below: ${undrawn} more.`}
                  {unlimited.length > 0 &&
                    ` Without a limit, and so without a share: ${unlimited.join(", ")}.`}
                  {gauges.length > 0 && ` Limits per minute cannot be added up: ${gauges.join(", ")}.`}
                </p>
              </NarrowFold>
            </section>
            <div class={`mt-10 grid gap-8 ${analytics.days.days.length > 150 ? "" : "lg:grid-cols-2"}`}>
              <section class="min-w-0" aria-labelledby="days-title">
                <h2 id="days-title" class="text-lg font-semibold">
                  Day by day{" "}
                  <span class="ml-2 text-sm font-normal text-muted">
                    of what was used most, percent of its limit
                  </span>
                </h2>
                <div class="card-shadow mt-3 rounded-xl border border-line bg-surface p-4">
                  <DayMap data={analytics.days} zone={zone} />
                </div>
              </section>
              <section class="min-w-0" aria-labelledby="breakdown-title">
                <h2 id="breakdown-title" class="text-lg font-semibold">
                  By vendor{" "}
                  <span class="ml-2 text-sm font-normal text-muted">percent of their own limits</span>
                </h2>
                <NarrowFold words={`All ${analytics.breakdown.length}`}>
                  <div class="card-shadow mt-3 rounded-xl border border-line bg-surface px-2 py-1">
                    <Breakdown rows={analytics.breakdown} />
                  </div>
                </NarrowFold>
              </section>
            </div>
            <section class="mt-10" aria-labelledby="summary-title">
              <h2 id="summary-title" class="text-lg font-semibold">Summary</h2>
              <SummaryTable
                rows={analytics.summary}
                zone={zone}
                group={asked.group}
                compared={asked.compare !== "none"}
              />
              {coverage !== null && !coverage.enough && (
                <p class="coverage-note mt-2 text-sm text-muted">
                  {`Days with readings: ${coverage.before} of the other period, ${coverage.now} of this one, too few to show a change.`}
                </p>
              )}
            </section>
            <section class="mt-10" aria-labelledby="depletion-title">
              <h2 id="depletion-title" class="text-lg font-semibold">Fastest depletion</h2>
              {analytics.depletion.length === 0
                ? <p class="mt-3 text-sm text-muted">Nothing was consumed in these days.</p>
                : (
                  <DepletionTable
                    rows={analytics.depletion}
                    zone={zone}
                    now={data.now}
                    interval={isShort(asked.interval) ? asked.interval : "1d"}
                  />
                )}
            </section>
            <section id="figures" class="mt-10" aria-labelledby="figures-title">
              <h2 id="figures-title" class="text-lg font-semibold">Figures of the chart</h2>
              {asked.page === 0
                ? <a class="button touch-target mt-3" href={hrefOf(1)} aria-current="false">As a table</a>
                : <UseTable data={use} zone={zone} page={asked.page} hrefOf={hrefOf} />}
            </section>
          </>
        )}
    </PageFrame>
  );
});
