/**
 * Tests in a real browser: the system's Chromium, driven by playwright-core. Nothing is downloaded. Without
 * Chromium, the tests are reported as ignored, with the reason in their name.
 */
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { CHROMIUM_ARGUMENTS, findChromium } from "./chromium.ts";
import { attemptTwice } from "../../dev/test_run.ts";
import { type BrowserContexts, createBrowserContexts } from "./browser_contexts.ts";

export type { Page };

/** It only ends what would wait forever: on a busy machine a page takes many times as long as usual. */
const MAX_WAIT_MS = 60_000;
const MAX_LAUNCH_MS = 120_000;

export interface Browsing {
  readonly page: Page;
  /** Uncaught errors and console messages at level "error", including policy violations. */
  readonly errors: readonly string[];
  /** Addresses of all requests the page has made, sockets included. */
  readonly requests: readonly string[];
  readonly browser: Browser;
}

/**
 * Registers a test with a new page, without state of another test. The tests of a process share the browser. A test that
 * fails is run once more.
 */
export function browserTest(
  name: string,
  run: (browsing: Browsing) => Promise<void>,
  options: BrowserContextOptions = {},
): void {
  const executablePath = findChromium();
  if (executablePath === null) {
    Deno.test({ name: `${name} (ignored: no Chromium found, set CHROMIUM_PATH)`, ignore: true, fn() {} });
    return;
  }
  Deno.test({
    name,
    // The browser outlives the test; the hook below closes it.
    sanitizeOps: false,
    sanitizeResources: false,
    // What a test sees depends on when the browser draws. What is broken fails twice, and the run lists what did not.
    fn: () => attemptTwice(name, () => attempt(executablePath)),
  });

  async function attempt(browserPath: string): Promise<void> {
    const { browser, contexts } = await shared(browserPath);
    // A service worker would sit between tests and the server; only tests about it allow it.
    const { page, close } = await contexts.open({ serviceWorkers: "block", ...options });
    let passed = false;
    try {
      page.setDefaultTimeout(MAX_WAIT_MS);
      const errors: string[] = [];
      const requests: string[] = [];
      page.on("request", (request) => requests.push(request.url()));
      page.on("websocket", (socket) => requests.push(socket.url()));
      await page.addInitScript(() => {
        addEventListener("securitypolicyviolation", (event) => {
          console.error(`Policy violated: ${event.violatedDirective} by ${event.blockedURI}`);
        });
      });
      page.on("pageerror", (error) => errors.push(error.message));
      page.on("console", (message) => {
        if (message.type() === "error") errors.push(message.text());
      });
      await run({ page, errors, requests, browser });
      passed = true;
    } finally {
      await close(passed);
    }
  }
}

interface Shared {
  readonly browser: Browser;
  readonly contexts: BrowserContexts;
}

const SAVING: readonly string[] = [
  // Pages of a context share a process: one that already runs has compiled the scripts.
  "--renderer-process-limit=1",
  // Nobody looks at the pages: without memory for pixels they are laid out and painted in frames, but not drawn.
  "--force-gpu-mem-available-mb=0",
  // Nor is another process needed to hand frames to.
  "--in-process-gpu",
];

let launched: Promise<Shared> | undefined;

function shared(executablePath: string): Promise<Shared> {
  launched ??= launch(executablePath);
  return launched;
}

async function launch(executablePath: string): Promise<Shared> {
  const args = [...CHROMIUM_ARGUMENTS, ...SAVING];
  const browser = await chromium.launch({ executablePath, headless: true, args, timeout: MAX_LAUNCH_MS });
  return { browser, contexts: createBrowserContexts(browser) };
}

Deno.test.afterAll(async () => {
  await (await launched)?.browser.close();
});
