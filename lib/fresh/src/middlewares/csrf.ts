import type { Context } from "../context.ts";
import { HttpError } from "../error.ts";
import type { Middleware } from "./mod.ts";

export interface CsrfOptions<State = unknown> {
  /** Origins that may send changes besides our own, or a function that decides. Default: our own only. */
  readonly origin?:
    | string
    | string[]
    | ((origin: string, context: Context<State>) => boolean);
}

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Refuses changing requests that a browser sends from another site. Requests with neither
 * `Sec-Fetch-Site` nor `Origin` pass: they do not come from a browser, so they carry no
 * cookies of a victim. It is not a substitute for authentication.
 */
export function csrf<State>(
  options: CsrfOptions<State> = {},
): Middleware<State> {
  return (ctx) => {
    const { method, headers } = ctx.req;
    if (SAFE_METHODS.has(method)) return ctx.next();

    const site = headers.get("sec-fetch-site");
    const origin = headers.get("origin");
    const sameSite = site === null ? origin === null : site === "same-origin" || site === "none";
    if (
      sameSite || (origin !== null && isAllowed(origin, ctx, options.origin))
    ) return ctx.next();
    throw new HttpError(403);
  };
}

function isAllowed<State>(
  origin: string,
  ctx: Context<State>,
  allowed: CsrfOptions<State>["origin"],
): boolean {
  if (allowed === undefined || allowed === "") return origin === ctx.url.origin;
  if (typeof allowed === "function") return allowed(origin, ctx);
  return typeof allowed === "string" ? origin === allowed : allowed.includes(origin);
}
