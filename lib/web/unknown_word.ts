/** Refuses an unknown word, and suggests the nearest allowed one. */
import { HttpError } from "fresh";
import { nearest } from "../base/nearest.ts";
import { plain } from "../base/text.ts";

/** Maximum number of allowed words to list. */
const MAX_LISTED = 24;

/** Answers 400 to a word that is not allowed. */
export function unknownWord(what: string, word: string, allowed: readonly string[]): HttpError {
  const suggestion = nearest(word, allowed);
  const hint = suggestion === null ? "" : `; did you mean ${suggestion}?`;
  const rest = allowed.length - MAX_LISTED;
  const listed = allowed.slice(0, MAX_LISTED).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
  const expected = allowed.length === 0 ? "there is none" : `expected one of ${listed}`;
  return new HttpError(400, `Unknown ${what} "${plain(word, 64)}": ${expected}${hint}`);
}
