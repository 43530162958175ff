/**
 * Measures what a browser loads for each page of the demo, gzipped: the page, its stylesheet and its scripts,
 * then every file that any of them names. Measures the named pages, or all.
 *
 *     deno run -A dev/bench/page_weight.ts [/analytics]
 *
 * The figures are what a compressing proxy would send.
 */
import { listPages } from "./browser/pages.ts";
import { openDemoSite } from "../../tests/support/demo_site.ts";

interface Weight {
  readonly path: string;
  readonly bytes: number;
  readonly gzipped: number;
}

const ASSET = /(?:src|href)="([^"]+\.(?:js|css)[^"]*)"|(?:from |import )"(\/[^"]+\.js[^"]*)"/g;

async function weigh(origin: string, path: string): Promise<Weight & { readonly text: string }> {
  const response = await fetch(origin + path);
  if (!response.ok) throw new Error(`Cannot weigh ${path}: status ${response.status}`);
  const text = await response.text();
  const bytes = new TextEncoder().encode(text);
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  const gzipped = (await new Response(stream).arrayBuffer()).byteLength;
  return { path: path.split("?")[0]!, bytes: bytes.byteLength, gzipped, text };
}

/** Measures the page, and all scripts and stylesheets it leads to, each once. */
async function weighPage(origin: string, path: string) {
  const page = await weigh(origin, path);
  const links = [...page.text.matchAll(ASSET)].map(([, link, module]) => (link ?? module)!);
  const waiting = [...new Set(links)];
  const assets = new Map<string, Weight>();
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const asset = await weigh(origin, next);
    if (assets.has(asset.path)) continue;
    assets.set(asset.path, asset);
    for (const [, from] of asset.text.matchAll(/(?:from|import)\s*"(\.\/[^"]+\.js)"/g)) {
      waiting.push(new URL(from!, new URL(next, origin)).pathname);
    }
  }
  return { page, assets: [...assets.values()] };
}

/** Measures all scripts of a page together. */
export async function readScripts(origin: string, path: string): Promise<Omit<Weight, "path">> {
  const { assets } = await weighPage(origin, path);
  const scripts = assets.filter((asset) => asset.path.endsWith(".js"));
  const sum = (of: "bytes" | "gzipped") => scripts.reduce((total, script) => total + script[of], 0);
  return { bytes: sum("bytes"), gzipped: sum("gzipped") };
}

if (import.meta.main) {
  await using site = await openDemoSite();
  const printRow = (name: string, ...columns: readonly (string | number)[]) =>
    console.log(`${name.padEnd(44)} ${columns.map((column) => String(column).padStart(9)).join(" ")}`);
  const every = new Map<string, Weight>();
  printRow("gzipped", "page", "styles", "scripts");
  for (const path of Deno.args.length > 0 ? Deno.args : listPages("zai/default")) {
    const { page, assets } = await weighPage(site.origin, path);
    const sum = (end: string) =>
      assets.reduce((total, asset) => total + (asset.path.endsWith(end) ? asset.gzipped : 0), 0);
    printRow(path, page.gzipped, sum(".css"), sum(".js"));
    for (const asset of assets) every.set(asset.path, asset);
  }
  printRow("\nfiles", "bytes", "gzipped");
  for (const { path, bytes, gzipped } of every.values()) printRow(path.split("/").at(-1)!, bytes, gzipped);
}
