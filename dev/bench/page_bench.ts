/**
 * What pages cost a browser: first and largest paint and layout shift of each over loopback, the main thread's time
 * of a live update with 80 quotas on screen, and the heap of a page through many updates.
 *
 *     deno run -A dev/bench/page_bench.ts [--days 30] [--updates 10000]
 */
import { parseArgs } from "node:util";
import { type Browser, chromium, type Page } from "playwright-core";
import type { Reading } from "../../lib/model/quota.ts";
import { CHROMIUM_ARGUMENTS, findChromium } from "../../tests/support/chromium.ts";
import { ANCHOR, openDemoSite } from "../../tests/support/demo_site.ts";
import { FakeClock } from "../../tests/support/fake_clock.ts";
import { fakeServices } from "../../tests/support/fake_services.ts";
import { serveBuilt } from "../../tests/support/built_site.ts";
import { reading } from "../../tests/support/readings.ts";
import { median, quantile } from "./median.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: { days: { type: "string", default: "30" }, updates: { type: "string", default: "10000" } },
});
const DAY_MS = 86_400_000;
const VISITS = 7;
const ACCOUNTS = 20;
const QUOTAS = 4;
/** Of the fake services; a page is loaded again when another answers. */
const VERSION = "0.0.0-test";

const PAGES = [
  "/",
  "/?view=compact",
  "/accounts/zai/default",
  "/accounts/zai/default?quota=five-hour",
  "/analytics",
  "/cycles",
  "/sessions",
  "/cycle-overview",
  "/history",
  "/stats",
  "/settings",
  "/help",
];

interface Paint {
  readonly first: number;
  readonly largest: number;
  readonly shift: number;
  readonly server: number;
}

async function visit(browser: Browser, url: string): Promise<Paint | null> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    serviceWorkers: "block",
  });
  try {
    const page = await context.newPage();
    await page.addInitScript(() => {
      const seen = { largest: 0, shift: 0 };
      Object.assign(globalThis, { seen });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) seen.largest = entry.startTime;
      }).observe({ type: "largest-contentful-paint", buffered: true });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) seen.shift += (entry as unknown as { value: number }).value;
      }).observe({ type: "layout-shift", buffered: true });
    });
    const answer = await page.goto(url, { waitUntil: "load" });
    if (answer?.status() !== 200) return null;
    await page.waitForSelector('[data-connection="live"]').catch(() => undefined);
    // What moves late is counted as well.
    await page.waitForTimeout(1500);
    return await page.evaluate(() => {
      const { seen } = globalThis as unknown as { seen: { largest: number; shift: number } };
      const first = performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN;
      const [navigation] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
      return { first, ...seen, server: navigation!.responseEnd - navigation!.requestStart };
    });
  } finally {
    await context.close();
  }
}

async function paints(browser: Browser): Promise<void> {
  await using site = await openDemoSite({ spanMs: Number(values.days) * DAY_MS, troubles: "usual" });
  console.log(`the demo with ${values.days} days of history, medians of ${VISITS} visits, milliseconds`);
  console.log(`${"".padEnd(40)} first  largest  answer  shift (worst)`);
  for (const path of PAGES) {
    const all: Paint[] = [];
    for (let i = 0; i < VISITS; i++) {
      const paint = await visit(browser, site.origin + path);
      if (paint) all.push(paint);
    }
    if (all.length === 0) continue;
    const of = (name: keyof Paint) => median(all.map((paint) => paint[name])).toFixed(0).padStart(5);
    const worst = Math.max(...all.map(({ shift }) => shift)).toFixed(4);
    console.log(`${path.padEnd(40)} ${of("first")}    ${of("largest")}   ${of("server")}  ${worst}`);
  }
}

/** Takes the stream's place, and lets a script say what comes. */
function overhear(): void {
  const sources: Playable[] = [];
  class Playable extends EventTarget {
    static readonly CLOSED = 2;
    readyState = 1;
    onopen: (() => void) | null = null;
    onerror: (() => void) | null = null;
    constructor() {
      super();
      sources.push(this);
      setTimeout(() => this.onopen?.());
    }
    close() {}
  }
  Object.assign(globalThis, { EventSource: Playable, sources });
}

