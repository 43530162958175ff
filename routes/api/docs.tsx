import { Mark } from "@/lib/ui/icons.tsx";
import { api } from "@/lib/web/answer.ts";
import { type OpenApi, openApi, type OpenApiOperation, type OpenApiSchema } from "@/lib/web/openapi.ts";
import { define } from "@/lib/web/state.ts";

/** The API documentation for people; it works without JavaScript. */
export const handlers = define.handlers(api({
  async GET(ctx) {
    ctx.state.title = "API - Syntrack";
    return await ctx.render(<Docs {...await openApi()} />);
  },
}));

interface Entry extends OpenApiOperation {
  readonly method: string;
  readonly path: string;
}

function Docs({ info, paths }: OpenApi) {
  const entries: readonly Entry[] = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, method, path }))
  );
  const groups = [...new Set(entries.flatMap(({ tags }) => tags))];
  return (
    <div class="mx-auto max-w-4xl px-4 pb-12 sm:px-6">
      <header class="flex items-center gap-2.5 py-5">
        <a href="/" class="flex items-center gap-2.5">
          <Mark />
          <span class="text-lg font-semibold tracking-tight">{info.title}</span>
        </a>
      </header>
      <main>
        <h1 class="text-2xl font-semibold tracking-tight">API</h1>
        <p class="mt-3">{info.description.replaceAll("`", "")}</p>
        <p class="mt-3">
          For programs: <a href="/api/openapi.json" class="font-medium text-accent underline">openapi.json</a>
        </p>
        {groups.map((group) => (
          <section key={group}>
            <h2 class="mt-10 text-lg font-semibold tracking-tight">{group}</h2>
            {entries.filter(({ tags }) => tags.includes(group)).map((entry) => (
              <Operation key={entry.operationId} {...entry} />
            ))}
          </section>
        ))}
      </main>
    </div>
  );
}

function Operation({ operationId, method, path, summary, parameters = [], requestBody, responses }: Entry) {
  const body = requestBody?.content["application/json"]?.schema;
  const answer = (responses["200"] ?? responses["201"])?.content?.["application/json"]?.schema;
  return (
    <article id={operationId} class="mt-4 rounded-xl border border-line bg-surface p-4">
      <h3 class="break-words font-mono text-sm font-semibold">{method.toUpperCase()} {path}</h3>
      <p class="mt-1">{summary}.</p>
      {parameters.length > 0 && (
        <dl class="mt-3 text-sm">
          {parameters.map(({ name, description, schema }) => (
            <div key={name} class="mt-2">
              <dt class="font-mono">{name}</dt>
              <dd class="text-muted">
                {description.replaceAll("`", "")}. {inWords(schema)}
              </dd>
            </div>
          ))}
        </dl>
      )}
      {body && <Shape title="Body" schema={body} />}
      {answer && <Shape title="Answer" schema={answer} />}
      <p class="mt-3 text-sm text-muted">
        Statuses: {Object.entries(responses).map(([status, { description }]) => `${status} ${description}`)
          .join("; ")}.
      </p>
    </article>
  );
}

function Shape({ title, schema }: { readonly title: string; readonly schema: OpenApiSchema }) {
  return (
    <details class="mt-3 text-sm">
      <summary class="font-medium">{title}</summary>
      <pre class="mt-2 overflow-auto rounded-lg bg-sunken p-3 text-xs" tabIndex={0}>{outline(schema)}</pre>
    </details>
  );
}

/** Describes the values of a parameter. */
function inWords(schema: OpenApiSchema): string {
  const fallback = schema.default === undefined ? "" : ` Default: ${schema.default}.`;
  if (schema.type === "array") return "May be given several times.";
  if (schema.enum) return `One of ${schema.enum.join(", ")}.${fallback}`;
  if (schema.minimum !== undefined) return `From ${schema.minimum} to ${schema.maximum}.${fallback}`;
  return fallback;
}

/** Formats a schema as indented text: names with their types. */
function outline(schema: OpenApiSchema, indent = ""): string {
  const within = `${indent}  `;
  if (schema.anyOf) {
    const kinds = schema.anyOf.filter(({ type }) => type !== "null").map((one) => outline(one, indent));
    const isNullable = kinds.length < schema.anyOf.length;
    return `${kinds.join(`\n${indent}or `)}${isNullable ? " or null" : ""}`;
  }
  if (schema.enum) return schema.enum.map((word) => JSON.stringify(word)).join(" | ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.type === "array") return `[${outline(schema.items ?? {}, indent)}]`;
  if (schema.type !== "object") return schema.format === "date-time" ? "instant" : schema.type ?? "anything";
  const { properties = {}, required = [], additionalProperties: others } = schema;
  const lines = Object.entries(properties).map(([name, property]) =>
    `${within}${name}${required.includes(name) ? "" : "?"}: ${outline(property, within)}\n`
  );
  if (typeof others === "object") lines.push(`${within}(any name): ${outline(others, within)}\n`);
  return `{\n${lines.join("")}${indent}}`;
}
