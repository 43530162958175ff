/** Choices on the overview: provider tab, filter, list or cards, density, and settings that change while it is open. */
import type { Page } from "playwright-core";
import { assertEquals, assertMatch } from "../support/assert.ts";
import { findBarriers } from "../support/axe.ts";
import { demoTests, follow, openLive, waitForReadings } from "../support/demo_page.ts";

const test = demoTests();

const shown = (page: Page) =>
  page.locator(".quota-card").evaluateAll((cards) =>
    cards.map((card) => `${card.getAttribute("data-provider")} ${card.getAttribute("data-quota")}`)
  );

test("a provider's tab shows only its quotas, and the URL says so", async ({ page, site }) => {
  await openLive(page, site);
  assertEquals((await shown(page)).length, 6);
  await page.locator('.provider-tab[data-provider="zai"]').click();
  assertEquals(new Set((await shown(page)).map((card) => card.split(" ")[0])), new Set(["zai"]));
  assertEquals(new URL(page.url()).search, "?provider=zai");
  const before = await shown(page);
  await page.reload();
  assertEquals(await shown(page), before);
});

test("a slash focuses the filter, which keeps the quotas with its words", async ({ page, site }) => {
  await openLive(page, site);
  await page.keyboard.press("/");
  await page.keyboard.type("tool");
  assertEquals((await shown(page)).sort(), ["synthetic tool-calls", "zai tool-calls"]);
  // Letters are typed into a field: they trigger no shortcut.
  await page.keyboard.type(" g c ? r");
  assertEquals(new URL(page.url()).pathname, "/");
  await page.locator(".nothing-found a").click();
  assertEquals((await shown(page)).length, 6);
  assertEquals(new URL(page.url()).search, "");
});

test("the list shows the same quotas, can be sorted, and is remembered", async ({ page, site }) => {
  await openLive(page, site);
  const cards = await shown(page);
  await page.locator('.density-btn[data-density="compact"]').click();
  assertEquals((await shown(page)).sort(), cards.toSorted());
  // The button in the header reflects it, and changes the same setting.
  const toggle = page.locator("#density-toggle");
  assertEquals(await toggle.getAttribute("aria-pressed"), "true");
  await toggle.click();
  await page.locator(".quota-row").first().waitFor({ state: "detached" });
  await toggle.click();
  await page.locator(".quota-row").first().waitFor();
  assertEquals((await shown(page))[0], "zai five-hour");
  await page.locator('.sort-btn[data-sort="used"]').click();
  const shares = await page.locator(".quota-row .quota-percent").allInnerTexts();
  const numbers = shares.map((text) => parseFloat(text));
  assertEquals(numbers, numbers.toSorted((a, b) => b - a));
  assertEquals([(await shown(page)).length, new URL(page.url()).search], [6, "?sort=used"]);
  await page.reload();
  assertEquals(await page.locator(".quota-row .quota-percent").allInnerTexts(), shares);
  await page.goto(`${site.origin}/`);
  assertEquals(await page.locator(".quota-row").count(), 6);
  assertEquals(await findBarriers(page), []);
  await page.goto(`${site.origin}/?view=comfortable`);
  assertEquals(await page.locator(".quota-row").count(), 0);
});

test("without JavaScript tabs, filter and list are links and a form", async ({ page, site }) => {
  await page.goto(`${site.origin}/`);
  await follow(page, page.locator('.provider-tab[data-provider="zai"]'));
  assertEquals((await shown(page)).length, 3);
  await page.locator("[data-filter]").fill("weekly");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/?provider=zai&q=weekly");
  assertEquals(await shown(page), ["zai weekly"]);
  await follow(page, page.locator('.density-btn[data-density="compact"]'));
  assertEquals(await page.locator(".quota-row").count(), 1);
  await page.goto(`${site.origin}/`);
  assertEquals(await page.locator(".quota-row").count(), 3);
  await follow(page, page.locator('.provider-tab[data-provider=""]'));
  assertEquals(await page.locator(".quota-row").count(), 6);
  await page.goto(`${site.origin}/`);
  assertEquals(await page.locator(".quota-row").count(), 6);
}, { javaScriptEnabled: false });

