import { isoInstant } from "@/lib/model/time.ts";
import { api } from "@/lib/web/answer.ts";
import { pageZone } from "@/lib/web/preferences.ts";
import { define } from "@/lib/web/state.ts";
import { fileAnswer } from "@/lib/web/tables/files.ts";
import { cycleOf, findOverview, OVERVIEW_COLUMNS, overviewAsked } from "@/lib/web/tables/overview.ts";
import { worldOf } from "@/lib/web/tables/world.ts";

/** The rows of `/cycle-overview`, one for each quota of each cycle. */
export const handlers = define.handlers(api({
  async GET(ctx) {
    const { services } = ctx.state;
    const world = await worldOf(services, pageZone(ctx.state));
    const asked = overviewAsked(ctx.url.searchParams, world);
    const rows = await findOverview(services, asked);
    const { account } = asked;
    return fileAnswer(asked.reader, {
      what: "cycle-overview",
      about: [asked.stretch.range, asked.quota?.key ?? null],
      columns: OVERVIEW_COLUMNS,
      rows: rows.flatMap(({ cycle, peakAt, quotas }) =>
        quotas.map(({ quota, used, limit, share, rise }) => [
          account?.provider ?? "",
          account?.name ?? "",
          cycleOf(asked),
          isoInstant(cycle.startedAt),
          isoInstant(cycle.endedAt),
          isoInstant(peakAt),
          quota,
          used,
          limit,
          share,
          rise,
        ])
      ),
      at: world.view.at,
    });
  },
}));
