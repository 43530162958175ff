/**
 * Writes the description of the HTTP API; a test compares it with its sources.
 *
 *     deno run -A dev/openapi.ts
 */
import { openApiDocument } from "../lib/openapi/document.ts";

const FILE = new URL("../lib/web/openapi.json", import.meta.url);

await Deno.writeTextFile(FILE, `${JSON.stringify(openApiDocument(), null, 2)}\n`);
