import { useSignal } from "@preact/signals";
import { page } from "fresh";
import HistoryChart from "@/islands/HistoryChart.tsx";
import Live from "@/islands/Live.tsx";
import QuotaGrid from "@/islands/QuotaGrid.tsx";
import Shortcuts from "@/islands/Shortcuts.tsx";
import ThemeToggle from "@/islands/ThemeToggle.tsx";
import { FirstRun } from "@/lib/ui/FirstRun.tsx";
import { Frame } from "@/lib/ui/Frame.tsx";
import { chartOf } from "@/lib/web/chart.ts";
import { frameFacts } from "@/lib/web/frame.ts";
import { define } from "@/lib/web/state.ts";

export const handlers = define.handlers({
  async GET(ctx) {
    const { services } = ctx.state;
    const view = await services.dashboard();
    const facts = await frameFacts(ctx.state, "");
    const { chart, note } = await chartOf(services, ctx.url, { zone: facts.zone });
    return page({
      facts,
      view,
      chart,
      note,
      setups: view.accounts.length === 0
        ? (await services.providers()).map(({ id, name, setup }) => ({ id, name, setup }))
        : [],
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
      {data.view.accounts.length === 0
        ? <FirstRun setups={data.setups} />
        : <HistoryChart view={view} chart={data.chart} zone={facts.zone} />}
    </Frame>
  );
});
