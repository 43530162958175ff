/**
 * Assembles the web application.
 *
 * It may import `lib/web` and Fresh. It opens nothing and knows no implementation: the services come in with
 * each request, so a test passes its own.
 */
import { App, type Middleware, staticFiles } from "fresh";
import { accessGuard } from "./access_guard.ts";
import { describeClient } from "./client.ts";
import { crossSiteGuard } from "./cross_site.ts";
import { peerAddress } from "../net/address.ts";
import { createGate } from "./refresh_gate.ts";
import { securityHeaders } from "./headers.ts";
import { hostGuard } from "./hosts.ts";
import { methodGuard } from "./method_guard.ts";
import { createLiveStreams } from "./live.ts";
import { pageCache } from "./page_cache.ts";
import { parsePreferences } from "./preferences.ts";
import { createSockets } from "./sockets.ts";
import type { RequestInfo, State } from "./state.ts";

/** Maximum number of concurrent live streams: each one costs a connection. */
const MAX_LIVE_STREAMS = 512;
/** The same per credential. */
export const MAX_LIVE_STREAMS_EACH = 64;
/** The same for WebSockets. */
export const MAX_SOCKETS = 512;
/** Minimum time between two refreshes by a user. */
export const REFRESH_EVERY_MS = 5000;

/**
 * Creates an application. Pass its `handler()` the services with each request, as `requestInfo(services,
 * info)` builds them.
 *
 * The order matters: what Fresh gets registered after the routes does not apply to them.
 */
export function createApp(): App<State> {
  const app = new App<State>();
  app.use(injectServices());
  app.use(securityHeaders());
  app.use(hostGuard());
  app.use(staticFiles());
  app.use(crossSiteGuard());
  app.use(accessGuard());
  app.use(methodGuard());
  app.use(pageCache());
  app.fsRoutes();
  return app;
}

/** Copies what came with the request to where routes look for it. */
function injectServices(): Middleware<State> {
  const live = createLiveStreams(MAX_LIVE_STREAMS, MAX_LIVE_STREAMS_EACH);
  const sockets = createSockets(MAX_SOCKETS);
  const refreshGate = createGate(REFRESH_EVERY_MS);
  return (ctx) => {
    const { services, remoteAddr, identity = null } = ctx.info as Partial<RequestInfo>;
    if (!services) throw new TypeError("Cannot answer a request: the services were not handed in with it");
    ctx.state.services = services;
    ctx.state.peer = remoteAddr && "hostname" in remoteAddr ? peerAddress(remoteAddr.hostname) : null;
    ctx.state.client = describeClient(ctx.req, ctx.url, remoteAddr);
    ctx.state.identity = identity;
    ctx.state.principal = null;
    ctx.state.path = ctx.url.pathname.slice(ctx.config.basePath.length) || "/";
    ctx.state.preferences = parsePreferences(ctx.req.headers.get("cookie"));
    ctx.state.live = live;
    ctx.state.sockets = sockets;
    ctx.state.refreshGate = refreshGate;
    return ctx.next();
  };
}
