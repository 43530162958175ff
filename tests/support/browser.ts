/**
 * Tests in a real browser: the system's Chromium, driven by playwright-core. Nothing is downloaded. Where
 * there is no Chromium the tests are reported as ignored, with the reason in their name.
 */
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

export type { Page };

const CANDIDATES: readonly string[] = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/opt/google/chrome/chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** Keeps the browser to itself: nothing is fetched that a test did not ask for. */
const ARGUMENTS: readonly string[] = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export interface Browsing {
  readonly page: Page;
  /** What the page has complained about: uncaught errors and messages at level "error", policy violations included. */
  readonly errors: readonly string[];
  readonly browser: Browser;
}

/** Path of the browser to use: `CHROMIUM_PATH`, else the first usual place that has one, else `null`. */
export function findChromium(): string | null {
  const wanted = Deno.env.get("CHROMIUM_PATH");
  return (wanted ? [wanted] : CANDIDATES).find(isFile) ?? null;
}

/** Registers a test that gets a page of its own. The browser is shared by the tests of a file. */
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
    async fn() {
      const browser = await shared(executablePath);
      const context = await browser.newContext(options);
      try {
        const page = await context.newPage();
        const errors: string[] = [];
        page.on("pageerror", (error) => errors.push(error.message));
        page.on("console", (message) => {
          if (message.type() === "error") errors.push(message.text());
        });
        await run({ page, errors, browser });
      } finally {
        await context.close();
      }
    },
  });
}

let launched: Promise<Browser> | undefined;

function shared(executablePath: string): Promise<Browser> {
  launched ??= chromium.launch({ executablePath, headless: true, args: [...ARGUMENTS] });
  return launched;
}

Deno.test.afterAll(async () => {
  await (await launched)?.close();
});

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
