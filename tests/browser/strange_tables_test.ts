import { assert, assertEquals } from "../support/assert.ts";
import { findBarriers } from "../support/axe.ts";
import { browserTest } from "../support/browser.ts";
import { serveBuilt } from "../support/built_site.ts";
import { measureOverflow } from "../support/demo_page.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeServices } from "../support/fake_services.ts";
import { FIVE_HOURS, HOUR_MS, MINUTE_MS, reading, utc } from "../support/readings.ts";

const AT = utc("2026-11-19 10:00");
const LABELS: readonly string[] = [
  "<img src=x onerror=alert(1)><script>alert(2)</script>",
  "W".repeat(300),
  "\u202eright to left\u2066",
  "Z\u0351\u0352\u0353\u0354\u0355".repeat(60),
  "",
  "\u0000\u0007\u001b[31mred",
];

browserTest(
  "strange names are text in tables and settings, and break no layout",
  async ({ page, errors }) => {
    const clock = new FakeClock(AT);
    await using services = await fakeServices({ clock });
    for (const used of [5, 60, 140, 3]) {
      await services.polled(
        "acme/a very long name of an account",
        LABELS.map((label, place) =>
          reading({
            quota: `quota-${place}`,
            label,
            used,
            window: FIVE_HOURS,
            resetsAt: clock.now() + HOUR_MS,
          })
        ),
      );
      clock.jump(45 * MINUTE_MS);
    }
    await services.settings.save({
      accounts: { "acme/a very long name of an account": { label: "W".repeat(60), polling: true } },
      hiddenInsights: ["<b>".repeat(100), `trend:acme/${"x".repeat(280)}/y`],
    });
    await using site = await serveBuilt(services);
    for (
      const path of [
        "/cycles?range=all&group=quota",
        "/sessions?range=all",
        "/cycle-overview",
        "/history?range=all",
        "/stats",
        "/settings?tab=accounts",
        "/settings?tab=insights",
      ]
    ) {
      for (const width of [320, 1280]) {
        await page.setViewportSize({ width, height: 800 });
        await page.goto(`${site.origin}${path}`);
        assertEquals(await measureOverflow(page), 0, `${path} at ${width} px`);
      }
      assertEquals(await page.locator("main img, main script").count(), 0, path);
      const text = await page.locator("main").innerText();
      // deno-lint-ignore no-control-regex
      assert(!/[\u0000-\u0008\u001b\u202e\u2066]/.test(text), path);
      assertEquals(await findBarriers(page), [], path);
    }
    assertEquals(errors, []);
  },
);
