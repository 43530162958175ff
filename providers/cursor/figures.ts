/** Cursor's figures: what a missing one means, and how unknown ones are reported. */
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

/**
 * What a figure missing from a block means: the editor's API omits
 * zeros, the web page's API writes every figure it has.
 */
export type LeftOut = "zero" | "unknown";

/**
 * Returns the value of a missing figure: 0 when the vendor omits zeros and the block has no unknown fields,
 * under which the figure could be hiding.
 */
export function leftOut(block: unknown, known: KnownMembers, what: LeftOut): 0 | null {
  return what === "zero" && unknownFigures(block, known).length === 0 ? 0 : null;
}

export function reportUnknownFigures(found: Gathering, body: unknown, known: KnownMembers): void {
  for (const { what, why } of unknownFigures(body, known)) found.drop(what, why);
}

/** Reports whether a stated limit is neither a figure nor the vendor's word for none. */
export function isBrokenLimit(stated: unknown): boolean {
  return isStated(stated) && !isNoLimit(stated) && v.parse(orNull(lenientNumber), stated) === null;
}
