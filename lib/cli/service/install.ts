/** Installs or removes files of a service manager: completely, or not at all. */
import { dirname } from "../../base/path.ts";
import { explainError } from "../../base/text.ts";
import { removeQuietly, replaceFile } from "../../base/whole_file.ts";
import { MARK } from "../../daemon/service/service.ts";
import { CliError, failure } from "../io.ts";
import type { Manager, PlacedFile } from "./managers.ts";

/** @throws {CliError} when anything is in the way; then nothing has changed */
export function install(manager: Manager): void {
  const obstacle = manager.obstacle();
  if (obstacle !== null) {
    throw failure(
      `Cannot install it: ${obstacle}. Nothing was changed`,
      "--print shows the files, to copy by hand",
    );
  }
  const before = new Map(manager.files.map((file) => [file.path, readOwn(file)]));
  const undo = () => {
    for (const [path, text] of before) {
      if (text === null) removeQuietly(path);
      else replaceQuietly(path, text);
    }
  };
  try {
    for (const folder of manager.folders) makeFolder(folder);
    for (const file of manager.files) {
      Deno.mkdirSync(dirname(file.path), { recursive: true });
      replaceFile(file.path, file.text);
      if (Deno.build.os !== "windows") Deno.chmodSync(file.path, file.executable ? 0o755 : 0o644);
    }
    manager.enable();
  } catch (error) {
    // Restore the previous files; after a failed first attempt, leave nothing that could start half of it.
    if ([...before.values()].every((text) => text === null)) manager.disable();
    undo();
    const reason = explainError(error);
    const hint = error instanceof CliError && error.hint
      ? error.hint
      : error instanceof Deno.errors.PermissionDenied
      ? "Run it as root for --system, or install with --user"
      : "--print shows the files, to copy by hand";
    throw failure(`${reason}. Everything was restored`, hint);
  }
}

/** @returns the removed files. @throws {CliError} when one is not ours */
export function uninstall(manager: Manager): readonly string[] {
  const own = manager.files.filter((file) => readOwn(file) !== null);
  if (own.length === 0 && manager.files.length > 0) return [];
  const obstacle = manager.obstacle();
  if (obstacle === null) manager.disable();
  for (const { path } of own) {
    try {
      Deno.removeSync(path);
    } catch (error) {
      const reason = explainError(error);
      throw failure(`Cannot remove ${path}: ${reason}. It was left as it is`, "Run it as root for --system");
    }
  }
  return own.map(({ path }) => path);
}

/** Reports whether each file exists, and is as this version would write it. */
export function fileStates(manager: Manager): readonly (readonly [path: string, state: string])[] {
  return manager.files.map((file) => {
    const text = readText(file.path);
    if (text === null) return [file.path, "not there"];
    if (!text.includes(MARK)) return [file.path, "not made by syntrack"];
    return [file.path, text === file.text ? "as it should be" : "of another version or other options"];
  });
}

/** Returns the file's text, null when there is none. @throws {CliError} when it is not ours */
function readOwn({ path }: PlacedFile): string | null {
  const text = readText(path);
  if (text !== null && !text.includes(MARK)) {
    throw failure(
      `${path} was not made by syntrack and was left as it is`,
      "Move it away, or merge the lines by hand: --print shows what Syntrack would write",
    );
  }
  return text;
}

function readText(path: string): string | null {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    const reason = explainError(error);
    throw failure(`Cannot read ${path}: ${reason}. Nothing was changed`, "Check what is there");
  }
}

function makeFolder(path: string): void {
  try {
    Deno.statSync(path);
  } catch {
    Deno.mkdirSync(path, { recursive: true, mode: 0o700 });
  }
}

function replaceQuietly(path: string, text: string): void {
  try {
    replaceFile(path, text);
  } catch {
    // It could not be written before either.
  }
}
