/**
 * Caches JSON answers until something changes: until the next event, or the next minute, since ages change
 * and another process may have written. Building a long history again for every request would cost more the
 * older the database is.
 */
import { MINUTE_MS } from "../model/duration.ts";
import type { Context } from "fresh";
import { Cache } from "../base/cache.ts";
import type { AppContext } from "../app/context.ts";
import type { State } from "./state.ts";

/** Maximum total size of cached answers, in characters; the oldest goes first. */
const MAX_CACHE_CHARACTERS = 2_000_000;

/** One cache for each server, by path and query. */
const caches = new WeakMap<AppContext, Cache<string, string>>();

/**
 * Answers with the JSON of what `make` returns for this path and query. Errors are not cached, and neither is
 * a response: that is passed on as it is.
 */
export async function answerCachedJson(ctx: Context<State>, make: () => Promise<unknown>): Promise<Response> {
  const { services } = ctx.state;
  // Taken before anything is read, so that an answer is never older than it says.
  const moment = `${services.hub.lastId}.${Math.floor(services.clock.now() / MINUTE_MS)}`;
  let own: Response | undefined;
  const text = await findCache(services).load(`${ctx.url.pathname}${ctx.url.search}`, moment, async () => {
    const value = await make();
    if (!(value instanceof Response)) return JSON.stringify(value);
    own = value;
    return undefined;
  });
  if (own) return own;
  if (text !== undefined) return jsonText(text);
  // Another caller has just received the response, which can be read only once.
  const value = await make();
  return value instanceof Response ? value : jsonText(JSON.stringify(value));
}

function findCache(services: AppContext): Cache<string, string> {
  let cache = caches.get(services);
  if (!cache) {
    cache = new Cache({ max: MAX_CACHE_CHARACTERS, sizeOf: (text, key) => text.length + key.length });
    caches.set(services, cache);
  }
  return cache;
}

function jsonText(text: string): Response {
  return new Response(text, { headers: { "content-type": "application/json" } });
}
