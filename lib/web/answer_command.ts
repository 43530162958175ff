/** Runs commands for callers on other machines. */
import { HttpError } from "fresh";
import type { AppContext } from "../app/context.ts";
import { plain } from "../base/text.ts";
import { json } from "./answer.ts";
import { ColumnsParam, parseNumberParam } from "./params.ts";

const MAX_VALUE = 400;
/** Parameters of the route, which are no options of the command. */
const OWN: readonly string[] = ["operand", "columns"];

/**
 * @throws {HttpError} 400 for a command that is not available remotely, 503 when commands are not answered
 */
export async function answerCommand(
  { answers, store }: AppContext,
  command: string,
  query: URLSearchParams,
): Promise<Response> {
  const columns = parseNumberParam(query, "columns", ColumnsParam, 80);
  if (answers === null) throw new HttpError(503, "Commands are not answered here");
  const options = [...query].filter(([name]) => !OWN.includes(name));
  const isTwice = new Set(options.map(([name]) => name)).size < options.length;
  const isLong = [...query].some(([name, value]) => name.length + value.length > MAX_VALUE);
  const answered = isTwice || isLong ? null : await answers({
    command,
    operands: query.getAll("operand"),
    options: Object.fromEntries(options),
    columns,
  }, store);
  if (answered !== null) return json(answered);
  throw new HttpError(
    400,
    `Cannot answer "${plain(command, 40)}": it is not a command for remote use, or its options are not valid`,
  );
}
