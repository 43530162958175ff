import type { Page } from "playwright-core";
import { assert, assertEquals } from "../support/assert.ts";
import { findBarriersInBothThemes } from "../support/axe.ts";
import { browserTest } from "../support/browser.ts";
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

for (const [path, stylesheet] of [["/", "overview.css"], ["/help", "styles.css"]] as const) {
  test(`themes differ in colours alone: ${stylesheet} asks for them by light-dark()`, async ({ page, site }) => {
    await page.goto(`${site.origin}${path}`);
    const found = await page.evaluate((stylesheet) => {
      const sheets = [...document.styleSheets];
      const properties: string[] = [];
      let count = 0;
      const read = (rules: CSSRuleList, isOfTheme: boolean) => {
        for (const rule of rules) {
          const head = rule.cssText.split("{")[0]!;
          const depends = isOfTheme || /data-theme|prefers-color-scheme|style\(/.test(head);
          if (rule instanceof CSSStyleRule) {
            count++;
            if (depends) properties.push(...rule.style);
          }
          if ("cssRules" in rule) read(rule.cssRules as CSSRuleList, depends);
        }
      };
      for (const sheet of sheets) read(sheet.cssRules, false);
      return {
        isRead: sheets.some(({ href }) => href?.includes(`/${stylesheet}`)) && count > 50,
        properties: [...new Set(properties)],
      };
    }, stylesheet);
    assertEquals(found, { isRead: true, properties: ["color-scheme"] });
  });
}

browserTest("what is too faint is found in either theme, everything else once", async ({ page }) => {
  await page.setContent(`<!doctype html><html lang="en"><title>Faint</title>
    <style>:root { color-scheme: light dark; background: light-dark(#fff, #000) }
      p { transition: color 60s } a { text-decoration: none }</style>
    <main><h1 style="color: light-dark(#000, #fff)">Faint</h1><img src="data:,">
      <p id="light" style="color: light-dark(#ddd, #fff)">Text
      <p id="dark" style="color: light-dark(#000, #222)">Text
      <p id="link" style="color: light-dark(#000, #fff)">Text with <a href="#" style="color: light-dark(#767676, #bbb)">one</a>
    </main>`);
  const found = await findBarriersInBothThemes(page);
  assertEquals(found.map((one) => one.replace(/ (?:style|src)=.*/s, "")), [
    'color-contrast: <p id="light"',
    "image-alt: <img",
    'dark: color-contrast: <p id="dark"',
    'dark: link-in-text-block: <a href="#"',
  ]);
});
