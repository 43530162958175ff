/** The audit log as JSON and as rows of a file; on the command line and over HTTP. */
import { isoInstant } from "../model/time.ts";
import type { Cell } from "./export.ts";

/** A row as stored; `at` in epoch milliseconds. */
export interface AuditLine {
  readonly id: number;
  readonly at: number;
  readonly by: string | null;
  readonly name: string;
  readonly action: string;
  readonly target: string | null;
  readonly credential: string | null;
  readonly outcome: string;
  readonly address: string | null;
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
  readonly hash: string;
}

export const AUDIT_COLUMNS = [
  "id",
  "at",
  "by",
  "name",
  "action",
  "target",
  "credential",
  "outcome",
  "address",
  "detail",
  "hash",
] as const;

/** Instants are ISO 8601 in UTC, unknown is null. */
export function auditJson(
  { at, by, name, action, target, credential, outcome, address, ...rest }: AuditLine,
) {
  const { id, detail, hash } = rest;
  return { id, at: isoInstant(at), by, name, action, target, credential, outcome, address, detail, hash };
}

/** Returns the cells in column order; the details are one cell. */
export function auditCells(line: AuditLine): readonly Cell[] {
  const row = auditJson(line);
  return AUDIT_COLUMNS.map((column) => column === "detail" ? detailText(line) : row[column]);
}

/** Formats `attempts=5 device=curl`. */
export function detailText({ detail }: Pick<AuditLine, "detail">): string {
  return Object.entries(detail).map(([key, value]) => `${key}=${value}`).join(" ");
}
