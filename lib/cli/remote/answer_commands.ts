/** Runs commands for clients of this server: only those that read, with the options that select data. */
import type { AnswerCommands, CommandAnswer } from "../../app/context.ts";
import type { Store } from "../../store/store.ts";
import { CliError, EXIT_FAILED, type Io, type Sink } from "../io.ts";
import { loadPart } from "../lazy.ts";
import { makeTools } from "../make_tools.ts";
import { quickArgs } from "../quick_args.ts";
import { commandRow, type Typed } from "../table.ts";
import { REMOTE_COMMANDS, REMOTE_OPTIONS } from "./table_remote.ts";

/** Longer output is no answer. */
const MAX_CHARACTERS = 16 * 1024 * 1024;

/** @param own the server's own options; its settings apply to every client */
export function answerCommands(io: Io, own: Typed): AnswerCommands {
  return async ({ command, operands, options, columns }, store) => {
    const typed = readTyped(command, operands, options);
    if (typed === null) return null;
    const config = own.options.config === undefined ? {} : { config: own.options.config };
    return await run({ ...typed, options: { ...typed.options, ...config } }, io, columns, store);
  };
}

/** Returns the requested command if it is one for clients, with options it has; null for everything else. */
function readTyped(
  command: string,
  operands: readonly string[],
  options: Readonly<Record<string, string>>,
): Typed | null {
  if (!REMOTE_COMMANDS.some((name) => name === command)) return null;
  if (operands.some((word) => word.startsWith("-"))) return null;
  const row = commandRow(command);
  const flags = Object.entries(options).map(([name, value]) =>
    REMOTE_OPTIONS.has(name) ? value === "" ? [`--${name}`] : [`--${name}=${value}`] : null
  );
  if (!row || flags.includes(null)) return null;
  return quickArgs([command, ...operands, ...flags.flatMap((flag) => flag ?? [])]);
}

async function run(typed: Typed, io: Io, columns: number, store: Store): Promise<CommandAnswer> {
  const [stdout, stderr] = [createSink(columns), createSink(columns)];
  const own: Io = { ...io, stdout: stdout.sink, stderr: stderr.sink };
  await using tools = makeTools(typed, own, store);
  try {
    const exitCode = await (await loadPart(typed.command))(tools);
    return { exitCode, stdout: stdout.text(), stderr: stderr.text(), error: null };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const { code: exitCode, message, hint = null } = error;
    return { exitCode, stdout: stdout.text(), stderr: stderr.text(), error: { message, hint } };
  }
}

function createSink(columns: number): { readonly sink: Sink; text(): string } {
  let text = "";
  return {
    sink: {
      write(part) {
        if (text.length + part.length > MAX_CHARACTERS) {
          throw new CliError(EXIT_FAILED, "The answer is too long", "Narrow it down with --limit or --quota");
        }
        text += part;
      },
      isTty: false,
      columns,
      rows: null,
    },
    text: () => text,
  };
}
