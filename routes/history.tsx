import { page } from "fresh";
import LiveStatus from "@/islands/LiveStatus.tsx";
import Shortcuts from "@/islands/Shortcuts.tsx";
import ThemeToggle from "@/islands/ThemeToggle.tsx";
import { Frame } from "@/lib/ui/Frame.tsx";
import { HistoryTable } from "@/lib/ui/table/HistoryTable.tsx";
import { frameFacts } from "@/lib/web/frame.ts";
import { noteText } from "@/lib/web/tables/common.ts";
import { historyTable } from "@/lib/web/tables/history.ts";
import { worldOf } from "@/lib/web/tables/world.ts";
import { define } from "@/lib/web/state.ts";

export const handlers = define.handlers({
  async GET(ctx) {
    const { services } = ctx.state;
    const view = await services.dashboard();
    const facts = await frameFacts(ctx.state, "History", view);
    const world = await worldOf(services, facts.zone, view);
    const { table, reader } = await historyTable(services, world, ctx.url.searchParams);
    return page({ facts, table, note: noteText(reader) });
  },
});

/** What was read, reading by reading, or by five minutes, hours and days. */
export default define.page<typeof handlers>(function History({ data }) {
  return (
    <Frame
      facts={data.facts}
      place="history"
      title="History"
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
        What was read of an account, reading by reading or summed up. A chart of it is on the overview.
      </p>
      <HistoryTable table={data.table} zone={data.facts.zone} />
    </Frame>
  );
});
