/** Measures the heap of a page that stays open, through many updates over its real stream. */
import type { Browser } from "playwright-core";
import type { Eighty } from "./eighty.ts";

export interface HeapAt {
  readonly updates: number;
  /** JavaScript heap after garbage collection. */
  readonly bytes: number;
  readonly nodes: number;
  readonly listeners: number;
}

/** Polls at once, limited by how far the page may lag. */
const BATCH = 20;

/** @param stops numbers of updates at which to measure, ascending; each is in the result */
export async function heapThrough(
  browser: Browser,
  site: Eighty,
  stops: readonly number[],
): Promise<readonly HeapAt[]> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    serviceWorkers: "block",
  });
  try {
    const page = await context.newPage();
    await page.addInitScript(countMessages);
    await page.goto(site.origin);
    await page.waitForSelector('[data-connection="live"]');
    await page.waitForFunction(() => (globalThis as { messages?: number }).messages === 1);
    const client = await context.newCDPSession(page);
    await client.send("Performance.enable");
    const seen: HeapAt[] = [];
    let sent = 0;
    for (const updates of stops) {
      while (sent < updates) {
        for (let i = 0; i < BATCH && sent < updates; i++, sent++) await site.poll();
        await page.waitForFunction(
          (wanted) => (globalThis as { messages?: number }).messages! >= wanted,
          sent + 1,
          {
            polling: 20,
          },
        );
      }
      // Let work for the next frame or idle period finish first.
      await page.waitForTimeout(500);
      await client.send("HeapProfiler.collectGarbage");
      const { metrics } = await client.send("Performance.getMetrics");
      const of = (wanted: string) => metrics.find(({ name }) => name === wanted)?.value ?? NaN;
      seen.push({
        updates,
        bytes: of("JSHeapUsedSize"),
        nodes: of("Nodes"),
        listeners: of("JSEventListeners"),
      });
    }
    return seen;
  } finally {
    await context.close();
  }
}

function countMessages(): void {
  const counted = globalThis as unknown as { messages: number; EventSource: typeof EventSource };
  counted.messages = 0;
  const Real = counted.EventSource;
  counted.EventSource = class extends Real {
    constructor(url: string | URL) {
      super(url);
      for (const type of ["view", "account"]) super.addEventListener(type, () => counted.messages++);
    }
  };
}
