/** Arguments to exit code. Everything a command throws ends here, as a message with a next step. */
import { CliError, ClosedPipe, columnsOf, EXIT_FAILED, EXIT_OK, type Io } from "./io.ts";
import { paintFor } from "./paint.ts";
import { quickArgs } from "./quick_args.ts";
import type { Typed } from "./table.ts";
import { makeTools, type Tools } from "./tools.ts";

export async function main(args: readonly string[], io: Io): Promise<number> {
  try {
    const typed = quickArgs(args) ?? await readArgs(args, io);
    if (typed === null) return EXIT_OK;
    await using tools = makeTools(typed, io);
    return await run(tools);
  } catch (error) {
    return report(error, io);
  }
}

/** The command, or null when what was asked for is printed already. */
async function readArgs(args: readonly string[], io: Io): Promise<Typed | null> {
  const [{ parseArgs }, { VERSION }] = await Promise.all([import("./program.ts"), import("../version.ts")]);
  const colour = args.includes("--no-color") ? false : args.includes("--color") || undefined;
  const parsed = parseArgs(args, {
    version: VERSION,
    columns: Math.min(100, columnsOf(io)),
    paint: paintFor(io, io.stdout, colour),
  });
  if ("typed" in parsed) return parsed.typed;
  io.stdout.write(parsed.text);
  return null;
}

/** The addresses are literal, so that a single executable holds all of them. */
async function run(tools: Tools): Promise<number> {
  switch (tools.typed.command) {
    case "collect":
      return (await import("./commands/collect.ts")).collect(tools);
    case "status":
      return (await import("./commands/status.ts")).status(tools);
    case "history":
      return (await import("./commands/history.ts")).history(tools);
    case "stats":
      return (await import("./commands/stats.ts")).stats(tools);
    case "chart":
      return (await import("./commands/chart.ts")).chart(tools);
    case "query":
      return (await import("./commands/query.ts")).query(tools);
    case "providers":
      return (await import("./commands/providers.ts")).providers(tools);
    case "config":
      return (await import("./commands/config.ts")).config(tools);
    case "serve":
      return (await import("./commands/serve.ts")).serve(tools);
    case "demo":
      return (await import("./commands/demo.ts")).demo(tools);
  }
}

function report(error: unknown, io: Io): number {
  // Whoever read our output has seen enough, which is how `| head` works and no failure.
  if (error instanceof ClosedPipe) return EXIT_OK;
  const { message, hint, code } = wordsOf(error);
  try {
    io.stderr.write(`syntrack: ${message}\n${hint ? `  ${hint}\n` : ""}`);
  } catch (closed) {
    if (!(closed instanceof ClosedPipe)) throw closed;
  }
  return code;
}

function wordsOf(error: unknown): { message: string; hint: string | undefined; code: number } {
  if (error instanceof CliError) return { message: error.message, hint: error.hint, code: error.code };
  const message = error instanceof Error ? error.message : String(error);
  // Failures of a closed set, such as those of the store, bring their own next step.
  const hint = error instanceof Error && "hint" in error && typeof error.hint === "string"
    ? error.hint
    : undefined;
  return { message, hint, code: EXIT_FAILED };
}
