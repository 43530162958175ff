/**
 * The guard in front of all routes: identifies the caller, and refuses everything that the list of routes does
 * not allow them.
 */
import type { Context, Middleware } from "fresh";
import { HttpError } from "fresh";
import type { FeedKind, Refusal } from "../access/access.ts";
import { findAction } from "../access/actions.ts";
import { decide, type Decision } from "../access/decide.ts";
import type { Permission, Principal } from "../access/principal.ts";
import { permissionFor, returnPath } from "../access/routes.ts";
import { failureJson, wantsJson } from "./answer.ts";
import { readCredentials, signInCookie } from "./credentials.ts";
import { findFeedKind } from "./feeds.ts";
import { servicesFor } from "./services_for.ts";
import type { State } from "./state.ts";

const SIGN_IN_PATH = "/login";
/** Routes for programs outside `/api`: they get an error, not a redirect to a page. */
const PROGRAM_PATHS: ReadonlySet<string> = new Set(["/metrics", "/version"]);

export function accessGuard(): Middleware<State> {
  return async (ctx) => {
    const path = readPath(ctx);
    const permission = permissionFor(readPattern(ctx), ctx.req.method);
    if (permission === null) {
      throw new HttpError(403, "This address cannot be used: it is not in the access list");
    }
    const { client, services: { access } } = ctx.state;
    const feed = findFeedKind(readPattern(ctx));
    if (feed !== null && isRead(ctx.req.method)) return await openFeed(ctx, feed);
    const takesBasic = path.startsWith("/api/") || path === "/metrics";
    const found = await access.authenticate({
      ...readCredentials(ctx.req, client, takesBasic),
      identity: ctx.state.identity,
    });
    if ("principal" in found) ctx.state.principal = found.principal;
    const exchanged = await exchangeToken(ctx);
    if (exchanged) return exchanged;
    const decision = decide(ctx.state.principal, permission, access.now());
    if (decision === "allowed") {
      ctx.state.services = servicesFor(ctx.state.services, ctx.state.principal);
      const response = await ctx.next();
      if (response.status < 400) await writeDown(ctx);
      return response;
    }
    if ("refused" in found && found.refused === "limited") return answerLimited(ctx, found.retryAfterMs);
    if (decision === "sign in" || decision === "sign in again") {
      return answerUnknown(ctx, decision, "refused" in found ? found : { refused: "none" });
    }
    return answerRefused(ctx, decision, permission);
  };
}

function isRead(method: string): boolean {
  return method === "GET" || method === "HEAD";
}

/** A feed serves anyone with its URL, whoever they are; all URLs that match no feed are answered alike. */
async function openFeed(ctx: Context<State>, kind: FeedKind): Promise<Response> {
  const { client, services } = ctx.state;
  const opened = await services.access.feeds.open(ctx.params.secret ?? "", kind, client);
  if ("principal" in opened) {
    ctx.state.principal = opened.principal;
    ctx.state.services = servicesFor(services, opened.principal);
    return await ctx.next();
  }
  if (opened.refused === "limited") return answerLimited(ctx, opened.retryAfterMs);
  return answer(ctx, 404, "Not found", "There is no feed at this address: it may have been revoked");
}

/** Records an action in the audit log, once it was done. */
async function writeDown(ctx: Context<State>): Promise<void> {
  const { principal, client, services, done } = ctx.state;
  const isExport = ctx.url.searchParams.has("format");
  const action = findAction(ctx.req.method, readPattern(ctx), isExport);
  if (action === null || done === null) return;
  const facts = { action, target: describeTarget(ctx), ...done };
  await services.access.audit.record(facts, principal, client.address);
}

/** Names the target of an action by the request's URL. */
function describeTarget({ params, req, url, config }: Context<State>): string | null {
  const named = Object.values(params).join("/");
  if (named !== "") return named.slice(0, 200);
  return req.method === "GET" ? url.pathname.slice(config.basePath.length) : null;
}

/**
 * Turns a token in the URL of a page into a cookie at once and removes it from the URL, so that it stays in
 * no history and is sent to no other site.
 */
