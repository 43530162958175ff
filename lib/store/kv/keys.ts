/**
 * Where everything is in a key-value database. One letter names each kind of row, because the key is stored with every
 * value. The layout and its reasons: docs/decisions, "key-value layout".
 */
import { createHash } from "node:crypto";
import type { AccountKey } from "../../model/quota.ts";

export type Key = readonly (string | number)[];

/** The first part of every key, so that the database may hold other things too. */
const ROOT = "syntrack";

/** Text of more bytes is named by its hash: a key may have 2 KiB. */
const MAX_TEXT_BYTES = 600;
/** So much of a long text stays readable. */
const SHOWN_LENGTH = 60;

export const KEYS = {
  all: [ROOT],
  /** The version of the layout. */
  meta: [ROOT, "meta"],
  accounts: [ROOT, "account"],
  account: (account: AccountKey): Key => [ROOT, "account", textPart(account)],
  /** Rows of an account, under an id of its own, so that giving it another name moves none. */
  rowsOf: (id: string): Key => [ROOT, "rows", id],
  /** From the first key of an adoption's rows to the first after them. */
  rowsOfAdoption: (adoption: string) => ({
    start: [ROOT, "rows", `${adoption}-`],
    end: [ROOT, "rows", `${adoption}.`],
  }),
  rows: (id: string, series: string): Key => [ROOT, "rows", id, series],
  /** What is too long for one value. */
  part: (token: string, index: number): Key => [ROOT, "part", token, index],
  parts: (token: string): Key => [ROOT, "part", token],
  docs: (kind: string): Key => [ROOT, "doc", kind],
  doc: (kind: string, id: string): Key => [ROOT, "doc", kind, textPart(id)],
  /** Changes that are decided and not all made yet. */
  journals: [ROOT, "journal"],
  journal: (id: string): Key => [ROOT, "journal", id],
  journalSteps: (id: string): Key => [ROOT, "step", id],
  journalStep: (id: string, index: number): Key => [ROOT, "step", id, index],
  /** Rows, parts and steps that nothing refers to; the last part says which. */
  garbage: [ROOT, "garbage"],
  garbageOf: (kind: GarbageKind, id: string): Key => [ROOT, "garbage", kind, id],
  audit: [ROOT, "audit"],
  auditRow: (id: number): Key => [ROOT, "audit", id],
  auditEnd: [ROOT, "audit-end"],
  auditWords: (what: string): Key => [ROOT, "audit-word", what],
  auditWord: (what: string, word: string): Key => [ROOT, "audit-word", what, textPart(word)],
} as const;

/** `adoption`: rows of every account that is taken over at once, whose ids begin with its own. */
export type GarbageKind = "rows" | "adoption" | "step";

/** The id of an account's rows that are written before their adoption is decided. */
export function adoptedId(adoption: string, index: number): string {
  return `${adoption}-${index}`;
}

function textPart(text: string): string {
  if (textBytes(text) <= MAX_TEXT_BYTES) return text;
  const hash = createHash("sha256").update(text).digest("hex");
  return `${[...text].slice(0, SHOWN_LENGTH).join("")}\u{10ffff}${hash}`;
}

/** A short name that nothing else has. */
export function freshId(): string {
  return crypto.randomUUID().replaceAll("-", "").slice(0, 20);
}

/** At least as many bytes as the database counts for a key. */
export function keyBytes(key: Key): number {
  let bytes = 0;
  // Each part has a type and an end.
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
