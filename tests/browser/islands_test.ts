import { assertEquals } from "../support/assert.ts";
import { browserTest } from "../support/browser.ts";
import { serve } from "../support/serve.ts";
import { fixtureApp } from "../fresh/support.ts";

const handler = fixtureApp().handler();

browserTest("islands hydrate and share their signal", async ({ page, errors }) => {
  await using site = serve(handler);
  await page.goto(`${site.origin}/`);
  await page.waitForSelector("#counter.ready");
  await page.click("#counter button");
  await page.click("#counter button");
  assertEquals(await page.textContent("#counter button"), "Count 5");
  assertEquals(await page.textContent("#doubled"), "10");
  assertEquals(errors, []);
});

browserTest("an island adopts the server's markup instead of rendering it again", async ({ page }) => {
  await using site = serve(handler);
  // Marks the element when the parser creates it, before any module runs.
  await page.addInitScript(() => {
    new MutationObserver((_, observer) => {
      const counter = document.querySelector("#counter");
      if (counter === null) return;
      observer.disconnect();
      Object.assign(counter, { madeByParser: true });
    }).observe(document, { childList: true, subtree: true });
  });
  await page.goto(`${site.origin}/`);
  await page.waitForSelector("#counter.ready");
  assertEquals(await page.evaluate(() => "madeByParser" in document.querySelector("#counter")!), true);
  assertEquals(await page.locator("main > p").textContent(), "between");
  assertEquals(await page.locator("#counter").count(), 1);
});
