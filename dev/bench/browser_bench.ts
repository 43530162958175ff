/**
 * Measures the dashboard in Chromium, as tables for `docs/performance.md`.
 *
 *     deno run -A dev/bench/browser_bench.ts [pages] [updates] [heap] [--visits 5] [--updates 10000] [--db FILE]
 *
 * Pages show a year of history of 15 accounts with 4 quotas each, at half-hour steps, and at five minutes in
 * its last 30 days. `--db` keeps it between runs. Live updates use 80 quotas on one page.
 */
import { parseArgs } from "node:util";
import { type Browser, chromium } from "playwright-core";
import { CHROMIUM_ARGUMENTS, findChromium } from "../../tests/support/chromium.ts";
import { openEighty } from "./browser/eighty.ts";
import { heapThrough } from "./browser/long_open.ts";
import { listPages } from "./browser/pages.ts";
import { readPaints } from "./browser/paints.ts";
import { serverTimes } from "./browser/server_times.ts";
import { updateCost } from "./browser/updates.ts";
import { makeYear, openYearSite } from "./browser/year_site.ts";
import { readScripts } from "./page_weight.ts";

const ACCOUNTS = 15;
const PARTS: Readonly<Record<string, (browser: Browser) => Promise<void>>> = {
  updates: measureUpdates,
  heap: measureHeap,
  pages: measurePages,
};
const { values, positionals } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: {
    visits: { type: "string", default: "5" },
    updates: { type: "string", default: "10000" },
    db: { type: "string" },
  },
});

async function measurePages(browser: Browser): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "syntrack-bench-" });
  const file = values.db ?? `${folder}/year.db`;
  const began = performance.now();
  if (!fileExists(file)) await makeYear(file, ACCOUNTS);
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  console.log(`\nA year of ${ACCOUNTS} accounts of 4 quotas, made in ${seconds} s:\n`);
  await using site = await openYearSite(file);
  printHeading([
    "page",
    "server",
    "p99",
    "cpu",
    "after a poll",
    "HTML",
    "FCP",
    "LCP",
    "again: FCP",
    "LCP",
    "thread",
    "shift",
    "scripts",
  ]);
  for (const path of listPages("demo/account-1")) {
    const server = await serverTimes(site, path);
    const visits = Number(values.visits);
    const paints = await readPaints(browser, site.origin + path, visits, "new");
    const again = await readPaints(browser, site.origin + path, visits, "warm");
    const scripts = await readScripts(site.origin, path);
    printRow([
      `\`${path}\``,
      formatMs(server.median),
      formatMs(server.p99),
      formatMs(server.cpu),
      formatMs(server.polled),
      `${Math.round(server.bytes / 1000)} kB`,
      formatMs(paints.first, 0),
      formatMs(paints.largest, 0),
      formatMs(again.first, 0),
      formatMs(again.largest, 0),
      formatMs(paints.thread, 0),
      paints.shift.toFixed(4),
      `${(scripts.gzipped / 1000).toFixed(1)} kB`,
    ]);
  }
  await Deno.remove(folder, { recursive: true });
}

async function measureUpdates(browser: Browser): Promise<void> {
  await using site = await openEighty();
  console.log("\nA live update of a page that is open:\n");
  printHeading(["page", "drawn", "what changed", "median", "p99", "thread"]);
  for (const path of ["/?view=comfortable", "/?view=compact"]) {
    for (const opened of [false, true]) {
      for (const whole of [false, true]) {
        const cost = await updateCost(browser, site.origin + path, {
          count: whole ? 50 : 200,
          whole,
          opened,
        });
        const what = whole ? "all accounts" : "one account";
        printRow([
          `\`${path}\``,
          String(cost.cards),
          what,
          formatMs(cost.median),
          formatMs(cost.p99),
          formatMs(cost.thread),
        ]);
      }
    }
  }
}

async function measureHeap(browser: Browser): Promise<void> {
  await using site = await openEighty();
  const total = Number(values.updates);
  const seen = await heapThrough(
    browser,
    site,
    [0, 0.1, 0.25, 0.5, 0.75, 1].map((part) => Math.round(part * total)),
  );
  console.log("\nThe overview of 80 quotas, left open:\n");
  printHeading(["updates", "heap", "nodes", "listeners"]);
  for (const { updates, bytes, nodes, listeners } of seen) {
    printRow([
      updates.toLocaleString("en"),
      `${(bytes / 1e6).toFixed(2)} MB`,
      String(nodes),
      String(listeners),
    ]);
  }
}

function printHeading(cells: readonly string[]): void {
  printRow(cells);
  printRow(cells.map((_, index) => index === 0 ? "---" : "---:"));
}

function printRow(cells: readonly string[]): void {
  console.log(`| ${cells.join(" | ")} |`);
}

function formatMs(value: number, digits = 1): string {
  return `${value.toFixed(digits)} ms`;
}

function fileExists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

if (import.meta.main) {
  const wanted = positionals.length > 0 ? positionals : Object.keys(PARTS);
  const unknown = wanted.find((part) => !Object.hasOwn(PARTS, part));
  const executablePath = findChromium();
  if (unknown !== undefined || executablePath === null) {
    console.error(
      unknown === undefined
        ? "No Chromium found: install one, or name it in CHROMIUM_PATH"
        : `Unknown part "${unknown}": there is ${Object.keys(PARTS).join(", ")}`,
    );
    Deno.exit(2);
  }
  const browser = await chromium.launch({ executablePath, headless: true, args: [...CHROMIUM_ARGUMENTS] });
  try {
    const load = () => Deno.loadavg().map((value) => value.toFixed(1)).join(", ");
    console.log(`Chromium ${browser.version()}, Deno ${Deno.version.deno}, load before: ${load()}`);
    for (const part of wanted) await PARTS[part]!(browser);
    console.log(`\nLoad after: ${load()}`);
  } finally {
    await browser.close();
  }
}
