/**
 * Checks a query against the description of the API, so that it refuses what that forbids even if a route never
 * reads it.
 */
import { HttpError } from "fresh";
import { plain } from "../base/text.ts";
import { unknownWord } from "./unknown_word.ts";
import { openApi, type OpenApiParameter, type OpenApiSchema } from "./openapi.ts";

/**
 * Checks the parameters described for the path. Only routes know the names of accounts and the like; a
 * parameter without a description is ignored.
 *
 * @throws {HttpError} 400 for a value that is not allowed, and for several when one is expected
 */
export async function refuseUndescribed(path: string, query: URLSearchParams): Promise<void> {
  if (query.size === 0) return;
  const { paths } = await openApi();
  const parameters = Object.hasOwn(paths, path) ? paths[path]?.["get"]?.parameters ?? [] : [];
  for (const parameter of parameters) check(parameter, query.getAll(parameter.name));
}

function check({ name, schema }: OpenApiParameter, values: readonly string[]): void {
  const one = schema.items ?? schema;
  if (values.length > 1 && schema.type !== "array") {
    throw new HttpError(400, `Cannot read ${name}: it is given ${values.length} times, expected once`);
  }
  for (const value of values) {
    if (one.enum && !one.enum.includes(value)) throw unknownWord(name, value, one.enum.map(String));
    if (one.type === "integer") checkNumber(name, value, one);
    if (value === "" && !mayBeEmpty(one)) {
      throw new HttpError(400, `Cannot read ${name}: it is empty, so leave it out`);
    }
    checkText(name, value, one);
  }
}

function checkNumber(name: string, value: string, { minimum = 0, maximum = Infinity }: OpenApiSchema): void {
  const number = /^[0-9]{1,9}$/.test(value) ? Number(value) : NaN;
  if (number >= minimum && number <= maximum) return;
  throw new HttpError(
    400,
    `Cannot read ${name} "${plain(value, 32)}": expected a whole number from ${minimum} to ${maximum}`,
  );
}

/** JSON Schema counts code points. */
function checkText(name: string, value: string, { maxLength = Infinity, pattern }: OpenApiSchema): void {
  if ([...value].length > maxLength) {
    throw new HttpError(400, `Cannot read ${name}: it is longer than ${maxLength} characters`);
  }
  if (pattern !== undefined && !new RegExp(pattern, "u").test(value)) {
    throw new HttpError(
      400,
      `Cannot read ${name} "${plain(value, 32)}": it does not have the described form`,
    );
  }
}

function mayBeEmpty({ enum: words, minLength = 0, pattern }: OpenApiSchema): boolean {
  return words?.includes("") ??
    (minLength === 0 && (pattern === undefined || new RegExp(pattern, "u").test("")));
}
