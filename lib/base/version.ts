/**
 * The version of this program. `deno.json` contains it too, and a test compares them: importing the manifest
 * would load all of it at every start and into every bundle.
 */
export const VERSION = "0.1.0";

/** The bundler replaces the last word with the commit (`dev/bundle.ts`). */
export const COMMIT_MARK = "syntrack-commit:unknown";

/** The commit this program was built from; `unknown` when it runs from sources or was built without git. */
export const COMMIT: string = COMMIT_MARK.slice(COMMIT_MARK.indexOf(":") + 1);
