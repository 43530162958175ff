/** From arguments to exit code. Every error of a command ends here, as a message with a next step. */
import { explainError, harmlessLines } from "../base/text.ts";
import { CliError, ClosedPipe, EXIT_FAILED, EXIT_OK, EXIT_USAGE, type Io, measureColumns } from "./io.ts";
import { loadPart } from "./lazy.ts";
import { paintFor } from "./paint.ts";
import { quickArgs } from "./quick_args.ts";
import { findCommand, type Typed } from "./table.ts";
import { makeTools, writePaged } from "./make_tools.ts";
import { wrapMessage } from "./wrap.ts";
import { wordsFor } from "./recorded.ts";
import type { OpenTools } from "./tools.ts";

export async function main(args: readonly string[], io: Io): Promise<number> {
  try {
    const typed = quickArgs(args) ?? await readArgs(args, io);
    if (typed === null) return EXIT_OK;
    await using tools = makeTools(await withTest(await withProvider(typed), io), io);
    if (typed.options.url !== undefined) return await (await loadPart("askServer"))(tools);
    const command = await loadPart(typed.command);
    let code = EXIT_FAILED;
    try {
      return code = await command(tools);
    } finally {
      await writeDown(tools, code);
    }
  } catch (error) {
    return report(error, io, args);
  }
}

/** Records a failed command too, if it reported something as done. */
async function writeDown(tools: OpenTools, code: number): Promise<void> {
  const action = wordsFor(tools.typed);
  const done = tools.done ?? (code === EXIT_OK ? [{}] : []);
  if (action === null || done.length === 0) return;
  const record = await loadPart("record");
  await record(tools, done.map((facts) => ({ action, ...facts })));
}

/** Replaces a product name that the user typed by the id of its provider. */
async function withProvider(typed: Typed): Promise<Typed> {
  const { provider } = typed.options;
  const [action, what, ...rest] = typed.operands;
  const isAdding = typed.command === "account" && action === "add" && what !== undefined;
  if (typeof provider !== "string" && !isAdding) return typed;
  const providerId = await loadPart("providerId");
  return {
    ...typed,
    operands: isAdding ? [action, providerId(what), ...rest] : typed.operands,
    options: typeof provider === "string"
      ? { ...typed.options, provider: providerId(provider) }
      : typed.options,
  };
}

async function withTest(typed: Typed, io: Io): Promise<Typed> {
  if (typed.options.test !== true) return typed;
  const asTest = await loadPart("asTest");
  return asTest(typed, io);
}

/** Maps a failure to the command's own code where it has one: 1 may be an answer. */
function chooseExitCode(code: number, args: readonly string[]): number {
  const codes = findCommand(args)?.errorCodes;
  return (code === EXIT_FAILED ? codes?.failed : code === EXIT_USAGE ? codes?.usage : undefined) ?? code;
}

/** Returns the command, or null when the requested text is printed already. */
async function readArgs(args: readonly string[], io: Io): Promise<Typed | null> {
  const [parseArgs, { VERSION }] = await Promise.all([loadPart("parseArgs"), import("../base/version.ts")]);
  const colour = args.includes("--no-color") ? false : args.includes("--color") || undefined;
  const parsed = parseArgs(args, {
    version: VERSION,
    columns: Math.min(100, measureColumns(io)),
    paint: paintFor(io, io.stdout, colour),
  });
  if ("typed" in parsed) return parsed.typed;
  if (io.env.TERM === "dumb") io.stdout.write(parsed.text);
  else await writePaged(io, parsed.text);
  return null;
}

function report(error: unknown, io: Io, args: readonly string[]): number {
  // The reader has seen enough: that is how `| head` works, and no failure.
  if (error instanceof ClosedPipe) return EXIT_OK;
  const { message: given, hint: givenHint, code: plainCode } = describeError(error);
  // Both may quote an argument, the name of a file, or what another program said.
  const [message, hint] = [harmlessLines(given), givenHint && harmlessLines(givenHint)];
  const code = chooseExitCode(plainCode, args);
  try {
    // With JSON output, a program reads errors too.
    const text = args.includes("--json")
      ? `${JSON.stringify({ error: { message, hint: hint ?? null, exitCode: code } })}\n`
      : `${wrapMessage(`syntrack: ${message}${hint ? `\n  ${hint}` : ""}`, io.stderr.columns)}\n`;
    io.stderr.write(text);
  } catch (closed) {
    if (!(closed instanceof ClosedPipe)) throw closed;
  }
  return code;
}

function describeError(error: unknown): { message: string; hint: string | undefined; code: number } {
  if (error instanceof CliError) return { message: error.message, hint: error.hint, code: error.code };
  const message = explainError(error);
  // Failures of a closed set, such as those of the store, have their own next step.
  const hint = error instanceof Error && "hint" in error && typeof error.hint === "string"
    ? error.hint
    : undefined;
  return { message, hint, code: EXIT_FAILED };
}
