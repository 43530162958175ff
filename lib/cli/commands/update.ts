/**
 * `syntrack update`: replaces this executable with a newer release, verified first and rolled back if it does
 * not run.
 */
import { type FileLock, tryLockFile } from "../../base/file_lock.ts";
import { join } from "../../base/path.ts";
import { VERSION } from "../../base/version.ts";
import { type DownloadOptions, fetchFile, fetchRelease, UpdateError } from "../../update/download.ts";
import { NoReleaseServer, releaseServer } from "../../update/release_server.ts";
import { archiveName, findPlatform, type Platform, type Release } from "../../update/sums.ts";
import { unpackExecutable } from "../../update/unpack.ts";
import { compareVersions, isVersion } from "../../update/version_order.ts";
import { bytesText } from "../bytes_text.ts";
import { pathsFor } from "../daemon_paths.ts";
import { EXIT_OK, failure, usageError } from "../io.ts";
import { programFor } from "../program_for.ts";
import type { Tools } from "../tools.ts";
import { ownExecutable } from "../update/installed.ts";
import { replaceExecutable } from "../update/replace.ts";
import { foregroundRuns } from "../update/servers.ts";
import { hasFlag, parseTypedText } from "../values.ts";

export async function update(tools: Tools): Promise<number> {
  const wanted = parseTypedText(tools.typed, "to")?.replace(/^v/, "");
  if (wanted !== undefined && !isVersion(wanted)) {
    throw usageError(`"${wanted}" is not a version`, "Use a version such as --to 0.2.0");
  }
  const onlyCheck = hasFlag(tools.typed, "check");
  try {
    // Report an executable that must not be replaced before asking.
    const executable = onlyCheck ? null : ownExecutable(tools.io);
    const options = { server: releaseServer(tools.io.env), userAgent: `syntrack/${VERSION}` };
    const release = await fetchRelease(options, wanted);
    const order = compareVersions(release.version, VERSION);
    const isWanted = order > 0 || wanted !== undefined && order !== 0;
    if (executable === null || !isWanted) return reportRelease(tools, release, { available: isWanted });
    const lock = lockUpdates(tools);
    try {
      return await install(tools, executable, release, options);
    } finally {
      lock.release();
    }
  } catch (error) {
    if (error instanceof UpdateError || error instanceof NoReleaseServer) {
      throw failure(error.message, error.hint);
    }
    throw error;
  }
}

function reportRelease(
  tools: Tools,
  { version }: Release,
  { available }: { readonly available: boolean },
): number {
  if (tools.json) tools.printJson({ current: VERSION, newest: version, available });
  else if (available) {
    // Without a version, an update takes the newest one, and never an older one.
    const to = parseTypedText(tools.typed, "to") === undefined ? "" : ` --to ${version}`;
    tools.print(`syntrack ${version} is available; this is ${VERSION}. \`syntrack update${to}\` installs it`);
  } else tools.print(`syntrack ${VERSION} is installed; ${version} is the published version`);
  return EXIT_OK;
}

async function install(
  tools: Tools,
  executable: string,
  release: Release,
  options: DownloadOptions,
): Promise<number> {
  const { version } = release;
  const platform = findPlatform(Deno.build);
  const file = platform && release.files.find(({ name }) => name === archiveName(version, platform));
  if (!platform || !file) {
    throw failure(
      `syntrack ${version} was not built for this system (${Deno.build.os} ${Deno.build.arch}). Nothing was changed`,
      "Run it from a clone",
    );
  }
  tools.report(`Fetching ${file.name} from ${options.server.url.host}`);
  const archive = await fetchFile(options, version, file);
  tools.report(`Signature and checksum are correct (${bytesText(archive.length)})`);
  const bytes = await unpackExecutable(archive, executableName(platform));
  const { config } = programFor(tools, { quiet: true });
  const before = new Set(foregroundRuns(tools, executable).map(({ instance }) => instance));
  const replaced = await replaceExecutable(tools, { executable, bytes, version, backups: config.backupKeep });
  if (tools.json) {
    tools.printJson({ current: VERSION, newest: version, available: false, installed: version, ...replaced });
  } else {
    tools.print(
      `syntrack ${version} replaces ${VERSION}: ${executable}`,
      ...replaced.restarted.map((name) => `Restarted: ${name}`),
      ...replaced.backups.map((path) => `Backup of the database: ${path}`),
      `The previous version: ${replaced.previous}`,
    );
  }
  for (const { instance, pid } of foregroundRuns(tools, executable)) {
    if (before.has(instance)) {
      tools.report(
        `syntrack: A server in a terminal (process ${pid}) is still ${VERSION}: stop it and start it again`,
      );
    }
  }
  return EXIT_OK;
}

function executableName(platform: Platform): string {
  return platform.startsWith("windows") ? "syntrack.exe" : "syntrack";
}

/** Two updates at once would each roll back the other's file. @throws {CliError} */
function lockUpdates(tools: Tools): FileLock {
  const paths = pathsFor(tools.io, false);
  if (paths === null) throw failure("There is no home folder. Nothing was changed", "Set HOME");
  Deno.mkdirSync(paths.runFolder, { recursive: true, mode: 0o700 });
  const lock = tryLockFile(join(paths.runFolder, "update.lock"));
  if (lock !== null) return lock;
  throw failure("Another update is running. Nothing was changed", "Wait until it is done");
}
