/** The path arithmetic of Fresh: file names to URL patterns, patterns to segments. Pure. */

/**
 * Turns the path of a route file, without its extension, into a URL pattern:
 * `a/[id]` becomes `/a/:id`, `a/[...rest]` becomes `/a/:rest*`, `(group)/a` becomes `/a`.
 */
export function pathToPattern(
  path: string,
  options: { readonly keepGroups?: boolean } = {},
): string {
  const parts = path.split("/");
  if (parts.at(-1) === "index") parts.pop();

  let pattern = "";
  for (const part of parts) {
    if (part === "") continue;
    if (
      part.startsWith("(") && part.endsWith(")") && options.keepGroups !== true
    ) continue;
    pattern += `/${segmentToPattern(part, path)}`;
  }
  return pattern === "" ? "/" : pattern;
}

function segmentToPattern(part: string, path: string): string {
  const rest = /^\[\.\.\.([^\[\]]+)\]$/.exec(part);
  if (rest !== null) return `:${rest[1]}*`;
  if (part.includes("][")) {
    throw new SyntaxError(
      `Cannot use route file "${path}": two parameters need a character between them`,
    );
  }
  if (part.includes("[[") || part.includes("]]")) {
    throw new SyntaxError(
      `Cannot use route file "${path}": optional segments are not supported`,
    );
  }
  const pattern = part.replaceAll(/\[([^\[\]]+)\]/g, ":$1");
  if (/[\[\]]/.test(pattern)) {
    throw new SyntaxError(
      `Cannot use route file "${path}": brackets do not match`,
    );
  }
  return pattern;
}

/**
 * Names of the segments a pattern passes through, below the root. The last part belongs to the
 * route itself and counts only for middlewares, layouts and error pages (`includeLast`).
 */
export function patternToSegments(
  pattern: string,
  includeLast: boolean,
): string[] {
  if (pattern === "*" || pattern === "/*") return [];
  const parts = pattern.replaceAll(/\{[^}]*\}\??/g, "").split("/");
  if (parts[0] === "") parts.shift();
  const last = parts.pop() ?? "";
  if (includeLast && last !== "") parts.push(last);
  return parts;
}

/** Puts a pattern below a base path. */
export function mergePath(
  basePath: string,
  path: string,
  isMounting: boolean,
): string {
  let base = basePath.endsWith("*") ? basePath.slice(0, -1) : basePath;
  if (base === "/") base = "";
  if (path === "*") return isMounting ? base : `${base}/*`;
  return base !== "" && path === "/" ? base : base + path;
}

/**
 * Refuses `/admin/*` where a prefix is meant. Fresh takes the star for a literal segment, so a guard
 * registered that way silently covers nothing.
 */
export function checkPrefix(method: string, path: string): void {
  if (path !== "/*" && path.endsWith("/*")) {
    throw new TypeError(
      `Cannot use "${path}" in app.${method}(): a path covers everything below it, write "${
        path.slice(0, -2)
      }"`,
    );
  }
}
