/** Checks a database file that was named. */
import { failure } from "./io.ts";
import type { Tools } from "./tools.ts";
import { parseTypedText } from "./values.ts";

/** Rejects a named file that is missing; the file of the settings is created by the first poll. */
export async function checkNamed(tools: Pick<Tools, "dataLocation" | "typed">): Promise<void> {
  const { dbPath } = await tools.dataLocation();
  if (parseTypedText(tools.typed, "db") === undefined || dbPath === ":memory:") return;
  throw failure(
    `Cannot read the database "${dbPath}": there is no such file`,
    "Check --db, or run `syntrack collect` with it to create one",
  );
}
