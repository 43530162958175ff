import type { StaticFile } from "../build_cache.ts";
import { BUILD_CACHE, type Context } from "../context.ts";
import { ASSET_CACHE_BUST_KEY, getBuildId } from "../runtime/build_id.ts";
import type { Middleware } from "./mod.ts";

/**
 * Serves `static/` and the island chunks from the list the build made. It looks requests up in that list and
 * never joins them to a path, so there is nothing to climb out of. Register it before `fsRoutes()`.
 */
export function staticFiles<State>(): Middleware<State> {
  return function serveStaticFile(ctx) {
    const pathname = normalize(ctx.url.pathname, ctx.config.basePath);
    const file = pathname === null || pathname === "/" ? null : ctx[BUILD_CACHE].findFile(pathname);
    if (file === null) {
      // Browsers request it by themselves; that must not render a page.
      return pathname === "/favicon.ico" ? new Response(null, { status: 404 }) : ctx.next();
    }
    return answer(ctx, file);
  };
}

async function answer<State>(
  ctx: Context<State>,
  file: StaticFile,
): Promise<Response> {
  const { req, url, config } = ctx;
  if (req.method !== "GET" && req.method !== "HEAD") {
    return new Response("Method Not Allowed", {
      status: 405,
      headers: { allow: "GET, HEAD" },
    });
  }

  const buildId = getBuildId();
  const requestedId = url.searchParams.get(ASSET_CACHE_BUST_KEY);
  if (requestedId !== null && requestedId !== buildId) {
    const plain = new URL(url);
    plain.searchParams.delete(ASSET_CACHE_BUST_KEY);
    return new Response(null, {
      status: 307,
      headers: { location: plain.pathname + plain.search },
    });
  }

  const headers = new Headers({
    "content-type": file.contentType,
    vary: "If-None-Match",
  });
  const production = config.mode !== "development";
  const chunk = url.pathname.startsWith(
    `${config.basePath}/_fresh/js/${buildId}/`,
  );
  headers.set(
    "cache-control",
    production && (requestedId === buildId || chunk)
      ? "public, max-age=31536000, immutable"
      : "no-cache, no-store, max-age=0, must-revalidate",
  );
  if (production) {
    headers.set("etag", `W/"${file.hash}"`);
    const known = req.headers.get("if-none-match");
    if (known === file.hash || known === `W/"${file.hash}"`) {
      return new Response(null, { status: 304, headers });
    }
  }

  headers.set("content-length", String(file.size));
  return new Response(req.method === "HEAD" ? null : await file.read(), {
    headers,
  });
}

/** Returns the name under which the build lists a file: every segment decoded once and encoded again. */
function normalize(pathname: string, basePath: string): string | null {
  try {
    const decoded = decodeURIComponent(pathname.slice(basePath.length));
    return `/${decoded.split("/").filter(Boolean).map(encodeURIComponent).join("/")}`;
  } catch {
    return null;
  }
}
