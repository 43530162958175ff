import { CYCLE_COLUMNS, cycleCells } from "@/lib/formats/export.ts";
import { api } from "@/lib/web/answer.ts";
import { define } from "@/lib/web/state.ts";
import { findCycles, parseCyclesQuery } from "@/lib/web/tables/cycles.ts";
import { tableFile } from "@/lib/web/tables/files.ts";
import { exportSubject, fileNameParts } from "@/lib/web/tables/subjects.ts";

/** The rows of `/cycles`, with the same parameters. */
export const handlers = define.handlers(api({
  GET: tableFile(async (services, tableContext, query) => {
    const selection = parseCyclesQuery(query, tableContext);
    const { rows } = await findCycles(services, selection, tableContext.view.at);
    const file = {
      what: "cycles",
      about: [selection.timeRange.range, ...fileNameParts(query)],
      columns: CYCLE_COLUMNS,
      rows: rows.map(({ cycle, subject }) => cycleCells(exportSubject(subject), cycle)),
    };
    return { reader: selection.reader, file };
  }),
}));
