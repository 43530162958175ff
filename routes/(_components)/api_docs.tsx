/** The parts of the API page: contents, and each operation with its example and a form to try it. */
import { canTry, curlExample } from "@/lib/web/api_example.ts";
import type { OpenApiOperation, OpenApiParameter, OpenApiSchema } from "@/lib/web/openapi.ts";

export interface ApiEntry extends OpenApiOperation {
  readonly method: string;
  readonly path: string;
}

interface ApiGroup {
  readonly name: string;
  readonly entries: readonly ApiEntry[];
}

export function ApiContents({ groups }: { readonly groups: readonly ApiGroup[] }) {
  return (
    <nav class="api-contents text-sm" aria-label="Contents">
      {groups.map(({ name, entries }) => (
        <details key={name} open={name === "Native API"}>
          <summary class="touch-target cursor-pointer py-1 font-medium">{name}</summary>
          <ul class="mb-2">
            {entries.map(({ operationId, method, path }) => (
              <li key={operationId}>
                <a class="block break-words py-1 font-mono text-xs text-muted" href={`#${operationId}`}>
                  {method.toUpperCase()} {path}
                </a>
              </li>
            ))}
          </ul>
        </details>
      ))}
    </nav>
  );
}

export function ApiOperation({ entry, origin }: { readonly entry: ApiEntry; readonly origin: string }) {
  const { operationId, method, path, summary, parameters = [], requestBody, responses } = entry;
  const body = requestBody?.content["application/json"]?.schema;
  const answer = (responses["200"] ?? responses["201"])?.content?.["application/json"]?.schema;
  return (
    <details class="api-operation card-shadow mt-3 rounded-xl border border-line bg-surface">
      <summary class="touch-target cursor-pointer p-4">
        <h3 class="inline break-words font-mono text-sm font-semibold">{method.toUpperCase()} {path}</h3>
        <p class="mt-1">{summary}.</p>
      </summary>
      {/* A link to a folded operation opens it. */}
      <div id={operationId} class="px-4 pb-4">
        {parameters.length > 0 && (
          <dl class="text-sm">
            {parameters.map(({ name, description, schema }) => (
              <div key={name} class="mt-2">
                <dt class="font-mono">{name}</dt>
                <dd class="text-muted">
                  {description.replaceAll("`", "")}. {describeValues(schema)}
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
        <h4 class="mt-4 text-sm font-medium">Example</h4>
        <pre class="mt-1 overflow-auto rounded-lg bg-sunken p-3 text-xs" tabIndex={0}>
          <code class="copy-line">{curlExample(origin, method, path, entry)}</code>
        </pre>
        {canTry(method, entry) && <TryIt entry={entry} parameters={parameters} />}
      </div>
    </details>
  );
}

/** A form that sends the request with the reader's own sign-in; without JavaScript the answer opens as a page. */
function TryIt({ entry: { operationId, path }, parameters }: {
  readonly entry: ApiEntry;
  readonly parameters: readonly OpenApiParameter[];
}) {
  return (
    <form
      method="get"
      action={path}
      target="_blank"
      // A browser cannot put a field into the path.
      class={`mt-4 flex flex-col gap-3 ${path.includes("{") ? "needs-script" : ""}`}
      data-try
    >
      <h4 class="text-sm font-medium">Try it</h4>
      <div class="flex flex-wrap items-end gap-3">
        {parameters.map(({ name, schema }) => {
          const id = `${operationId}-${name}`;
          return (
            <div key={name} class="flex min-w-0 flex-col gap-1 text-xs text-muted">
              <label for={id}>{name}</label>
              {schema.enum
                ? (
                  <select id={id} name={name} class="field text-ink">
                    <option value="">default</option>
                    {schema.enum.map((word) => (
                      <option key={word} value={String(word)}>{String(word)}</option>
                    ))}
                  </select>
                )
                : (
                  <input
                    id={id}
                    name={name}
                    class="field w-40 text-ink"
                    autocomplete="off"
                    required={path.includes(`{${name}}`)}
                  />
                )}
            </div>
          );
        })}
        <button type="submit" class="button touch-target" aria-label={`Send GET ${path}`}>Send</button>
      </div>
      <output class="api-answer" hidden></output>
    </form>
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
function describeValues(schema: OpenApiSchema): string {
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
