/** Stored documents, and whether they have expired. */
import type { DocKind } from "../store.ts";
import { DOC_TABLES } from "../tables.ts";
import type { Entry } from "./database.ts";

/** The database may delete expired documents much later, so every reader checks. */
export function isExpired({ value }: Entry, now: number): boolean {
  return typeof value.expiresAt === "number" && value.expiresAt <= now;
}

export function kindOf(kind: DocKind): DocKind {
  if (!Object.hasOwn(DOC_TABLES, kind)) throw new TypeError(`Unknown kind of document "${kind}"`);
  return kind;
}
