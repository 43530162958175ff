/** The figures of Cursor, what a missing one means, and what is told of those nobody knows. */
import * as v from "valibot";
import {
  isNoLimit,
  isStated,
  type KnownMembers,
  lenientNumber,
  orNull,
  unknownFigures,
} from "../../lib/provider_kit/decode.ts";
import type { Gathering } from "../../lib/provider_kit/readings.ts";

export const percent = orNull(v.pipe(lenientNumber, v.minValue(0)));
export const amount = orNull(v.pipe(lenientNumber, v.minValue(0)));
export const cents = v.pipe(amount, v.transform((value) => value === null ? null : value / 100));

/** What an answer leaves out of a block: the editor's way writes no zeros, the web page's way writes all it has. */
export type LeftOut = "zero" | "unknown";

/**
 * What a figure is that is left out: nothing, where the vendor leaves zeros out and everything else in the block is
 * known, so that it cannot stand there under another name.
 */
export function leftOut(block: unknown, known: KnownMembers, what: LeftOut): 0 | null {
  return what === "zero" && unknownFigures(block, known).length === 0 ? 0 : null;
}

export function reportUnknownFigures(found: Gathering, body: unknown, known: KnownMembers): void {
  for (const { what, why } of unknownFigures(body, known)) found.drop(what, why);
}

/** Whether a limit is stated that is neither a figure nor the vendor's word for none. */
export function isBrokenLimit(stated: unknown): boolean {
  return isStated(stated) && !isNoLimit(stated) && v.parse(orNull(lenientNumber), stated) === null;
}
