import { json } from "@/lib/web/answer.ts";
import { isOwnOrigin } from "@/lib/web/origin.ts";
import { serviceApi } from "@/lib/web/service_api/answer.ts";
import { define } from "@/lib/web/state.ts";

/** The entry of every WebSocket, whatever path it requested: the server routes it here. */
export const handlers = define.handlers(serviceApi({
  GET({ req, info, state: { services, sockets, principal } }) {
    if (!isOwnOrigin(req.headers.get("origin"), services.hosts)) {
      return json({ error: "Refused: the page that asks is not one of this server" }, { status: 403 });
    }
    const { upgrade } = info as { readonly upgrade?: unknown };
    if (typeof upgrade !== "function") {
      const headers = { upgrade: "websocket", connection: "upgrade" };
      return json({ error: "Open this address as a WebSocket" }, { status: 426, headers });
    }
    if (sockets.full) {
      const headers = { "retry-after": "30" };
      return json({ error: "Too many WebSockets are open: close a page or try again later" }, {
        status: 503,
        headers,
      });
    }
    upgrade((socket: Parameters<typeof sockets.connect>[1]) => {
      sockets.connect(services, socket, (ended) => services.access.onEnd(principal!, ended));
    });
    return new Response(null, { status: 204 });
  },
}));
