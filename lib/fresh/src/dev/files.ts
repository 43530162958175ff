import { extname, join } from "node:path";

/** Returns all files below a directory, in a stable order; none if it does not exist. */
export async function walk(
  dir: string,
  enter: (name: string) => boolean = () => true,
): Promise<string[]> {
  let entries: Deno.DirEntry[];
  try {
    entries = await Array.fromAsync(Deno.readDir(dir));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
  const files: string[] = [];
  for (
    const { name, isDirectory } of entries.sort((a, b) => a.name < b.name ? -1 : 1)
  ) {
    if (!enter(name)) continue;
    const path = join(dir, name);
    if (isDirectory) files.push(...await walk(path, enter));
    else files.push(path);
  }
  return files;
}

/** Returns a path as URLs and import specifiers write it. */
export function toPosix(path: string): string {
  return path.replaceAll("\\", "/");
}

export async function hashFiles(
  content: Uint8Array<ArrayBuffer>,
): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", content)).toHex();
}

/** Hashes names and contents, in any order. Half a digest is enough to distinguish builds. */
export async function hashOfAll(
  files: readonly {
    readonly name: string;
    readonly content: Uint8Array<ArrayBuffer>;
  }[],
): Promise<string> {
  const lines = await Promise.all(
    files.map(async ({ name, content }) => `${name} ${await hashFiles(content)}`),
  );
  const hash = await hashFiles(new TextEncoder().encode(lines.sort().join("\n")));
  return hash.slice(0, 32);
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".avif": "image/avif",
  ".css": "text/css; charset=UTF-8",
  ".gif": "image/gif",
  ".html": "text/html; charset=UTF-8",
  ".ico": "image/vnd.microsoft.icon",
  ".jpeg": "image/jpeg",
  ".jpg": "image/jpeg",
  ".js": "text/javascript; charset=UTF-8",
  ".json": "application/json; charset=UTF-8",
  ".map": "application/json; charset=UTF-8",
  ".md": "text/markdown; charset=UTF-8",
  ".mjs": "text/javascript; charset=UTF-8",
  ".pdf": "application/pdf",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=UTF-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json; charset=UTF-8",
  ".webp": "image/webp",
  ".woff": "font/woff",
  ".woff2": "font/woff2",
  ".xml": "application/xml",
};

export function findContentType(path: string): string {
  return CONTENT_TYPES[extname(path).toLowerCase()] ?? "text/plain";
}
