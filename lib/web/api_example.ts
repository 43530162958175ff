/** Examples for the page of the API: a request for each operation, with a body that has what is required. */
import type { OpenApiOperation, OpenApiSchema } from "./openapi.ts";

/** How deep an example goes; descriptions of trees have no end. */
const MAX_DEPTH = 6;

/** A value of the described shape, for people to fill in: the first choice of each, and what is required. */
export function exampleOf(schema: OpenApiSchema, depth = 0): unknown {
  if (depth > MAX_DEPTH) return null;
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.anyOf) {
    const some = schema.anyOf.find(({ type }) => type !== "null");
    return some ? exampleOf(some, depth + 1) : null;
  }
  switch (schema.type) {
    case "array":
      return schema.items ? [exampleOf(schema.items, depth + 1)] : [];
    case "object": {
      const { properties = {}, required = [] } = schema;
      const names = Object.keys(properties);
      const shown = required.length > 0 ? names.filter((name) => required.includes(name)) : names.slice(0, 1);
      return Object.fromEntries(shown.map((name) => [name, exampleOf(properties[name]!, depth + 1)]));
    }
    case "boolean":
      return true;
    case "integer":
    case "number":
      return schema.minimum ?? 1;
    case "string":
      return schema.format === "date-time" ? "2026-11-21T12:00:00Z" : "...";
    default:
      return null;
  }
}

/** The request as a command for a shell. The key is that of a program, from the page of keys. */
export function curlExample(
  origin: string,
  method: string,
  path: string,
  operation: OpenApiOperation,
): string {
  const lines = [
    `curl ${method === "get" ? "" : `-X ${method.toUpperCase()} `}'${origin}${path}'`,
    `-H "Authorization: Bearer $SYNTRACK_KEY"`,
  ];
  const schema = operation.requestBody?.content["application/json"]?.schema;
  if (schema) {
    const body = JSON.stringify(exampleOf(schema)).replaceAll("'", "'\\''");
    lines.push(`-H 'Content-Type: application/json'`, `-d '${body}'`);
  }
  return lines.join(" \\\n  ");
}

/** Whether a page can ask for it: it only reads, and its answer has an end. */
export function canTry(method: string, { responses }: OpenApiOperation): boolean {
  const types = Object.keys(responses["200"]?.content ?? {});
  return method === "get" && types.length > 0 && !types.includes("text/event-stream");
}
