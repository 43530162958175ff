import {
  BUCKET_COLUMNS,
  bucketCells,
  type Cell,
  READING_COLUMNS,
  readingCells,
} from "@/lib/formats/export.ts";
import { HttpError } from "fresh";
import { api } from "@/lib/web/answer.ts";
import { define } from "@/lib/web/state.ts";
import { tableFile } from "@/lib/web/tables/files.ts";
import { MAX_IN_FILE, parseHistoryQuery, readHistoryRows } from "@/lib/web/tables/history.ts";
import { exportSubject } from "@/lib/web/tables/subjects.ts";

/** The readings of `/history`, or their sums, with a row for each quota. */
export const handlers = define.handlers(api({
  GET: tableFile(async (services, tableContext, query) => {
    const selection = parseHistoryQuery(query, tableContext);
    const { account, quotas, every, descending } = selection;
    const rows: { readonly at: number; readonly cells: readonly Cell[] }[] = [];
    for (const quota of account ? quotas : []) {
      const head = exportSubject({ account: account!, quota });
      const terms = await services.store.terms(quota.key);
      const about = { ...head, label: quota.label, window: quota.window, plan: account!.plan };
      const toCells = readingCells(about, terms);
      const kept = await readHistoryRows(services, quota.key, { ...selection, after: null }, MAX_IN_FILE + 1);
      if (kept.length > MAX_IN_FILE) {
        throw new HttpError(
          400,
          `More than ${MAX_IN_FILE} rows of one quota: choose a shorter range, or use syntrack export`,
        );
      }
      // In time order, because a cursor follows the terms.
      for (const one of descending ? kept.toReversed() : kept) {
        rows.push({
          at: one.at,
          cells: one.kind === "reading" ? toCells(one.reading) : bucketCells(head, one.bucket, terms),
        });
      }
    }
    rows.sort((a, b) => descending ? b.at - a.at : a.at - b.at);
    const file = {
      what: every === "raw" ? "readings" : `readings-${every}`,
      about: [selection.timeRange.range, quotas.length === 1 ? quotas[0]!.key : account?.key ?? null],
      columns: every === "raw" ? READING_COLUMNS : BUCKET_COLUMNS,
      rows: rows.map(({ cells }) => cells),
    };
    return { reader: selection.reader, file };
  }),
}));
