/** The overview of many accounts on a phone: urgent items first, the rest folded into one line each. */
import type { Page } from "playwright-core";
import { assert, assertEquals } from "../support/assert.ts";
import { browserTest } from "../support/browser.ts";
import { serveBuilt } from "../support/built_site.ts";
import { measureOverflow } from "../support/demo_page.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeServices } from "../support/fake_services.ts";
import { reading } from "../support/readings.ts";
import { TOUCH } from "../support/touch_layout.ts";

const NOW = Date.parse("2026-11-21T12:00:00Z");
const HOUR = 3_600_000;
/** About five times what fits on a phone. */
const MAX_HEIGHT = 4500;

/** Fourteen accounts of three quotas, of which 17 are tight. */
async function fullServices() {
  const services = await fakeServices({ clock: new FakeClock(NOW) });
  for (let i = 0; i < 14; i++) {
    const used = (quota: number) => i * 3 + quota < 17 ? 99 - i * 3 - quota : 20;
    await services.polled(
      `acme/team-${i}`,
      ["5-hour quota", "Weekly, all models", "Premium requests"].map((label, quota) =>
        reading({
          quota: `quota-${quota}`,
          label,
          used: used(quota),
          limit: 100,
          remaining: 100 - used(quota),
          resetsAt: NOW + (quota * 60 + 1) * HOUR,
        })
      ),
    );
  }
  return services;
}

/** The number of visible elements, and of all elements. */
async function seen(page: Page, selector: string): Promise<readonly [seen: number, all: number]> {
  const all = page.locator(selector);
  return [await all.filter({ visible: true }).count(), await all.count()];
}

for (const javaScriptEnabled of [true, false]) {
  browserTest(
    `on a phone 14 accounts are a short page that opens by touch ${
      javaScriptEnabled ? "with" : "without"
    } scripts`,
    async ({ page, errors }) => {
      await using services = await fullServices();
      await using site = await serveBuilt(services);
      await page.goto(`${site.origin}/`);
      const { height } = (await page.locator("body").boundingBox())!;
      assert(height < MAX_HEIGHT, `${height} px`);
      assertEquals(await seen(page, ".tight-group .quota-row"), [6, 17]);
      assertEquals(await seen(page, ".horizon-lane"), [6, 12]);
      await page.getByText("11 more tight quotas").tap();
      await page.getByText("6 more lanes").tap();
      assertEquals(await seen(page, ".tight-group .quota-row"), [17, 17]);
      assertEquals(await seen(page, ".horizon-lane"), [12, 12]);
      assertEquals(await measureOverflow(page), 0);
      assertEquals(errors, []);
    },
    { ...TOUCH, javaScriptEnabled },
  );
}

browserTest("beside the Horizon, on a wide screen, nothing tight is folded", async ({ page }) => {
  await using services = await fullServices();
  await using site = await serveBuilt(services);
  await page.goto(`${site.origin}/`);
  assertEquals(await seen(page, ".tight-group .quota-row"), [17, 17]);
  assertEquals(await seen(page, ".horizon-lane"), [12, 12]);
  assertEquals(await seen(page, ".narrow-fold > summary"), [0, 2]);
}, { viewport: { width: 1280, height: 800 }, javaScriptEnabled: false });
