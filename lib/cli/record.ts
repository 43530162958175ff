/** Writes down what a command did, in the record of the database it was about. */
import type { AuditFacts } from "../access/access.ts";
import { createAudit } from "../access/audit.ts";
import { LOCAL_OWNER } from "../access/principal.ts";
import { openToAdd } from "../app/open_store.ts";
import type { Tools } from "./tools.ts";

/**
 * Never fails: what was done is done. Where there is no database yet none is begun for it.
 *
 * @param lines what was done, in order
 */
export async function record(tools: Tools, lines: readonly AuditFacts[]): Promise<void> {
  const failed = (error: unknown) => {
    const reason = error instanceof Error ? error.message : "unknown reason";
    tools.tell(`syntrack: warning: this is not in the record of who did what: ${reason}`);
  };
  try {
    const { dbPath } = await tools.place();
    await using store = dbPath === ":memory:" ? null : await openToAdd(dbPath);
    if (!store) return;
    // What counts is when it was done, whatever --now says.
    const audit = createAudit({ store: store.audit, now: () => tools.io.clock.now(), failed });
    for (const facts of lines) await audit.record(facts, LOCAL_OWNER, null);
  } catch (error) {
    failed(error);
  }
}
