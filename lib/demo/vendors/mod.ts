/** The fake vendors, one line each. */
import { synthetic } from "./synthetic.ts";
import type { MakeVendor } from "./vendor.ts";
import { zai } from "./zai.ts";

export const VENDORS: readonly MakeVendor[] = [synthetic, zai];
