/**
 * Measures when a page first paints and when it is complete, and
 * whether anything shifts: each visit with a new browser profile.
 */
import type { Browser } from "playwright-core";
import { median } from "../median.ts";

export interface Paints {
  /** First contentful paint, median, in milliseconds since the navigation. */
  readonly first: number;
  /** Largest contentful paint, measured the same way. */
  readonly largest: number;
  /** Main thread processor time until the page has hydrated, median, in milliseconds. */
  readonly thread: number;
  /** Cumulative layout shift, the worst of all visits. */
  readonly shift: number;
}

/** Late shifts count too. */
const SETTLE_MS = 700;

export async function readPaints(browser: Browser, url: string, visits: number): Promise<Paints> {
  const all: Paints[] = [];
  for (let i = 0; i < visits; i++) all.push(await visit(browser, url));
  const of = (name: keyof Paints) => all.map((paints) => paints[name]);
  return {
    first: median(of("first")),
    largest: median(of("largest")),
    thread: median(of("thread")),
    shift: Math.max(...of("shift")),
  };
}

async function visit(browser: Browser, url: string): Promise<Paints> {
  const viewport = { width: 1440, height: 900 };
  const context = await browser.newContext({ viewport, serviceWorkers: "block" });
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
    const client = await context.newCDPSession(page);
    await client.send("Performance.enable", { timeDomain: "threadTicks" });
    const answer = await page.goto(url, { waitUntil: "load" });
    if (answer?.status() !== 200) throw new Error(`${url} answers ${answer?.status()}`);
    await page.waitForTimeout(SETTLE_MS);
    const { metrics } = await client.send("Performance.getMetrics");
    const thread = 1000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? NaN);
    return await page.evaluate((thread) => {
      const { seen } = globalThis as unknown as { seen: { largest: number; shift: number } };
      const first = performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN;
      return { first, ...seen, thread };
    }, thread);
  } finally {
    await context.close();
  }
}
