/** Rows of the audit log, each with a hash of itself and of the previous hash. The same on every engine. */
import { nodeCrypto } from "../base/node_builtins.ts";
import type { AuditEnd, AuditEntry, AuditRow, StoredAuditRow } from "./audit_contract.ts";

export function auditHash({ id, at, entry }: Omit<StoredAuditRow, "hash">, before: string): string {
  return nodeCrypto().createHash("sha256").update(`${before}\n${id}\n${at}\n${entry}`).digest("hex");
}

/** Checks that rows follow from the previous one, and returns the last. @throws {TypeError} */
export function checkChain(before: AuditEnd, rows: readonly StoredAuditRow[]): AuditEnd {
  let { id, hash } = before;
  for (const row of rows) {
    if (row.id !== id + 1 || auditHash(row, hash) !== row.hash) {
      throw new TypeError(`Row ${row.id} of the record does not follow from the one before it`);
    }
    ({ id, hash } = row);
  }
  return { id, hash };
}

/** @throws {TypeError} when rows after `before` cannot follow what is stored */
export function checkPlace(before: AuditEnd, last: AuditEnd): void {
  if (last.id === 0 || last.id === before.id && last.hash === before.hash) return;
  throw new TypeError("The audit record already has other rows");
}

export function decodeAuditRow({ id, at, entry, hash }: StoredAuditRow): AuditRow {
  const rest: Pick<AuditEntry, "action"> & Partial<AuditEntry> = JSON.parse(entry);
  // Earlier versions wrote neither.
  const outcome = rest.action.endsWith(" refused") ? "refused" : "done";
  return { credential: null, outcome, ...rest, at, id, hash } as AuditRow;
}
