/** Stored documents, and whether they have expired. */
import type { DocKind } from "../store.ts";
import { DOC_TABLES } from "../tables.ts";
import type { Entry, Mutation } from "./database.ts";

/** The database may delete expired documents much later, so every reader checks. */
export function isExpired({ value }: Entry, now: number): boolean {
  return typeof value.expiresAt === "number" && value.expiresAt <= now;
}

export function validateKind(kind: DocKind): DocKind {
  if (!Object.hasOwn(DOC_TABLES, kind)) throw new TypeError(`Unknown kind of document "${kind}"`);
  return kind;
}

/**
 * Names the version of a document that its last mutation replaces. A change that takes more than one commit makes
 * it only over that version: what was stored after the change was decided stays.
 */
export function replaceVersion(
  mutations: readonly Mutation[],
  versionstamp: string | null,
): readonly Mutation[] {
  return mutations.with(-1, { ...mutations.at(-1)!, was: versionstamp });
}
