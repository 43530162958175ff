/**
 * Starts the program with your own keys and with no more permissions than they need: `syntrack serve --sandbox`.
 *
 *     deno run -A dev/start.ts [arguments of `syntrack serve`]
 */
import { start } from "../lib/cli/start.ts";

Deno.exit(await start(["serve", "--sandbox", ...Deno.args]));
