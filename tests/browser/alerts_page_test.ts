/** The pages of alerts and channels in a browser: reactions to input, and access. */
import { assertEquals, assertMatch } from "../support/assert.ts";
import { findBarriersInBothThemes } from "../support/axe.ts";
import { demoTests, follow, measureOverflow, openLive } from "../support/demo_page.ts";

const test = demoTests();
const QUOTA = "zai/default/five-hour";

test("the preview of a rule follows the input, before anything is saved", async ({ page, site }) => {
  await openLive(page, site, `/alerts?of=${encodeURIComponent(QUOTA)}`);
  const note = page.locator(".replay-note");
  const before = await note.getAttribute("data-replay");
  await page.getByLabel("Thresholds").fill("5, 10, 15, 20, 25, 30, 35, 40, 45, 50");
  await page.waitForFunction((before) => {
    const now = document.querySelector(".replay-note")?.getAttribute("data-replay");
    return now !== null && now !== before && Number(now) > Number(before);
  }, before);
  assertMatch(await note.innerText(), /Over your last 30 days, this rule would have alerted you \d+ times:/);
  assertEquals((await site.composed.alerting.alerts.rules()).only, undefined);
});

test(
  "without JavaScript a rule is previewed by its form, and saved by another button",
  async ({ page, site }) => {
    await page.goto(`${site.origin}/alerts?of=${encodeURIComponent(QUOTA)}`);
    await page.getByLabel("Thresholds").fill("10, 50");
    await follow(page, page.getByRole("button", { name: "Try on the last 30 days" }));
    assertMatch(
      await page.locator(".page-note").innerText(),
      /Not saved yet\. In the last 30 days this rule/,
    );
    assertEquals(await page.getByLabel("Thresholds").inputValue(), "10, 50");
    await follow(page, page.getByRole("button", { name: "Save" }));
    assertMatch(await page.locator(".page-note").innerText(), /^Saved\./);
    assertEquals(
      (await site.composed.alerting.alerts.rules()).only,
      { [QUOTA]: { thresholds: [0.1, 0.5] } } as never,
    );
    await site.composed.alerting.alerts.setRules({ only: {} as never });
  },
  { javaScriptEnabled: false },
);

test("the filter and the choice of rules apply as soon as they are chosen", async ({ page, site }) => {
  for (
    const [path, name, value, url] of [
      ["/alerts", "state", "sent", "/alerts?state=sent"],
      ["/alerts", "of", QUOTA, `/alerts?of=${encodeURIComponent(QUOTA)}#rules`],
    ] as const
  ) {
    await openLive(page, site, path);
    const select = page.locator(`[data-filter] select[name=${name}]`);
    await select.focus();
    await select.selectOption(value);
    await page.waitForURL(`${site.origin}${url}`);
    await page.waitForSelector('.connection[data-connection="live"]');
    assertEquals(await page.evaluate(() => document.activeElement?.getAttribute("name")), name);
    // The buttons are for browsers without scripts.
    assertEquals(await page.getByRole("button", { name: "Show", exact: true }).count(), 0);
  }
});

test("alerts, channels and feeds are accessible in both themes", async ({ page, site }) => {
  for (const path of ["/alerts?of=*", "/alerts/channels", "/me"]) {
    await openLive(page, site, path);
    for (const width of [320, 375, 1440]) {
      await page.setViewportSize({ width, height: 800 });
      assertEquals(await findBarriersInBothThemes(page), [], `${path} ${width} px`);
      assertEquals(await measureOverflow(page), 0, `${path} ${width} px`);
    }
  }
});
