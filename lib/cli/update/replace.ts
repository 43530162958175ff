/** Replaces the executable and restarts its servers; if one does not come up, rolls everything back. */
import { keepDatabase, type KeptDatabase } from "../../app/kept_database.ts";
import { removeQuietly } from "../../base/whole_file.ts";
import { putInPlace, stage, type Swapped } from "../../update/swap.ts";
import { failure } from "../io.ts";
import type { Tools } from "../tools.ts";
import { findServers, type RunningServer } from "./servers.ts";

export interface Replacement {
  readonly executable: string;
  readonly bytes: Uint8Array;
  readonly version: string;
  /** The number of dated backups kept. */
  readonly backups: number;
}

export interface Replaced {
  readonly previous: string;
  readonly restarted: readonly string[];
  /** Copies of databases that a new version may have migrated. */
  readonly backups: readonly string[];
}

const TRY_MS = 20_000;

/** @throws {CliError} when it failed; then the previous version is in place and runs */
export async function replaceExecutable(tools: Tools, what: Replacement): Promise<Replaced> {
  const { executable, version } = what;
  const staged = stageFor(executable, what.bytes);
  let swapped: Swapped;
  try {
    await tryOut(staged, version);
    swapped = putInPlace(executable, staged);
  } catch (error) {
    removeQuietly(staged);
    throw error;
  }
  const servers = findServers(tools, executable);
  const touched: { readonly server: RunningServer; readonly kept: KeptDatabase | null }[] = [];
  for (const server of servers) {
    const problem = await startAnew(tools, server, what, touched);
    if (problem === null) continue;
    await putBack(tools, swapped, touched);
    throw failure(
      `syntrack ${version} was installed and ${server.name} did not come up with it: ${problem}. The version of before ` +
        "was put back",
      "Its last words are in `syntrack logs`",
    );
  }
  return {
    previous: swapped.previous,
    restarted: servers.map(({ name }) => name),
    backups: touched.flatMap(({ kept }) => kept?.path ?? []),
  };
}

/** @returns what is wrong, or null */
async function startAnew(
  tools: Tools,
  server: RunningServer,
  { version, backups }: Replacement,
  touched: { server: RunningServer; kept: KeptDatabase | null }[],
): Promise<string | null> {
  tools.tell(`Starting ${server.name} anew`);
  try {
    if (!await server.stop()) return "it could not be ended";
    const own = { server, kept: null as KeptDatabase | null };
    touched.push(own);
    // After it has ended, so that nothing is stored after the copy.
    if (server.database !== null) {
      own.kept = await keepDatabase(server.database, { keep: backups, now: tools.io.clock.now() });
    }
    return await server.start(version);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function putBack(
  tools: Tools,
  swapped: Swapped,
  touched: readonly { readonly server: RunningServer; readonly kept: KeptDatabase | null }[],
): Promise<void> {
  // Before the file: on Windows a running file cannot be replaced.
  for (const { server } of touched) await server.stop();
  swapped.rollBack();
  for (const { server, kept } of touched) {
    const aside = await kept?.putBack(tools.io.clock.now()).catch((error) => {
      tools.tell(
        `syntrack: The database could not be put back (${describeError(error)}); a copy is in ${kept.path}`,
      );
      return null;
    });
    if (aside) {
      tools.tell(
        `syntrack: The new version had brought the database into another form; the one of before was put back, and ` +
          `that one lies in ${aside}`,
      );
    }
    const problem = await server.start(null);
    if (problem !== null) tools.tell(`syntrack: ${server.name} did not come up again either: ${problem}`);
  }
}

function stageFor(executable: string, bytes: Uint8Array): string {
  try {
    return stage(executable, bytes);
  } catch (error) {
    throw failure(
      `Cannot write beside ${executable}: ${describeError(error)}. Nothing was changed`,
      error instanceof Deno.errors.PermissionDenied ? "Run it as who owns that folder" : "Is the disk full?",
    );
  }
}

/** Never puts an executable in place that does not even start here. @throws {CliError} */
async function tryOut(path: string, version: string): Promise<void> {
  let said: string;
  try {
    const { stdout } = await new Deno.Command(path, {
      args: ["--version"],
      stdin: "null",
      stdout: "piped",
      stderr: "null",
      signal: AbortSignal.timeout(TRY_MS),
    }).output();
    said = new TextDecoder().decode(stdout).trim();
  } catch (error) {
    said = describeError(error);
  }
  if (said === `syntrack ${version}`) return;
  throw failure(
    `The executable of ${version} does not run on this machine${
      said === "" ? "" : `: ${said.slice(0, 200)}`
    }. ` +
      "Nothing was changed",
    "Tell whoever published it",
  );
}

function describeError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
