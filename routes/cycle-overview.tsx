import { page } from "fresh";
import LiveStatus from "@/islands/LiveStatus.tsx";
import Shortcuts from "@/islands/Shortcuts.tsx";
import ThemeToggle from "@/islands/ThemeToggle.tsx";
import { Frame } from "@/lib/ui/Frame.tsx";
import { OverviewTable } from "@/lib/ui/table/OverviewTable.tsx";
import { frameFacts } from "@/lib/web/frame.ts";
import { noteText } from "@/lib/web/tables/common.ts";
import { overviewTable } from "@/lib/web/tables/overview.ts";
import { worldOf } from "@/lib/web/tables/world.ts";
import { define } from "@/lib/web/state.ts";

export const handlers = define.handlers({
  async GET(ctx) {
    const { services } = ctx.state;
    const view = await services.dashboard();
    const facts = await frameFacts(ctx.state, "Cycle overview", view);
    const world = await worldOf(services, facts.zone, view);
    const { table, reader } = await overviewTable(services, world, ctx.url.searchParams);
    return page({ facts, table, note: noteText(reader) });
  },
});

/** Crossing quotas at their peaks: where a cycle of one stood highest, how did the others stand? */
export default define.page<typeof handlers>(function CycleOverview({ data }) {
  return (
    <Frame
      facts={data.facts}
      place="cycles"
      title="Cycle overview"
      note={data.note}
      tools={
        <>
          <LiveStatus facts={data.facts} />
          <ThemeToggle />
          <Shortcuts />
        </>
      }
    >
      <p class="no-print mt-1 text-sm text-muted">
        All quotas of an account side by side. <a class="underline" href="/cycles">Every cycle as a list</a>
      </p>
      <OverviewTable table={data.table} zone={data.facts.zone} />
    </Frame>
  );
});
