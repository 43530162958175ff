/**
 * Refuses changes that a foreign page makes with its visitor's credentials. Browsers state the origin of a
 * request in `Sec-Fetch-Site`, or, on a plain http address in a home network, only in `Origin`; other
 * programs send neither, and have no user's cookie.
 */
import { HttpError, type Middleware } from "fresh";
import { isOwnOrigin } from "./origin.ts";
import type { State } from "./state.ts";

const SAFE: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

export function crossSiteGuard(): Middleware<State> {
  return async (ctx) => {
    const { method, headers } = ctx.req;
    if (!SAFE.has(method)) {
      const site = headers.get("sec-fetch-site");
      const origin = headers.get("origin");
      const isOurs = site === null
        ? isOwnOrigin(origin, ctx.state.services.hosts)
        : site === "same-origin" || site === "none";
      if (!isOurs) throw new HttpError(403, "The request came from another site");
    }
    return await ctx.next();
  };
}
