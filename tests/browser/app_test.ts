import type { Page } from "playwright-core";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { findBarriers } from "../support/axe.ts";
import {
  demoTests,
  measureOverflow,
  openLive,
  waitForConnection,
  waitForReadings,
} from "../support/demo_page.ts";

const test = demoTests();
const WORKER = { serviceWorkers: "allow" } as const;
const AWAY =
  /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|ERR_FAILED|503/;

/** Waits until the service worker controls the page, which happens once it has everything it needs. */
async function prepared(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const { serviceWorker } = navigator;
    if (serviceWorker.controller) return;
    await new Promise((resolve) =>
      serviceWorker.addEventListener("controllerchange", resolve, { once: true })
    );
  });
}

test(
  "when the server is unreachable a page shows the last known data with its age, and continues when it is back",
  async ({ page, site }) => {
    await openLive(page, site);
    await prepared(page);
    await waitForReadings(page, site);
    const tightest = await page.locator(".quota-card .quota-percent").first().innerText();
    await page.goto(`${site.origin}/help`);
    await page.addInitScript(() => {
      const moved: string[] = [];
      Reflect.set(globalThis, "moved", moved);
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as (PerformanceEntry & { sources: { node: Element }[] })[]) {
          moved.push(...entry.sources.map(({ node }) => node.nodeName));
        }
      }).observe({ type: "layout-shift" });
    });
    await site.stop();
    try {
      await page.goto(`${site.origin}/?range=7d`);
      await page.locator(".snapshot-age").waitFor();
      assertEquals(await page.evaluate(() => Reflect.get(globalThis, "moved")), []);
      assertMatch(await page.locator("main").innerText(), /The server cannot be reached/);
      assertMatch(await page.locator("#known-title").innerText(), /As of \w{3} \d+ Nov \d\d:\d\d.* ago/);
      assertEquals(await page.locator(".quota-row").count(), 6);
      assertEquals(await page.locator(".quota-row .quota-percent").first().innerText(), tightest);
      assertEquals(await page.locator(".quota-row.is-old").count(), 6);
      assertEquals(await page.title(), "Offline - Syntrack");
      assertEquals(await findBarriers(page), []);
      await page.setViewportSize({ width: 320, height: 700 });
      assertEquals(await measureOverflow(page), 0);
    } finally {
      await site.start();
    }
    await waitForConnection(page, "live");
    assertEquals(new URL(page.url()).search, "?range=7d");
    assertEquals(await page.locator(".quota-card").count(), 6);
  },
  { ...WORKER, expected: AWAY },
);

test(
  "when the server stops while a page is open, parts not loaded yet are still available",
  async ({ page, site }) => {
    await openLive(page, site);
    await prepared(page);
    // From now on the worker sees which scripts the page requests.
    await page.reload();
    await waitForConnection(page, "live");
    await page.waitForFunction(async () => {
      const caught = await Promise.all(
        (await caches.keys()).map(async (name) => (await caches.open(name)).keys()),
      );
      return caught.flat().some(({ url }) => url.includes("/HistoryChart-"));
    });
    await site.stop();
    try {
      await waitForConnection(page, "lost");
      await page.locator("svg.plot").hover();
      await page.locator(".chart-tip").waitFor();
    } finally {
      await site.start();
    }
    await waitForConnection(page, "live");
  },
  { ...WORKER, expected: AWAY },
);

test("the page can be installed: a manifest, its icons, and a service worker", async ({ page, site }) => {
  await openLive(page, site);
  const href = await page.locator('link[rel="manifest"]').getAttribute("href");
  const answer = await fetch(`${site.origin}${href}`);
  assertMatch(answer.headers.get("content-type")!, /^application\/manifest\+json/);
  const manifest: { readonly icons: readonly { readonly src: string; readonly sizes: string }[] } =
    await answer
      .json();
  assert(manifest.icons.some(({ sizes }) => sizes === "512x512"));
  for (const { src, sizes } of manifest.icons) {
    const icon = await fetch(`${site.origin}${src}`);
    assertEquals(icon.status, 200, src);
    const bytes = new Uint8Array(await icon.arrayBuffer());
    if (!src.endsWith(".png")) continue;
    const view = new DataView(bytes.buffer);
    assertEquals(`${view.getUint32(16)}x${view.getUint32(20)}`, sizes, src);
  }
});

test("the icon of the page is as full as the tightest quota, and contacts no other server", async ({ page, site }) => {
  await openLive(page, site);
  const icon = page.locator('link[rel="icon"]');
  assertMatch((await icon.getAttribute("href"))!, /^\/favicon\.svg\?used=9\d&status=critical$/);
  const svg = await (await fetch(`${site.origin}/favicon.svg?used=<script>&status=%22onload`)).text();
  assert(!svg.includes("script") && !svg.includes("onload"), svg);
  await page.evaluate(() => {
    Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await page.waitForSelector('link[rel="icon"][href="/icon.svg"]', { state: "attached" });
});

test("printed pages have the figures, without buttons and navigation", async ({ page, site }) => {
  await openLive(page, site);
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  for (const selector of [".places", "#refresh-btn", "#theme-toggle", ".provider-tabs", "[data-filter]"]) {
    assertEquals(await page.locator(selector).first().isVisible(), false, selector);
  }
  assertEquals(await page.locator(".quota-card").first().isVisible(), true);
  const paper = await page.evaluate(() =>
    getComputedStyle(document.querySelector(".quota-card")!).backgroundColor
  );
  assertEquals(paper, "rgb(255, 255, 255)");
});
