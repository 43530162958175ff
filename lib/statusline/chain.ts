/** Runs the user's previous status line with the same input, and leaves no process of it behind. */

const MAX_MS = 2_000;
const MAX_BYTES = 64 * 1024;

/**
 * Returns its output, or null when it failed. The user gave the command to Claude Code, which also runs it in a
 * shell.
 */
export async function runChained(command: string, input: string): Promise<string | null> {
  const isWindows = Deno.build.os === "windows";
  try {
    const child = new Deno.Command(isWindows ? "cmd" : "sh", {
      args: [isWindows ? "/c" : "-c", command],
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
      // Its own process group, so that its children end with it.
      ...isWindows ? {} : { detached: true },
    }).spawn();
    const end = () => stop(child);
    const timer = setTimeout(end, MAX_MS);
    // A signal means that the line is no longer needed.
    const signals: readonly Deno.Signal[] = isWindows ? ["SIGINT"] : ["SIGINT", "SIGTERM", "SIGHUP"];
    const leave = () => {
      end();
      Deno.exit(0);
    };
    for (const signal of signals) Deno.addSignalListener(signal, leave);
    try {
      const [, output] = await Promise.all([writeInput(child, input), child.output()]);
      if (!output.success) return null;
      return new TextDecoder().decode(output.stdout.subarray(0, MAX_BYTES));
    } finally {
      clearTimeout(timer);
      end();
      for (const signal of signals) Deno.removeSignalListener(signal, leave);
    }
  } catch {
    return null;
  }
}

async function writeInput(child: Deno.ChildProcess, input: string): Promise<void> {
  const writer = child.stdin.getWriter();
  try {
    await writer.write(new TextEncoder().encode(input));
    await writer.close();
  } catch {
    // The command does not read its input.
  }
}

function stop(child: Deno.ChildProcess): void {
  try {
    if (Deno.build.os === "windows") child.kill();
    else Deno.kill(-child.pid, "SIGTERM");
  } catch {
    // The process has already ended.
  }
}
