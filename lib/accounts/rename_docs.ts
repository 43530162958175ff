/** Changes the documents that name an account to its new name. */
import { ALERT_RULES_DOC, ALERT_SNOOZES_DOC, renameRules, renameSnoozes } from "../model/alerts/rename.ts";
import type { Snooze } from "../model/alerts/delivery.ts";
import type { AlertRules } from "../model/alerts/rules.ts";
import type { Note } from "../model/notes.ts";
import type { AccountKey } from "../model/quota.ts";
import type { DocChange, DocStore } from "../store/store.ts";

/**
 * Returns the changes to documents under its key, to its notes and to its alert settings. Each says what it was computed
 * from, so that what others change meanwhile is not overwritten. @throws {StoreError}
 */
export async function renameDocs(
  docs: DocStore,
  from: AccountKey,
  to: AccountKey,
  now: number,
): Promise<readonly DocChange[]> {
  const changes: DocChange[] = [];
  for (const kind of ["identities", "renewals"] as const) {
    const doc = await docs.get<object>(kind, from, now, { fresh: true });
    if (doc) changes.push({ kind, id: from, doc: null, was: doc }, { kind, id: to, doc });
  }
  for (const { id, doc } of await docs.list<Omit<Note, "id">>("notes", now)) {
    if (doc.account === from) changes.push({ kind: "notes", id, doc: { ...doc, account: to }, was: doc });
  }
  const rules = await docs.get<Partial<AlertRules>>("settings", ALERT_RULES_DOC, now, { fresh: true });
  if (rules?.only) {
    const doc = renameRules(rules, from, to);
    changes.push({ kind: "settings", id: ALERT_RULES_DOC, doc, was: rules });
  }
  const snoozes = await docs.get<readonly Snooze[]>("settings", ALERT_SNOOZES_DOC, now, { fresh: true });
  if (snoozes) {
    const doc = renameSnoozes(snoozes, from, to);
    changes.push({ kind: "settings", id: ALERT_SNOOZES_DOC, doc, was: snoozes });
  }
  return changes;
}
