/**
 * Compresses answers with a coding the client accepts: the runtime no longer does so by default. Answers sent
 * again and again (scripts, the stylesheet, cached JSON) are compressed once and cached. Live streams and
 * downloads are sent as they are.
 */

export type Coding = "br" | "gzip";

/** In order of preference among codings accepted equally. */
const CODINGS: readonly Coding[] = ["br", "gzip"];
/** Brotli takes a page three times as long for 5 percent less, and cannot be reused when a nonce changes. */
const PAGE_CODINGS: readonly Coding[] = ["gzip", "br"];
const TEXT =
  /^(?:text\/(?!event-stream)|image\/svg\+xml|application\/(?:[\w.-]+\+)?(?:json|javascript|xml)\b)/;
/** Shorter answers fit one packet anyway. */
const MIN_BYTES = 1000;
/** Longer answers are streamed, and not held in memory whole. */
const MAX_BYTES = 8 * 1024 * 1024;
/** Maximum size of the cache in bytes; the least recently used goes first. */
const MAX_CACHE_BYTES = 1024 * 1024;
const BROTLI_QUALITY = 4;
/** Cached answers may take longer to compress. */
const CACHED_BROTLI_QUALITY = 6;
const GZIP_LEVEL = 6;

/** Bodies that are also available in gzip. */
const gzipped = new WeakMap<Response, () => Promise<Uint8Array<ArrayBuffer>>>();

/** Lets the compressor send `make()` in place of compressing the body of the response. */
export function offerGzip(response: Response, make: () => Promise<Uint8Array<ArrayBuffer>>): Response {
  gzipped.set(response, make);
  return response;
}

export type Compress = (request: Request, response: Response) => Promise<Response>;

/** Compresses answers, and caches those that may be sent again. One per server. */
export function createCompressor(): Compress {
  const cache = new Map<string, Uint8Array<ArrayBuffer>>();
  let cacheBytes = 0;

  function keep(key: string, bytes: Uint8Array<ArrayBuffer>): void {
    cache.set(key, bytes);
    cacheBytes += bytes.byteLength;
    for (const [oldest, { byteLength }] of cache) {
      if (cacheBytes <= MAX_CACHE_BYTES) break;
      cache.delete(oldest);
      cacheBytes -= byteLength;
    }
  }

  async function compressBody(
    body: Uint8Array<ArrayBuffer>,
    coding: Coding,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const key = `${coding} ${new Uint8Array(await crypto.subtle.digest("SHA-256", body)).toHex()}`;
    const known = cache.get(key);
    if (known !== undefined) {
      cache.delete(key);
      cache.set(key, known);
      return known;
    }
    const coded = await compress(body, coding, CACHED_BROTLI_QUALITY);
    keep(key, coded);
    return coded;
  }

  return async (request, response) => {
    if (!isCompressible(response)) return response;
    const headers = new Headers(response.headers);
    addVary(headers);
    // Each answer with a page has its own nonce, so its bytes are never sent again.
    const isPage = headers.get("content-type")?.startsWith("text/html") === true;
    const coding = chooseCoding(request.headers.get("accept-encoding"), isPage ? PAGE_CODINGS : CODINGS);
    const { status, statusText } = response;
    const offered = coding === "gzip" ? gzipped.get(response) : undefined;
    if (coding === null || !offered && response.body === null) {
      return new Response(response.body, { status, statusText, headers });
    }
    const body = offered ? null : await response.bytes();
    if (body && body.byteLength < MIN_BYTES) return new Response(body, { status, statusText, headers });
    const coded = body === null
      ? await offered!()
      : isPage
      ? await compress(body, coding, BROTLI_QUALITY)
      : await compressBody(body, coding);
    headers.set("content-encoding", coding);
    headers.set("content-length", String(coded.byteLength));
    const tag = headers.get("etag");
    // The bytes differ from those of the tag, only their meaning is the same.
    if (tag !== null && !tag.startsWith("W/")) headers.set("etag", `W/${tag}`);
    return new Response(coded, { status, statusText, headers });
  };
}

/**
 * Chooses the coding among those that `Accept-Encoding` allows: the most preferred, ours first; null for
 * none, also when the header is absent.
 */
export function chooseCoding(
  accepted: string | null,
  codings: readonly Coding[] = CODINGS,
): Coding | null {
  const weights = new Map<string, number>();
  for (const part of (accepted ?? "").toLowerCase().split(",")) {
    const [name = "", ...parameters] = part.split(";").map((text) => text.trim());
    const stated = parameters.find((text) => text.startsWith("q="));
    const weight = stated === undefined ? 1 : Number(stated.slice(2));
    if (name !== "") weights.set(name === "x-gzip" ? "gzip" : name, weight >= 0 && weight <= 1 ? weight : 0);
  }
  const others = weights.get("*") ?? 0;
  const plain = weights.get("identity") ?? 0;
  let best: Coding | null = null;
  let most = 0;
  for (const coding of codings) {
    const weight = weights.get(coding) ?? others;
    if (weight > most && weight >= plain) [best, most] = [coding, weight];
  }
  return best;
}

function isCompressible(response: Response): boolean {
  const { headers, status } = response;
  const length = Number(headers.get("content-length") ?? 0);
  return status !== 206 && length <= MAX_BYTES && TEXT.test(headers.get("content-type") ?? "") &&
    !headers.has("content-encoding") && !headers.has("content-disposition") &&
    !/no-transform/.test(headers.get("cache-control") ?? "");
}

function addVary(headers: Headers): void {
  const vary = headers.get("vary") ?? "";
  if (!/\*|accept-encoding/i.test(vary)) headers.append("vary", "Accept-Encoding");
}

async function compress(
  body: Uint8Array,
  coding: Coding,
  quality: number,
): Promise<Uint8Array<ArrayBuffer>> {
  // Loaded when the first page is requested, not before the server listens.
  const { brotliCompressSync, constants, gzipSync } = await import("node:zlib");
  if (coding === "gzip") return new Uint8Array(gzipSync(body, { level: GZIP_LEVEL }));
  return new Uint8Array(brotliCompressSync(body, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: quality,
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_SIZE_HINT]: body.byteLength,
    },
  }));
}
