import { HttpError } from "fresh";
import { AUDIT_COLUMNS, auditCells } from "@/lib/formats/audit.ts";
import { formatCount } from "@/lib/model/view/format.ts";
import { api } from "@/lib/web/answer.ts";
import { MAX_AUDIT_FILE_ROWS, parseAuditQuery } from "@/lib/web/audit.ts";
import { pageZone } from "@/lib/web/preferences.ts";
import { define } from "@/lib/web/state.ts";
import { fileAnswer } from "@/lib/web/tables/files.ts";

/** The rows of `/audit`, with the same parameters, on all of its pages. */
export const handlers = define.handlers(api({
  async GET({ url, state }) {
    const { access: { audit, now } } = state.services;
    const { reader, timeRange, query } = parseAuditQuery(url.searchParams, now(), pageZone(state));
    const rows = await audit.list({ ...query, limit: MAX_AUDIT_FILE_ROWS + 1 });
    // A truncated file would be mistaken for the whole.
    if (rows.length > MAX_AUDIT_FILE_ROWS) {
      const most = formatCount(MAX_AUDIT_FILE_ROWS);
      throw new HttpError(400, `There are more than ${most} rows: choose a shorter range`);
    }
    return fileAnswer(reader, {
      what: "audit",
      about: [timeRange.range, query.name ?? null, query.action ?? null],
      columns: AUDIT_COLUMNS,
      rows: rows.map(auditCells),
      at: now(),
    });
  },
}));
