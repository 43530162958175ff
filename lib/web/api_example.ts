/** Examples for the API page: a request for each operation, with a body of its required fields. */
import type { OpenApiOperation, OpenApiSchema } from "./openapi.ts";

/** Maximum depth of an example; recursive schemas have no end. */
const MAX_DEPTH = 6;

/** Builds an example of a schema for people to fill in: the first choice of each value, and only required fields. */
export function buildExample(schema: OpenApiSchema, depth = 0): unknown {
  if (depth > MAX_DEPTH) return null;
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.anyOf) {
    const some = schema.anyOf.find(({ type }) => type !== "null");
    return some ? buildExample(some, depth + 1) : null;
  }
  switch (schema.type) {
    case "array":
      return schema.items ? [buildExample(schema.items, depth + 1)] : [];
    case "object": {
      const { properties = {}, required = [] } = schema;
      const names = Object.keys(properties);
      const shown = required.length > 0 ? names.filter((name) => required.includes(name)) : names.slice(0, 1);
      return Object.fromEntries(shown.map((name) => [name, buildExample(properties[name]!, depth + 1)]));
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

/** Formats a request as a shell command; its key is one from the page of keys. */
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
    const body = JSON.stringify(buildExample(schema)).replaceAll("'", "'\\''");
    lines.push(`-H 'Content-Type: application/json'`, `-d '${body}'`);
  }
  return lines.join(" \\\n  ");
}

/** Reports whether a page can send the request: it only reads, and its answer ends. */
export function canTry(method: string, { responses }: OpenApiOperation): boolean {
  const types = Object.keys(responses["200"]?.content ?? {});
  return method === "get" && types.length > 0 && !types.includes("text/event-stream");
}
