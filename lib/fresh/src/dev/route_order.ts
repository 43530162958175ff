/**
 * Order of registration, which is meaning: the app shell first, then in each folder its middleware, layout and
 * error page before its routes, and among routes the literal before the parameter before the rest.
 */
export function compareRoutes(a: string, b: string): number {
  if (a.endsWith("/_app") !== b.endsWith("/_app")) {
    return a.endsWith("/_app") ? -1 : 1;
  }
  const left = a.split("/");
  const right = b.split("/");
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [one = "", other = ""] = [left[i], right[i]];
    if (one === other) continue;
    return rank(one) - rank(other) || (one < other ? -1 : 1);
  }
  return left.length - right.length;
}

function rank(segment: string): number {
  if (segment === "_middleware") return 0;
  if (segment === "_error") return 2;
  if (segment.startsWith("_")) return 1;
  if (segment === "index") return 3;
  if (segment.startsWith("[...")) return 7;
  if (segment.startsWith("[")) return 6;
  return segment.startsWith("(") ? 5 : 4;
}
