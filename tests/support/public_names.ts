/**
 * Collects every public name from the program itself: commands and flags, JSON fields, routes, variables, entries of
 * the config file, quotas, tables and columns, metrics. `tests/names_test.ts` checks that none is lost.
 */
import { DatabaseSync } from "node:sqlite";
import { type CommandRow, COMMANDS, GLOBAL_OPTIONS, type OptionRow } from "../../lib/cli/table.ts";
import { PROVIDER_KEYS } from "../../lib/config/file.ts";
import { OPTIONS } from "../../lib/config/options.ts";
import { METRICS } from "../../lib/formats/metrics.ts";
import { openApiDocument } from "../../lib/openapi/document.ts";
import {
  baseUrlVariables,
  enabledVariable,
  nameVariable,
  type Provider,
  refreshVariable,
  variablePart,
} from "../../lib/provider/contract.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { providers } from "../../providers/mod.ts";
import { commandFields } from "./command_fields.ts";
import { exchangesOf, fixturesOf, outcomeOf, settingOfFixture } from "./exchange.ts";
import { createFakeContext } from "./fake_context.ts";
import { routePaths } from "./routes.ts";
import { projectSources, stringsIn } from "./sources.ts";

export type PublicNames = Readonly<Record<string, readonly string[]>>;

export async function collectPublicNames(): Promise<PublicNames> {
  const names: Record<string, Iterable<string>> = {
    "commands and flags": commandNames(COMMANDS),
    "JSON of the command line": await commandFields(),
    "routes": routePaths(),
    "HTTP API": apiNames(openApiDocument()),
    "environment variables": await variables(),
    "config file": configKeys(),
    "providers": providers.map(({ id }) => id),
    "quotas": await quotaNames(),
    "database": await databaseNames(),
    "metrics": Object.values(METRICS).flatMap(({ name, type, labels }) => [
      `${name} (${type})`,
      ...labels.map((label) => `${name}{${label}}`),
    ]),
  };
  return Object.fromEntries(Object.entries(names).map(([kind, all]) => [kind, [...new Set(all)].sort()]));
}

function* commandNames(commands: readonly CommandRow[]): Generator<string> {
  for (const option of GLOBAL_OPTIONS) yield* flagNames("syntrack", option);
  for (const { name, operands = [], options } of commands) {
    const command = `syntrack ${name}`;
    yield command;
    for (const [at, { choices = [] }] of operands.entries()) {
      for (const choice of choices) yield at === 0 ? `${command} ${choice}` : `${command} ... ${choice}`;
    }
    for (const option of options) yield* flagNames(command, option);
  }
}

function* flagNames(command: string, { name, short, value, choices = [] }: OptionRow): Generator<string> {
  yield `${command} --${name}${value === undefined ? "" : " VALUE"}`;
  if (short !== undefined) yield `${command} -${short}`;
  for (const choice of choices) yield `${command} --${name} ${choice}`;
}

type Schema = Readonly<Record<string, unknown>>;

interface ApiOperation {
  readonly parameters?: readonly { readonly name: string; readonly schema: Schema }[];
  readonly requestBody?: Schema;
  readonly responses: Readonly<Record<string, Schema>>;
}

/** Routes with their methods, parameters, and the fields and values of bodies. Other tests check the answers. */
function* apiNames(document: object): Generator<string> {
  const { paths } = document as { paths: Record<string, Record<string, ApiOperation>> };
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, { parameters = [], requestBody, responses }] of Object.entries(methods)) {
      const operation = `${method.toUpperCase()} ${path}`;
      yield operation;
      for (const { name, schema } of parameters) {
        yield `${operation} ?${name}`;
        for (const word of membersOf(schema, document, "")) yield `${operation} ?${name}${word}`;
      }
      for (const name of bodyNames(requestBody, document)) yield `${operation} takes ${name}`;
      for (const [status, response] of Object.entries(responses)) {
        yield `${operation} answers ${status}`;
        // Failures have the same description everywhere.
        const answer = status === "200" ? `${operation} answers` : "a failure answers";
        for (const name of bodyNames(response, document)) yield `${answer} ${name}`;
      }
    }
  }
}

function* bodyNames(holder: Schema | undefined, root: object): Generator<string> {
  const content = (holder?.content ?? {}) as Record<string, { schema?: Schema }>;
  for (const [type, { schema }] of Object.entries(content)) {
    yield type;
    for (const name of membersOf(schema ?? {}, root, "")) if (name !== "") yield name;
  }
}

