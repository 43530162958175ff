/** Reads the log: its last lines, and new ones as they are written. */
import type { Clock } from "../base/clock.ts";
import { logFiles } from "./log_file.ts";

const LOOK_MS = 200;
const CHUNK_BYTES = 64 * 1024;

/** Returns the last lines, across rotated files. */
export function lastLines(path: string, count: number): readonly string[] {
  let lines: string[] = [];
  for (const file of logFiles(path).toReversed()) {
    if (lines.length >= count) break;
    lines = [...readLines(file), ...lines];
  }
  return count === 0 ? [] : lines.slice(-count);
}

/** Passes on what is written from now on, until the signal aborts; follows rotation to the next file. */
export async function followLog(
  path: string,
  { clock, signal, take }: {
    readonly clock: Pick<Clock, "sleep">;
    readonly signal: AbortSignal;
    readonly take: (text: string) => void;
  },
): Promise<void> {
  let file = open(path);
  file?.seekSync(0, Deno.SeekMode.End);
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(CHUNK_BYTES);
  const drain = () => {
    for (let read = file?.readSync(buffer) ?? null; read !== null; read = file?.readSync(buffer) ?? null) {
      take(decoder.decode(buffer.subarray(0, read), { stream: true }));
    }
  };
  try {
    while (!signal.aborted) {
      drain();
      if (file === null || isReplaced(path, file)) {
        // Written between the two checks.
        drain();
        const next = open(path);
        if (next !== null) {
          file?.close();
          file = next;
          continue;
        }
      }
      await clock.sleep(LOOK_MS, signal);
    }
  } finally {
    file?.close();
  }
}

function readLines(path: string): readonly string[] {
  try {
    return Deno.readTextFileSync(path).split("\n").filter((line) => line !== "");
  } catch {
    return [];
  }
}

function open(path: string): Deno.FsFile | null {
  try {
    return Deno.openSync(path);
  } catch {
    return null;
  }
}

function isReplaced(path: string, file: Deno.FsFile): boolean {
  try {
    const named = Deno.statSync(path);
    const own = file.statSync();
    return named.ino !== null && named.ino !== own.ino ||
      named.size < file.seekSync(0, Deno.SeekMode.Current);
  } catch {
    return false;
  }
}
