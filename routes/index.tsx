import { useSignal } from "@preact/signals";
import { page } from "fresh";
import HistoryChart from "@/islands/HistoryChart.tsx";
import Live from "@/islands/Live.tsx";
import QuotaGrid from "@/islands/QuotaGrid.tsx";
import Shortcuts from "@/islands/Shortcuts.tsx";
import ThemeToggle from "@/islands/ThemeToggle.tsx";
import { DEFAULT_RANGE, rangeOf } from "@/lib/model/history.ts";
import { FirstRun } from "@/lib/ui/FirstRun.tsx";
import { Frame } from "@/lib/ui/Frame.tsx";
import { packHistory } from "@/lib/ui/packed_history.ts";
import { frameFacts } from "@/lib/web/frame.ts";
import { define } from "@/lib/web/state.ts";

export const handlers = define.handlers({
  async GET(ctx) {
    const { services } = ctx.state;
    const asked = ctx.url.searchParams.get("range");
    const range = rangeOf(asked ?? DEFAULT_RANGE);
    const view = await services.dashboard();
    return page({
      facts: await frameFacts(ctx.state, ""),
      view,
      history: packHistory(await services.history({ range: range?.name ?? DEFAULT_RANGE })),
      setups: view.accounts.length === 0
        ? (await services.providers()).map(({ id, name, setup }) => ({ id, name, setup }))
        : [],
      note: asked !== null && !range
        ? `There is no range "${asked.slice(0, 20)}"; the last 6 hours are shown.`
        : "",
      intervalMs: services.intervalMs,
    });
  },
});

export default define.page<typeof handlers>(function Overview({ data }) {
  const view = useSignal(data.view);
  const { facts } = data;
  return (
    <Frame
      facts={facts}
      place="overview"
      title="Overview"
      quietTitle
      note={data.note}
      tools={
        <>
          <Live view={view} zone={facts.zone} version={facts.version} title="" />
          <ThemeToggle />
          <Shortcuts />
        </>
      }
    >
      <QuotaGrid view={view} zone={facts.zone} />
      {data.view.accounts.length === 0 ? <FirstRun setups={data.setups} /> : (
        <HistoryChart
          view={view}
          history={data.history}
          zone={facts.zone}
          intervalMs={data.intervalMs}
        />
      )}
    </Frame>
  );
});
