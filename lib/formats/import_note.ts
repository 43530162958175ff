/** Reads an exported note back. Pure. */
import { type Note, noteTextProblem } from "../model/notes.ts";
import { type AccountKey, accountKey } from "../model/quota.ts";
import { type Fields, name, parseInstant, parseText, RowError, rowError } from "./import_fields.ts";

export interface ImportedNote {
  readonly what: "notes";
  readonly note: Note;
}

/** Maximum length of an id. */
const MAX_ID = 64;
/** Longer than any account key. */
const MAX_KEY = 500;
/** Longer than any note, whose characters may be several code units. */
const MAX_TEXT = 10_000;

export function noteRow(fields: Fields): ImportedNote {
  const id = parseText(fields, "id", MAX_ID);
  if (!/^[0-9A-Za-z-]+$/.test(id)) throw rowError("id", "letters, digits and hyphens", id);
  const words = parseText(fields, "text", MAX_TEXT).trim();
  const problem = noteTextProblem(words);
  if (problem !== null) throw new RowError(`has an invalid "text": ${problem}`);
  const at = parseInstant(fields, "at");
  const writtenAt = parseInstant(fields, "writtenAt");
  return { what: "notes", note: { id, at, text: words, account: aboutAccount(fields), writtenAt } };
}

/** Null for a note about all accounts. */
function aboutAccount(fields: Fields): AccountKey | null {
  const value = fields["account"];
  if (value === null || value === "") return null;
  const [provider, account, ...others] = parseText(fields, "account", MAX_KEY).split("/");
  if (account === undefined || others.length > 0) {
    throw rowError("account", "provider/name, or nothing for all accounts", value);
  }
  const mapPart = (own: string) => name({ account: own }, "account");
  return accountKey(mapPart(provider!), mapPart(account));
}
