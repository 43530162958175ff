/**
 * The version of this program. It stands in `deno.json` as well, and a test holds one to the other: importing that would carry
 * the whole manifest into every start and every bundle.
 */
export const VERSION = "0.1.0";

/** The bundler puts the commit in the place of the last word (`dev/bundle.ts`). */
export const COMMIT_MARK = "syntrack-commit:unknown";

/** The commit this program was built of; `unknown` where it runs from its sources or was built without git. */
export const COMMIT: string = COMMIT_MARK.slice(COMMIT_MARK.indexOf(":") + 1);
