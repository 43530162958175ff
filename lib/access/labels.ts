/** What users call their keys, feeds and passkeys. */
import { AccessError } from "./access.ts";

export const MAX_LABEL_CHARACTERS = 64;

/** @throws {AccessError} invalid */
export function checkLabel(what: "key" | "feed", text: string): string {
  const label = text.trim();
  const { length } = [...label];
  if (/\p{C}/u.test(label)) {
    throw new AccessError("invalid", `The name of a ${what} has no line breaks and no invisible characters`);
  }
  if (length > 0 && length <= MAX_LABEL_CHARACTERS) return label;
  throw new AccessError("invalid", `The name of a ${what} has 1 to ${MAX_LABEL_CHARACTERS} characters`);
}
