/**
 * Measures when a page first paints and when it is complete, and whether anything shifts: for the first time in a new
 * browser profile, and again in one that has seen the page before.
 */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { computeMedian } from "../median.ts";

/**
 * Each visit in a profile of its own, whose first page it is; or from another page of the dashboard, in a profile that
 * has seen both.
 */
export type Profile = "new" | "warm";

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

export async function readPaints(
  browser: Browser,
  url: string,
  visits: number,
  profile: Profile,
): Promise<Paints> {
  const all: Paints[] = [];
  if (profile === "warm") {
    await using context = await openContext(browser);
    const page = await openPage(context);
    await visit(page, url);
    for (let i = 0; i < visits; i++) {
      await page.goto(new URL("/offline", url).href);
      all.push(await visit(page, url));
    }
  } else {
    for (let i = 0; i < visits; i++) {
      await using context = await openContext(browser);
      all.push(await visit(await openPage(context), url));
    }
  }
  const of = (name: keyof Paints) => all.map((paints) => paints[name]);
  return {
    first: computeMedian(of("first")),
    largest: computeMedian(of("largest")),
    thread: computeMedian(of("thread")),
    shift: Math.max(...of("shift")),
  };
}

function openContext(browser: Browser): Promise<BrowserContext> {
  return browser.newContext({ viewport: { width: 1440, height: 900 }, serviceWorkers: "block" });
}

async function openPage(context: BrowserContext): Promise<Page> {
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
  return page;
}

async function visit(page: Page, url: string): Promise<Paints> {
  const client = await page.context().newCDPSession(page);
  await client.send("Performance.enable", { timeDomain: "threadTicks" });
  const taskTime = async () => {
    const { metrics } = await client.send("Performance.getMetrics");
    return 1000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? NaN);
  };
  const began = await taskTime();
  const answer = await page.goto(url, { waitUntil: "load" });
  if (answer?.status() !== 200) throw new Error(`${url} answers ${answer?.status()}`);
  await page.waitForTimeout(SETTLE_MS);
  const thread = await taskTime() - began;
  await client.detach();
  return await page.evaluate((thread) => {
    const { seen } = globalThis as unknown as { seen: { largest: number; shift: number } };
    const first = performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN;
    return { first, ...seen, thread };
  }, thread);
}
