import type { Page } from "playwright-core";
import { assert, assertEquals } from "../support/assert.ts";
import { demoTests, openLive } from "../support/demo_page.ts";

const test = demoTests();
const LIGHT = "rgb(246, 246, 243)";
const DARK = "rgb(15, 17, 19)";

function paper(page: Page): Promise<string> {
  return page.evaluate(() => getComputedStyle(document.body).backgroundColor);
}

function chosen(page: Page): Promise<string | undefined> {
  return page.evaluate(() => document.documentElement.dataset["theme"]);
}

test("the theme follows the system, also while the page is open", async ({ page, site }) => {
  await openLive(page, site);
  assertEquals(await paper(page), LIGHT);
  await page.emulateMedia({ colorScheme: "dark" });
  assertEquals(await paper(page), DARK);
  assertEquals(await chosen(page), undefined);
}, { colorScheme: "light" });

test("without JavaScript the theme follows the system as well", async ({ page, site }) => {
  await page.goto(`${site.origin}/`);
  assertEquals(await page.locator("body").evaluate((body) => getComputedStyle(body).backgroundColor), DARK);
}, { colorScheme: "dark", javaScriptEnabled: false });

test(
  "the toggle goes from system to light, dark and back, and survives a reload",
  async ({ page, site }) => {
    await openLive(page, site);
    const toggle = page.locator("#theme-toggle");
    for (
      const [theme, colour] of [["light", LIGHT], ["dark", DARK], [undefined, DARK]] as const
    ) {
      await toggle.click();
      assertEquals(await chosen(page), theme);
      assertEquals(await paper(page), colour);
      await page.reload();
      assertEquals(await chosen(page), theme);
      assertEquals(await paper(page), colour);
      const word = theme ?? "system";
      await page.waitForSelector(`#theme-toggle[title="Theme: ${word}"]`);
    }
  },
  { colorScheme: "dark" },
);

test("a chosen theme is set before the first paint", async ({ page, site }) => {
  await openLive(page, site);
  await page.locator("#theme-toggle").click();
  assertEquals(await chosen(page), "light");
  // Records the theme when the parser reaches the body, and each colour of the page from then on.
  await page.addInitScript(() => {
    const seen: string[] = [];
    Object.assign(globalThis, { seen });
    new MutationObserver((_, observer) => {
      if (document.body === null) return;
      seen.push(document.documentElement.dataset["theme"] ?? "none");
      observer.disconnect();
    }).observe(document, { childList: true, subtree: true });
    const look = () => {
      if (document.body) seen.push(getComputedStyle(document.body).backgroundColor);
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await page.reload();
  await page.waitForFunction(() => (globalThis as unknown as { seen: string[] }).seen.length > 5);
  const seen = await page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen);
  assertEquals(seen[0], "light");
  assert(seen.slice(1).every((colour) => colour === LIGHT), seen.join("; "));
}, { colorScheme: "dark" });

test("an unknown theme in the browser's storage is ignored", async ({ page, site }) => {
  await openLive(page, site);
  await page.evaluate(() => localStorage.setItem("theme", "<img src=x>"));
  await page.reload();
  assertEquals(await chosen(page), undefined);
  assertEquals(await paper(page), LIGHT);
}, { colorScheme: "light" });

test("the chart has its colours in both themes", async ({ page, site }) => {
  await openLive(page, site);
  const stroke = () =>
    page.locator("path.series-line").first().evaluate((line) => getComputedStyle(line).stroke);
  const light = await stroke();
  await page.emulateMedia({ colorScheme: "dark" });
  assert(light !== await stroke());
  assert(light.startsWith("rgb("), light);
}, { colorScheme: "light" });
