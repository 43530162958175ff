import { page } from "fresh";
import LiveStatus from "@/islands/LiveStatus.tsx";
import Shortcuts from "@/islands/Shortcuts.tsx";
import ThemeToggle from "@/islands/ThemeToggle.tsx";
import { Frame } from "@/lib/ui/Frame.tsx";
import { CyclesTable } from "@/lib/ui/table/CyclesTable.tsx";
import { frameFacts } from "@/lib/web/frame.ts";
import { noteText } from "@/lib/web/tables/common.ts";
import { cyclesTable } from "@/lib/web/tables/cycles.ts";
import { worldOf } from "@/lib/web/tables/world.ts";
import { define } from "@/lib/web/state.ts";

export const handlers = define.handlers({
  async GET(ctx) {
    const { services } = ctx.state;
    const view = await services.dashboard();
    const facts = await frameFacts(ctx.state, "Cycles", view);
    const world = await worldOf(services, facts.zone, view);
    const { table, reader } = await cyclesTable(services, world, ctx.url.searchParams);
    return page({ facts, table, note: noteText(reader), now: world.view.at });
  },
});

/** Every stretch between two resets: how high it went, what was consumed, how its end was known. */
export default define.page<typeof handlers>(function Cycles({ data }) {
  return (
    <Frame
      facts={data.facts}
      place="cycles"
      title="Cycles"
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
        From reset to reset, quota by quota.{" "}
        <a class="underline" href="/cycle-overview">How the others stood at each peak</a>
      </p>
      <CyclesTable table={data.table} zone={data.facts.zone} now={data.now} />
    </Frame>
  );
});
