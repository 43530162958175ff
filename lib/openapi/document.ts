/** The OpenAPI document of the operations. */
import { toJsonSchema } from "@valibot/to-json-schema";
import type * as v from "valibot";
import { permissionFor } from "../access/routes.ts";
import type { Operation } from "./operation.ts";
import { OPERATIONS } from "./operations.ts";
import type { Parameter } from "./parameters.ts";
import { ErrorAnswer, Problem } from "./parts.ts";

type Json = Readonly<Record<string, unknown>>;

const REASONS: Readonly<Record<number, string>> = {
  400: "A word, number, zone or cursor that is not valid; the answer says what is allowed",
  401: "The credential is missing, unknown or has ended: sign in, or send a token or key",
  403: "Not allowed for the caller, or from the calling page",
  404: "Not found",
  409: "The stored secrets cannot be used right now; the answer says what to do first",
  413: "The body is longer than 64 KiB",
  415: "The body is not application/json",
  422: "Unknown fields or wrong types, each of them named; nothing was changed",
  426: "Open this address as a WebSocket",
  429: "Polled a moment ago, or too many failed attempts",
  500: "The server failed; its log says why",
  503: "Not available right now",
};

/** Successful responses without a body. */
const EMPTY: Readonly<Record<number, Json>> = {
  101: { description: "From here on it is a WebSocket" },
  204: { description: "Done" },
};

/** How callers identify themselves; `docs/access.md` says who may do what. */
const SECURITY: Json = {
  bearer: { type: "http", scheme: "bearer", description: "A token of the server, an API key or a sign-in" },
  token: { type: "apiKey", in: "header", name: "X-Auth-Token", description: "The same in another header" },
  basic: { type: "http", scheme: "basic", description: "A person's name and password" },
  cookie: {
    type: "apiKey",
    in: "cookie",
    name: "syntrack_session",
    description: "The cookie that the sign-in page sets",
  },
};
const WAYS_IN: readonly Json[] = Object.keys(SECURITY).map((way) => ({ [way]: [] }));
/** Statuses of operations that require a sign-in or a permission. */
const GUARDED = [401, 403, 429];

export function openApiDocument(): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const operation of OPERATIONS) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: operationJson(operation) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Syntrack",
      version: "1",
      summary: "How much of your AI quotas is used, and how long they last",
      description:
        "Instants are ISO 8601 in UTC, and unknown values are null. Under `/api/v1` fields may be " +
        "added and are never changed; its failures are problem+json. The other addresses keep the shapes " +
        "that tools of this kind expect.",
      license: { name: "MIT", identifier: "MIT" },
    },
    security: WAYS_IN,
    paths,
    components: {
      securitySchemes: SECURITY,
      schemas: { Error: schemaJson(ErrorAnswer), Problem: schemaJson(Problem) },
    },
  };
}

function operationJson(operation: Operation): Json {
  const { path, method, group, summary, parameters = [], inPath = [], body } = operation;
  const isPublic = permissionFor(path.replaceAll(/\{([^}]*)\}/g, ":$1"), method.toUpperCase()) === "public";
  const named = [...inPath.map(pathParameterJson), ...parameters.map(parameterJson)];
  return {
    operationId: `${method}${
      path.replaceAll(/[^a-z0-9]+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
    }`,
    tags: [group],
    summary,
    ...isPublic && { security: [] },
    ...named.length > 0 && { parameters: named },
    ...body && {
      requestBody: { required: true, content: { "application/json": { schema: schemaJson(body) } } },
    },
    responses: responsesJson(operation, isPublic),
  };
}

function responsesJson(operation: Operation, isPublic: boolean): Json {
  const { path, answer, type = "application/json", otherTypes = [], failures, alike = [], tagged = false } =
    operation;
  const { status: done = 200 } = operation;
  const content = answer ? { schema: schemaJson(answer) } : {};
  const success = Object.fromEntries([type, ...otherTypes].map((one) => [one, content]));
  const failure = path.startsWith("/api/v1/")
    ? { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } }
    : { "application/json": { schema: { $ref: "#/components/schemas/Error" } } };
  const responses: Record<string, Json> = {
    [done]: EMPTY[done] ?? { description: "As requested", content: success },
  };
  if (tagged) responses[304] = { description: "The version named in If-None-Match is still current" };
  for (const status of new Set([...isPublic ? [] : GUARDED, ...failures, 500])) {
    responses[status] = { description: REASONS[status] ?? "Refused", content: failure };
  }
  for (const status of alike) responses[status] = { description: REASONS[status] ?? "", content: success };
  return responses;
}

function parameterJson(
  { name, description, schema, fallback, repeated = false, blank = false }: Parameter,
): Json {
  const given: Json = schema ? parameterSchema(schema) : { type: "string" };
  const one = blank ? orEmpty(given) : given;
  const full = repeated ? { type: "array", items: one } : one;
  return {
    name,
    in: "query",
    description,
    schema: fallback === undefined ? full : { ...full, default: fallback },
  };
}

function pathParameterJson({ name, description }: Parameter): Json {
  return { name, in: "path", required: true, description, schema: { type: "string" } };
}

function orEmpty(schema: Json): Json {
  if (Array.isArray(schema.enum)) return { ...schema, enum: ["", ...schema.enum] };
  return typeof schema.pattern === "string" ? { ...schema, pattern: `^$|${schema.pattern}` } : schema;
}

/** Describes a number in a query as a number instead of text. */
function parameterSchema(schema: v.GenericSchema<unknown, unknown>): Json {
  const { pipe } = schema as {
    readonly pipe?: readonly { readonly type: string; readonly requirement?: unknown }[];
  };
  const of = (type: string) => pipe?.find((one) => one.type === type)?.requirement;
  if (!pipe?.some(({ type }) => type === "transform")) return schemaJson(schema);
  return { type: "integer", minimum: of("min_value"), maximum: of("max_value") };
}

function schemaJson(schema: v.GenericSchema<unknown, unknown>): Json {
  const { $schema: _, ...json } = toJsonSchema(schema, { errorMode: "ignore" });
  return json;
}
