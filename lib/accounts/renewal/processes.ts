/** Whether a vendor's own tool runs now. Where that cannot be told, the answer is null, and nobody acts on a guess. */
import type { Os, Ran } from "../../provider/context.ts";

export interface ProcessParts {
  readonly os: Os;
  /** As `Asking.run`, for the system's own list of processes. */
  readonly run: (command: string, args: readonly string[]) => Promise<Ran | null>;
  /** Names of the entries of a folder; throws where it may not be read. */
  readonly readNames?: (folder: string) => readonly string[];
  /** Throws where there is none, or it may not be read. */
  readonly readText?: (path: string) => string;
}

/** Whether one of these programs runs; null where that cannot be told. */
export async function isRunning(names: readonly string[], parts: ProcessParts): Promise<boolean | null> {
  const lines = (parts.os === "linux" ? procLines(parts) : null) ?? await listedLines(parts);
  return lines === null ? null : lines.some((words) => isOf(words, names));
}

/**
 * A program by its own name, or a script by that name in the hands of an interpreter: `claude`,
 * `node /usr/bin/claude --print`.
 */
function isOf(words: readonly string[], names: readonly string[]): boolean {
  return words.slice(0, 3).some((word) => names.includes(nameOf(word)));
}

function nameOf(word: string): string {
  return (word.split(/[/\\]/).at(-1) ?? "").replace(/\.(exe|cmd|[cm]?js)$/i, "").toLowerCase();
}

/** Linux tells without running anything. */
function procLines(parts: ProcessParts): readonly (readonly string[])[] | null {
  const readNames = parts.readNames ?? ((folder) => [...Deno.readDirSync(folder)].map(({ name }) => name));
  const readText = parts.readText ?? Deno.readTextFileSync;
  let names: readonly string[];
  try {
    names = readNames("/proc").filter((name) => /^\d+$/.test(name));
  } catch {
    return null;
  }
  const lines = names.flatMap((pid) => {
    try {
      const words = readText(`/proc/${pid}/cmdline`).split("\0").filter((word) => word !== "");
      return [[readText(`/proc/${pid}/comm`).trim(), ...words]];
    } catch {
      // It has ended, or belongs to somebody whose processes are hidden.
      return [];
    }
  });
  // This very process is among them, unless nothing may be seen.
  return lines.length === 0 ? null : lines;
}

async function listedLines({ os, run }: ProcessParts): Promise<readonly (readonly string[])[] | null> {
  try {
    if (os === "windows") return windowsLines(await run("tasklist", ["/FO", "CSV", "/NH"]));
    const ran = await run("ps", ["-A", "-o", "comm=", "-o", "args="]);
    if (ran === null || ran.code !== 0 || ran.stdout.trim() === "") return null;
    return ran.stdout.trim().split("\n").map((line) => line.trim().split(/\s+/));
  } catch {
    return null;
  }
}

/** It names programs and not what they run: where an interpreter runs, it cannot be told. */
function windowsLines(ran: Ran | null): readonly (readonly string[])[] | null {
  if (ran === null || ran.code !== 0 || ran.stdout.trim() === "") return null;
  const programs = ran.stdout.trim().split(/\r?\n/).map((line) => [/^"([^"]+)"/.exec(line)?.[1] ?? ""]);
  const hidden = programs.some(([name = ""]) => /^(node|bun|deno)\.exe$/i.test(name));
  return hidden ? null : programs;
}
