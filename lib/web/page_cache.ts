/**
 * Pages that show only the present and the past are rendered once per event and second for all users: for
 * each URL and set of browser preferences. Only the nonce of their scripts is new in every answer.
 */
import type { Context, Middleware } from "fresh";
import { Cache } from "../base/cache.ts";
import { offerGzip } from "./compress.ts";
import type { AppContext } from "../app/context.ts";
import { readNonce, withNonce } from "./headers.ts";
import type { State } from "./state.ts";
import { TextTemplate } from "./text_template.ts";

/** Pages without anything specific to one request. */
const PAGES: ReadonlySet<string> = new Set([
  "/",
  "/analytics",
  "/cycle-overview",
  "/cycles",
  "/history",
  "/sessions",
  "/stats",
]);
/** Maximum total size of cached pages, in characters. */
const MAX_CACHE_CHARACTERS = 4_000_000;
const SECOND_MS = 1000;

interface Page {
  /** The nonce goes into its gaps. */
  readonly template: TextTemplate;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly size: number;
}

/** One cache for each server. */
const pagesOf = new WeakMap<AppContext, Cache<string, Page>>();

export function pageCache(): Middleware<State> {
  return async (ctx) => {
    if (ctx.req.method !== "GET" || ctx.isPartial || !PAGES.has(readPath(ctx))) return await ctx.next();
    const { services, preferences, principal } = ctx.state;
    // The header shows who is signed in; the data they see depends on the services.
    const key = JSON.stringify([ctx.url.href, preferences, principal?.id, principal?.name, principal?.role]);
    // Taken before anything is read, so that a page is never older than its mark.
    const mark = `${services.hub.lastId} ${Math.floor(services.clock.now() / SECOND_MS)}`;
    let own: Response | undefined;
    const page = await findCache(services).load(key, mark, async () => {
      const response = await ctx.next();
      const page = await readPage(response);
      if (page === null) own = response;
      return page ?? undefined;
    });
    if (page) return createAnswer(page);
    // Not cacheable: every caller that waited for it makes its own request.
    return own ?? await ctx.next();
  };
}

function readPath({ url, config }: Context<State>): string {
  const path = url.pathname.slice(config.basePath.length);
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}

function findCache(services: AppContext): Cache<string, Page> {
  let pages = pagesOf.get(services);
  if (!pages) {
    pagesOf.set(
      services,
      pages = new Cache({ max: MAX_CACHE_CHARACTERS, sizeOf: ({ size }) => size }),
    );
  }
  return pages;
}

/** Null for an answer that differs between users; its body is left unread. */
async function readPage(response: Response): Promise<Page | null> {
  const nonce = readNonce(response);
  const isPage = response.headers.get("content-type")?.startsWith("text/html");
  if (response.status !== 200 || !isPage || nonce === null || response.headers.has("set-cookie")) return null;
  const text = await response.text();
  return { template: new TextTemplate(text.split(nonce)), headers: [...response.headers], size: text.length };
}

function createAnswer({ template, headers }: Page): Response {
  const nonce = crypto.randomUUID().replaceAll("-", "");
  const init = { headers: headers.map(([name, value]): [string, string] => [name, value]) };
  const answer = new Response(template.fill(nonce), init);
  return withNonce(offerGzip(answer, () => template.fillGzipped(nonce)), nonce);
}
