/** What a time zone may be. Pure. */
import type { Parsed } from "./option.ts";

export function parseTimezone(text: string): Parsed<string> {
  const wanted = "an IANA name such as Europe/Berlin or UTC";
  // The runtime takes offsets as well, but they are no zones: they know no summer.
  if (/^[+-]/.test(text)) return { problem: "not a time zone", wanted };
  try {
    return { value: new Intl.DateTimeFormat("en", { timeZone: text }).resolvedOptions().timeZone };
  } catch {
    return { problem: "not a time zone", wanted };
  }
}
