/**
 * Moves an answer below a path: the application believes it is at the root of its host; when a proxy serves
 * it at `/ai-usage`, every path of the application in an answer gets that prefix.
 */

/** Attributes that hold one URL. The renderer always double-quotes values, with quotes in them escaped. */
const ATTRIBUTE = /(\s(?:href|src|action|formaction|data-home))="\/(?!\/)/g;
/** A script with its text, which is not markup; or one opening tag. */
const TAG = /<script\b(?:"[^"]*"|[^">])*>[^]*?<\/script>|<[a-z][^\s>/]*(?:"[^"]*"|[^">])*>/gi;
/** The URL of a feed, which is shown in full. */
const FEED_ADDRESS = /(\sdata-feed="address" value="https?:\/\/[^"/]+)\//g;
/** The URLs of pages in a feed. */
const FEED_LINK = /(<link rel="alternate" type="text\/html" href="https?:\/\/[^"\/]+)\//g;
/** The imports of the script that starts a page. */
const IMPORT = /(\bfrom\s*")\/(?=_fresh\/)/g;

/** The description of the API, which states the base URL of all its paths. */
const DESCRIPTION_PATH = "/api/openapi.json";

/**
 * @param path the requested path, as the application knows it
 * @param basePath `/ai-usage`; empty when served at the root
 */
export async function rebase(response: Response, path: string, basePath: string): Promise<Response> {
  if (basePath === "") return response;
  const headers = new Headers(response.headers);
  rebaseHeaders(headers, basePath);
  const init = { status: response.status, statusText: response.statusText, headers };
  const change = changeFor(path, headers.get("content-type") ?? "");
  if (change === null || response.body === null) return new Response(response.body, init);
  headers.delete("content-length");
  return new Response(change(await response.text(), basePath), init);
}

function rebaseHeaders(headers: Headers, basePath: string): void {
  const location = headers.get("location");
  if (location !== null) headers.set("location", moveAddress(location, basePath));
  const link = headers.get("link");
  if (link !== null) headers.set("link", link.replaceAll(/<\/(?!\/)/g, `<${basePath}/`));
  const cookies = headers.getSetCookie();
  if (cookies.length === 0) return;
  headers.delete("set-cookie");
  for (const cookie of cookies) {
    // Browsers accept `__Host-` cookies only with the root as path.
    headers.append(
      "set-cookie",
      cookie.replace(/^__Host-/, "__Secure-").replace(/;\s*path=\/(?=;|$)/i, `; Path=${basePath}`),
    );
  }
}

function moveAddress(address: string, basePath: string): string {
  return /^\/(?![/\\])/.test(address) ? `${basePath}${address}` : address;
}

function changeFor(path: string, type: string): ((text: string, basePath: string) => string) | null {
  if (type.startsWith("text/html")) return rebaseHtml;
  if (type.startsWith("application/manifest+json")) return rebaseManifest;
  if (type.startsWith("application/atom+xml")) {
    return (text, basePath) => text.replaceAll(FEED_LINK, `$1${basePath}/`);
  }
  if (path === DESCRIPTION_PATH && type.startsWith("application/json")) {
    return (text, basePath) => JSON.stringify({ ...JSON.parse(text), servers: [{ url: basePath }] });
  }
  return null;
}

export function rebaseHtml(html: string, basePath: string): string {
  return html.replaceAll(TAG, (part) => {
    const isScript = /^<script\b/i.test(part);
    const end = isScript ? part.indexOf(">") + 1 : part.length;
    const tag = part.slice(0, end).replaceAll(ATTRIBUTE, `$1="${basePath}/`).replaceAll(
      FEED_ADDRESS,
      `$1${basePath}/`,
    );
    return isScript ? tag + part.slice(end).replaceAll(IMPORT, `$1${basePath}/`) : tag;
  });
}

const ADDRESSES: ReadonlySet<string> = new Set(["id", "start_url", "scope", "src", "url"]);

function rebaseManifest(text: string, basePath: string): string {
  return JSON.stringify(
    JSON.parse(
      text,
      (key, value: unknown) =>
        ADDRESSES.has(key) && typeof value === "string" ? moveAddress(value, basePath) : value,
    ),
  );
}
