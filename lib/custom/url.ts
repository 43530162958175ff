/** Checks a source's URL before anything resolves it. Pure. */

/** Headers that belong to the transport, or carry another login. */
const REFUSED_HEADERS = new Set([
  "connection",
  "content-length",
  "cookie",
  "expect",
  "host",
  "keep-alive",
  "origin",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "referer",
  "set-cookie",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "via",
]);

/** Query parameters that probably contain a key. */
const SECRET_PARAMETER =
  /(?:^|[_-])(?:key|apikey|token|secret|password|passwd|auth|signature|sig|access|credential)s?(?:$|[_-])/i;

/** Returns what is wrong with a source's URL, or null. */
export function urlProblem(text: string): string | null {
  if (text.length > 2048 || !URL.canParse(text)) return "is not a URL";
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") return "is neither https nor http";
  if (url.username !== "" || url.password !== "") {
    return "contains a user name or password: put the key in a setting";
  }
  if (url.hash !== "") return "has a fragment, which is never sent";
  for (const name of url.searchParams.keys()) {
    const parts = name.replace(/([a-z])([A-Z])/g, "$1_$2");
    if (SECRET_PARAMETER.test(parts)) {
      return `has "${name.slice(0, 40)}" in its query: put the key in a setting, not in the URL`;
    }
  }
  if (url.hostname === "" || url.hostname.endsWith(".")) return "has no valid host";
  return null;
}

/** Returns what is wrong with a source's header, or null. */
export function headerProblem(name: string, value?: string): string | null {
  if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/.test(name)) return "is not a name of a header";
  const lower = name.toLowerCase();
  if (REFUSED_HEADERS.has(lower) || lower.startsWith("sec-") || lower.startsWith("proxy-")) {
    return "may not be set";
  }
  if (value === undefined) return null;
  if (lower === "authorization" || /(?:^|-)(?:api-?key|token|secret)$/.test(lower)) {
    return "carries a key: say so in auth, and keep the key in a setting";
  }
  // deno-lint-ignore no-control-regex
  return value.length > 1024 || /[\u0000-\u001f\u007f]/.test(value)
    ? "has a value that cannot be sent"
    : null;
}
