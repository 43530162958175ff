import { CYCLE_COLUMNS, cycleCells } from "@/lib/formats/export.ts";
import { api } from "@/lib/web/answer.ts";
import { pageZone } from "@/lib/web/preferences.ts";
import { define } from "@/lib/web/state.ts";
import { cyclesAsked, findCycles } from "@/lib/web/tables/cycles.ts";
import { fileAnswer } from "@/lib/web/tables/files.ts";
import { worldOf } from "@/lib/web/tables/world.ts";
import { aboutOf, exportedOf } from "@/lib/web/tables/subjects.ts";

/** The rows of `/cycles`, asked for in the same words. */
export const handlers = define.handlers(api({
  async GET(ctx) {
    const { services } = ctx.state;
    const world = await worldOf(services, pageZone(ctx.state));
    const asked = cyclesAsked(ctx.url.searchParams, world);
    const { rows } = await findCycles(services, asked, world.view.at);
    return fileAnswer(asked.reader, {
      what: "cycles",
      about: [asked.stretch.range, ...aboutOf(ctx.url.searchParams)],
      columns: CYCLE_COLUMNS,
      rows: rows.map(({ cycle, subject }) => cycleCells(exportedOf(subject), cycle)),
      at: world.view.at,
    });
  },
}));
