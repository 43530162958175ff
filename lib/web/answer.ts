/**
 * How requests are answered: the methods of an API route, JSON, refusals and errors.
 *
 * `lib/web` may import the model, the formats, the contracts in `lib/app/context.ts`, and small helpers. It never
 * names an implementation and opens nothing.
 */
import type { Context } from "fresh";
import { plain } from "../base/text.ts";
import type { Failure } from "./failure.ts";
import { answerCachedJson } from "./response_cache.ts";
import type { State } from "./state.ts";

type Handler = (ctx: Context<State>) => Response | Promise<Response>;

export interface ApiHandlers {
  readonly GET?: Handler;
  readonly POST?: Handler;
  readonly PUT?: Handler;
  readonly DELETE?: Handler;
}

/**
 * Builds one handler for all methods of a route: HEAD is answered like GET (Fresh drops the body), OPTIONS
 * lists the allowed methods, and everything else is 405. A file route that exports its methods one by one
 * would answer 404 instead.
 */
export function api(handlers: ApiHandlers): Handler {
  const { GET, POST, PUT, DELETE } = handlers;
  const all = Object.entries({ GET, HEAD: GET, POST, PUT, DELETE });
  const byMethod = new Map(all.filter(([, handler]) => handler));
  const allow = [...byMethod.keys(), "OPTIONS"].join(", ");
  return (ctx) => {
    const { method } = ctx.req;
    if (method === "OPTIONS") return new Response(null, { status: 204, headers: { allow } });
    const handler = byMethod.get(method);
    if (handler) return ctx.req.url.includes("?") ? answerAsDescribed(ctx, handler) : handler(ctx);
    const message = `Method ${plain(method, 16)} is not allowed here: use ${allow}`;
    return failureJson(ctx, { status: 405, title: "Not possible", message }, { allow });
  };
}

/**
 * Runs the route first, because its errors are the most precise, then checks the rest of the query against the
 * description of the API.
 */
async function answerAsDescribed(ctx: Context<State>, handler: Handler): Promise<Response> {
  const answer = await handler(ctx);
  if (answer.status >= 400) return answer;
  // Loaded for queries only: most requests have none.
  const { refuseUndescribed } = await import("./described.ts");
  try {
    await refuseUndescribed(ctx.url.pathname.slice(ctx.config.basePath.length), ctx.url.searchParams);
  } catch (error) {
    await answer.body?.cancel();
    throw error;
  }
  return answer;
}

/** JSON is never turned into markup or script, so it is not escaped beyond what JSON requires. */
export function json(value: unknown, init?: ResponseInit): Response {
  return Response.json(value, init);
}

/** Reports whether the caller is a program: everything under `/api`, and clients that prefer JSON. */
export function wantsJson(ctx: Pick<Context<State>, "url" | "req" | "config">): boolean {
  const path = ctx.url.pathname.slice(ctx.config.basePath.length);
  return path === "/api" || path.startsWith("/api/") || prefersJson(ctx.req.headers.get("accept") ?? "");
}

/** Reports whether the request is to the native API, which reports failures as problem+json. */
function isNative(ctx: Pick<Context<State>, "url" | "config">): boolean {
  return ctx.url.pathname.slice(ctx.config.basePath.length).startsWith("/api/v1/");
}

/** Formats a failure as the requested API does. */
export function failureJson(
  ctx: Pick<Context<State>, "url" | "config">,
  { status, title, message, errors }: Failure,
  headers: HeadersInit = {},
): Response {
  if (!isNative(ctx)) return json({ error: message, ...errors && { errors } }, { status, headers });
  const problem = { type: "about:blank", title, status, detail: message, ...errors && { errors } };
  const all = new Headers(headers);
  all.set("content-type", "application/problem+json");
  return json(problem, { status, headers: all });
}

/** Reports whether an Accept header names JSON, and web pages not at all or with less weight. */
export function prefersJson(accept: string): boolean {
  const weights = new Map<string, number>();
  for (const item of accept.toLowerCase().split(",")) {
    const [type = "", ...parameters] = item.split(";").map((part) => part.trim());
    const weight = Number(parameters.find((part) => part.startsWith("q="))?.slice(2) ?? "1");
    weights.set(type, Number.isFinite(weight) ? weight : 0);
  }
  const wanted = weights.get("application/json") ?? 0;
  const page = Math.max(weights.get("text/html") ?? 0, weights.get("application/xhtml+xml") ?? 0);
  return wanted > page;
}

/** Answers before any route is reached: JSON for programs, plain text for all others. */
export function answerRefusal(ctx: Context<State>, status: number, message: string): Response {
  if (wantsJson(ctx)) return failureJson(ctx, { status, title: "Refused", message });
  return new Response(`${message}\n`, { status, headers: { "content-type": "text/plain; charset=utf-8" } });
}

/**
 * Answers with JSON, or a finished response, with a tag that changes whenever the answer does; 304 without
 * building the answer when the client already has it.
 */
export async function answerWithEtag(
  ctx: Context<State>,
  tag: string,
  answer: () => Promise<unknown>,
): Promise<Response> {
  const headers = { etag: `W/"${tag}"` };
  if (hasTag(ctx.req, headers.etag)) return new Response(null, { status: 304, headers });
  return withTag(await answerCachedJson(ctx, answer), headers.etag);
}

/** Reports whether a client has the answer of this tag. Compares weakly: compression may have made the tag weak. */
export function hasTag({ headers }: Request, etag: string): boolean {
  const known = headers.get("if-none-match")?.split(",") ?? [];
  return known.some((one) => strongTag(one.trim()) === strongTag(etag));
}

function strongTag(etag: string): string {
  return etag.replace(/^W\//, "");
}

function withTag(response: Response, etag: string): Response {
  response.headers.set("etag", etag);
  return response;
}
