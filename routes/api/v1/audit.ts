import { auditJson } from "@/lib/formats/audit.ts";
import { api, json } from "@/lib/web/answer.ts";
import { checkChain, parseAuditQuery } from "@/lib/web/audit.ts";
import { AuditCursorParam, PageLimitParam, parseNumberParam } from "@/lib/web/params.ts";
import { pageZone } from "@/lib/web/preferences.ts";
import { define } from "@/lib/web/state.ts";
import { refuseNotes } from "@/lib/web/tables/query_reader.ts";

const DEFAULT_LIMIT = 50;

/** Who did what, newest first, and whether the hash chain is intact. */
export const handlers = define.handlers(api({
  async GET({ url, state }) {
    const { access: { audit, now } } = state.services;
    const { reader, query } = parseAuditQuery(url.searchParams, now(), pageZone(state));
    refuseNotes(reader);
    const limit = parseNumberParam(url.searchParams, "limit", PageLimitParam, DEFAULT_LIMIT);
    const before = parseNumberParam(url.searchParams, "before", AuditCursorParam, 0);
    const [rows, { verdict, at }] = await Promise.all([
      audit.list({ ...query, ...before > 0 && { before }, limit: limit + 1 }),
      checkChain(audit, now()),
    ]);
    const shown = rows.slice(0, limit);
    return json({
      audit: shown.map(auditJson),
      next: rows.length > limit ? shown.at(-1)!.id : null,
      check: { ...verdict, checkedAt: new Date(at).toISOString() },
    });
  },
}));
