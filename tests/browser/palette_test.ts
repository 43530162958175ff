/** The command palette: by keyboard, touch and screen reader, and its cost before it is opened. */
import type { Page } from "playwright-core";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { findBarriers } from "../support/axe.ts";
import { demoTests, measureOverflow, openLive } from "../support/demo_page.ts";

const test = demoTests();
const PHONE = { viewport: { width: 375, height: 812 }, hasTouch: true, isMobile: true } as const;

async function opened(page: Page) {
  const field = page.getByRole("combobox", { name: "Search pages" });
  await field.waitFor();
  // Keys that come before the focus are the page's own shortcuts.
  await page.waitForFunction(() => document.activeElement?.matches(".palette-field"));
  // Accounts come from the server.
  await page.waitForFunction(() =>
    !document.querySelector(".palette-state")?.textContent?.includes("Looking")
  );
  return field;
}

function titles(page: Page): Promise<readonly string[]> {
  return page.locator(".palette-entry").allInnerTexts();
}

test("p opens it, a few letters find a quota, and enter opens that", async ({ page, site, requests }) => {
  await openLive(page, site);
  const isLoaded = () => requests.some((url) => /Palette|snapshot/.test(url));
  assertEquals(isLoaded(), false, "Nothing of it was loaded yet");
  await page.keyboard.press("p");
  const field = await opened(page);
  assert(isLoaded());
  assertEquals(await field.evaluate((element) => element === document.activeElement), true);
  await page.keyboard.type("zai week");
  const [first] = await titles(page);
  assertMatch(first!, /^Z\.ai Weekly quota\n\d+% used, quota$/);
  assertEquals(await field.getAttribute("aria-activedescendant"), "palette-0");
  assertEquals(await page.locator("#palette-0").getAttribute("aria-selected"), "true");
  await page.keyboard.press("Enter");
  await page.waitForURL(`${site.origin}/accounts/zai/default?quota=weekly`);
});

test("Ctrl-K opens it from within a field, arrows move, and escape returns to the field", async ({ page, site }) => {
  await openLive(page, site);
  await page.keyboard.press("/");
  await page.keyboard.press("Control+k");
  const field = await opened(page);
  assertEquals(await findBarriers(page), []);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  assertEquals(await field.getAttribute("aria-activedescendant"), "palette-2");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  const last = (await titles(page)).length - 1;
  assertEquals(await field.getAttribute("aria-activedescendant"), `palette-${last}`);
  await page.keyboard.type("no such thing anywhere");
  assertEquals((await titles(page)).map((text) => text.split("\n")[1]), ["save"]);
  await page.keyboard.press("Escape");
  await page.locator("dialog.palette").waitFor({ state: "detached" });
  assertEquals(await page.evaluate(() => document.activeElement?.getAttribute("name")), "q");
});

test("it runs actions: a theme, a density, a poll, a range of the page", async ({ page, site }) => {
  // Sites of one process share an app, which lets one poll through in five seconds, and their clocks begin alike.
  await site.poll(31_000);
  await openLive(page, site, "/history");
  const act = async (words: string) => {
    await page.locator("#palette-btn").click();
    await opened(page);
    await page.keyboard.type(words);
    await page.keyboard.press("Enter");
  };
  await act("dark theme");
  assertEquals(await page.evaluate(() => document.documentElement.dataset["theme"]), "dark");
  assertMatch(await page.locator("#theme-toggle").getAttribute("aria-label") ?? "", /^Theme: dark/);
  assertEquals(await page.evaluate(() => localStorage.getItem("theme")), "dark");

  const row = page.locator("#history-table tbody tr").first();
  const height = (await row.boundingBox())!.height;
  await act("compact");
  assert((await row.boundingBox())!.height < height, "Rows are lower");
  const asked = page.waitForRequest("**/api/refresh");
  await act("poll all");
  await asked;
  await act("range 7d");
  await page.waitForURL(`${site.origin}/history?range=7d`);
  // The server knows the density, so that nothing moves on the next page.
  assertEquals(await page.locator("html").getAttribute("data-density"), "compact");
  assertEquals(await page.locator("#density-toggle").getAttribute("aria-pressed"), "true");
  await page.locator("#density-toggle").click();
  assertEquals(await page.locator("html").getAttribute("data-density"), "comfortable");
});

test("a view is saved under a name, found by it, and removed", async ({ page, site }) => {
  await openLive(page, site, "/history?range=7d&account=zai%2Fdefault");
  await page.keyboard.press("p");
  await opened(page);
  await page.keyboard.type("Week of <b>Z</b>");
  await page.keyboard.press("Enter");
  await page.goto(`${site.origin}/stats`);
  await page.waitForSelector('.connection[data-connection="live"]');
  await page.keyboard.press("p");
  await opened(page);
  assertMatch((await titles(page))[0]!, /^Week of <b>Z<\/b>\nsaved view$/);
  await page.keyboard.press("Enter");
  await page.waitForURL(`${site.origin}/history?range=7d&account=zai%2Fdefault`);
  await page.waitForSelector('.connection[data-connection="live"]');
  await page.keyboard.press("p");
  await opened(page);
  await page.keyboard.type("Week of <b>Z</b>");
  await page.locator('[data-kind="forget"]').click();
  await page.keyboard.press("p");
  await opened(page);
  assertEquals((await titles(page)).filter((text) => text.includes("saved view")), []);
});

test("on a phone it is behind More, and its entries are large enough to tap", async ({ page, site }) => {
  await openLive(page, site);
  await page.locator(".bottom-more summary").tap();
  await page.locator('[data-bottom="palette"]').tap();
  await opened(page);
  assertEquals(await measureOverflow(page), 0);
  const heights = await page.locator(".palette-entry").evaluateAll((entries) =>
    entries.map((entry) => entry.getBoundingClientRect().height)
  );
  assert(heights.every((height) => height >= 44), `${Math.min(...heights)}`);
  assertEquals(await findBarriers(page), []);
  await page.locator(".palette-entry", { hasText: "Cycles" }).first().tap();
  await page.waitForURL(`${site.origin}/cycles`);
}, PHONE);

test("without a server it says so, and still leads to pages", async ({ page, site }) => {
  await openLive(page, site);
  await page.route("**/api/v1/snapshot", (route) => route.abort());
  await page.keyboard.press("p");
  await page.locator(".palette-state", { hasText: "could not be loaded" }).waitFor();
  assert((await titles(page)).some((text) => text.startsWith("Spend")));
}, { expected: /Failed to load resource/ });
