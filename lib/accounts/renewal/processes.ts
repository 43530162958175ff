/**
 * Checks whether a vendor's own tool is running. Returns null
 * when it cannot tell, so that nothing acts on a guess.
 */
import type { CommandResult, Os } from "../../provider/context.ts";

export interface ProcessParts {
  readonly os: Os;
  /** Like `ProviderContext.run`, for the system's process list. */
  readonly run: (command: string, args: readonly string[]) => Promise<CommandResult | null>;
  /** Returns the names of a folder's entries; throws when it cannot be read. */
  readonly readNames?: (folder: string) => readonly string[];
  /** Returns a file's text; throws when it is missing or unreadable. */
  readonly readText?: (path: string) => string;
}

/** Reports whether one of these programs is running; null when unknown. */
export async function isRunning(names: readonly string[], parts: ProcessParts): Promise<boolean | null> {
  const lines = (parts.os === "linux" ? procLines(parts) : null) ?? await listChosenLines(parts);
  return lines === null ? null : lines.some((words) => matchesProgram(words, names));
}

/**
 * Matches a program by its own name, or a script of that name run by an interpreter: `claude`, `node
 * /usr/bin/claude --print`.
 */
function matchesProgram(words: readonly string[], names: readonly string[]): boolean {
  return words.slice(0, 3).some((word) => names.includes(baseName(word)));
}

function baseName(word: string): string {
  return (word.split(/[/\\]/).at(-1) ?? "").replace(/\.(exe|cmd|[cm]?js)$/i, "").toLowerCase();
}

/** Reads /proc, which needs no command on Linux. */
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
      // The process has ended, or belongs to a user whose processes are hidden.
      return [];
    }
  });
  // This process itself is in the list, unless /proc is hidden.
  return lines.length === 0 ? null : lines;
}

async function listChosenLines({ os, run }: ProcessParts): Promise<readonly (readonly string[])[] | null> {
  try {
    if (os === "windows") return windowsLines(await run("tasklist", ["/FO", "CSV", "/NH"]));
    const ran = await run("ps", ["-A", "-o", "comm=", "-o", "args="]);
    if (ran === null || ran.code !== 0 || ran.stdout.trim() === "") return null;
    return ran.stdout.trim().split("\n").map((line) => line.trim().split(/\s+/));
  } catch {
    return null;
  }
}

/**
 * Parses the Windows list, which names programs but not their
 * scripts: while an interpreter runs, the result is unknown.
 */
function windowsLines(ran: CommandResult | null): readonly (readonly string[])[] | null {
  if (ran === null || ran.code !== 0 || ran.stdout.trim() === "") return null;
  const programs = ran.stdout.trim().split(/\r?\n/).map((line) => [/^"([^"]+)"/.exec(line)?.[1] ?? ""]);
  const hidden = programs.some(([name = ""]) => /^(node|bun|deno)\.exe$/i.test(name));
  return hidden ? null : programs;
}
