/** Creates the folder of one of our files if it is missing, readable by its owner only. */
import { dirname } from "../base/path.ts";
import { failure } from "./io.ts";

/** @throws {CliError} */
export function ownFolder(path: string): void {
  const folder = dirname(path);
  try {
    Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    const reason = error instanceof Error ? error.name : "unknown reason";
    throw failure(
      `Cannot create the folder ${JSON.stringify(folder)}: ${reason}`,
      "Check who may write beside it",
    );
  }
}
