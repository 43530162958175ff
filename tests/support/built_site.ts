/** The built dashboard with the test's own services, for pages that the demo does not show. */
import { ensureBuiltOnce } from "./build_once.ts";
import type { AppContext } from "../../lib/app/context.ts";
import { listHosts } from "../../lib/web/hosts.ts";
import { requestInfo } from "../../lib/web/state.ts";
import type { Served } from "./serve.ts";

interface BuiltApp {
  readonly default: { readonly fetch: (request: Request, info: unknown) => Promise<Response> };
}

/** Serves the build on a free port, for exactly that address. Disposing closes the hub first, as a stop does. */
export async function serveBuilt(services: AppContext): Promise<Served> {
  await ensureBuiltOnce();
  const { default: app }: BuiltApp = await import(new URL("../../_fresh/server.js", import.meta.url).href);
  const server: Deno.HttpServer<Deno.NetAddr> = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request, info) => app.fetch(request, requestInfo(known, info)),
  );
  const known: AppContext = { ...services, hosts: listHosts(server.addr.port, ["127.0.0.1"]) };
  return {
    origin: `http://127.0.0.1:${server.addr.port}`,
    async [Symbol.asyncDispose]() {
      services.hub.close();
      await server.shutdown();
    },
  };
}
