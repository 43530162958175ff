/** Parses time zones. Pure. */
import { nameZone } from "../model/time.ts";
import type { Parsed } from "./option.ts";

export function parseTimezone(text: string): Parsed<string> {
  const wanted = "an IANA name such as Europe/Berlin or UTC";
  // The runtime also accepts offsets, but they are not zones: they have no daylight saving time.
  if (/^[+-]/.test(text)) return { problem: "not a time zone", wanted };
  try {
    return { value: nameZone(text) };
  } catch {
    return { problem: "not a time zone", wanted };
  }
}
