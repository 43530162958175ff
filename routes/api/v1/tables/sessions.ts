import { SESSION_COLUMNS, sessionCells } from "@/lib/formats/export.ts";
import { splitAccountKey } from "@/lib/model/quota.ts";
import { api } from "@/lib/web/answer.ts";
import { define } from "@/lib/web/state.ts";
import { tableFile } from "@/lib/web/tables/files.ts";
import { findSessions, parseSessionsQuery } from "@/lib/web/tables/sessions.ts";
import { fileNameParts } from "@/lib/web/tables/subjects.ts";

/** The sessions of `/sessions`, with the same parameters and a row for each quota used. */
export const handlers = define.handlers(api({
  GET: tableFile(async (services, tableContext, query) => {
    const selection = parseSessionsQuery(query, tableContext);
    const { rows } = await findSessions(services, selection);
    const file = {
      what: "sessions",
      about: [selection.timeRange.range, ...fileNameParts(query)],
      columns: SESSION_COLUMNS,
      rows: rows.flatMap(({ session }) => {
        const { provider, name: account } = splitAccountKey(session.account);
        return sessionCells({ provider, account }, session);
      }),
    };
    return { reader: selection.reader, file };
  }),
}));
