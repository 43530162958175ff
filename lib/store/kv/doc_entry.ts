/** Documents as they are stored, and whether they still count. */
import type { DocKind } from "../store.ts";
import { DOC_TABLES } from "../tables.ts";
import type { Entry } from "./database.ts";

/** The database may delete what has expired much later, so every reader checks it. */
export function isExpired({ value }: Entry, now: number): boolean {
  return typeof value.expiresAt === "number" && value.expiresAt <= now;
}

export function kindOf(kind: DocKind): DocKind {
  if (!Object.hasOwn(DOC_TABLES, kind)) throw new TypeError(`Unknown kind of document "${kind}"`);
  return kind;
}
