/**
 * The real implementation of the context of a provider or channel: `fetch` to its own hosts only, with a deadline, a cap and no
 * redirects; its own settings and no others.
 *
 * May import the contracts of context and provider, and config. It must never let a secret leave for a host
 * that the provider or channel does not name, except the one configured instead.
 */
import type {
  CommandResult,
  FetchInit,
  FoundSetting,
  Log,
  LogFields,
  Os,
  ProviderContext,
  Row,
  RunOptions,
} from "../provider/context.ts";
import { findBaseUrl, folderProblem, isLoopback, secretsOfFolder } from "../config/base_url.ts";
import { readBody } from "../provider_kit/body.ts";
import type { Clock } from "../base/clock.ts";
import type { Environment } from "../config/environment.ts";
import { problemText } from "../config/problem.ts";
import { readFileText } from "../config/system.ts";
import {
  baseUrlVariables,
  type CredentialScope,
  type Provider,
  ProviderError,
} from "../provider/contract.ts";
import { createHeaders } from "../provider_kit/request_json.ts";
import { VERSION } from "../base/version.ts";
import { appliesTo, findDeclaredPlace, resolvePlace } from "./places.ts";
import { guardDeclared } from "./declared.ts";
import { directOptions } from "./direct.ts";
import { runCommand } from "./run.ts";
import { readSqliteRows } from "./sqlite_file.ts";

export { type BaseUrl, findBaseUrl } from "../config/base_url.ts";

/** The parts of a provider or channel that its context depends on. */
export type Owner = Pick<
  Provider,
  "id" | "name" | "hosts" | "hostEndings" | "declared" | "settings" | "baseUrlNames" | "places" | "commands"
>;

export interface SandboxOptions extends CredentialScope {
  readonly provider: Owner;
  readonly environment: Environment;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborts everything in progress. */
  readonly signal: AbortSignal;
  /** Default: the runtime's own. */
  readonly fetch?: (input: URL, init: RequestInit) => Promise<Response>;
  /** Limit for one request, including its whole response. */
  readonly timeoutMs?: number;
  /** Maximum response size in bytes when a request names no cap. */
  readonly bodyCap?: number;
  readonly readText?: (path: string) => Promise<string | null>;
  readonly readRows?: (
    path: string,
    sql: string,
    values: readonly (string | number)[],
  ) => Promise<readonly Row[] | null>;
  readonly run?: (
    command: string,
    args: readonly string[],
    options: RunOptions & { readonly signal: AbortSignal },
  ) => Promise<CommandResult | null>;
  /** Called with what was found: an existing file, a command that ran. */
  readonly onFound?: (what: { readonly file: string } | { readonly command: string }) => void;
  /** Default: the system this runs on. */
  readonly os?: Os;
  /** Resolves names, for declared sources. Default: the system's resolver. */
  readonly resolve?: (hostname: string) => Promise<readonly string[]>;
}

export const DEFAULT_TIMEOUT_MS = 20_000;
export const DEFAULT_BODY_CAP = 1024 * 1024;

const USER_AGENT = `syntrack/${VERSION}`;

export function createSandbox(options: SandboxOptions): ProviderContext {
  const { provider, environment, clock, signal, login, os = systemOs() } = options;
  const { places = [], commands = [] } = provider;
  const log = logFor(provider.id, options.log);
  const secrets = new Set(provider.settings.filter((one) => one.secret).map((one) => one.name));
  const ownSettings = new Set(provider.settings.map((one) => one.name));
  const declared = new Set([...ownSettings, ...baseUrlVariables(provider)]);

  function find(name: string): FoundSetting | undefined {
    if (!declared.has(name)) {
      throw new TypeError(`Setting "${name}" is not declared by the provider "${provider.id}"`);
    }
    if (login && ownSettings.has(name)) return login.find(name);
    const { found, problem } = secrets.has(name)
      ? environment.findSecret(name)
      : { found: environment.find(name), problem: undefined };
    if (problem) throw new ProviderError("missing", problemText(problem));
    return found && { value: found.value, source: found.source };
  }

  /** Returns the path of a declared place, or null when there is none here. */
  function placeAt(path: string): string | null {
    const place = findDeclaredPlace(places, path);
    if (!place) throw new TypeError(`Place "${path}" is not declared by the provider "${provider.id}"`);
    return appliesTo(place, os)
      ? resolvePlace(path, { environment, find, login: place.ours ? undefined : login })
      : null;
  }

  return {
    fetch: (input, init = {}) => fetchGuarded(options, log, find, input, init),
    now: () => clock.now(),
    find,
    env: (name) => find(name)?.value,
    async readText(path) {
      const at = placeAt(path);
      const text = at === null ? null : await nullIfDenied((options.readText ?? readSystemText)(at));
      if (at !== null && text !== null) options.onFound?.({ file: at });
      return text;
    },
    async readRows(path, sql, values = []) {
      const at = placeAt(path);
      const rows = at === null
        ? null
        : await nullIfDenied((options.readRows ?? readSqliteRows)(at, sql, values));
      if (at !== null && rows !== null) options.onFound?.({ file: at });
      return rows;
    },
    async run(name, args, runOptions = {}) {
      const command = commands.find((one) => one.name === name);
      if (!command) throw new TypeError(`Command "${name}" is not declared by the provider "${provider.id}"`);
      if (!appliesTo(command, os)) return null;
      const ran = await (options.run ?? runCommand)(name, args, { ...runOptions, signal });
      if (ran?.code === 0) options.onFound?.({ command: name });
      return ran;
    },
    memory: options.memory ?? new Map<string, unknown>(),
    lastReadings: options.lastReadings ?? (() => Promise.resolve([])),
    os,
    log,
    signal,
  };
}

