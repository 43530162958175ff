/** The version of this program, from the one place where it is written down. */
import manifest from "../../deno.json" with { type: "json" };

export const VERSION: string = manifest.version;
