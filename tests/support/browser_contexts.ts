/**
 * Browser contexts that several tests use one after another, each with a page of its own. A new context starts a
 * process and compiles every script again, which takes half of the time of a usual test.
 *
 * A test finds nothing of the one before: its page is closed, and cookies and what sites have stored are removed. A
 * context whose state a test can have changed in another way is closed.
 */
import type {
  Browser,
  BrowserContext,
  BrowserContextOptions,
  CDPSession,
  Clock,
  Page,
} from "playwright-core";

/** Each context keeps a process. */
const MAX_KEPT = 4;

export interface OpenPage {
  readonly page: Page;
  /** Closes the page. The context is kept for the next test if the test passed. */
  close(passed: boolean): Promise<void>;
}

interface Kept {
  readonly context: BrowserContext;
  /** Controls what sites have stored. Its page stays open, and with it the process. */
  readonly session: CDPSession;
  readonly stays: Page;
  readonly isChanged: () => boolean;
}

export interface BrowserContexts {
  /** Opens a page in a context with these options. */
  open(options: BrowserContextOptions): Promise<OpenPage>;
}

export function createBrowserContexts(browser: Browser): BrowserContexts {
  /** Contexts without a test, the least recently used first. */
  const kept = new Map<string, Kept>();

  async function create(options: BrowserContextOptions): Promise<Kept> {
    const context = await browser.newContext(options);
    const stays = await context.newPage();
    const session = await context.newCDPSession(stays);
    return { context, stays, session, isChanged: watchContext(context) };
  }

  async function keep(key: string, one: Kept): Promise<void> {
    kept.set(key, one);
    for (const [oldest, { context }] of kept) {
      if (kept.size <= MAX_KEPT) break;
      kept.delete(oldest);
      await context.close();
    }
  }

  return {
    async open({ viewport, colorScheme, ...options }) {
      const key = JSON.stringify(Object.entries(options).toSorted());
      const one = kept.get(key) ?? await create(options);
      kept.delete(key);
      const { context, session, stays, isChanged } = one;
      const page = await context.newPage();
      // What a page can have for itself needs no context of its own.
      if (viewport) await page.setViewportSize(viewport);
      if (colorScheme) await page.emulateMedia({ colorScheme });
      // Sites that a test may have stored something for.
      const origins = new Set<string>();
      page.on("framenavigated", (frame) => origins.add(originOf(frame.url())));
      return {
        page,
        async close(passed) {
          if (!passed || isChanged() || options.serviceWorkers === "allow") return await context.close();
          for (const open of context.pages()) if (open !== stays) await open.close();
          await context.clearCookies();
          for (const origin of origins) {
            await session.send("Storage.clearDataForOrigin", { origin, storageTypes: "all" });
          }
          await keep(key, one);
        },
      };
    },
  };
}

/** What changes a context for all its pages, and cannot be taken back. */
const LASTING: readonly (keyof BrowserContext)[] = [
  "addInitScript",
  "exposeBinding",
  "exposeFunction",
  "grantPermissions",
  "newCDPSession",
  "route",
  "routeFromHAR",
  "routeWebSocket",
  "setExtraHTTPHeaders",
  "setGeolocation",
  "setHTTPCredentials",
  "setOffline",
];
const CLOCK: readonly (keyof Clock)[] = [
  "fastForward",
  "install",
  "pauseAt",
  "resume",
  "runFor",
  "setFixedTime",
  "setSystemTime",
];

/** Returns whether a test has changed the context so that the next one would notice. */
function watchContext(context: BrowserContext): () => boolean {
  let changed = false;
  function watch<T extends object>(object: T, names: readonly (keyof T)[]): void {
    for (const name of names) {
      const method = object[name] as (...args: unknown[]) => unknown;
      Object.defineProperty(object, name, {
        value(...args: unknown[]) {
          changed = true;
          return method.apply(object, args);
        },
      });
    }
  }
  watch(context, LASTING);
  watch(context.clock, CLOCK);
  return () => changed;
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : "null";
}
