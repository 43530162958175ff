/** Translates SQLite's failures for users. */
import { StoreError, type StoreErrorKind } from "./store.ts";

/** By primary result code. `exec` reports only a message, so the codes' messages are listed too. */
const CAUSES: readonly {
  readonly kind: StoreErrorKind;
  readonly codes: readonly number[];
  readonly message: RegExp;
  readonly says: string;
  readonly hint: string;
}[] = [
  {
    kind: "locked",
    codes: [5, 6],
    message: /database (table )?is locked/,
    says: "is locked by another process",
    hint: "Stop the other process that uses the database, or try again",
  },
  {
    kind: "full",
    codes: [13],
    message: /database or disk is full/,
    says: "cannot grow: the disk is full",
    hint: "Free some space on the disk; nothing of the last poll was stored",
  },
  {
    kind: "corrupt",
    codes: [11, 26],
    message: /malformed|file is not a database/,
    says: "is damaged",
    hint: "Restore it from a backup, or move it away to start with an empty one",
  },
  {
    kind: "unwritable",
    codes: [3, 8, 10, 14],
    message: /readonly database|unable to open database|disk I\/O error/,
    says: "cannot be opened or written",
    hint: "Check that the folder and the file belong to you and that the disk is writable",
  },
];

/** Returns a `StoreError` when the user can act on it; any other error unchanged. */
export function toStoreError(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || (error as { code?: unknown }).code !== "ERR_SQLITE_ERROR") return error;
  const extended = (error as { errcode?: unknown }).errcode;
  const primary = typeof extended === "number" ? extended & 0xff : null;
  const found = CAUSES.find((cause) =>
    primary === null ? cause.message.test(error.message) : cause.codes.includes(primary)
  );
  if (!found) return error;
  return new StoreError(found.kind, `Database "${path}" ${found.says} (${error.message})`, found.hint, {
    cause: error,
  });
}
