/** The row of `syntrack update`. */
import type { CommandRow } from "./table_rows.ts";

export const UPDATE = {
  name: "update",
  summary: "replace this executable with the newest release, and restart its servers",
  details:
    "Only when you run it; nothing else contacts the release server. The checksums must be signed by a key this program trusts, and the " +
    "archive must match them. If the new version does not answer within 20 seconds, the previous one is restored. " +
    "SYNTRACK_UPDATE_URL names a mirror, SYNTRACK_UPDATE_KEY the public key of your own builds; only variables of the process count.",
  options: [
    { name: "check", help: "only check whether there is a newer one" },
    { name: "to", value: "VERSION", help: "this version, even an older one" },
  ],
  examples: [
    ["syntrack update --check", "is there a newer one?"],
    ["syntrack update", "install it"],
    ["syntrack update --to 0.2.0", "this one and no other"],
  ],
} as const satisfies CommandRow;