export function systemOs(): Os {
  const { os } = Deno.build;
  return os === "darwin" || os === "windows" ? os : "linux";
}

async function fetchGuarded(
  options: SandboxOptions,
  log: Log,
  find: (name: string) => FoundSetting | undefined,
  input: string | URL,
  init: FetchInit,
): Promise<Response> {
  const { provider, clock, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const target = resolveTarget(options, input);
  const { declared } = provider;
  const approved = declared !== undefined && isYes(find(declared.approval)?.value);
  // The owner set and validated an origin that replaces the declared one.
  const url = declared && target.origin === declared.origin
    ? await guardDeclared(target, { provider, approved, resolve: options.resolve })
    : target;
  const { capBytes, signal: own, ...request } = init;
  const headers = buildHeaders(provider, init);
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), timeoutMs);
  const signals = [deadline.signal, options.signal, ...own ? [own] : []];
  const startedAt = clock.now();
  try {
    const response = await (options.fetch ?? fetch)(url, {
      ...request,
      ...(options.fetch ? {} : directOptions(url)),
      headers,
      redirect: "manual",
      signal: AbortSignal.any(signals),
    });
    log.debug("Asked", {
      host: url.host,
      path: url.pathname,
      status: response.status,
      ms: clock.now() - startedAt,
    });
    clock.heard?.(url.host, response.headers);
    if (response.status >= 300 && response.status < 400) {
      await response.body?.cancel();
      if (init.redirect !== "manual") throw createRedirectError(provider);
      return new Response(null, { status: response.status, headers: response.headers });
    }
    const body = await readBody(response, capBytes ?? options.bodyCap ?? DEFAULT_BODY_CAP, provider.name);
    return new Response(isBodyless(response.status) ? null : body, {
      status: response.status,
      headers: response.headers,
    });
  } catch (error) {
    if (error instanceof ProviderError) throw error;
    if (deadline.signal.aborted) {
      throw createUnreachableError(provider, `no complete answer within ${Math.ceil(timeoutMs / 1000)} s`);
    }
    if (signals.some((one) => one.aborted)) throw createUnreachableError(provider, "the request was stopped");
    throw createUnreachableError(provider, describeError(error));
  } finally {
    clearTimeout(timer);
  }
}

/** Returns where a request really goes: to a host of the provider, or to the origin that replaces it. */
function resolveTarget(options: SandboxOptions, input: string | URL): URL {
  const { provider, environment, hosts } = options;
  const url = new URL(input);
  if (!mayReach(provider, hosts, url)) {
    const allowed = provider.declared?.origin ?? `https to ${provider.hosts.join(", ")}`;
    throw new ProviderError(
      "bad_response",
      `Provider "${provider.id}" may not reach "${url.protocol}//${url.host}": it may use ${allowed}`,
    );
  }
  const { baseUrl, problem } = findBaseUrl(provider, environment);
  if (problem) throw new ProviderError("unavailable", problemText(problem));
  const pointer = baseUrl?.fromFolder ? baseUrl.source : findFolderSetting(options, url);
  if (pointer !== undefined && !isKeyOfFolder(options)) {
    throw new ProviderError("unavailable", problemText(folderProblem(pointer)));
  }
  return baseUrl ? new URL(`${baseUrl.origin}${url.pathname}${url.search}`) : url;
}

/** Returns the setting of `./.env` that names the target host, unless it is one of the provider's own. */
function findFolderSetting({ provider, environment }: SandboxOptions, { hostname }: URL): string | undefined {
  if (provider.declared || provider.hosts.includes(hostname)) return undefined;
  const plain = new Set(provider.settings.filter(({ secret }) => !secret).map(({ name }) => name));
  // Further logins have numbered settings.
  const names = environment.names().map(({ name }) => name)
    .filter((name) => plain.has(name) || plain.has(name.replace(/_\d{1,4}$/, "")));
  return [...new Set(names)].flatMap((name) => environment.find(name) ?? [])
    .find(({ layer, value }) => layer === "working-directory" && namesHost(value, hostname))
    ?.source;
}

