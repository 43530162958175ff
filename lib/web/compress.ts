/**
 * Answers are compressed as whoever asks can read them: the runtime does it unasked no longer. What is sent again and
 * again (scripts, the stylesheet, JSON that was not made anew) is compressed once and kept. Live streams and files for
 * download are sent as they are made.
 */

export type Coding = "br" | "gzip";

/** In the order in which they are chosen where both are read equally well. */
const CODINGS: readonly Coding[] = ["br", "gzip"];
const TEXT =
  /^(?:text\/(?!event-stream)|image\/svg\+xml|application\/(?:[\w.-]+\+)?(?:json|javascript|xml)\b)/;
/** What is shorter fits one packet anyway. */
const MIN_BYTES = 1000;
/** What is longer is sent in parts, and not held in memory whole. */
const MAX_BYTES = 8 * 1024 * 1024;
/** Bytes of all that is kept; what was used longest ago goes first. */
const MAX_KEPT_BYTES = 1024 * 1024;
const BROTLI_QUALITY = 4;
/** What is kept may take longer. */
const KEPT_BROTLI_QUALITY = 6;
const GZIP_LEVEL = 6;

export type Compress = (request: Request, response: Response) => Promise<Response>;

/** Compresses answers, and keeps what may be sent again. Each server has its own. */
export function createCompressor(): Compress {
  const kept = new Map<string, Uint8Array<ArrayBuffer>>();
  let keptBytes = 0;

  function keep(key: string, bytes: Uint8Array<ArrayBuffer>): void {
    kept.set(key, bytes);
    keptBytes += bytes.byteLength;
    for (const [oldest, { byteLength }] of kept) {
      if (keptBytes <= MAX_KEPT_BYTES) break;
      kept.delete(oldest);
      keptBytes -= byteLength;
    }
  }

  async function codedOf(body: Uint8Array<ArrayBuffer>, coding: Coding): Promise<Uint8Array<ArrayBuffer>> {
    const key = `${coding} ${new Uint8Array(await crypto.subtle.digest("SHA-256", body)).toHex()}`;
    const known = kept.get(key);
    if (known !== undefined) {
      kept.delete(key);
      kept.set(key, known);
      return known;
    }
    const coded = await compress(body, coding, KEPT_BROTLI_QUALITY);
    keep(key, coded);
    return coded;
  }

  return async (request, response) => {
    if (!isCompressible(response)) return response;
    const headers = new Headers(response.headers);
    addVary(headers);
    const coding = chosenCoding(request.headers.get("accept-encoding"));
    const { status, statusText } = response;
    if (coding === null || response.body === null) {
      return new Response(response.body, { status, statusText, headers });
    }
    const body = await response.bytes();
    if (body.byteLength < MIN_BYTES) return new Response(body, { status, statusText, headers });
    // A page holds a number that is drawn for each answer, so none is ever sent again.
    const isPage = headers.get("content-type")?.startsWith("text/html") === true;
    const coded = isPage ? await compress(body, coding, BROTLI_QUALITY) : await codedOf(body, coding);
    headers.set("content-encoding", coding);
    headers.set("content-length", String(coded.byteLength));
    const tag = headers.get("etag");
    // The bytes are others, only what they say is the same.
    if (tag !== null && !tag.startsWith("W/")) headers.set("etag", `W/${tag}`);
    return new Response(coded, { status, statusText, headers });
  };
}

/**
 * The coding to send, of those that `Accept-Encoding` allows: the one that is wished for most, ours first; null for none,
 * as where nothing is said.
 */
export function chosenCoding(accepted: string | null): Coding | null {
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
  for (const coding of CODINGS) {
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
  // Loaded when somebody asks for a page, not before a server listens.
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
