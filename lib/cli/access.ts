/** Access for the commands that change it: what is refused becomes a failure in words. */
import type { Access, AccessError } from "../access/access.ts";
import { openStore } from "../app/compose.ts";
import { failure } from "./io.ts";
import { checkedProgram } from "./program_for.ts";
import type { Tools } from "./tools.ts";

/** @throws {CliError} */
export async function withAccess(tools: Tools, work: (access: Access) => Promise<void>): Promise<void> {
  const program = checkedProgram(tools, { quiet: true });
  await using store = await openStore(program.config);
  const composed = program.compose(store);
  try {
    await work(composed.access);
  } catch (error) {
    throw isAccessError(error) ? failure(error.message) : error;
  } finally {
    await composed.stop();
  }
}

function isAccessError(error: unknown): error is AccessError {
  return error instanceof Error && error.name === "AccessError";
}
