/**
 * JSON that was answered is kept until something changes: the next event, or the next minute, since ages do
 * and another process may have written. Reading and wording a long past again for every request would cost
 * the more the older the database is.
 */
import { MINUTE_MS } from "../model/duration.ts";
import type { Context } from "fresh";
import { Cache } from "../base/cache.ts";
import type { AppContext } from "../app/context.ts";
import type { State } from "./state.ts";

/** Characters of all answers that are kept; the one that was made first goes first. */
const MAX_KEPT = 2_000_000;

/** Of each server its own; by path and query. */
const keptOf = new WeakMap<AppContext, Cache<string, string>>();

/**
 * The JSON of what `make` answers to this path and query. What it throws is not kept, and neither is a
 * response: that is handed on as it is.
 */
export async function cachedJson(ctx: Context<State>, make: () => Promise<unknown>): Promise<Response> {
  const { services } = ctx.state;
  // The moment is taken before anything is read, so that an answer is never older than it says.
  const moment = `${services.hub.lastId}.${Math.floor(services.clock.now() / MINUTE_MS)}`;
  let own: Response | undefined;
  const text = await cacheOf(services).load(`${ctx.url.pathname}${ctx.url.search}`, moment, async () => {
    const value = await make();
    if (!(value instanceof Response)) return JSON.stringify(value);
    own = value;
    return undefined;
  });
  if (own) return own;
  if (text !== undefined) return jsonText(text);
  // Somebody else has just been answered with a response, which can be read once only.
  const value = await make();
  return value instanceof Response ? value : jsonText(JSON.stringify(value));
}

function cacheOf(services: AppContext): Cache<string, string> {
  let cache = keptOf.get(services);
  if (!cache) {
    cache = new Cache({ max: MAX_KEPT, sizeOf: (text, key) => text.length + key.length });
    keptOf.set(services, cache);
  }
  return cache;
}

function jsonText(text: string): Response {
  return new Response(text, { headers: { "content-type": "application/json" } });
}
