/** Access for the commands that change it: refusals become readable failures. */
import type { Access, AccessError, AuditFacts } from "../access/access.ts";
import { failure } from "./io.ts";
import { checkProgram, openFor } from "./program_for.ts";
import type { Tools } from "./tools.ts";

/** @param work may return details of its change for the audit record. @throws {CliError} */
export async function withAccess(
  tools: Tools,
  use: "read" | "write",
  work: (access: Access) => Promise<Partial<AuditFacts> | void>,
): Promise<void> {
  const program = checkProgram(tools, { quiet: true });
  await using store = await openFor(tools, program, use);
  const composed = program.compose(store);
  try {
    const facts = await work(composed.access);
    if (facts) tools.recordAction(facts);
  } catch (error) {
    throw isAccessError(error) ? failure(error.message) : error;
  } finally {
    await composed.stop();
  }
}

function isAccessError(error: unknown): error is AccessError {
  return error instanceof Error && error.name === "AccessError";
}
