/** Records what a command did, in the audit record of the database it changed. */
import type { AuditFacts } from "../access/access.ts";
import { createAudit } from "../access/audit.ts";
import { LOCAL_OWNER } from "../access/principal.ts";
import { openToAdd } from "../app/open_store.ts";
import type { Tools } from "./tools.ts";

/**
 * Never fails, because the change is made already. Creates no database for the record.
 *
 * @param lines what was done, in order
 */
export async function record(tools: Tools, lines: readonly AuditFacts[]): Promise<void> {
  const reportFailure = (error: unknown) => {
    const reason = error instanceof Error ? error.message : "unknown reason";
    tools.report(`syntrack: warning: this could not be written to the audit record: ${reason}`);
  };
  try {
    const { dbPath } = await tools.dataLocation();
    await using store = dbPath === ":memory:" ? null : await openToAdd(dbPath);
    if (!store) return;
    // The real time of the action counts, whatever --now says.
    const audit = createAudit({ store: store.audit, now: () => tools.io.clock.now(), failed: reportFailure });
    for (const facts of lines) await audit.record(facts, LOCAL_OWNER, null);
  } catch (error) {
    reportFailure(error);
  }
}
