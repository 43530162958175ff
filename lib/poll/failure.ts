/**
 * Turns what a provider threw into a failure that is safe to store and show. Pure. All of it is untrusted, so
 * it is redacted, sanitized and truncated.
 */
import { FAILURE_KINDS, type FailureKind } from "../model/outcome.ts";
import { plain } from "../base/text.ts";

export interface Failure {
  readonly kind: FailureKind;
  readonly reason?: "expired";
  /** What happened and what to do about it, one line. */
  readonly hint: string;
  /** Epoch milliseconds. */
  readonly retryAt?: number;
  readonly answer?: string;
}

/** Masks secrets. */
export type Redact = (text: string) => string;

const MAX_HINT_CHARACTERS = 400;
export const MAX_ANSWER_BYTES = 2048;

/**
 * Converts a thrown value by its `kind`, since a bundle may hold two
 * copies of a class; anything else is a bug in the provider.
 */
export function toFailure(thrown: unknown, redact: Redact): Failure {
  const error = isRecord(thrown) ? thrown : {};
  const kind = FAILURE_KINDS.find((known) => known === error.kind);
  if (kind === undefined) {
    return {
      kind: "bad_response",
      hint: clean(`The provider failed unexpectedly: ${describeThrown(thrown)}`, redact),
    };
  }
  const message = textIn(error.message) ?? "The provider gave no reason";
  const remedy = textIn(error.hint);
  return {
    kind,
    hint: clean(remedy === undefined || remedy === message ? message : `${message}. ${remedy}`, redact),
    ...(error.reason === "expired" ? { reason: "expired" } : {}),
    ...instantIn(error.retryAt),
    ...(typeof error.answer === "string" ? { answer: shortenText(redact(error.answer)) } : {}),
  };
}

/** Returns the text as one line for people. */
export function clean(text: string, redact: Redact): string {
  return plain(redact(text), MAX_HINT_CHARACTERS);
}

/** Describes a thrown value, which need not be an error. */
export function describeThrown(thrown: unknown): string {
  if (isRecord(thrown)) {
    const name = textIn(thrown.name) ?? "Error";
    const message = textIn(thrown.message);
    return message === undefined ? name : `${name}: ${message}`;
  }
  return typeof thrown === "string" ? thrown : `${String(thrown)} was thrown`;
}

/**
 * Returns the start of a text as one harmless line, at most
 * `MAX_ANSWER_BYTES` in UTF-8, without splitting a character.
 */
function shortenText(text: string): string {
  // Leave a margin, because removed characters must not use up the space.
  const start = plain(text.slice(0, 4 * MAX_ANSWER_BYTES));
  const bytes = new Uint8Array(MAX_ANSWER_BYTES);
  const { written } = new TextEncoder().encodeInto(start, bytes);
  return new TextDecoder().decode(bytes.subarray(0, written));
}

/** Stored instants are whole milliseconds. */
function instantIn(value: unknown): { readonly retryAt?: number } {
  const retryAt = typeof value === "number" ? Math.ceil(value) : NaN;
  return Number.isSafeInteger(retryAt) ? { retryAt } : {};
}

function textIn(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
