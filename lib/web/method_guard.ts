/** Answers methods that a route does not have, for all routes alike: a page would answer as if it did not exist. */
import type { Middleware } from "fresh";
import { allowedMethods } from "../access/routes.ts";
import { plain } from "../base/text.ts";
import { failureJson, wantsJson } from "./answer.ts";
import type { State } from "./state.ts";

export function methodGuard(): Middleware<State> {
  return (ctx) => {
    const { method } = ctx.req;
    const allowed = ctx.route === null
      ? null
      : allowedMethods(ctx.route.slice(ctx.config.basePath.length) || "/");
    if (allowed === null || allowed.includes(method) && method !== "OPTIONS") return ctx.next();
    const headers = { allow: allowed.join(", ") };
    if (method === "OPTIONS") return new Response(null, { status: 204, headers });
    const message = `Method ${plain(method, 16)} is not allowed here: use ${headers.allow}`;
    if (wantsJson(ctx)) return failureJson(ctx, { status: 405, title: "Not possible", message }, headers);
    return new Response(`${message}\n`, {
      status: 405,
      headers: { "content-type": "text/plain; charset=utf-8", ...headers },
    });
  };
}
