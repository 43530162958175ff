/**
 * Golden files: public shapes as they were promised. A change of one is a breaking change for
 * everyone who reads that shape; `UPDATE_GOLDEN=1 deno test -A ...` rewrites them.
 */
import { assertEquals } from "./assert.ts";

const FOLDER = new URL("../fixtures/dialects/", import.meta.url);

/** Compares with `tests/fixtures/dialects/<name>.json`, as JSON. */
export async function assertGolden(name: string, value: unknown): Promise<void> {
  const file = new URL(`${name}.json`, FOLDER);
  if (Deno.env.get("UPDATE_GOLDEN") === "1") {
    await Deno.writeTextFile(file, `${JSON.stringify(value, null, 2)}\n`);
  }
  const golden: unknown = JSON.parse(await Deno.readTextFile(file));
  assertEquals(JSON.parse(JSON.stringify(value)), golden);
}
