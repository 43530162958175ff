/** Runs the commands of service managers: found on the given path, without a shell. */
import { delimiter, join } from "../../base/path.ts";
import type { Io } from "../io.ts";

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Runner {
  /** Returns the path of a command, or null when there is none. */
  find(command: string): string | null;
  /** Runs it to its end. A missing command ends with 127. */
  run(command: string, args: readonly string[], stdin?: string): CommandResult;
}

export function createRunner({ env }: Pick<Io, "env">): Runner {
  const folders = (env.PATH ?? env.Path ?? "").split(delimiter).filter((folder) => folder !== "");
  const endings = Deno.build.os === "windows" ? [".exe", ".cmd", ""] : [""];

  function find(command: string): string | null {
    for (const folder of [...folders, "/usr/sbin", "/sbin"]) {
      for (const ending of endings) {
        const path = join(folder, command + ending);
        if (isFile(path)) return path;
      }
    }
    return null;
  }

  return {
    find,
    run(command, args, stdin) {
      const path = find(command);
      if (path === null) return { code: 127, stdout: "", stderr: `${command} is not installed` };
      const given = stdin === undefined ? null : writeTemporary(stdin);
      try {
        const text = new TextDecoder();
        const { code, stdout, stderr } = new Deno.Command(path, {
          // A crontab is passed as a file, which every crontab accepts.
          args: given === null ? [...args] : [...args.slice(0, -1), given],
          env: Object.fromEntries(
            Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
          ),
          stdin: "null",
          stdout: "piped",
          stderr: "piped",
        }).outputSync();
        return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
      } finally {
        if (given !== null) Deno.removeSync(given);
      }
    },
  };
}

function writeTemporary(text: string): string {
  const path = Deno.makeTempFileSync({ prefix: "syntrack-" });
  Deno.writeTextFileSync(path, text);
  return path;
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
