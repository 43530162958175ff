/**
 * What a browser loads to show a page, the overview unless another is named: bytes as they are and gzipped, of every script and stylesheet
 * that the page of the demo names, and of the page itself.
 *
 *     deno run -A dev/bench/page_weight.ts [/analytics]
 *
 * Our server does not compress; the figures are what a proxy that does would send.
 */
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

/** The page, and all scripts and stylesheets it leads to, each once. */
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

if (import.meta.main) {
  await using site = await openDemoSite();
  const { page, assets } = await weighPage(site.origin, Deno.args[0] ?? "/");
  const row = (name: string, bytes: number, gzipped: number) =>
    console.log(`${name.padEnd(28)} ${String(bytes).padStart(8)} ${String(gzipped).padStart(8)}`);
  console.log(`${"".padEnd(28)} ${"bytes".padStart(8)} ${"gzipped".padStart(8)}`);
  for (const { path, bytes, gzipped } of assets) row(path.split("/").at(-1)!, bytes, gzipped);
  const sum = (of: "bytes" | "gzipped") => assets.reduce((total, asset) => total + asset[of], 0);
  row("scripts and stylesheet", sum("bytes"), sum("gzipped"));
  row("the page itself", page.bytes, page.gzipped);
}
