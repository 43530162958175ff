/** `--url`: the same commands, answered by a server. */
import { plain } from "../../base/text.ts";
import { CliError, usageError } from "../io.ts";
import type { Tools } from "../tools.ts";
import { hasFlag, parseTypedText } from "../values.ts";
import { connect, type Connection } from "./connection.ts";
import { parseStatuses, serviceLines } from "./service_lines.ts";
import { REMOTE_OPTIONS, STATUS_VIEWS } from "./table_remote.ts";
import { failure } from "../io.ts";

/** Runs the typed command on the server of `--url`; resolves to the exit code. */
export async function askServer(tools: Tools): Promise<number> {
  const { typed } = tools;
  for (const name of ["db", "wait", "daemon", "long"]) {
    if (typed.options[name] === undefined) continue;
    throw usageError(
      `--${name} is about this machine, and --url queries another one`,
      "Leave one of the two out",
    );
  }
  const server = await connect(tools);
  const isPlain = typed.command === "status" &&
    STATUS_VIEWS.every((name) => typed.options[name] === undefined);
  return isPlain ? await printStatus(tools, server) : await answer(tools, server);
}

async function printStatus(tools: Tools, server: Connection): Promise<number> {
  const body = await server.get("/api/status/cached");
  const statuses = parseStatuses(body);
  if (statuses === null) {
    throw failure(`${server.base} is not a Syntrack server: its answer is not a status`, "Check --url");
  }
  if (tools.json) tools.printJson(body);
  else tools.print(...serviceLines(statuses, tools.paint));
  return 0;
}

async function answer(tools: Tools, server: Connection): Promise<number> {
  const { typed, columns, io } = tools;
  const query = new URLSearchParams();
  for (const word of typed.operands) query.append("operand", word);
  for (const [name, value] of Object.entries(typed.options)) {
    if (REMOTE_OPTIONS.has(name)) query.set(name, value === true ? "" : value);
  }
  // Days are those of the client's zone.
  if (parseTypedText(typed, "timezone") === undefined) {
    query.set("timezone", (await tools.dataLocation()).zone());
  }
  if (!tools.json && !hasFlag(typed, "no-color") && io.stdout.isTty) query.set("color", "");
  query.set("columns", String(columns));
  const answered = answerIn(await server.get(`/api/v1/answers/${typed.command}?${query}`));
  if (answered === null) {
    throw failure(
      `${server.base} does not answer commands: it is another program, or an older one`,
      "Check --url",
    );
  }
  const { exitCode, stdout, stderr, error } = answered;
  if (stderr !== "") io.stderr.write(removeControls(stderr));
  if (tools.json && stdout !== "") tools.printJson(JSON.parse(stdout));
  else if (stdout !== "") io.stdout.write(removeControls(stdout));
  if (error) {
    throw new CliError(exitCode, plain(error.message), error.hint === null ? undefined : plain(error.hint));
  }
  return exitCode;
}

interface Answer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly error: { readonly message: string; readonly hint: string | null } | null;
}

function answerIn(body: unknown): Answer | null {
  const { exitCode, stdout, stderr, error } = { ...body as Partial<Record<keyof Answer, unknown>> };
  if (!Number.isInteger(exitCode) || typeof stdout !== "string" || typeof stderr !== "string") return null;
  if ((exitCode as number) < 0 || (exitCode as number) > 255) return null;
  const { message, hint } = { ...error as Partial<Record<"message" | "hint", unknown>> };
  return {
    exitCode: exitCode as number,
    stdout,
    stderr,
    error: typeof message === "string" ? { message, hint: typeof hint === "string" ? hint : null } : null,
  };
}

/** Returns a server's text for this terminal: keeps colours, removes all other control sequences. */
function removeControls(text: string): string {
  // deno-lint-ignore no-control-regex -- colours begin with one
  return text.split(/(\x1b\[[0-9;]*m)/).map((part, at) =>
    at % 2 === 1 ? part : part.split("\n").map((line) => plain(line, Infinity)).join("\n")
  ).join("");
}
