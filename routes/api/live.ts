import { api, json } from "@/lib/web/answer.ts";
import { isOwnOrigin } from "@/lib/web/origin.ts";
import { define } from "@/lib/web/state.ts";

const HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store",
  // A buffering proxy would hold events back.
  "x-accel-buffering": "no",
};

/** Changes, as they happen. */
export const handlers = define.handlers(api({
  GET(ctx) {
    // Fresh drops the body of a HEAD response without ending it: a stream would stay open forever.
    if (ctx.req.method === "HEAD") return new Response(null, { headers: HEADERS });
    const { live, principal, services } = ctx.state;
    // It could not read a stream, but would take a place from a caller who may.
    if (!isOwnOrigin(ctx.req.headers.get("origin"), services.hosts)) {
      return json({ error: "Refused: the page that asks is not one of this server" }, { status: 403 });
    }
    const stream = live.connect(services, ctx.req.headers.get("last-event-id"), principal ?? undefined);
    if (stream) return new Response(stream, { headers: HEADERS });
    return json({ error: "Too many live streams are open: close a page or try again later" }, {
      status: 503,
      headers: { "retry-after": "30" },
    });
  },
}));
