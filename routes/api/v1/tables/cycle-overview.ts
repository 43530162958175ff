import { isoInstant } from "@/lib/model/time.ts";
import { api } from "@/lib/web/answer.ts";
import { define } from "@/lib/web/state.ts";
import { tableFile } from "@/lib/web/tables/files.ts";
import {
  findOverview,
  OVERVIEW_COLUMNS,
  parseCycleOverviewQuery,
  parseCycleQuota,
} from "@/lib/web/tables/overview.ts";

/** The rows of `/cycle-overview`, one for each quota of each cycle. */
export const handlers = define.handlers(api({
  GET: tableFile(async (services, tableContext, query) => {
    const selection = parseCycleOverviewQuery(query, tableContext);
    const rows = await findOverview(services, selection);
    const { account } = selection;
    const file = {
      what: "cycle-overview",
      about: [selection.timeRange.range, selection.quota?.key ?? null],
      columns: OVERVIEW_COLUMNS,
      rows: rows.flatMap(({ cycle, peakAt, quotas }) =>
        quotas.map(({ quota, used, limit, share, rise }) => [
          account?.provider ?? "",
          account?.name ?? "",
          parseCycleQuota(selection),
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
    };
    return { reader: selection.reader, file };
  }),
}));