/**
 * Reports whether a host comes from a setting, in any spelling: `https://%66oo.example` and `FOO.example` are
 * the same host, and `api.foo.example` is derived from it.
 */
function namesHost(value: string, hostname: string): boolean {
  if (value.toLowerCase().includes(hostname)) return true;
  return [value, `https://${value}`].some((text) => {
    const named = URL.canParse(text) ? new URL(text).hostname : "";
    return named !== "" && (hostname === named || hostname.endsWith(`.${named}`));
  });
}

/** Reports whether every secret to be sent is itself in `./.env`. */
function isKeyOfFolder({ provider, environment, account }: SandboxOptions): boolean {
  if (!account) return false;
  const known = secretsOfFolder(provider, environment);
  return [account.secret, ...Object.values(account.also ?? {})].every((secret) => known.has(secret.reveal()));
}

function mayReach(provider: Owner, hosts: readonly string[] | undefined, url: URL): boolean {
  if (url.username !== "" || url.password !== "") return false;
  if (provider.declared) return url.origin === provider.declared.origin;
  const secure = url.protocol === "https:" && url.port === "";
  const plain = isLoopback(url.hostname) && (url.protocol === "http:" || url.protocol === "https:");
  return (provider.hosts.includes(url.hostname) || isOwn(provider, hosts, url)) && (secure || plain);
}

/** Reports whether it is an extra host of the account with an ending the provider declares. */
function isOwn(
  { hostEndings = [] }: Owner,
  hosts: readonly string[] | undefined,
  { hostname }: URL,
): boolean {
  return (hosts ?? []).includes(hostname) && hostEndings.some((ending) => hostname.endsWith(ending));
}

function buildHeaders(provider: Owner, init: FetchInit): Headers {
  const headers = createHeaders(provider.name, init.headers);
  if (!headers.has("user-agent")) headers.set("user-agent", USER_AGENT);
  return headers;
}

function createRedirectError(provider: Owner): ProviderError {
  return new ProviderError("unavailable", `${provider.name} redirects to another address`, {
    hint: "A key is not sent along with a redirect: check the base URL and the network",
  });
}

function createUnreachableError(provider: Owner, reason: string): ProviderError {
  return new ProviderError("unavailable", `${provider.name} cannot be reached: ${reason}`, {
    hint: "Syntrack tries again; check the network if this continues",
  });
}

const REASONS: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/dns|lookup|ENOTFOUND|EAI_AGAIN/i, "its name was not found (DNS)"],
  [/refused/i, "the connection was refused"],
  [/certificate|tls|ssl|handshake|corrupt message/i, "the secure connection failed (TLS)"],
  [/proxy|tunnel/i, "the proxy did not let the request through"],
  [/timed? ?out|deadline/i, "the connection timed out"],
  [/unreachable|no route/i, "there is no network route to it"],
  [/reset|closed|eof|incomplete|broken pipe|body/i, "the connection was interrupted"],
];

/**
 * Describes a network failure in plain words. Only inspects the runtime's message, which contains the URL.
 */
function describeError(error: unknown): string {
  if (error instanceof Error && /^(NotCapable|PermissionDenied)$/.test(error.name)) {
    return "this program is not permitted to connect to it";
  }
  let text = "";
  for (let one = error, depth = 0; one instanceof Error && depth < 5; one = one.cause, depth++) {
    const code: unknown = Reflect.get(one, "code");
    // Drop the URL: its host may contain any of the words searched for.
    text += ` ${one.message.replace(/\(?https?:\/\/\S+/g, "")} ${typeof code === "string" ? code : ""}`;
  }
  return REASONS.find(([pattern]) => pattern.test(text))?.[1] ?? "a network failure";
}

/** Statuses whose responses have no body by definition. */
function isBodyless(status: number): boolean {
  return status === 204 || status === 205;
}

function readSystemText(path: string): Promise<string | null> {
  try {
    return Promise.resolve(readFileText(path)?.text ?? null);
  } catch (error) {
    return Promise.reject(error);
  }
}

/** Treats files the runtime refuses as missing: the permissions list only what discovery found. */
async function nullIfDenied<T>(reading: Promise<T | null>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return null;
    throw error;
  }
}

function isYes(text: string | undefined): boolean {
  return /^(?:1|true|yes|on)$/i.test(text ?? "");
}

function logFor(provider: string, log: Log): Log {
  const addProvider = (fields: LogFields = {}): LogFields => ({ provider, ...fields });
  return {
    debug: (message, fields) => log.debug(message, addProvider(fields)),
    info: (message, fields) => log.info(message, addProvider(fields)),
    warn: (message, fields) => log.warn(message, addProvider(fields)),
    error: (message, fields) => log.error(message, addProvider(fields)),
  };
}
