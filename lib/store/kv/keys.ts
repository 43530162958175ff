/**
 * The keys of everything in a key-value database. One letter names each kind of row, because every value is stored
 * with its key. For the layout and its reasons see docs/decisions, "key-value layout".
 */
import { createHash } from "node:crypto";
import type { AccountKey } from "../../model/quota.ts";

export type Key = readonly (string | number)[];

/** First part of every key, so that the database can be shared with other programs. */
const ROOT = "syntrack";

/** Longer text is named by its hash: the limit of a key is 2 KiB. */
const MAX_TEXT_BYTES = 600;
/** Readable part of a long text. */
const SHOWN_LENGTH = 60;

export const KEYS = {
  all: [ROOT],
  /** The version of the layout. */
  meta: [ROOT, "meta"],
  accounts: [ROOT, "account"],
  account: (account: AccountKey): Key => [ROOT, "account", textPart(account)],
  /** Rows of an account, under an id of its own, so that renaming it moves none. */
  rowsOf: (id: string): Key => [ROOT, "rows", id],
  /** From the first key of an adoption's rows to the first key after them. */
  rowsOfAdoption: (adoption: string) => ({
    start: [ROOT, "rows", `${adoption}-`],
    end: [ROOT, "rows", `${adoption}.`],
  }),
  rows: (id: string, series: string): Key => [ROOT, "rows", id, series],
  /** Parts of a value that is too long. */
  part: (token: string, index: number): Key => [ROOT, "part", token, index],
  parts: (token: string): Key => [ROOT, "part", token],
  docs: (kind: string): Key => [ROOT, "doc", kind],
  doc: (kind: string, id: string): Key => [ROOT, "doc", kind, textPart(id)],
  /** Changes that are decided but not complete. */
  journals: [ROOT, "journal"],
  journal: (id: string): Key => [ROOT, "journal", id],
  journalSteps: (id: string): Key => [ROOT, "step", id],
  journalStep: (id: string, index: number): Key => [ROOT, "step", id, index],
  /** Unreferenced rows, parts and steps; the last key part says which. */
  garbage: [ROOT, "garbage"],
  garbageOf: (kind: GarbageKind, id: string): Key => [ROOT, "garbage", kind, id],
  audit: [ROOT, "audit"],
  auditRow: (id: number): Key => [ROOT, "audit", id],
  auditEnd: [ROOT, "audit-end"],
  auditWords: (what: string): Key => [ROOT, "audit-word", what],
  auditWord: (what: string, word: string): Key => [ROOT, "audit-word", what, textPart(word)],
} as const;

/** `adoption`: rows of all accounts adopted together, whose ids start with the adoption's id. */
export type GarbageKind = "rows" | "adoption" | "step";

/** Returns the id of an account's rows, written before their adoption is decided. */
export function adoptedId(adoption: string, index: number): string {
  return `${adoption}-${index}`;
}

function textPart(text: string): string {
  if (textBytes(text) <= MAX_TEXT_BYTES) return text;
  const hash = createHash("sha256").update(text).digest("hex");
  return `${[...text].slice(0, SHOWN_LENGTH).join("")}\u{10ffff}${hash}`;
}

/** Returns a short unique name. */
export function freshId(): string {
  return crypto.randomUUID().replaceAll("-", "").slice(0, 20);
}

/** Returns an upper bound of the bytes the database counts for a key. */
export function keyBytes(key: Key): number {
  let bytes = 0;
  // Each part has a type byte and a terminator.
  for (const part of key) bytes += typeof part === "number" ? 9 : 2 + textBytes(part);
  return bytes;
}

function textBytes(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    // A zero takes two bytes within a key.
    bytes += code === 0 || code > 0x7f && code < 0x800 ? 2 : code < 0x80 ? 1 : 3;
  }
  return bytes;
}
