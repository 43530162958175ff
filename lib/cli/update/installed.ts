/** The file that `syntrack update` may replace. */
import { containerAround } from "../../daemon/container.ts";
import { findOwner } from "../../update/owner.ts";
import { failure, type Io } from "../io.ts";
import { createRunner } from "../service/runner.ts";

/** @throws {CliError} when it is not ours to replace, with what updates it instead */
export function ownExecutable(io: Io): string {
  if (io.executable === undefined) {
    throw failure(
      "This runs from a clone, which cannot be updated like an installed executable. Nothing was changed",
      "`git pull`, then `deno task build`",
    );
  }
  const sign = containerAround(io.env);
  if (sign !== null) {
    throw failure(
      `This is a container (${sign}): changes in it are lost with it. Nothing was changed`,
      "Use a newer image; with DOCKER_CONTAINER=0 it is treated like any other machine",
    );
  }
  // Package managers put links on the path; their targets belong to them.
  const executable = realPath(io.executable);
  const { run } = createRunner(io);
  const owner = findOwner(executable, run);
  if (owner !== null) {
    throw failure(
      `${executable} belongs to ${owner.name}, which would restore its own version. Nothing was changed`,
      `Update it there: ${owner.command}`,
    );
  }
  return executable;
}

function realPath(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch {
    return path;
  }
}
