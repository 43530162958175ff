import { page } from "fresh";
import LiveStatus from "@/islands/LiveStatus.tsx";
import Shortcuts from "@/islands/Shortcuts.tsx";
import ThemeToggle from "@/islands/ThemeToggle.tsx";
import { Frame } from "@/lib/ui/Frame.tsx";
import { SessionsTable } from "@/lib/ui/table/SessionsTable.tsx";
import { frameFacts } from "@/lib/web/frame.ts";
import { noteText } from "@/lib/web/tables/common.ts";
import { sessionsTable } from "@/lib/web/tables/sessions.ts";
import { worldOf } from "@/lib/web/tables/world.ts";
import { define } from "@/lib/web/state.ts";

export const handlers = define.handlers({
  async GET(ctx) {
    const { services } = ctx.state;
    const view = await services.dashboard();
    const facts = await frameFacts(ctx.state, "Sessions", view);
    const world = await worldOf(services, facts.zone, view);
    const { table, reader } = await sessionsTable(services, world, ctx.url.searchParams);
    return page({ facts, table, note: noteText(reader) });
  },
});

/** Every stretch of use: how long, and what each quota stood at when it began and ended. */
export default define.page<typeof handlers>(function Sessions({ data }) {
  return (
    <Frame
      facts={data.facts}
      place="sessions"
      title="Sessions"
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
        Stretches of use of an account; open one to see where each quota began and ended.
      </p>
      <SessionsTable table={data.table} zone={data.facts.zone} />
    </Frame>
  );
});
