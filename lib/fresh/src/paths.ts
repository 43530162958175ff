/**
 * Resolves a relative path against an absolute one. Enough for generated code, which then needs no `node:path`.
 */
export function joinPath(base: string, relative: string): string {
  const parts = base.replaceAll("\\", "/").split("/");
  for (const part of relative.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}
