/**
 * Loads declarations from files and from the config file as
 * providers, and reports everything wrong with them. Pure.
 */
import type { Problem } from "../config/problem.ts";
import type { Provider } from "../provider/contract.ts";
import type { Bindings } from "./bindings.ts";
import { counterProvider, type EventSources } from "./counters.ts";
import { checkDeclaration, type Declaration, isEventSource, providerId } from "./declaration.ts";
import { deriveKey, endpointProvider } from "./endpoint.ts";

/** A declaration as written, with its origin. */
export interface WrittenDeclaration {
  /** `~/.syntrack/custom/team.json`, `custom 1 in ~/.syntrack/config.toml` */
  readonly label: string;
  readonly value: unknown;
}

export interface CustomParts {
  readonly bindings: Bindings;
  readonly events: EventSources;
  /** The other providers; no declaration may use their keys. */
  readonly others: readonly Pick<Provider, "id" | "settings">[];
}

export interface Custom {
  readonly providers: readonly Provider[];
  readonly problems: readonly Problem[];
}

/** Parses JSON; invalid text becomes a problem when it is checked. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    return undefined;
  }
}

export function customProviders(written: readonly WrittenDeclaration[], parts: CustomParts): Custom {
  const providers: Provider[] = [];
  const problems: Problem[] = [];
  const all = written.map((one) => checkWritten(one, parts.others));
  const declared = all.flatMap((one) => "problems" in one ? [] : [one.declaration]);
  for (const [index, one] of written.entries()) {
    const checked = all[index] ?? { problems: [] };
    if ("problems" in checked) {
      problems.push(...checked.problems);
      continue;
    }
    const { declaration } = checked;
    const shared = findSharedKey(declaration, declared);
    if (shared !== null) {
      problems.push({
        level: "error",
        field: `${one.label}, request.auth.secretEnv`,
        problem: `is also the key of the source "${shared}", which has another host`,
        wanted: "a variable of its own",
      });
    } else if (providers.some(({ id }) => id === providerId(declaration))) {
      const problem = "another source already has this id";
      problems.push({ level: "error", field: `${one.label}, id`, problem, got: declaration.id });
    } else if (declaration.enabled) providers.push(asProvider(declaration, parts));
  }
  return { providers, problems };
}

export function asProvider(
  declaration: Declaration,
  { bindings, events }: Omit<CustomParts, "others">,
): Provider {
  return isEventSource(declaration)
    ? counterProvider(declaration, events)
    : endpointProvider(declaration, bindings);
}

/** Returns the declaration, or everything wrong with it, in words for people. */
export function checkWritten(
  { label, value }: WrittenDeclaration,
  others: CustomParts["others"],
): { readonly declaration: Declaration } | { readonly problems: readonly Problem[] } {
  if (value === undefined) {
    return {
      problems: [{ level: "error", field: label, problem: "is not JSON", wanted: "one JSON object" }],
    };
  }
  const checked = checkDeclaration(value);
  if ("problems" in checked) {
    return {
      problems: checked.problems.map(({ at, problem }) => ({
        level: "error",
        field: at === "" ? label : `${label}, ${at}`,
        problem,
      })),
    };
  }
  const borrowed = findBorrowedKey(checked.declaration, others);
  return borrowed === null ? checked : {
    problems: [{
      level: "error",
      field: `${label}, request.auth.secretEnv`,
      problem: `is the key of ${borrowed}, which is never sent elsewhere`,
      wanted: "a variable of its own",
    }],
  };
}

/** Returns the owner of a foreign key that a declaration would send to its own host, if any. */
function findBorrowedKey(declaration: Declaration, others: CustomParts["others"]): string | null {
  if (isEventSource(declaration)) return null;
  const { auth } = declaration.request;
  const name = auth.type === "none" ? undefined : auth.secretEnv;
  if (name === undefined) return null;
  const owner = others.find(({ settings }) =>
    settings.some((setting) => setting.secret && name.replace(/_\d{1,4}$/, "") === setting.name)
  );
  if (owner) return owner.id;
  const bare = name.replace(/_\d{1,4}$/, "");
  if (bare === deriveKey(declaration)) return null;
  if (/^SYNTRACK_CUSTOM_/.test(name)) return "another source";
  return /^(?:SYNTRACK_|AUTH_SECRET$)/.test(name) ? "syntrack" : null;
}

/** Returns the variable a source names for its key, besides the one derived from its id. */
function findNamedKey(declaration: Declaration): string | null {
  if (isEventSource(declaration)) return null;
  const { auth } = declaration.request;
  return auth.type === "none" || auth.secretEnv === undefined ? null : auth.secretEnv;
}

/**
 * Reports sources that name the same variable but different
 * hosts: one would get the other's key, so neither does.
 */
function findSharedKey(declaration: Declaration, all: readonly Declaration[]): string | null {
  const name = findNamedKey(declaration);
  const other = name === null
    ? undefined
    : all.find((one) =>
      one.id !== declaration.id && findNamedKey(one) === name && findOrigin(one) !== findOrigin(declaration)
    );
  return other?.id ?? null;
}

function findOrigin(declaration: Declaration): string | null {
  return isEventSource(declaration) ? null : new URL(declaration.request.url).origin;
}
