/** The program: arguments -> one command -> exit code. `syntrack --help` lists the commands. */
import { moduleAddress } from "./lib/base/address.ts";

/** Runs the typed command, then ends the process with its exit code. */
export async function runProgram(args: readonly string[]): Promise<never> {
  await runCommand(args);
  // A runtime that runs out of work first takes everything apart, which a quick command would wait for.
  Deno.exit();
}

async function runCommand(args: readonly string[]): Promise<void> {
  const [command, first = ""] = args;
  // A status line starts several times a second, and loads nothing else.
  if (command === "statusline" && !/^(?:install|uninstall|help|-h|--help)$/.test(first)) {
    const { statusline } = await import(moduleAddress("lib/statusline/run.ts", "statusline"));
    await statusline(args.slice(1));
    return;
  }
  const isLine = command === "status" &&
    await import(moduleAddress("lib/status_cache/cache.ts", "status_cache"))
      .then(({ mayCache, printCached }) => mayCache(args) && printCached(args));
  if (!isLine) {
    const { start } = await import(moduleAddress("lib/cli/start.ts", "start"));
    Deno.exitCode = await start(args);
  }
}

if (import.meta.main) await runProgram(Deno.args);
