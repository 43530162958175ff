/**
 * Measures what Chromium transfers when it opens pages of the demo with an empty cache: on a screen of 1440 x 900 and on
 * a touch phone of 375 px, until three seconds after the page has loaded, without interaction.
 *
 *     deno run -A dev/bench/opened.ts [/history]
 *
 * The browser accepts only gzip as encoding; headers are not counted.
 */
import { type Browser, type BrowserContextOptions, chromium } from "playwright-core";
import { CHROMIUM_ARGUMENTS, findChromium } from "../../tests/support/chromium.ts";
import { openDemoSite } from "../../tests/support/demo_site.ts";

const REST_MS = 3000;
const SCREENS: Readonly<Record<string, BrowserContextOptions>> = {
  "1440 x 900": { viewport: { width: 1440, height: 900 } },
  "375 px, touch": { viewport: { width: 375, height: 812 }, hasTouch: true, isMobile: true },
};

/** Returns the bytes of bodies by kind of resource. */
async function measureTransfer(browser: Browser, url: string, screen: BrowserContextOptions) {
  const context = await browser.newContext({ serviceWorkers: "block", ...screen });
  try {
    const page = await context.newPage();
    await context.setExtraHTTPHeaders({ "accept-encoding": "gzip" });
    const bytes = new Map<string, number>();
    const pending: Promise<void>[] = [];
    page.on("requestfinished", (request) => {
      pending.push(
        request.sizes().then(({ responseBodySize }) => {
          const kind = request.resourceType();
          bytes.set(kind, (bytes.get(kind) ?? 0) + responseBodySize);
        }, () => {}),
      );
    });
    await page.goto(url, { waitUntil: "load" });
    await page.waitForTimeout(REST_MS);
    await Promise.all(pending);
    return bytes;
  } finally {
    await context.close();
  }
}

const executablePath = findChromium();
if (executablePath === null) throw new Error("Cannot measure: no Chromium found. Set CHROMIUM_PATH");
const browser = await chromium.launch({ executablePath, args: [...CHROMIUM_ARGUMENTS] });
try {
  await using site = await openDemoSite();
  for (const path of Deno.args.length > 0 ? Deno.args : ["/"]) {
    for (const [name, screen] of Object.entries(SCREENS)) {
      const bytes = await measureTransfer(browser, site.origin + path, screen);
      const of = (kind: string) => bytes.get(kind) ?? 0;
      console.log(
        `${path} (${name}): page ${of("document")}, styles ${of("stylesheet")}, scripts ${of("script")}`,
      );
    }
  }
} finally {
  await browser.close();
}
