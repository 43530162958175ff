/** Users' notes about an instant, such as "changed plan": shown on charts, in lists and in exports. */
import type { AccountKey } from "./quota.ts";

export interface Note {
  /** Opaque, and safe in an address. */
  readonly id: string;
  /** The instant the note refers to, epoch milliseconds. */
  readonly at: number;
  /** One line. */
  readonly text: string;
  /** The account the note refers to; null for all of them. */
  readonly account: AccountKey | null;
  /** When it was created or last changed, epoch milliseconds. */
  readonly writtenAt: number;
}

/** The fields of a note that a user sets. */
export type NoteFields = Pick<Note, "at" | "text" | "account">;

/** Stores notes. Its errors have the name `NoteError` and name the invalid field in `field`. */
export interface Notes {
  /** All notes, oldest first. */
  list(): Promise<readonly Note[]>;
  /** @throws {Error} when the note is invalid or there are too many */
  add(fields: NoteFields): Promise<Note>;
  /** Returns null when there is no such note. @throws {Error} when the note is invalid */
  change(id: string, fields: Partial<NoteFields>): Promise<Note | null>;
  /** Reports whether the note existed. */
  remove(id: string): Promise<boolean>;
}

export const MAX_NOTE_LETTERS = 200;
/** Maximum number of stored notes. */
export const MAX_NOTES = 2000;
/** A note may refer to the future, up to a year ahead. */
export const MAX_NOTE_AHEAD_MS = 366 * 86_400_000;

/** Returns why a text is not a valid note, or null. */
export function noteTextProblem(text: string): string | null {
  const letters = [...text.trim()].length;
  if (letters === 0) return "A note needs a text";
  if (letters > MAX_NOTE_LETTERS) {
    return `A note has at most ${MAX_NOTE_LETTERS} characters, this one ${letters}`;
  }
  return /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(text)
    ? "A note is one line of plain text"
    : null;
}

/** Returns why a note cannot have this instant, or null. */
export function noteInstantProblem(at: number, now: number): string | null {
  if (!Number.isSafeInteger(at) || at < 0) return "The instant of a note cannot be read";
  return at > now + MAX_NOTE_AHEAD_MS ? "A note can be at most a year ahead" : null;
}

/** Returns the notes of a time range about these accounts or all accounts, oldest first. */
export function notesWithin(
  notes: readonly Note[],
  from: number,
  to: number,
  accounts: ReadonlySet<string>,
): readonly Note[] {
  return notes.filter(({ at, account }) =>
    at >= from && at <= to && (account === null || accounts.has(account))
  ).sort((a, b) => a.at - b.at);
}
