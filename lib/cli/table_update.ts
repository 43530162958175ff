/** The row of `syntrack update`. */
import type { CommandRow } from "./table_rows.ts";

export const UPDATE = {
  name: "update",
  summary: "replace this executable with the newest release, and restart its servers",
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
