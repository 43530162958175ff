/** The web application with all its file routes, built in memory, for request tests. */
import { Builder } from "fresh/dev";
import type { Bundle } from "../../lib/fresh/src/dev/bundle.ts";
import type { ModulePlace } from "../../lib/fresh/src/dev/model.ts";
import { fileURLToPath } from "node:url";
import type { AppContext } from "../../lib/app/context.ts";
import { createApp } from "../../lib/web/app.ts";
import { listHosts } from "../../lib/web/hosts.ts";
import { requestInfo, type State } from "../../lib/web/state.ts";
import { ORIGIN } from "./fake_services.ts";
import { shareInRun } from "./share_in_run.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const hand = await new Builder<State>({ root: ROOT, keepBundle: shareBundle }).build({ snapshot: "memory" });

/** Bundles the islands once for all groups of a run: most of the time until the first request. */
async function shareBundle(make: () => Promise<Bundle>): Promise<Bundle> {
  const bytes = await shareInRun("bundle of the islands", async () => {
    const { chunks, places } = await make();
    const texts = chunks.map(({ name, content }) => [name, new TextDecoder().decode(content)]);
    return new TextEncoder().encode(JSON.stringify({ texts, places: [...places] }));
  });
  const { texts, places }: Shared = JSON.parse(new TextDecoder().decode(bytes));
  return {
    chunks: texts.map(([name, text]) => ({ name, content: new TextEncoder().encode(text) })),
    places: new Map(places),
  };
}

interface Shared {
  readonly texts: readonly (readonly [name: string, text: string])[];
  readonly places: readonly (readonly [name: string, place: ModulePlace])[];
}

const LOCAL: Deno.ServeHandlerInfo = {
  remoteAddr: { transport: "tcp", hostname: "127.0.0.1", port: 50_000 },
  completed: Promise.resolve(),
};

export type Ask = (path: string, init?: RequestInit) => Promise<Response>;

/** One app answers for all who ask the same services, as in the program. Making one takes longer than most requests. */
const apps = new WeakMap<AppContext, ReturnType<typeof appHandler>>();

/**
 * Requests the app with these services, by path. A Host header is added if there is none.
 *
 * @param from the address of the client; by default that of this machine
 */
export function askApp(services: AppContext, from = "127.0.0.1"): Ask {
  const handler = apps.get(services) ?? appHandler();
  apps.set(services, handler);
  const info = { ...LOCAL, remoteAddr: { ...LOCAL.remoteAddr, hostname: from } as Deno.NetAddr };
  return (path, init = {}) => {
    const url = new URL(path, ORIGIN);
    const headers = new Headers(init.headers);
    if (!headers.has("host")) headers.set("host", url.host);
    return handler(new Request(url, { ...init, headers }), requestInfo(services, info));
  };
}

/** Returns the handler of a new app, for `Deno.serve`. */
export function appHandler(): (req: Request, info: Deno.ServeHandlerInfo) => Promise<Response> {
  const app = createApp();
  hand(app);
  return app.handler();
}

export interface ServedApp extends AsyncDisposable {
  readonly origin: string;
  readonly port: number;
  readonly server: Deno.HttpServer<Deno.NetAddr>;
}

/** Serves a new app on a free loopback port, for exactly that address. Disposing closes the hub first, as a stop does. */
export function serveApp(services: AppContext): ServedApp {
  const handler = appHandler();
  const server: Deno.HttpServer<Deno.NetAddr> = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (req, info) => handler(req, requestInfo(known, info)),
  );
  const { port } = server.addr;
  const known: AppContext = { ...services, hosts: listHosts(port, ["127.0.0.1"]) };
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    server,
    async [Symbol.asyncDispose]() {
      services.hub.close();
      await server.shutdown();
    },
  };
}
