/**
 * The version of this program. It stands in `deno.json` as well, and a test holds one to the other: importing that would carry
 * the whole manifest into every start and every bundle.
 */
export const VERSION = "0.1.0";
