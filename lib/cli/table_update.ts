/** The row of `syntrack update`. */
import type { CommandRow } from "./table_rows.ts";

export const UPDATE = {
  name: "update",
  summary: "put the newest release in the place of this executable, and start its servers anew",
  details:
    "Only when you call it; nothing else asks the release server. The sums have to be signed by a key this program trusts, and the " +
    "archive has to be what they say. Where the new version does not answer within 20 seconds, the one of before is put back. " +
    "SYNTRACK_UPDATE_URL names a mirror, SYNTRACK_UPDATE_KEY the public key of builds of your own; only variables of the process count.",
  options: [
    { name: "check", help: "only tell whether there is a newer one" },
    { name: "to", value: "VERSION", help: "this version, also an older one" },
  ],
  examples: [
    ["syntrack update --check", "is there a newer one?"],
    ["syntrack update", "take it"],
    ["syntrack update --to 0.2.0", "this one and no other"],
  ],
} as const satisfies CommandRow;
