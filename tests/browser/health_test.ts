import { MINUTE_MS } from "../../lib/model/duration.ts";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { findBarriers, findBarriersInBothThemes } from "../support/axe.ts";
import { demoTests, openLive } from "../support/demo_page.ts";

const test = demoTests();
const SECTION = '.account[data-account="synthetic/default"]';
const CARDS = '.quota-card[data-provider="synthetic"]';
const NEED = '.needs-you [data-account="synthetic/default"]';

test("a failing account states the reason and the remedy, and keeps its last figures", async ({ page, site }) => {
  await openLive(page, site);
  const figure = page.locator(`${CARDS}[data-quota="subscription"] .quota-percent`);
  const last = await figure.innerText();
  site.trouble("outage", "synthetic");
  await site.poll(MINUTE_MS, "synthetic");
  const health = page.locator(`${SECTION} .account-health`);
  await health.getByText("Vendor unreachable").waitFor();
  const hint = await page.locator(NEED).innerText();
  assertMatch(hint, /^Synthetic: vendor unreachable\n/);
  assertMatch(hint, /answered with status 503.*Syntrack tries again\..* Next try in \w+, at \d\d:\d\d\.$/);
  // It is reported once.
  assertEquals(await page.locator(`${SECTION} .account-hint`).count(), 0);
  assertEquals(await figure.innerText(), last);
  assertEquals(await page.locator(`${CARDS}.is-stale`).count(), 0);

  await site.poll(4 * MINUTE_MS, "synthetic");
  await page.locator(`${CARDS}.is-stale`).first().waitFor();
  assertEquals(await page.locator(`${CARDS}.is-stale`).count(), 3);
  assertEquals(await figure.innerText(), last);
  assertMatch(await health.innerText(), /^Vendor unreachable, figures from [56]m ago$/);
  for (const age of await page.locator(`${CARDS} .quota-age`).allInnerTexts()) {
    assertMatch(age, /^Stale, read [56]m ago$/);
  }
  assertEquals(await findBarriers(page), []);

  site.calm();
  await site.poll(MINUTE_MS, "synthetic");
  await health.getByText("Up to date").waitFor();
  assertEquals(await page.locator(`${CARDS}.is-stale, ${NEED}`).count(), 0);
});

test("a rate-limited account states until when", async ({ page, site }) => {
  site.trouble("limited", "zai");
  await site.poll(MINUTE_MS, "zai");
  await openLive(page, site);
  const section = page.locator('.account[data-account="zai/default"]');
  assertMatch(await section.locator(".account-health").innerText(), /^Rate limited, read/);
  assertMatch(await section.locator(".account-hint").innerText(), /Next try in \d+m, at \d\d:\d\d\.$/);
  // The vendor is polled again only after the hour it requested.
  site.calm();
  site.clock.jump(70 * MINUTE_MS);
});

test("an unexpected response is reported, and no figure is invented", async ({ page, site }) => {
  await openLive(page, site);
  const figures = () => page.locator(`${CARDS} .quota-percent`).allInnerTexts();
  const last = await figures();
  site.trouble("unreadable", "synthetic");
  await site.poll(MINUTE_MS, "synthetic");
  await page.locator(`${SECTION} .account-health`).getByText("Unexpected response").waitFor();
  assertEquals(await figures(), last);
  assert((await page.locator(NEED).innerText()).length > 10);
});

test("nothing keeps people out of the overview in either theme, well or failing", async ({ page, site }) => {
  await openLive(page, site);
  assertEquals(await findBarriersInBothThemes(page), []);
  site.trouble("outage", "synthetic");
  site.trouble("unreadable", "zai");
  await site.poll(5 * MINUTE_MS);
  await page.locator(".is-stale").nth(5).waitFor();
  assertEquals(await findBarriersInBothThemes(page), []);
  await page.setViewportSize({ width: 375, height: 812 });
  assertEquals(await findBarriersInBothThemes(page), []);
});
