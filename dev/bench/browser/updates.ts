/**
 * Measures what a live update costs the main thread of an open page. A fake stream sends the page messages
 * made from its own view, so that only the page is measured.
 */
import type { Browser, CDPSession, Page } from "playwright-core";
import { computeMedian, computeQuantile } from "../median.ts";

/** Version of the fake services; a page reloads when another version answers. */
const VERSION = "0.0.0-test";

export interface UpdateCost {
  readonly cards: number;
  /** From the message to the finished layout, in milliseconds. */
  readonly median: number;
  readonly p99: number;
  /** Main thread processor time for it, including painting and later work, in milliseconds. */
  readonly thread: number;
}

export interface UpdateOptions {
  /** How many updates to measure. */
  readonly count: number;
  /** True when all accounts change at once, as after a settings change; false for one. */
  readonly whole: boolean;
  /** True to open every account first, so that all quotas are drawn; false for the page as it loads. */
  readonly opened: boolean;
}

export async function updateCost(
  browser: Browser,
  url: string,
  { opened, ...options }: UpdateOptions,
): Promise<UpdateCost> {
  const viewport = { width: 1440, height: 900 };
  const context = await browser.newContext({ viewport, serviceWorkers: "block" });
  try {
    const page = await context.newPage();
    await page.addInitScript(standIn);
    const client = await context.newCDPSession(page);
    await client.send("Performance.enable", { timeDomain: "threadTicks" });
    await page.goto(url);
    await page.waitForSelector('[data-connection="live"]');
    if (opened) {
      await page.locator(".folded-account > details").evaluateAll((folds) => {
        for (const fold of folds) (fold as HTMLDetailsElement).open = true;
      });
    }
    const cards = await page.locator(".quota-card").count();
    await play(page, { count: 30, whole: options.whole, silent: false });
    // Frames cost something even without messages.
    const idle = await taskTime(client, () => play(page, { ...options, silent: true }));
    const busy = await taskTime(client, () => play(page, { ...options, silent: false }));
    return {
      cards,
      median: computeMedian(busy.result),
      p99: computeQuantile(busy.result, 0.99),
      thread: (busy.ms - idle.ms) / options.count,
    };
  } finally {
    await context.close();
  }
}

async function taskTime<T>(client: CDPSession, run: () => Promise<T>) {
  const measureTask = async () => {
    const { metrics } = await client.send("Performance.getMetrics");
    return 1000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? NaN);
  };
  const began = await measureTask();
  const result = await run();
  return { result, ms: await measureTask() - began };
}

/** Replaces the stream in the page. */
function standIn(): void {
  class Playable extends EventTarget {
    static readonly CLOSED = 2;
    readyState = 1;
    onopen: (() => void) | null = null;
    onerror: (() => void) | null = null;
    constructor() {
      super();
      Object.assign(globalThis, { source: this });
      setTimeout(() => this.onopen?.());
    }
    close() {}
  }
  Object.assign(globalThis, { EventSource: Playable });
}

interface Play {
  readonly count: number;
  readonly whole: boolean;
  /** Lets frames pass without a message. */
  readonly silent: boolean;
}

function play(page: Page, options: Play): Promise<readonly number[]> {
  return page.evaluate(async ({ count, whole, silent, version }) => {
    interface Account {
      readonly quotas: readonly { readonly used: number }[];
    }
    interface View {
      readonly at: number;
      readonly eventId: number;
      readonly accounts: readonly Account[];
    }
    const state = globalThis as unknown as { readonly source: EventTarget; shown?: View };
    // The page stores the view it shows, for when the server is unreachable.
    let shown: View = state.shown ?? JSON.parse(localStorage.getItem("last-view")!).view;
    const changeAccount = (account: Account, at: number) => ({
      ...account,
      at,
      quotas: account.quotas.map((quota) => {
        const used = (quota.used + 0.7) % 100;
        return { ...quota, at, used, remaining: 100 - used, share: used / 100, utilization: used / 100 };
      }),
    });
    const times: number[] = [];
    for (let i = 0; i < count; i++) {
      const at = shown.at + 1000;
      const place = i % shown.accounts.length;
      const accounts = shown.accounts.map((one, index) =>
        whole || index === place ? changeAccount(one, at) : one
      );
      shown = { ...shown, at, eventId: shown.eventId + 1, accounts };
      const { eventId } = shown;
      const data = JSON.stringify(
        whole ? { ...shown, version } : { at, eventId, account: accounts[place] },
      );
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      if (silent) continue;
      const began = performance.now();
      state.source.dispatchEvent(new MessageEvent(whole ? "view" : "account", { data }));
      // Rendering waits for the end of the task, and happens before the next message of a channel.
      await new Promise<void>((resolve) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve();
        port2.postMessage(null);
      });
      document.body.getBoundingClientRect();
      times.push(performance.now() - began);
    }
    if (!silent) state.shown = shown;
    return times;
  }, { ...options, version: VERSION });
}
