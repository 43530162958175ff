/**
 * Requests to this machine itself go straight there. A proxy in the environment stands elsewhere: it cannot reach
 * what runs here, and would be handed the token of it in clear.
 */
import { isLoopback } from "../config/base_url.ts";

const PROXIES = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
/** What the runtime takes as the hosts no proxy is used for, in both of its spellings. */
const EXEMPT = ["NO_PROXY", "no_proxy"];
const THIS_MACHINE = "localhost,127.0.0.0/8,::1";

let client: Deno.HttpClient | undefined;

/** What a request has to be made with besides; nothing where no proxy is set, or the host is another machine. */
export function directly(url: URL): { readonly client?: Deno.HttpClient } {
  if (!isLoopback(url.hostname) || !PROXIES.some((name) => valueOf(name))) return {};
  client ??= directClient();
  return { client };
}

/** The runtime knows no client without proxies, but reads what is exempt when it makes one. */
function directClient(): Deno.HttpClient {
  const before = EXEMPT.map((name) => [name, valueOf(name)] as const);
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

function valueOf(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch {
    // It may not be read, so a proxy is not read from it either.
    return undefined;
  }
}
