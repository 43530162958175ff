import { page } from "fresh";
import LiveStatus from "@/islands/LiveStatus.tsx";
import Shortcuts from "@/islands/Shortcuts.tsx";
import ThemeToggle from "@/islands/ThemeToggle.tsx";
import { Frame } from "@/lib/ui/Frame.tsx";
import { StatsTables } from "@/lib/ui/table/StatsTables.tsx";
import { frameFacts } from "@/lib/web/frame.ts";
import { noteText } from "@/lib/web/tables/common.ts";
import { statsView } from "@/lib/web/tables/stats.ts";
import { worldOf } from "@/lib/web/tables/world.ts";
import { define } from "@/lib/web/state.ts";

export const handlers = define.handlers({
  async GET(ctx) {
    const { services } = ctx.state;
    const view = await services.dashboard();
    const facts = await frameFacts(ctx.state, "Stats", view);
    const world = await worldOf(services, facts.zone, view);
    const { stats, reader } = await statsView(services, world, ctx.url.searchParams);
    return page({ facts, stats, note: noteText(reader) });
  },
});

/** Days, weeks and all there ever was: the figures of `syntrack stats`. */
export default define.page<typeof handlers>(function Stats({ data }) {
  return (
    <Frame
      facts={data.facts}
      place="stats"
      title="Stats"
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
        What was consumed, over resets, by day and week of the zone below.
      </p>
      <StatsTables stats={data.stats} zone={data.facts.zone} />
    </Frame>
  );
});
