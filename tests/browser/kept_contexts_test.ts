/** Tests share contexts of the browser, and find nothing of one another there. */
import type { Page } from "playwright-core";
import { assertEquals } from "../support/assert.ts";
import { findBarriers } from "../support/axe.ts";
import { browserTest } from "../support/browser.ts";
import { serve } from "../support/serve.ts";

const PHONE = { viewport: { width: 375, height: 812 }, colorScheme: "dark" } as const;
const NOTHING = { cookie: "", local: 0, session: 0, caches: [], databases: [], script: false };

/** Both tests of a pair must see the same origin. */
const site = serve(() =>
  new Response("<!DOCTYPE html><title>x</title>", { headers: { "content-type": "text/html" } })
);
Deno.test.afterAll(async () => await site[Symbol.asyncDispose]());

function stored(page: Page) {
  return page.evaluate(async () => ({
    cookie: document.cookie,
    local: localStorage.length,
    session: sessionStorage.length,
    caches: await caches.keys(),
    databases: (await indexedDB.databases()).map(({ name }) => name),
    script: "script" in globalThis,
  }));
}

async function store(page: Page): Promise<void> {
  await page.evaluate(async () => {
    document.cookie = "one=1; max-age=1000";
    localStorage.setItem("one", "1");
    sessionStorage.setItem("one", "1");
    await caches.open("one");
    const { promise, resolve } = Promise.withResolvers<void>();
    const request = indexedDB.open("one");
    request.onsuccess = () => {
      request.result.close();
      resolve();
    };
    await promise;
  });
}

browserTest("a test stores something in its page, and leaves another open", async ({ page }) => {
  await page.goto(site.origin);
  assertEquals(await stored(page), NOTHING);
  await store(page);
  assertEquals((await stored(page)).local, 1);
  await page.evaluate((url) => void open(url), site.origin);
});

browserTest("the next test finds none of it, and changes the whole context", async ({ page }) => {
  await page.goto(site.origin);
  assertEquals(await stored(page), NOTHING);
  await page.context().addInitScript(() => void Reflect.set(globalThis, "script", true));
  await page.reload();
  assertEquals((await stored(page)).script, true);
});

browserTest(
  "the one after it has a context without that change, and a window of its own size",
  async ({ page }) => {
    await page.goto(site.origin);
    assertEquals(await stored(page), NOTHING);
    assertEquals(await windowOf(page), [375, 812, true]);
    await page.setViewportSize({ width: 500, height: 500 });
    await page.emulateMedia({ colorScheme: "light" });
  },
  PHONE,
);

browserTest("a test without options has the usual window in the usual theme", async ({ page }) => {
  await page.goto(site.origin);
  assertEquals(await windowOf(page), [1280, 720, false]);
});

browserTest(
  "the accessibility check names what keeps users out, in every document anew",
  async ({ page }) => {
    const picture = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=";
    for (const color of ["#eee", "#ddd"]) {
      await page.setContent(
        `<html lang="en"><title>x</title><main><h1>x</h1><img src="${picture}"><p style="color:${color}">pale</p></main>`,
      );
      const found = await findBarriers(page);
      assertEquals(found.map((line) => line.split(":")[0]), ["color-contrast", "image-alt"]);
      assertEquals(await findBarriers(page), found);
    }
  },
);

function windowOf(page: Page): Promise<readonly unknown[]> {
  return page.evaluate(() => [innerWidth, innerHeight, matchMedia("(prefers-color-scheme: dark)").matches]);
}
