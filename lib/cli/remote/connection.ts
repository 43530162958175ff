/**
 * A remote server: its address, the credential sent to it, and its answer, or one sentence on why there is
 * none.
 */
import { plain } from "../../base/text.ts";
import { VERSION } from "../../base/version.ts";
import { failure, usageError } from "../io.ts";
import type { Tools } from "../tools.ts";
import { parseTypedText } from "../values.ts";
import { readCredential } from "./credential.ts";

const TIMEOUT_MS = 20_000;
const MAX_BYTES = 16 * 1024 * 1024;
/** Endpoint paths that may follow the address of a server. */
const ENDS = /\/(?:api\/(?:status(?:\/cached)?|logs|quotas|services|v1\/[^?#]*)?)?$/;

export interface RemoteAnswer {
  readonly status: number;
  readonly body: unknown;
}

export interface Connection {
  /** Without a trailing slash. */
  readonly base: string;
  /** Returns the JSON at a path of the server. @throws {CliError} for everything but 200 */
  get(path: string): Promise<unknown>;
}

/** @throws {CliError} for an unusable address or credential */
export async function connect(tools: Tools): Promise<Connection> {
  const url = readUrl(parseTypedText(tools.typed, "url") ?? "");
  const credential = await readCredential(tools);
  if (credential !== null && url.protocol === "http:" && !isLoopback(url.hostname)) {
    tools.report(
      `syntrack: warning: ${url.host} is queried over plain http, so others on the way can read the token`,
    );
  }
  const base = (url.origin + url.pathname).replace(ENDS, "");
  return {
    base,
    async get(path) {
      const headers = {
        accept: "application/json",
        "user-agent": `syntrack/${VERSION}`,
        ...credential !== null && { authorization: credential },
      };
      const response = await ask(`${base}${path}`, headers, url.host);
      return await read(response, url.host, credential !== null);
    },
  };
}

function readUrl(text: string): URL {
  const hint = "Give it as http://host:9211 or https://host/path";
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw usageError(`--url takes the address of a server, got ${JSON.stringify(plain(text, 80))}`, hint);
  }
  if (url.username !== "" || url.password !== "" || url.searchParams.has("token")) {
    throw usageError(
      "--url must not contain a token or password: addresses end up in logs",
      "Use SYNTRACK_TOKEN",
    );
  }
  return url;
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

async function ask(address: string, headers: HeadersInit, host: string): Promise<Response> {
  try {
    // A redirect must not take the credential along.
    return await fetch(address, { headers, redirect: "manual", signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (error) {
    throw createUnreachableError(error, host);
  }
}

function createUnreachableError(error: unknown, host: string): Error {
  const text = textOfError(error);
  if (/timed? ?out|TimeoutError|deadline/i.test(text)) {
    return failure(
      `${host} did not answer within ${TIMEOUT_MS / 1000} s`,
      "Check that the server runs and can be reached",
    );
  }
  if (/corrupt message|InvalidContentType/.test(text)) {
    return failure(`${host} does not support TLS`, "Give --url with http://");
  }
  if (/certificate|tls|ssl|handshake/i.test(text)) {
    const why = /certificate[^:]*: ?([A-Za-z]+)/.exec(text)?.[1] ??
      "its certificate or protocol is not accepted";
    return failure(
      `${host} cannot be reached over TLS: ${plain(why, 60)}`,
      "Check the name and the date; an authority of your own goes into DENO_CERT",
    );
  }
  if (/refused/i.test(text)) {
    return failure(`${host} refused the connection`, "Check the port, and that `syntrack serve` runs there");
  }
  if (/dns|lookup|resolve|not known/i.test(text)) {
    return failure(`The name ${host} was not found`, "Check how it is spelt, and that the network is up");
  }
  return failure(
    `${host} cannot be reached: ${plain(text, 120)}`,
    "Check that the server runs and can be reached",
  );
}

function textOfError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return `${error.name}: ${error.message} ${error.cause === undefined ? "" : textOfError(error.cause)}`;
}

async function read(response: Response, host: string, shown: boolean): Promise<unknown> {
  const text = await readText(response, host);
  const body = parseJson(text);
  const said = parseMessage(body);
  const { status } = response;
  if (status === 200 && body !== undefined) return body;
  if (status === 401) {
    throw shown
      ? failure(
        `${host} refuses the credential${said ? `: ${said}` : ""}`,
        "Check the token, or make another one on the server",
      )
      : failure(
        `${host} needs a credential`,
        "Put a token or key in SYNTRACK_TOKEN, or name its file with --token-file",
      );
  }
  if (status >= 300 && status < 400) {
    throw failure(
      `${host} redirects instead of answering`,
      "Give --url the address of the server itself",
    );
  }
  if (status === 429) {
    const seconds = response.headers.get("retry-after");
    const when = seconds !== null && /^\d{1,6}$/.test(seconds) ? `: try again in ${seconds} s` : "";
    throw failure(`${host} got too many requests${when}`);
  }
  if (said !== null) throw failure(`${host} answers ${status}: ${said}`);
  throw failure(
    `${host} is not a Syntrack server: it answers ${status} with something unexpected`,
    "Check --url",
  );
}

async function readText(response: Response, host: string): Promise<string> {
  const decoder = new TextDecoder();
  let [text, bytes] = ["", 0];
  try {
    for await (const chunk of response.body ?? []) {
      bytes += chunk.byteLength;
      if (bytes > MAX_BYTES) throw failure(`${host} answers more than ${MAX_BYTES / 1024 / 1024} MiB`);
      text += decoder.decode(chunk, { stream: true });
    }
  } catch (error) {
    if (error instanceof Error && error.name === "CliError") throw error;
    throw failure(`${host} closed the connection before its answer was complete`, "Try again");
  }
  return text;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Returns a failure's message in any of the shapes servers have for it, harmless on a terminal. */
function parseMessage(body: unknown): string | null {
  if (typeof body !== "object" || body === null) return null;
  for (const name of ["error", "detail", "message"]) {
    const said: unknown = Reflect.get(body, name);
    if (typeof said === "string") return plain(said, 200);
  }
  return null;
}
