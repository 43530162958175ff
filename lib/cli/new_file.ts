/** A file that is begun by a command and must not exist yet. */
import { resolve } from "node:path";
import { failure, type Io } from "./io.ts";

export interface NewFile {
  write(text: string): void;
  /** Gives it its name: until then it has another, so that nobody takes half a file for a whole. */
  keep(): void;
  /** Removes it again, unless it was kept. */
  [Symbol.dispose](): void;
}

/** @throws {CliError} when there is one already, or it cannot be written */
export function newFile(name: string, { cwd }: Pick<Io, "cwd">): NewFile {
  const path = resolve(cwd, name);
  const part = `${path}.${crypto.randomUUID().slice(0, 8)}.part`;
  if (exists(path)) {
    throw failure(
      `Cannot write ${JSON.stringify(name)}: it exists already`,
      "Name a file that does not exist",
    );
  }
  const file = opened(part, name);
  const encoder = new TextEncoder();
  let open = true;
  const close = () => {
    if (open) file.close();
    open = false;
  };
  return {
    write(text) {
      let bytes = encoder.encode(text);
      while (bytes.length > 0) bytes = bytes.subarray(told(name, () => file.writeSync(bytes)));
    },
    keep() {
      told(name, () => file.syncSync());
      close();
      told(name, () => Deno.renameSync(part, path));
    },
    [Symbol.dispose]() {
      close();
      if (exists(part)) Deno.removeSync(part);
    },
  };
}

/** The system says what went wrong and not with which file. @throws {CliError} */
function told<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw failure(
      `Cannot write ${JSON.stringify(name)}: ${reason}`,
      "Free some space, or name a file on another disk; what was written of it is gone",
    );
  }
}

/** Readable by its owner alone, as the database is. */
function opened(part: string, name: string): Deno.FsFile {
  try {
    return Deno.openSync(part, { write: true, createNew: true, mode: 0o600 });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw failure(
      `Cannot write ${JSON.stringify(name)}: ${reason}`,
      "Check that its folder exists and is writable",
    );
  }
}

/** Whether there is anything at a path, be it only a link that leads nowhere. */
export function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
