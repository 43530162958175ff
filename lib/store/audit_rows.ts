/** Rows of the record of who did what, each with a hash of itself and of the hash before it. The same on every engine. */
import { createHash } from "node:crypto";
import type { AuditEntry, AuditRow } from "./audit_contract.ts";

/** Of nothing, before the first row. */
export const NO_HASH = "0".repeat(64);

export interface StoredAuditRow {
  readonly id: number;
  readonly at: number;
  /** The other fields as JSON. */
  readonly entry: string;
  readonly hash: string;
}

export function auditHash({ id, at, entry }: Omit<StoredAuditRow, "hash">, before: string): string {
  return createHash("sha256").update(`${before}\n${id}\n${at}\n${entry}`).digest("hex");
}

export function auditRowOf({ id, at, entry, hash }: StoredAuditRow): AuditRow {
  const rest: Pick<AuditEntry, "action"> & Partial<AuditEntry> = JSON.parse(entry);
  // An earlier version wrote neither.
  const outcome = rest.action.endsWith(" refused") ? "refused" : "done";
  return { credential: null, outcome, ...rest, at, id, hash } as AuditRow;
}
