/** Replaces the executable and restarts its servers; if one does not come up, rolls everything back. */
import { copyDatabase, type DatabaseCopy } from "../../app/database_copy.ts";
import { explainError } from "../../base/text.ts";
import { removeQuietly } from "../../base/whole_file.ts";
import { type ExecutableSwap, putInPlace, stage } from "../../update/swap.ts";
import { failure } from "../io.ts";
import type { Tools } from "../tools.ts";
import { findServers, type RunningServer } from "./servers.ts";

export interface Replacement {
  readonly executable: string;
  readonly bytes: Uint8Array;
  readonly version: string;
  /** Number of dated backups to keep. */
  readonly backups: number;
}

export interface ReplaceResult {
  readonly previous: string;
  readonly restarted: readonly string[];
  /** Copies of databases that a new version may have migrated. */
  readonly backups: readonly string[];
}

/** A server that was stopped to be restarted, and the copy of its database, once there is one. */
interface StoppedServer {
  readonly server: RunningServer;
  copy: DatabaseCopy | null;
}

const TRY_MS = 20_000;

/** @throws {CliError} when it failed; then the previous version is in place and runs */
export async function replaceExecutable(tools: Tools, what: Replacement): Promise<ReplaceResult> {
  const { executable, version } = what;
  const staged = stageFor(executable, what.bytes);
  let swap: ExecutableSwap;
  try {
    await tryOut(staged, version);
    swap = putInPlace(executable, staged);
  } catch (error) {
    removeQuietly(staged);
    throw error;
  }
  const servers = findServers(tools, executable);
  const stopped: StoppedServer[] = [];
  for (const server of servers) {
    const problem = await restartServer(tools, server, what, stopped);
    if (problem === null) continue;
    const obstacle = await rollBack(tools, swap, stopped);
    throw failure(
      `syntrack ${version} was installed, but ${server.name} did not start with it: ${problem}. The previous version ${
        obstacle === null ? "was restored" : `could not be restored: ${obstacle}`
      }`,
      obstacle === null
        ? "Its last messages are in `syntrack logs`"
        : `Move ${swap.previous} to ${executable}, or install that version again; then \`syntrack restart\``,
    );
  }
  return {
    previous: swap.previous,
    restarted: servers.map(({ name }) => name),
    backups: stopped.flatMap(({ copy }) => copy?.path ?? []),
  };
}

/** @returns what is wrong, or null */
async function restartServer(
  tools: Tools,
  server: RunningServer,
  { version, backups }: Replacement,
  stopped: StoppedServer[],
): Promise<string | null> {
  tools.report(`Restarting ${server.name}`);
  const own: StoppedServer = { server, copy: null };
  // Remember it even if it does not stop: it was told to, and may do so later.
  stopped.push(own);
  try {
    if (!await server.stop()) return "it could not be stopped";
    // Copy the database only after the server has ended, so that nothing is stored afterwards.
    if (server.database !== null) {
      own.copy = await copyDatabase(server.database, { keep: backups, now: tools.io.clock.now() });
    }
    return await server.start(version);
  } catch (error) {
    return explainError(error);
  }
}

/** Restarts the servers whatever happens to the file. @returns why the file was not restored, or null */
async function rollBack(
  tools: Tools,
  swap: ExecutableSwap,
  stopped: readonly StoppedServer[],
): Promise<string | null> {
  // Stop them before restoring the file: no manager must start one meanwhile.
  const ended = new Set<RunningServer>();
  for (const { server } of stopped) if (await server.stop().catch(() => false)) ended.add(server);
  let obstacle: string | null = null;
  try {
    swap.rollBack();
  } catch (error) {
    obstacle = explainError(error);
  }
  for (const { server, copy } of stopped) {
    // If the new version stays, it needs the database as it has migrated it.
    if (copy !== null && obstacle === null) await restoreDatabase(tools, server, copy, ended.has(server));
    const problem = await server.start(null).catch(explainError);
    if (problem !== null) tools.report(`syntrack: ${server.name} did not start again either: ${problem}`);
  }
  return obstacle;
}

async function restoreDatabase(
  tools: Tools,
  server: RunningServer,
  copy: DatabaseCopy,
  isClosed: boolean,
): Promise<void> {
  if (!isClosed) {
    tools.report(
      `syntrack: ${server.name} could not be stopped, so its database was left as it is; a copy is in ${copy.path}`,
    );
    return;
  }
  try {
    const aside = await copy.restore(tools.io.clock.now());
    if (aside === null) return;
    tools.report(
      `syntrack: The new version had changed the form of the database; the previous database was restored, and ` +
        `the changed one is in ${aside}`,
    );
  } catch (error) {
    tools.report(
      `syntrack: The database could not be restored (${explainError(error)}); a copy is in ${copy.path}`,
    );
  }
}

function stageFor(executable: string, bytes: Uint8Array): string {
  try {
    return stage(executable, bytes);
  } catch (error) {
    throw failure(
      `Cannot write beside ${executable}: ${explainError(error)}. Nothing was changed`,
      error instanceof Deno.errors.PermissionDenied
        ? "Run it as the owner of that folder"
        : "Is the disk full?",
    );
  }
}

/** Runs the new executable once before it is installed. @throws {CliError} when it does not even start here */
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
    said = explainError(error);
  }
  if (said === `syntrack ${version}`) return;
  throw failure(
    `The executable of ${version} does not run on this machine${
      said === "" ? "" : `: ${said.slice(0, 200)}`
    }. ` +
      "Nothing was changed",
    "Report it to its publisher",
  );
}
