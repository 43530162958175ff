import { SESSION_COLUMNS, sessionCells } from "@/lib/formats/export.ts";
import { splitAccountKey } from "@/lib/model/quota.ts";
import { api } from "@/lib/web/answer.ts";
import { pageZone } from "@/lib/web/preferences.ts";
import { define } from "@/lib/web/state.ts";
import { fileAnswer } from "@/lib/web/tables/files.ts";
import { findSessions, sessionsAsked } from "@/lib/web/tables/sessions.ts";
import { worldOf } from "@/lib/web/tables/world.ts";
import { aboutOf } from "@/lib/web/tables/subjects.ts";

/** The sessions of `/sessions`, asked for in the same words, with a row for each quota that was used. */
export const handlers = define.handlers(api({
  async GET(ctx) {
    const { services } = ctx.state;
    const world = await worldOf(services, pageZone(ctx.state));
    const asked = sessionsAsked(ctx.url.searchParams, world);
    const { rows } = await findSessions(services, asked);
    return fileAnswer(asked.reader, {
      what: "sessions",
      about: [asked.stretch.range, ...aboutOf(ctx.url.searchParams)],
      columns: SESSION_COLUMNS,
      rows: rows.flatMap(({ session }) => {
        const { provider, name: account } = splitAccountKey(session.account);
        return sessionCells({ provider, account }, session);
      }),
      at: world.view.at,
    });
  },
}));