test("the chart follows the tab, and both are remembered", async ({ page, site }) => {
  await openLive(page, site);
  const lines = async () =>
    new Set(
      (await page.locator(".legend-item").allInnerTexts()).map((text) =>
        /^(Synthetic|Z\.ai)/.exec(text)?.[1] ?? text
      ),
    );
  const title = page.locator("#usage-chart-title");
  const everything = await page.locator(".legend-item").count();
  await page.locator('.provider-tab[data-provider="zai"]').click();
  await title.getByText("History of Z.ai").waitFor();
  assertEquals(await page.locator(".legend-item").count(), 3);
  await page.goto(`${site.origin}/cycles`);
  await openLive(page, site);
  assertMatch(await title.innerText(), /^History of Z\.ai/);
  assertEquals([await page.locator(".legend-item").count(), (await shown(page)).length], [3, 3]);
  await page.locator('.provider-tab[data-provider=""]').click();
  await page.waitForFunction(
    (count) => document.querySelectorAll(".legend-item").length === count,
    everything,
  );
  // What the chart writes into the URL does not restore the other tab.
  await page.locator(".chart-zoom-in").click();
  await page.waitForURL(/from=/);
  assertEquals(new URL(page.url()).searchParams.get("provider"), null);
  assertEquals((await lines()).size > 1, true);
});

test("an open page shows all its times in the zone that was set meanwhile", async ({ page, site }) => {
  const { settings } = site.composed.services(new Set());
  await openLive(page, site);
  await settings.save({ zone: "Asia/Tokyo" });
  try {
    await page.locator("footer").getByText("Times in Asia/Tokyo").waitFor();
    assertMatch(await page.locator("#usage-chart-title").innerText(), /Asia\/Tokyo/);
    assertEquals((await page.content()).includes("Europe/Berlin"), false);
  } finally {
    await settings.save({ zone: null });
  }
});

test("unknown values in the URL are reported, and everything is shown", async ({ page, site }) => {
  await openLive(page, site, "/?provider=nobody&range=5y");
  assertMatch(await page.locator(".page-note").innerText(), /no provider "nobody".*"5y"/);
  assertEquals((await shown(page)).length, 6);
});

test("used or left switches words and bars of an open page at once", async ({ page, site }) => {
  await openLive(page, site);
  const card = page.locator('.quota-card[data-quota="five-hour"]');
  const width = () => card.locator(".bar-fill").getAttribute("width");
  const [used, filled] = [await card.locator(".quota-percent").innerText(), await width()];
  const { settings } = site.composed.services(new Set());
  await settings.save({ display: "left" });
  try {
    await card.getByText("left", { exact: true }).waitFor();
    const left = await card.locator(".quota-percent").innerText();
    assertEquals(parseFloat(used) + parseFloat(left), 100);
    assertEquals(Math.round((parseFloat(filled!) + parseFloat((await width())!)) * 10) / 10, 100);
    assertEquals(await card.getByRole("meter").getAttribute("aria-label"), "5-hour quota, left");
    assertEquals(await card.getAttribute("data-status"), "danger");
    assertMatch(await page.title(), /% left /);
  } finally {
    await settings.save({ display: "used" });
  }
  await card.getByText("used", { exact: true }).first().waitFor();
});

test("times are in the browser's zone if that is set, already from the server", async ({ page, site }) => {
  const { settings } = site.composed.services(new Set());
  const footer = () => page.locator("footer").innerText();
  await openLive(page, site);
  assertMatch(await footer(), /Times in Europe\/Berlin/);
  const berlin = await page.locator(".data-age").innerText();
  await settings.save({ zone: "browser" });
  try {
    const isThere = () =>
      /Times in Asia\/Kath?mandu/.test(document.querySelector("footer")?.textContent ?? "");
    await page.waitForFunction((text) => document.querySelector(".data-age")?.textContent !== text, berlin);
    // The page reloads by itself, which another reload would abort.
    await page.waitForFunction(isThere);
    await page.reload();
    await page.waitForFunction(isThere);
  } finally {
    await settings.save({ zone: null });
  }
}, { timezoneId: "Asia/Kathmandu" });

test("only changed cards are rendered again", async ({ page, site }) => {
  await openLive(page, site);
  await page.evaluate(() => {
    const changed = new Set<string>();
    Object.assign(globalThis, { changed });
    for (const card of document.querySelectorAll(".quota-card")) {
      new MutationObserver((records) => {
        // Ages and countdowns update on their own.
        if (records.some(({ target }) => !target.parentElement?.closest("time"))) {
          changed.add(card.getAttribute("data-provider")!);
        }
      }).observe(card, { attributes: true, childList: true, characterData: true, subtree: true });
    }
  });
  await site.poll(60_000, "zai");
  await waitForReadings(page, site);
  const changed = await page.evaluate(() => [...(globalThis as unknown as { changed: Set<string> }).changed]);
  assertEquals(changed, ["zai"]);
});
