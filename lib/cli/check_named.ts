/** What to do about a database that is not there. */
import { failure } from "./io.ts";
import type { Tools } from "./tools.ts";
import { textOf } from "./values.ts";

/** A named file that is missing is a mistake; the first poll creates the one of the settings. */
export async function checkNamed(tools: Pick<Tools, "place" | "typed">): Promise<void> {
  const { dbPath } = await tools.place();
  if (textOf(tools.typed, "db") === undefined || dbPath === ":memory:") return;
  throw failure(
    `Cannot read the database "${dbPath}": there is no such file`,
    "Check --db, or run `syntrack collect` with it to create one",
  );
}
