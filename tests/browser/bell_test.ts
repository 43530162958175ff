/** The bell in the header and the open alerts above the content, in a browser. */
import type { Page } from "playwright-core";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { findBarriers, findBarriersInBothThemes } from "../support/axe.ts";
import { demoTests, follow, measureOverflow, openLive } from "../support/demo_page.ts";
import type { DemoSite } from "../support/demo_site.ts";

const test = demoTests();

/** Makes everything above a tenth raise an alert, as if just crossed; forgets alerts of other tests. */
async function raise(site: DemoSite): Promise<number> {
  const { alerting: { alerts }, hub } = site.composed;
  const { docs } = site.composed.services(new Set()).store;
  for (const kind of ["alerts", "alert_memory"] as const) {
    for (const { id } of await docs.list(kind, 0)) await docs.delete(kind, id);
  }
  await alerts.setRules({ thresholds: [5] });
  await alerts.evaluate();
  await alerts.setRules({ thresholds: [0.1] });
  await site.poll();
  const raised = await alerts.evaluate();
  hub.publish({ kind: "alerts", account: null });
  return raised.length;
}

const bell = (page: Page) => page.locator(".bell > summary");
const banners = (page: Page) => page.locator(".alert-banner");

test("the bell and the open alerts above the content update live", async ({ page, site }) => {
  await site.composed.alerting.alerts.snooze({ target: "*", until: Number.MAX_SAFE_INTEGER });
  site.composed.hub.publish({ kind: "alerts", account: null });
  await openLive(page, site);
  assertEquals(await bell(page).getAttribute("aria-label"), "No open alerts");
  assertEquals(await banners(page).count(), 0);
  await site.composed.alerting.alerts.unsnooze();
  const count = await raise(site);
  assert(count >= 2);
  await page.waitForSelector(`.bell-count[data-count="${count}"]`);
  // Their code loads apart from that of the bell.
  await banners(page).nth(1).waitFor();
  assertEquals(await banners(page).count(), 2);
  await bell(page).click();
  assertMatch(
    await page.locator(".bell-list").innerText(),
    /% used[\s\S]*(All alerts and rules|All \d+ alerts)/,
  );
  assertEquals(await findBarriers(page), []);
  await page.keyboard.press("Escape");
  assertEquals(await page.locator(".bell[open]").count(), 0);
  assert(await bell(page).evaluate((summary) => summary === document.activeElement));
});

test("a dismissed alert stays hidden on the pages of this browser, and in the bell", async ({ page, site }) => {
  const count = await raise(site);
  await openLive(page, site);
  const first = await banners(page).first().locator("a").innerText();
  const answered = page.waitForResponse("**/alerts/dismiss");
  await banners(page).first().getByRole("button", { name: /^Dismiss/ }).click();
  await answered;
  assert(await banners(page).first().locator("a").innerText() !== first);
  await openLive(page, site, "/help");
  assert(!(await page.locator(".alert-banners").innerText()).includes(first));
  assertEquals(await bell(page).getAttribute("aria-label"), `${count} open alerts`);
});

test(
  "without JavaScript the bell opens its list, and a banner is dismissed by its form",
  async ({ page, site }) => {
    await raise(site);
    await page.goto(`${site.origin}/help`);
    await bell(page).click();
    await page.locator(".bell-list a[href='/alerts']").waitFor();
    const first = await banners(page).first().locator("a").innerText();
    await follow(page, banners(page).first().getByRole("button"));
    assertEquals(page.url(), `${site.origin}/help`);
    assert(await banners(page).first().locator("a").innerText() !== first);
  },
  { javaScriptEnabled: false },
);

test(
  "the head takes two rows at most on phones, with nothing beside the page, and is accessible in both themes",
  async ({ page, site }) => {
    await raise(site);
    for (const width of [320, 375, 640, 1024, 1280, 1440]) {
      await page.setViewportSize({ width, height: 800 });
      await openLive(page, site, "/help");
      const { height } = (await page.locator(".topbar").boundingBox())!;
      assert(height <= (width < 1024 ? 125 : 64), `${width} px: ${height} px high`);
      const hidden = await page.locator("nav.places").evaluate((nav) => nav.scrollWidth - nav.clientWidth);
      if (width >= 1280) {
        assert(hidden <= 0, `${width} px: ${hidden} px of the navigation are out of sight`);
      }
      await bell(page).click();
      const list = (await page.locator(".bell-list").boundingBox())!;
      assert(list.x >= 0 && list.x + list.width <= width, `${width} px: ${JSON.stringify(list)}`);
      assertEquals(await measureOverflow(page), 0, `${width} px`);
      assertEquals(await findBarriersInBothThemes(page), [], `${width} px`);
    }
  },
);