/** Fields by path, and the values a field may have: `status=healthy`. */
function* membersOf(
  schema: Schema,
  root: object,
  path: string,
  seen: readonly string[] = [],
): Generator<string> {
  if (typeof schema.$ref === "string") {
    if (seen.includes(schema.$ref)) return;
    yield* membersOf(pointedAt(schema.$ref, root), root, path, [...seen, schema.$ref]);
  }
  const words = (schema.enum ?? (schema.const === undefined ? [] : [schema.const])) as readonly unknown[];
  for (const word of words) yield `${path}=${word}`;
  for (const one of (schema.anyOf ?? []) as readonly Schema[]) yield* membersOf(one, root, path, seen);
  if (schema.items) yield* membersOf(schema.items as Schema, root, `${path}[]`, seen);
  for (const [name, member] of Object.entries((schema.properties ?? {}) as Record<string, Schema>)) {
    const at = path === "" ? name : `${path}.${name}`;
    yield at;
    yield* membersOf(member, root, at, seen);
  }
  const others = schema.additionalProperties;
  if (typeof others === "object" && others !== null) {
    yield* membersOf(others as Schema, root, path === "" ? "*" : `${path}.*`, seen);
  }
}

function pointedAt(pointer: string, root: object): Schema {
  let at: unknown = root;
  for (const part of pointer.replace(/^#\//, "").split("/")) at = (at as Record<string, unknown>)[part];
  return at as Schema;
}

/** Names of options, providers and their settings, and other variables the code reads. */
async function variables(): Promise<readonly string[]> {
  const literal = (await projectSources())
    .filter(({ path }) => /^(lib|providers|cli\.ts)/.test(path) && !path.startsWith("lib/fresh/"))
    .flatMap(({ text }) => stringsIn(text))
    .filter((part) => /^SYNTRACK_[A-Z]+(_[A-Z]+)*$/.test(part));
  return [
    ...literal,
    ...OPTIONS.flatMap(({ names }) => names),
    ...providers.flatMap((provider) => [
      ...provider.settings.flatMap(({ name, secret }) => secret ? [name, `${name}_FILE`] : [name]),
      ...ownVariables(provider),
    ]),
  ];
}

function ownVariables(provider: Provider): readonly string[] {
  const { id, renewal } = provider;
  return [
    enabledVariable(id),
    nameVariable(id),
    `SYNTRACK_${variablePart(id)}_INTERVAL`,
    ...baseUrlVariables(provider),
    ...renewal ? [refreshVariable(id)] : [],
  ];
}

function configKeys(): readonly string[] {
  const own = OPTIONS.flatMap(({ names }) => names).filter((name) => name.startsWith("SYNTRACK_"));
  return [
    ...own.map((name) => name.slice("SYNTRACK_".length).toLowerCase()),
    ...PROVIDER_KEYS.map((key) => `[providers.<id>] ${key}`),
    ...OPTIONS.map(({ key }) => `syntrack config --json: ${key}`),
  ];
}

/** Quotas in the results of each provider's fixtures, and the names of its pools. */
async function quotaNames(): Promise<readonly string[]> {
  const found: string[] = [];
  for (const provider of providers) {
    for (const { quotas } of provider.pools ?? []) {
      found.push(...quotas.map((quota) => `${provider.id}: pool ${quota}`));
    }
    for (const fixture of fixturesOf(provider.id)) {
      if (outcomeOf(fixture) !== "ok") continue;
      const ask = createFakeContext({ ...settingOfFixture(fixture), exchanges: exchangesOf(fixture) });
      const [account] = await provider.accounts(ask);
      if (!account) continue;
      const { readings } = await provider.read(ask, account);
      found.push(...readings.map(({ quota }) => `${provider.id}/${account.name}/${quota}`));
    }
  }
  return found;
}

/** Tables and views of a new database, with their columns. */
async function databaseNames(): Promise<readonly string[]> {
  const folder = await Deno.makeTempDir({ prefix: "syntrack-names-" });
  try {
    const path = `${folder}/new.db`;
    await (await openSqliteStore(path))[Symbol.asyncDispose]();
    using db = new DatabaseSync(path, { readOnly: true });
    const rows = db.prepare(
      "SELECT s.type AS kind, s.name AS name, c.name AS column FROM sqlite_schema s, pragma_table_info(s.name) c " +
        "WHERE s.type IN ('table', 'view') AND s.name NOT LIKE 'sqlite_%'",
    ).all() as unknown as readonly Readonly<Record<"kind" | "name" | "column", string>>[];
    return rows.flatMap(({ kind, name, column }) => [`${kind} ${name}`, `${name}.${column}`]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
