/** Puts a new executable in the place of the one that runs, in one step, and back again. */
import { basename, dirname, join } from "node:path";
import { makeLike, removeQuietly, writeAll } from "../base/whole_file.ts";

export interface Swapped {
  /** Where the executable of before lies. */
  readonly previous: string;
  /** Puts it back. @throws where that cannot be done */
  rollBack(): void;
}

/**
 * Writes an executable beside the one that is installed, to be tried out and put in place.
 *
 * @returns its path. @throws where nothing can be written there
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

/** @throws where it cannot be put there; then all is as it was */
export function putInPlace(executable: string, staged: string): Swapped {
  const previous = `${executable}.previous`;
  removeQuietly(previous);
  if (Deno.build.os === "windows") {
    // An executable that runs can be renamed there, and not replaced.
    Deno.renameSync(executable, previous);
    try {
      Deno.renameSync(staged, executable);
    } catch (error) {
      Deno.renameSync(previous, executable);
      throw error;
    }
  } else {
    // A second name first, so that there is never a moment without an executable.
    link(executable, previous);
    Deno.renameSync(staged, executable);
  }
  return {
    previous,
    rollBack() {
      if (Deno.build.os === "windows") Deno.removeSync(executable);
      Deno.renameSync(previous, executable);
    },
  };
}

function link(from: string, to: string): void {
  try {
    Deno.linkSync(from, to);
  } catch {
    // File systems without links.
    Deno.copyFileSync(from, to);
  }
}
