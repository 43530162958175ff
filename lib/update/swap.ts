/** Replaces the running executable in one step, and can restore it. */
import { basename, dirname, join } from "../base/path.ts";
import { makeLike, removeQuietly, writeAll } from "../base/whole_file.ts";

export interface ExecutableSwap {
  /** Path of the previous executable. */
  readonly previous: string;
  /** Restores it. @throws when that fails */
  rollBack(): void;
}

/**
 * Writes an executable beside the installed one, to be tried and then installed.
 *
 * @returns its path. @throws when the folder is not writable
 */
export function stage(executable: string, bytes: Uint8Array): string {
  const ending = executable.endsWith(".exe") ? ".exe" : "";
  const path = join(
    dirname(executable),
    `.${basename(executable, ending)}-${crypto.randomUUID().slice(0, 8)}.new${ending}`,
  );
  try {
    {
      using file = Deno.openSync(path, { write: true, createNew: true, mode: 0o700 });
      writeAll(file, bytes);
      file.syncSync();
    }
    makeLike(path, Deno.statSync(executable));
    return path;
  } catch (error) {
    removeQuietly(path);
    throw error;
  }
}

/** @throws when it cannot be installed; then everything is as before */
export function putInPlace(executable: string, staged: string): ExecutableSwap {
  const previous = `${executable}.previous`;
  const failed = `${executable}.failed`;
  for (const path of [previous, failed]) removeQuietly(path);
  if (Deno.build.os === "windows") {
    // Windows can rename a running executable, but not replace it.
    Deno.renameSync(executable, previous);
    try {
      Deno.renameSync(staged, executable);
    } catch (error) {
      Deno.renameSync(previous, executable);
      throw error;
    }
  } else {
    // Adds a second name first, so that an executable exists at every moment.
    linkFile(executable, previous);
    Deno.renameSync(staged, executable);
  }
  return {
    previous,
    rollBack() {
      if (Deno.build.os !== "windows") return Deno.renameSync(previous, executable);
      // It may still run; then Windows can rename it, but not remove it.
      Deno.renameSync(executable, failed);
      try {
        Deno.renameSync(previous, executable);
      } catch (error) {
        Deno.renameSync(failed, executable);
        throw error;
      }
      removeQuietly(failed);
    },
  };
}

function linkFile(from: string, to: string): void {
  try {
    Deno.linkSync(from, to);
  } catch {
    // File systems without hard links.
    Deno.copyFileSync(from, to);
  }
}
