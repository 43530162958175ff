/** A file that a command creates and that must not exist yet. */
import { explainError } from "../base/text.ts";
import { resolve } from "../base/path.ts";
import { failure, type Io } from "./io.ts";

export interface NewFile {
  write(text: string): void;
  /**
   * Gives it its final name. Until then it has another, so that half a file never looks complete.
   */
  keep(): void;
  /** Removes it, unless it was kept. */
  [Symbol.dispose](): void;
}

/** @throws {CliError} when it exists already, or cannot be written */
export function newFile(name: string, { cwd }: Pick<Io, "cwd">): NewFile {
  const path = resolve(cwd, name);
  const part = `${path}.${crypto.randomUUID().slice(0, 8)}.part`;
  if (exists(path)) {
    throw failure(
      `Cannot write ${JSON.stringify(name)}: it exists already`,
      "Name a file that does not exist",
    );
  }
  const file = openNew(part, name);
  const encoder = new TextEncoder();
  let open = true;
  const close = () => {
    if (open) file.close();
    open = false;
  };
  return {
    write(text) {
      let bytes = encoder.encode(text);
      while (bytes.length > 0) bytes = bytes.subarray(nameErrors(name, () => file.writeSync(bytes)));
    },
    keep() {
      nameErrors(name, () => file.syncSync());
      close();
      nameErrors(name, () => Deno.renameSync(part, path));
    },
    [Symbol.dispose]() {
      close();
      if (exists(part)) Deno.removeSync(part);
    },
  };
}

/** Adds the file's name to a system error. @throws {CliError} */
function nameErrors<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const reason = explainError(error);
    throw failure(
      `Cannot write ${JSON.stringify(name)}: ${reason}`,
      "Free some space, or name a file on another disk; the partial file was removed",
    );
  }
}

/** Opens a file readable by its owner only, like the database. */
function openNew(part: string, name: string): Deno.FsFile {
  try {
    return Deno.openSync(part, { write: true, createNew: true, mode: 0o600 });
  } catch (error) {
    const reason = explainError(error);
    throw failure(
      `Cannot write ${JSON.stringify(name)}: ${reason}`,
      "Check that its folder exists and is writable",
    );
  }
}

/** Reports whether anything is at a path, even a dangling link. */
export function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