async function exchangeToken(ctx: Context<State>): Promise<Response | null> {
  const { url, req, state } = ctx;
  const path = readPath(ctx);
  if (!url.searchParams.has("token") || req.method !== "GET" || path.startsWith("/api/")) return null;
  const rest = new URLSearchParams(url.searchParams);
  rest.delete("token");
  const query = rest.size === 0 ? "" : `?${rest}`;
  const done = await state.services.access.exchange(url.searchParams.get("token") ?? "", state.client);
  if ("secret" in done) {
    const response = ctx.redirect(`${path}${query}`, 303);
    response.headers.append(
      "set-cookie",
      signInCookie(state.client, done.secret, done.expiresAt - state.services.access.now()),
    );
    return response;
  }
  if (done.refused === "limited") return answerLimited(ctx, done.retryAfterMs);
  return ctx.redirect(state.principal ? `${path}${query}` : `${SIGN_IN_PATH}?next=${returnPath(path)}`, 303);
}

/**
 * Requires more than the route does, for one action that needs more.
 *
 * @throws {HttpError} 401, 403
 */
export function requirePermission(
  state: Pick<State, "principal" | "services">,
  permission: Permission,
): Principal {
  const { principal, services } = state;
  const decision = decide(principal, permission, services.access.now());
  if (decision === "allowed" && principal) return principal;
  if (decision === "sign in" || principal === null) throw new HttpError(401, "Sign in first");
  throw new HttpError(403, refusalText(decision, permission));
}

function readPath({ url, config }: Context<State>): string {
  return url.pathname.slice(config.basePath.length) || "/";
}

function readPattern({ route, config }: Context<State>): string | null {
  return route === null ? null : route.slice(config.basePath.length) || "/";
}

function refusalText(decision: Decision, permission: Permission): string {
  switch (decision) {
    case "scope":
      return `This key cannot do that: it lacks the scope "${permission}"`;
    case "sign in again":
      return "Sign in again: your last sign-in was too long ago for that";
    default:
      return permission === "access" || permission === "fresh"
        ? "Only an admin may do that"
        : `Your role does not allow that: it needs "${permission}"`;
  }
}

/** Answers an unknown caller: where to sign in, for people and for programs. */
function answerUnknown(ctx: Context<State>, decision: Decision, { refused }: Refusal): Response {
  const message = decision === "sign in again"
    ? refusalText(decision, "fresh")
    : refused === "expired"
    ? "Your sign-in or key has ended: sign in again, or ask for another key"
    : refused === "wrong"
    ? "Sign in first: the credential is not valid"
    : "Sign in first";
  const isPage = !wantsJson(ctx) && !PROGRAM_PATHS.has(readPath(ctx));
  if (isPage && (ctx.req.method === "GET" || ctx.req.method === "HEAD")) {
    return ctx.redirect(`${SIGN_IN_PATH}?${new URLSearchParams({ next: returnPath(readPath(ctx)) })}`, 303);
  }
  // The browser's own prompt for a name and password would appear in the middle of a page.
  const isBrowser = ctx.req.headers.has("sec-fetch-mode");
  const challenge = isBrowser ? "Bearer" : 'Bearer realm="Syntrack", Basic realm="Syntrack", charset="UTF-8"';
  return answer(ctx, 401, "Sign in first", message, { "www-authenticate": challenge });
}

function answerRefused(ctx: Context<State>, decision: Decision, permission: Permission): Response {
  const headers = decision === "scope"
    ? { "www-authenticate": `Bearer error="insufficient_scope", scope="${permission}"` }
    : undefined;
  return answer(ctx, 403, "Refused", refusalText(decision, permission), headers);
}

function answerLimited(ctx: Context<State>, retryAfterMs: number): Response {
  const seconds = Math.ceil(retryAfterMs / 1000);
  const message = `Too many failed attempts: try again in ${seconds} s`;
  return answer(ctx, 429, "Too many attempts", message, { "retry-after": String(seconds) });
}

function answer(
  ctx: Context<State>,
  status: number,
  title: string,
  message: string,
  headers?: Readonly<Record<string, string>>,
): Response {
  if (wantsJson(ctx) || PROGRAM_PATHS.has(readPath(ctx))) {
    return failureJson(ctx, { status, title, message }, headers);
  }
  const text = { "content-type": "text/plain; charset=utf-8", ...headers };
  return new Response(`${message}\n`, { status, headers: text });
}
