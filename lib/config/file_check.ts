/**
 * Checks that everything in the config file exists: reports unknown names, values of the wrong type, and
 * incomplete logins, all at once. The code that uses a value checks its content.
 */
import { nearest } from "../base/nearest.ts";
import type { Provider } from "../provider/contract.ts";
import { type ConfigFile, PROVIDER_KEYS } from "./file.ts";
import { isTable, placeText, type TomlPath } from "./file_lines.ts";
import type { Problem } from "./problem.ts";

export interface FileCheck {
  readonly text: string;
  readonly label: string;
  readonly providers: readonly Pick<Provider, "id" | "settings">[];
  /** Variables of our own options, which determine the names of entries. */
  readonly variables: readonly string[];
  /** Those that accept a list of texts. */
  readonly lists?: readonly string[];
}

/** `lib/app` checks hooks and custom sources. */
const TABLES = ["providers", "accounts", "custom", "hooks"];
/** One line: a name is part of keys, addresses and sentences. */
const ACCOUNT_NAME = /^(?!\s)[^/\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]{1,64}$/u;
const SCALAR = "text, a number, or true or false";

export function checkConfigFile({ document }: ConfigFile, check: FileCheck): readonly Problem[] {
  const { text, label, providers } = check;
  const problems: Problem[] = [];
  const addProblem = (path: TomlPath, problem: string, wanted?: string) => {
    const field = placeText(text, label, path);
    problems.push({ level: "error", field, problem, ...wanted === undefined ? {} : { wanted } });
  };
  const noSuch = (path: TomlPath, what: string, allowed: readonly string[], name = path.at(-1)) => {
    const suggestion = nearest(String(name), allowed);
    if (suggestion === null) addProblem(path, `no such ${what}`, `one of ${allowed.join(", ")}`);
    else addProblem(path, `no such ${what}, did you mean ${suggestion}?`);
  };
  const checkScalar = (path: TomlPath, value: unknown) => {
    const kind = typeof value;
    if (kind !== "string" && kind !== "number" && kind !== "boolean" && kind !== "bigint") {
      addProblem(path, "of a type that cannot be used", SCALAR);
    }
  };

  const keys = check.variables.filter((name) => name.startsWith("SYNTRACK_"))
    .map((name) => name.slice("SYNTRACK_".length).toLowerCase());
  for (const [key, value] of Object.entries(document)) {
    if (TABLES.includes(key)) continue;
    const isList = Array.isArray(value) && check.lists?.includes(`SYNTRACK_${key.toUpperCase()}`);
    if (!keys.includes(key)) noSuch([key], "setting", [...keys, ...TABLES]);
    else if (!isList) checkScalar([key], value);
    else if (!value.every((one) => typeof one === "string")) {
      addProblem([key], "not only text", "a list of texts");
    }
  }

  const ids = providers.map(({ id }) => id);
  if (document.providers !== undefined && !isTable(document.providers)) {
    addProblem(["providers"], "not a table", "[providers.<id>]");
  }
  for (const [id, table] of Object.entries(isTable(document.providers) ? document.providers : {})) {
    const path = ["providers", id];
    const provider = providers.find((one) => one.id === id);
    if (!provider) noSuch(path, "provider", ids);
    else if (!isTable(table)) addProblem(path, "not a table", `[providers.${id}]`);
    else checkSettings(path, table, provider, PROVIDER_KEYS);
  }

  if (document.accounts !== undefined && !Array.isArray(document.accounts)) {
    addProblem(["accounts"], "not a list of tables", "[[accounts]]");
  }
  for (const [index, table] of (Array.isArray(document.accounts) ? document.accounts : []).entries()) {
    const path = ["accounts", index];
    if (!isTable(table)) {
      addProblem(path, "not a table", "[[accounts]]");
      continue;
    }
    const provider = providers.find((one) => one.id === table.provider);
    if (provider) {
      checkSettings(path, table, provider, ["provider", "name"]);
      if (!isWholeLogin(table, provider)) {
        addProblem(path, "has no setting that defines a login", listNames(provider).join(" or "));
      }
    } else if (table.provider === undefined) {
      addProblem(path, "no provider", `provider = "${ids[0] ?? "id"}"`);
    } else noSuch([...path, "provider"], "provider", ids, String(table.provider));
    if (table.name !== undefined && (typeof table.name !== "string" || !ACCOUNT_NAME.test(table.name))) {
      const wanted = "1 to 64 characters in one line, without a slash and what turns the direction of text";
      addProblem([...path, "name"], "cannot be the name of an account", wanted);
    }
  }
  return problems;

  function checkSettings(
    path: TomlPath,
    table: Readonly<Record<string, unknown>>,
    provider: Pick<Provider, "settings">,
    also: readonly string[],
  ) {
    const allowed = [...also, ...listNames(provider)];
    for (const [key, value] of Object.entries(table)) {
      if (!allowed.includes(key)) noSuch([...path, key], "entry", allowed);
      else checkScalar([...path, key], value);
    }
  }
}

/** Returns the names of a provider's settings in the file. */
function listNames({ settings }: Pick<Provider, "settings">): readonly string[] {
  return settings.flatMap(({ name, secret }) => {
    const key = name.toLowerCase();
    return secret ? [key, `${key}_file`] : [key];
  });
}

function isWholeLogin(
  table: Readonly<Record<string, unknown>>,
  { settings }: Pick<Provider, "settings">,
): boolean {
  return settings.some(({ name, secret, home }) => {
    const key = name.toLowerCase();
    return (secret || home) && (table[key] !== undefined || table[`${key}_file`] !== undefined);
  });
}
