import { assertEquals, assertMatch } from "../support/assert.ts";
import { findBarriers, findBarriersInBothThemes } from "../support/axe.ts";
import { demoTests, measureOverflow, openLive } from "../support/demo_page.ts";

const test = demoTests();

test("a question mark opens the list of keys, and escape closes it", async ({ page, site }) => {
  await openLive(page, site);
  await page.keyboard.press("?");
  const dialog = page.getByRole("dialog", { name: "Keys" });
  await dialog.waitFor();
  assertMatch(await dialog.innerText(), /Poll all accounts now/);
  assertEquals(await findBarriers(page), []);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
});

test("g and a letter open a page", async ({ page, site }) => {
  await openLive(page, site, "/help");
  await page.keyboard.press("g");
  await page.keyboard.press("o");
  await page.waitForURL(`${site.origin}/`);
});

test("r polls now", async ({ page, site }) => {
  await openLive(page, site, "/help");
  const asked = page.waitForRequest("**/api/refresh");
  await page.keyboard.press("r");
  assertEquals((await asked).method(), "POST");
});

test("a page without its own figures stays unchanged when there are newer readings", async ({ page, site }) => {
  await openLive(page, site, "/help");
  await page.evaluate(() => Reflect.set(globalThis, "isSame", true));
  const before = await page.locator(".data-age").innerText();
  await site.poll();
  await page.waitForFunction((text) => document.querySelector(".data-age")?.textContent !== text, before);
  assertEquals(await page.locator(".newer-btn").count(), 0);
  assertEquals(await page.evaluate(() => Reflect.get(globalThis, "isSame")), true);
  assertMatch(await page.title(), /^9\d(\.\d)?% used .+ - Help - Syntrack$/);
});

test("the help is accessible in both themes", async ({ page, site }) => {
  await openLive(page, site, "/help");
  for (const width of [375, 1440]) {
    await page.setViewportSize({ width, height: 800 });
    assertEquals(await findBarriersInBothThemes(page), []);
    assertEquals(await measureOverflow(page), 0, `${width} px`);
  }
});