async function updates(browser: Browser): Promise<void> {
  const clock = new FakeClock(ANCHOR);
  await using services = await fakeServices({ clock });
  const readings = (round: number): readonly Reading[] =>
    Array.from(
      { length: QUOTAS },
      (_, i) =>
        reading({ quota: `quota-${i}`, label: `Quota ${i}`, used: (10 + 17 * i + round * 0.37) % 100 }),
    );
  const keys = Array.from(
    { length: ACCOUNTS },
    (_, i) => `acme/account-${String(i).padStart(2, "0")}` as const,
  );
  for (let round = 0; round < 4; round++) {
    for (const key of keys) await services.polled(key, readings(round));
    clock.jump(60_000);
  }
  await using site = await serveBuilt(services);
  for (const view of ["comfortable", "compact"]) {
    const context = await browser.newContext({
      viewport: { width: 1440, height: 900 },
      serviceWorkers: "block",
    });
    const page = await context.newPage();
    await page.addInitScript(overhear);
    await page.goto(`${site.origin}/?view=${view}`);
    await page.waitForSelector('[data-connection="live"]');
    const cards = await page.locator(".quota-card").count();
    const times = await play(page, 200, false);
    const whole = await play(page, 50, true);
    console.log(
      `${view}, ${cards} quotas: an account ${median(times).toFixed(1)} ms (99th ${
        quantile(times, 0.99).toFixed(1)
      }), the whole view ${median(whole).toFixed(1)} ms`,
    );
    if (view === "comfortable") await heap(page);
    await context.close();
  }
}

/** Sends changed accounts (or whole views) to the page; resolves to the main thread's time of each, layout included. */
async function play(page: Page, count: number, whole: boolean): Promise<readonly number[]> {
  return await page.evaluate(async ({ count, whole, version }) => {
    const [source] = (globalThis as unknown as { sources: EventTarget[] }).sources.slice(-1);
    const state = globalThis as unknown as { base?: { at: number; eventId: number; accounts: Account[] } };
    interface Account {
      at: number;
      quotas: { at: number; used: number; share: number; utilization: number }[];
    }
    // What the page keeps for when the server is away is the view it shows.
    state.base ??= JSON.parse(localStorage.getItem("last-view")!).view;
    const { base } = state;
    const times: number[] = [];
    const changed = (account: Account, at: number) => ({
      ...account,
      at,
      quotas: account.quotas.map((quota) => {
        const used = (quota.used + 0.7) % 100;
        return { ...quota, at, used, share: used / 100, utilization: used / 100 };
      }),
    });
    for (let i = 0; i < count; i++) {
      base!.at += 1000;
      base!.eventId++;
      const place = i % base!.accounts.length;
      if (whole) base!.accounts = base!.accounts.map((account) => changed(account, base!.at));
      else base!.accounts[place] = changed(base!.accounts[place]!, base!.at);
      const { at, eventId } = base!;
      const data = JSON.stringify(
        whole ? { ...base, version } : { at, eventId, account: base!.accounts[place] },
      );
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      const began = performance.now();
      source!.dispatchEvent(new MessageEvent(whole ? "view" : "account", { data }));
      await new Promise<void>((resolve) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve();
        port2.postMessage(null);
      });
      document.body.getBoundingClientRect();
      times.push(performance.now() - began);
    }
    return times;
  }, { count, whole, version: VERSION });
}

async function heap(page: Page): Promise<void> {
  const client = await page.context().newCDPSession(page);
  const used = async () => {
    await client.send("HeapProfiler.collectGarbage");
    const { usedSize } = await client.send("Runtime.getHeapUsage");
    return (usedSize / 1e6).toFixed(1);
  };
  const total = Number(values.updates);
  const sizes = [await used()];
  for (const part of [0.1, 0.4, 0.5]) {
    await play(page, Math.round(total * part), false);
    sizes.push(await used());
  }
  console.log(`heap after 0, 10, 50 and 100 percent of ${total} updates: ${sizes.join(", ")} MB`);
}

if (import.meta.main) {
  const executablePath = findChromium();
  if (executablePath === null) {
    console.error("No Chromium found: install one, or name it in CHROMIUM_PATH");
    Deno.exit(1);
  }
  const browser = await chromium.launch({ executablePath, headless: true, args: [...CHROMIUM_ARGUMENTS] });
  try {
    await updates(browser);
    await paints(browser);
  } finally {
    await browser.close();
  }
}
