/**
 * The rows `syntrack export` writes, flat and with the same names in every format. Instants are ISO 8601 in
 * UTC, unknown values are null (an empty cell). Pure. `import_rows.ts` reads them back, so they leave out
 * nothing that is stored.
 */
import { roundNoise } from "../base/text.ts";
import type { Bucket } from "../model/engine/bucket.ts";
import { type CycleFacts } from "../model/view/display_cycle.ts";
import type { BaselineReason } from "../model/engine/mark.ts";
import type { Reading, Unit } from "../model/quota.ts";
import type { Session } from "../model/engine/session.ts";
import { type Terms, termsCursor, unitAt } from "../model/engine/terms.ts";
import { isoInstant } from "../model/time.ts";
import { SCHEMA_VERSION } from "./version.ts";

export type Cell = string | number | boolean | null;

export const READING_COLUMNS = [
  "provider",
  "account",
  "key",
  "label",
  "unit",
  "window",
  "windowSeconds",
  "plan",
  "at",
  "used",
  "limit",
  "remaining",
  "resetsAt",
  "consumed",
  "reset",
  "source",
  "baseline",
  "startedAt",
  "refillPerHour",
  "allowed",
  "currency",
] as const;
export const BUCKET_COLUMNS = [
  "provider",
  "account",
  "key",
  "unit",
  "step",
  "start",
  "firstAt",
  "lastAt",
  "readings",
  "first",
  "last",
  "low",
  "high",
  "leftLow",
  "leftHigh",
  "limit",
  "consumed",
  "resets",
  "leftSum",
  "leftCount",
  "shareLast",
  "shareLow",
  "shareHigh",
] as const;
export const CYCLE_COLUMNS = [
  "provider",
  "account",
  "key",
  "unit",
  "startedAt",
  "endedAt",
  "resetsAt",
  "peak",
  "consumed",
  "limit",
  "readings",
  "lastAt",
  "whole",
  "endedBy",
] as const;
export const SESSION_COLUMNS = [
  "provider",
  "account",
  "startedAt",
  "endedAt",
  "lastUseAt",
  "readings",
  "key",
  "start",
  "end",
  "consumed",
  "keyStartedAt",
  "keyLastUseAt",
  "leftStart",
  "leftEnd",
] as const;

export const NOTE_COLUMNS = ["id", "at", "text", "account", "writtenAt"] as const;

/** The quota that rows belong to. */
export interface ExportedQuota {
  readonly provider: string;
  readonly account: string;
  readonly key: string;
  readonly unit: Unit;
}

export interface ExportedReading {
  readonly at: number;
  readonly used: number | null;
  readonly limit: number | null;
  readonly remaining: number | null;
  readonly resetsAt: number | null;
  readonly consumed: number;
  readonly reset: boolean;
  readonly source?: string;
  readonly baseline?: BaselineReason;
  readonly startedAt?: number;
  readonly refillPerHour?: number;
  readonly allowed?: boolean;
  readonly currency?: string;
}

/**
 * Returns a function that turns the readings of one quota, called in time order, into rows.
 *
 * @param past the periods in which its unit or plan was different
 */
export function readingCells(
  quota: ExportedQuota & Pick<Reading, "label" | "window"> & { readonly plan: string | null },
  past: readonly Terms[] = [],
): (reading: ExportedReading) => readonly Cell[] {
  const { provider, account, key, label, window } = quota;
  const termsAt = termsCursor(past, quota);
  // Most readings state the same reset as the one before: format it once.
  let known: number | null = null;
  let text: string | null = null;
  return (reading) => {
    const { at, resetsAt, source = null, baseline = null } = reading;
    const { startedAt = null, refillPerHour = null, allowed = null, currency = null } = reading;
    const { unit, plan } = termsAt(at);
    if (resetsAt !== known) [known, text] = [resetsAt, isoInstant(resetsAt)];
    return [
      provider,
      account,
      key,
      label,
      unit,
      window.kind,
      window.seconds,
      plan,
      isoInstant(at),
      amountCell(reading.used),
      amountCell(reading.limit),
      amountCell(reading.remaining),
      text,
      roundNoise(reading.consumed),
      reading.reset,
      source,
      baseline,
      isoInstant(startedAt),
      amountCell(refillPerHour),
      allowed,
      currency,
    ];
  };
}

