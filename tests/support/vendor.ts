/** A real server on the loopback address that replays exchanges, or answers as a test says. */
import { type Exchange, matching, responseOf, type Sent } from "./exchange.ts";

export interface Vendor extends AsyncDisposable {
  readonly origin: string;
  /** All requests, in order. */
  readonly requests: readonly Sent[];
}

export type Answer = (sent: Sent, request: Request) => Response | Promise<Response>;

/** @param answers exchanges, or a function; an unexpected request gets status 418 */
export function startVendor(answers: readonly Exchange[] | Answer): Vendor {
  const requests: Sent[] = [];
  const stop = new AbortController();
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    signal: stop.signal,
    onListen: () => {},
    onError: () => new Response(null, { status: 500 }),
  }, async (request) => {
    const url = new URL(request.url);
    const sent: Sent = {
      method: request.method,
      host: url.host,
      path: `${url.pathname}${url.search}`,
      headers: request.headers,
      body: typeof answers === "function" ? "" : await request.text(),
    };
    requests.push(sent);
    if (typeof answers === "function") return answers(sent, request);
    const exchange = matching(answers, sent, true);
    return exchange ? responseOf(exchange.response) : new Response("Unexpected request", { status: 418 });
  });
  return {
    origin: `http://127.0.0.1:${server.addr.port}`,
    requests,
    async [Symbol.asyncDispose]() {
      // Aborts streams that never end; a graceful stop would wait for them.
      stop.abort();
      await server.finished;
    },
  };
}
