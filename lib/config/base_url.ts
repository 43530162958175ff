/**
 * The origin that replaces a provider's hosts: a gateway, a regional host, or a server on this machine for
 * tests and the demo.
 *
 * Keys are sent to this origin, so it is checked with care. Reads settings and decides; sends no request.
 */
import type { EnvFound, Environment } from "./environment.ts";
import type { Problem } from "./problem.ts";
import { baseUrlVariables, type Provider } from "../provider/contract.ts";

export interface BaseUrl {
  /** Replaces scheme, host and port of every request. */
  readonly origin: string;
  /** The variable and its place. */
  readonly source: string;
  /** True when set in `./.env`: then only keys from the same file may be sent there. */
  readonly fromFolder?: true;
}

/** At most one of the two; neither when the vendor's own origin is used. */
export interface BaseUrlLookUp {
  readonly baseUrl?: BaseUrl;
  readonly problem?: Problem;
}

type Owner = Pick<Provider, "id" | "hosts" | "baseUrlNames">;

export function findBaseUrl(owner: Owner, environment: Pick<Environment, "find">): BaseUrlLookUp {
  for (const name of baseUrlVariables(owner)) {
    const found = environment.find(name);
    if (!found) continue;
    const url = checkBaseUrl(
      owner,
      name.endsWith("_HOST") ? { ...found, value: withScheme(found.value) } : found,
    );
    if (!(url instanceof URL)) return { problem: url };
    const fromFolder = found.layer === "working-directory" && { fromFolder: true as const };
    return { baseUrl: { origin: url.origin, source: found.source, ...fromFolder } };
  }
  return {};
}

/** Explains why a setting of `./.env` must not decide where a key from elsewhere is sent. */
export function folderProblem(source: string): Problem {
  return {
    level: "error",
    field: source,
    problem: "a file in the working directory may not say where to send a key or login that is not in it",
    wanted: "the same setting in the environment or in ~/.syntrack/.env, or the key in the same file",
  };
}

/**
 * Returns the provider's secrets that are in `./.env` and in effect, including numbered ones. Whoever wrote
 * that file knows them, so it may decide where they are sent.
 */
export function secretsOfFolder(
  { settings }: Pick<Provider, "settings">,
  environment: Pick<Environment, "names" | "findSecret">,
): ReadonlySet<string> {
  const own = new Set(settings.filter(({ secret }) => secret).map(({ name }) => name));
  const names = environment.names().map(({ name }) => name.replace(/_FILE$/, ""))
    .filter((name) => own.has(name) || own.has(name.replace(/_\d{1,4}$/, "")));
  const found = [...new Set(names)].flatMap((name) => environment.findSecret(name).found ?? []);
  return new Set(found.filter(({ layer }) => layer === "working-directory").map(({ value }) => value));
}

/** Adds a scheme: variables called a host may hold a bare name, `open.example.com`. */
function withScheme(value: string): string {
  return /^[a-z0-9.-]+(?::\d+)?(?:\/.*)?$/i.test(value) ? `https://${value}` : value;
}

function checkBaseUrl(owner: Owner, found: EnvFound): URL | Problem {
  const createProblem = (problem: string, wanted: string): Problem => ({
    level: "error",
    field: found.source,
    problem,
    // Leave out the value: it may contain a password.
    wanted,
  });
  const example = "a URL such as https://gateway.example or http://127.0.0.1:8080";
  if (!URL.canParse(found.value)) return createProblem("not a URL", example);
  const url = new URL(found.value);
  if (url.username !== "" || url.password !== "") {
    return createProblem("contains a user name or password", example);
  }
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url.hostname))) {
    return createProblem("a key would be sent unencrypted", "https, or http to this machine");
  }
  const known = isLoopback(url.hostname) || owner.hosts.includes(url.host);
  if (found.layer === "working-directory" && !known) {
    return createProblem(
      "a file in the working directory may not send a key to another host",
      "the same setting in the environment or in ~/.syntrack/.env",
    );
  }
  return url;
}

/** Reports whether a host name, in the form of `URL.hostname`, is this machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
