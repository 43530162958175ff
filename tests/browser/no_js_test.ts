import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { demoTests, follow, measureOverflow } from "../support/demo_page.ts";

const test = demoTests();
const WITHOUT = { javaScriptEnabled: false };

test(
  "without JavaScript every quota shows its figures, bar, status, countdown, rate and age",
  async ({ page, site }) => {
    await page.goto(`${site.origin}/`);
    const { accounts } = await site.composed.services(new Set()).dashboard();
    const quotas = accounts.flatMap((account) => account.quotas);
    assertEquals(quotas.length, 6);
    for (const quota of quotas) {
      const provider = quota.key.split("/")[0]!;
      const card = page.locator(`.quota-card[data-provider="${provider}"][data-quota="${quota.quota}"]`);
      const text = (await card.innerText()).replaceAll(/\s+/g, " ");
      assertStringIncludes(text, quota.label);
      assertStringIncludes(text, quota.status);
      assertMatch(text, /\d+(\.\d)?% used/);
      assertMatch(text, /left/);
      assertMatch(text, /Resets in (\d+d \d+h|\d\d:\d\d:\d\d) /);
      assertMatch(text, /Rate, last hour [\d,.]+( requests|%)\/h/);
      assertMatch(text, /Read (just now|\d+s ago)/);
      if (quota.unit === "requests") assertMatch(text, /[\d,.]+ of [\d,]+ requests/);
      const meter = card.getByRole("meter");
      assertEquals(
        await meter.getAttribute("aria-valuenow"),
        String(Math.round(quota.utilization! * 1000) / 10),
      );
      const fill = await card.locator(".bar-fill").getAttribute("width");
      assertEquals(fill, `${await meter.getAttribute("aria-valuenow")}%`);
    }
  },
  WITHOUT,
);

test("without JavaScript the history of every quota is drawn", async ({ page, site }) => {
  await page.goto(`${site.origin}/`);
  const paths = await page.locator("path.series-line").evaluateAll((lines) =>
    lines.map((line) => line.getAttribute("d") ?? "")
  );
  assertEquals(paths.length, 6);
  for (const path of paths) assertMatch(path, /^M\d+ -?\d+(L\d+ -?\d+){20,}/);
  assertEquals(await page.locator(".legend-item").count(), 6);
}, WITHOUT);

test("without JavaScript ranges are links to their history", async ({ page, site }) => {
  await page.goto(`${site.origin}/`);
  for (const range of ["1h", "24h", "7d", "30d", "6h"]) {
    await follow(page, page.getByRole("link", { name: range, exact: true }));
    assertEquals(page.url(), `${site.origin}/?range=${range}`);
    assertEquals(await page.locator('.range-btn[aria-current="true"]').allInnerTexts(), [range]);
    assert(await page.locator("path.series-line").count() > 0, `Nothing is drawn for ${range}`);
  }
}, WITHOUT);

test(
  "without JavaScript a page says that it is not live, and shows no useless button",
  async ({ page, site }) => {
    await page.goto(`${site.origin}/`);
    assertStringIncludes(await page.locator("#last-updated").innerText(), "Not live");
    assertMatch(await page.locator("#last-updated").innerText(), /updated \d\d:\d\d/);
    assertEquals(await page.locator("#refresh-btn").isVisible(), false);
    assertEquals(await page.locator("#theme-toggle").isVisible(), false);
  },
  WITHOUT,
);

test("an unknown range is named, and the default one shown instead", async ({ page, site }) => {
  await page.goto(`${site.origin}/?range=%3Cb%3E2y`);
  assertStringIncludes(await page.locator("main").innerText(), 'There is no range "<b>2y"');
  assertEquals(await page.locator('.range-btn[aria-current="true"]').allInnerTexts(), ["6h"]);
}, WITHOUT);

test(
  "without JavaScript the page fits every window from a phone to a wide screen",
  async ({ page, site }) => {
    await page.goto(`${site.origin}/`);
    for (const width of [320, 375, 768, 1440]) {
      await page.setViewportSize({ width, height: 800 });
      assertEquals(await measureOverflow(page), 0, `${width} px`);
    }
  },
  WITHOUT,
);
