import type { Cell } from "@/lib/formats/export.ts";
import { isoInstant } from "@/lib/model/time.ts";
import { api } from "@/lib/web/answer.ts";
import { define } from "@/lib/web/state.ts";
import { tableFile } from "@/lib/web/tables/files.ts";
import { startsAt } from "@/lib/web/tables/starts.ts";
import { findStats, parseStatsQuery, STATS_COLUMNS, type StatsPeriod } from "@/lib/web/tables/stats.ts";
import { exportSubject, fileNameParts } from "@/lib/web/tables/subjects.ts";

/** Days and weeks of `/stats`, one row for each quota and period with readings. */
export const handlers = define.handlers(api({
  GET: tableFile(async (services, tableContext, query) => {
    const selection = parseStatsQuery(query, tableContext);
    const found = await findStats(services, selection, startsAt(tableContext.view.at, tableContext.zone));
    const file = {
      what: "stats",
      about: [`${selection.days}d`, ...fileNameParts(query)],
      columns: STATS_COLUMNS,
      rows: found.flatMap((one) => {
        const { provider, account, key, unit } = exportSubject(one);
        const toCells = ({ label, from, sum }: StatsPeriod): readonly (readonly Cell[])[] =>
          sum === null ? [] : [[
            provider,
            account,
            key,
            unit,
            label,
            isoInstant(from),
            sum.consumed,
            sum.leftLow,
            sum.leftHigh,
            sum.count,
            sum.resets,
          ]];
        return [...one.days.flatMap(toCells), ...one.weeks.flatMap(toCells)];
      }),
    };
    return { reader: selection.reader, file };
  }),
}));
