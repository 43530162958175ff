/**
 * The log of a background server: a file only its owner can read, rotated by size. Several servers of one
 * user may write to it, and others may move it away.
 */
import { dirname } from "../base/path.ts";

export interface LogFileOptions {
  readonly maxBytes?: number;
  /** How many older files are kept: `syntrack.log.1` to this number. */
  readonly keep?: number;
}

const MAX_BYTES = 5 * 1024 * 1024;
const KEEP = 5;

/** Returns a function that writes one line. It never throws: a failing log must not end the program. */
export function openLogFile(path: string, options: LogFileOptions = {}): (line: string) => void {
  const { maxBytes = MAX_BYTES, keep = KEEP } = options;
  const encoder = new TextEncoder();
  let file: Deno.FsFile | null = null;

  function write(line: string): void {
    const bytes = encoder.encode(`${line}\n`);
    const size = readSize(path, file);
    if (file !== null && size === null) close();
    if ((size ?? fileSize(path)) + bytes.length > maxBytes && (size ?? fileSize(path)) > 0) {
      close();
      rotate(path, keep);
    }
    file ??= openPrivate(path);
    for (let rest = bytes; rest.length > 0;) rest = rest.subarray(file.writeSync(rest));
  }

  function close(): void {
    file?.close();
    file = null;
  }

  return (line) => {
    try {
      write(line);
    } catch {
      // A full disk, or a folder that was removed: there is nowhere else to report it.
      close();
    }
  };
}

/** Lists the existing files of a log, oldest first. */
export function logFiles(path: string, keep = KEEP): readonly string[] {
  const older = Array.from({ length: keep }, (_, at) => `${path}.${keep - at}`);
  return [...older, path].filter((one) => fileSize(one) > 0);
}

/** Returns the size of the open file, or null when another file has its name by now. */
function readSize(path: string, file: Deno.FsFile | null): number | null {
  if (file === null) return null;
  try {
    const named = Deno.statSync(path);
    return named.ino === null || named.ino === file.statSync().ino ? named.size : null;
  } catch {
    return null;
  }
}

function fileSize(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch {
    return 0;
  }
}

function rotate(path: string, keep: number): void {
  for (let at = keep - 1; at >= 0; at--) {
    const from = at === 0 ? path : `${path}.${at}`;
    try {
      Deno.renameSync(from, `${path}.${at + 1}`);
    } catch {
      // There are fewer files so far.
    }
  }
}

function openPrivate(path: string): Deno.FsFile {
  const folder = dirname(path);
  Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = Deno.openSync(path, { append: true, create: true, mode: 0o600 });
  if (Deno.build.os !== "windows") {
    // Earlier versions may have written them, or a copy may have lost their modes.
    Deno.chmodSync(folder, 0o700);
    Deno.chmodSync(path, 0o600);
  }
  return file;
}
