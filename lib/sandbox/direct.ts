/**
 * Sends requests to this machine directly. A proxy from the environment runs elsewhere: it cannot reach what
 * runs here, and would receive its token in clear text.
 */
import { isLoopback } from "../config/base_url.ts";

const PROXIES = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
/** The variables, in both spellings, that list hosts to reach without a proxy. */
const EXEMPT = ["NO_PROXY", "no_proxy"];
const THIS_MACHINE = "localhost,127.0.0.0/8,::1";

let client: Deno.HttpClient | undefined;

/** Returns the extra options of a request; empty without a proxy or for another machine. */
export function directOptions(url: URL): { readonly client?: Deno.HttpClient } {
  if (!isLoopback(url.hostname) || !PROXIES.some((name) => readVariable(name))) return {};
  client ??= directClient();
  return { client };
}

/**
 * Creates a client without proxies. The runtime has no option for
 * that, but reads the exempt hosts when it creates one.
 */
function directClient(): Deno.HttpClient {
  const before = EXEMPT.map((name) => [name, readVariable(name)] as const);
  try {
    for (const name of EXEMPT) Deno.env.set(name, THIS_MACHINE);
    return Deno.createHttpClient({});
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) Deno.env.delete(name);
      else Deno.env.set(name, value);
    }
  }
}

function readVariable(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch {
    // If the variables cannot be read, the runtime reads no proxy from them either.
    return undefined;
  }
}