/** @param past the periods in which its unit was different */
export function bucketCells(
  { provider, account, key, unit }: ExportedQuota,
  bucket: Bucket,
  past: readonly Terms[] = [],
): readonly Cell[] {
  return [
    provider,
    account,
    key,
    unitAt(past, unit, bucket.lastAt) ?? unit,
    bucket.step / 1000,
    isoInstant(bucket.start),
    isoInstant(bucket.firstAt),
    isoInstant(bucket.lastAt),
    bucket.count,
    amountCell(bucket.first),
    amountCell(bucket.last),
    amountCell(bucket.low),
    amountCell(bucket.high),
    amountCell(bucket.leftLow),
    amountCell(bucket.leftHigh),
    amountCell(bucket.limit),
    roundNoise(bucket.consumed),
    bucket.resets,
    roundNoise(bucket.leftSum),
    bucket.leftCount,
    amountCell(bucket.shareLast),
    amountCell(bucket.shareLow),
    amountCell(bucket.shareHigh),
  ];
}

export function cycleCells(
  { provider, account, key, unit }: ExportedQuota,
  cycle: CycleFacts,
): readonly Cell[] {
  return [
    provider,
    account,
    key,
    cycle.unit ?? unit,
    isoInstant(cycle.startedAt),
    isoInstant(cycle.endedAt),
    isoInstant(cycle.resetsAt),
    amountCell(cycle.peak),
    amountCell(cycle.consumed),
    amountCell(cycle.limit),
    cycle.count,
    isoInstant(cycle.lastAt),
    cycle.whole,
    cycle.endedBy.join(" "),
  ];
}

function amountCell(amount: number | null): number | null {
  return amount === null ? null : roundNoise(amount);
}

/** Returns a row for each quota the session used. */
export function sessionCells(
  account: Pick<ExportedQuota, "provider" | "account">,
  session: Session,
): readonly (readonly Cell[])[] {
  const { startedAt, endedAt, lastRiseAt, readings, quotas } = session;
  return quotas.map(({ quota, start, end, consumed, ...sessionQuota }) => [
    account.provider,
    account.account,
    isoInstant(startedAt),
    isoInstant(endedAt),
    isoInstant(lastRiseAt),
    readings,
    quota,
    amountCell(start),
    amountCell(end),
    roundNoise(consumed),
    isoInstant(sessionQuota.startedAt),
    isoInstant(sessionQuota.lastRiseAt),
    amountCell(sessionQuota.leftStart),
    amountCell(sessionQuota.leftEnd),
  ]);
}

/** Turns rows into text, one line each. */
export interface RowFormat {
  readonly head: string;
  row(cells: readonly Cell[]): string;
  readonly tail: string;
}

/** @param at the time of writing, epoch milliseconds */
export function rowFormat(
  format: "csv" | "json" | "ndjson",
  what: string,
  columns: readonly string[],
  at: number,
): RowFormat {
  if (format === "csv") {
    return { head: `${columns.join(",")}\n`, row: (cells) => `${csvLine(cells)}\n`, tail: "" };
  }
  const names = columns.map((name) => `${JSON.stringify(name)}:`);
  if (format === "ndjson") return { head: "", row: (cells) => `${jsonLine(names, cells)}\n`, tail: "" };
  const head = JSON.stringify({ schemaVersion: SCHEMA_VERSION, what, at: isoInstant(at) });
  let first = true;
  return {
    // One row per line, so that a reader need not load the whole file into memory.
    head: `${head.slice(0, -1)},"rows":[\n`,
    row(cells) {
      const line = `${first ? " " : ","}${jsonLine(names, cells)}\n`;
      first = false;
      return line;
    },
    tail: "]}\n",
  };
}

function jsonLine(names: readonly string[], cells: readonly Cell[]): string {
  let line = "{";
  for (let at = 0; at < cells.length; at++) {
    const cell = cells[at]!;
    line += (at === 0 ? "" : ",") + names[at] +
      (typeof cell === "string" ? JSON.stringify(cell) : String(cell));
  }
  return `${line}}`;
}

function csvLine(cells: readonly Cell[]): string {
  let line = "";
  for (let at = 0; at < cells.length; at++) {
    const cell = cells[at]!;
    if (at > 0) line += ",";
    if (cell !== null) line += typeof cell === "string" ? csvText(cell) : String(cell);
  }
  return line;
}

/**
 * Text that a spreadsheet would run as a formula, also in the wide forms of its signs. Text that starts
 * with quotes gets one more, so that ours can be told apart.
 */
const FORMULA = /^'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
const SPECIAL = /[",\r\n]/;

function csvText(text: string): string {
  const harmless = FORMULA.test(text) ? `'${text}` : text;
  return SPECIAL.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** Returns the text behind an escaped cell. */
export function textOfCell(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell;
}
