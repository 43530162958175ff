/** Charts of very long, very many, reversed or unknown values: nothing overlaps or leaves its place. */
import { assert, assertEquals } from "../support/assert.ts";
import { browserTest } from "../support/browser.ts";
import { serveBuilt } from "../support/built_site.ts";
import { measureOverflow, waitForConnection } from "../support/demo_page.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeServices } from "../support/fake_services.ts";
import { reading } from "../support/readings.ts";
import { HOUR_MS } from "../../lib/model/duration.ts";

const NOW = Date.parse("2026-11-21T12:00:00Z");
const NAMES = [
  "W".repeat(300),
  "\u05de\u05db\u05e1\u05d4 \u05e9\u05d1\u05d5\u05e2\u05d9\u05ea ".repeat(20),
  "\u{1f469}\u200d\u{1f469}\u200d\u{1f467} ".repeat(40),
  "<b>&\"'</b>",
];

browserTest(
  "names of any length, direction and script stay at the ends of their lines and in the tooltip",
  async ({ page, errors }) => {
    const clock = new FakeClock(NOW - 2 * HOUR_MS);
    await using services = await fakeServices({ clock });
    const all = (used: number) =>
      NAMES.map((label, i) =>
        reading({ quota: `q${i}`, label, used: used + i, limit: 100, resetsAt: NOW + HOUR_MS })
      );
    for (const used of [10, 20, 30]) {
      await services.polled("acme/default", all(used));
      clock.jump(HOUR_MS);
    }
    await services.notes.add({ at: NOW - HOUR_MS, text: "n".repeat(200), account: null });
    await using site = await serveBuilt(services);
    for (const width of [320, 375, 768, 1440, 2560]) {
      await page.setViewportSize({ width, height: 900 });
      await page.goto(`${site.origin}/accounts/acme/default?range=6h`);
      await waitForConnection(page, "live");
      await page.locator("svg.plot").scrollIntoViewIfNeeded();
      const box = (await page.locator("svg.plot").boundingBox())!;
      for (const place of [0.1, 0.5, 0.95]) {
        await page.mouse.move(box.x + box.width * place, box.y + 40);
        await page.locator(".chart-tip").waitFor();
        assertEquals(await measureOverflow(page), 0, `${width} px at ${place}`);
      }
      const names = page.locator(".line-names text, .line-numbers text");
      const shown = await names.evaluateAll((texts) =>
        texts.filter((text) => text.checkVisibility()).map((text) => text.textContent!)
      );
      assertEquals(shown.length, NAMES.length);
      for (const name of shown) assert([...name].length <= 20, name);
    }
    assertEquals(errors, []);
  },
);

browserTest(
  "two hundred quotas, unknown figures and no account at all have an overview that fits",
  async ({ page, errors }) => {
    for (const kind of ["many", "unknown", "none"] as const) {
      const clock = new FakeClock(NOW - HOUR_MS);
      await using services = await fakeServices({ clock });
      const readings = Array.from({ length: kind === "many" ? 200 : 3 }, (_, i) =>
        reading(
          kind === "unknown"
            ? { quota: `q${i}`, used: null, limit: null, remaining: null, resetsAt: null }
            : { quota: `q${i}`, used: i / 2, limit: 100 },
        ));
      for (let poll = 0; poll < 2 && kind !== "none"; poll++) {
        await services.polled("acme/default", readings);
        clock.jump(HOUR_MS);
      }
      await using site = await serveBuilt(services);
      for (const width of [375, 1440]) {
        await page.setViewportSize({ width, height: 900 });
        await page.goto(`${site.origin}/`);
        await waitForConnection(page, "live");
        assertEquals(await measureOverflow(page), 0, `${kind} at ${width} px`);
        if (kind === "many") assertEquals(await page.locator("path.series-line").count(), 8);
        if (kind === "unknown") assertEquals(await page.locator(".line-names text, .top-insight").count(), 0);
      }
      // Its server ends next, and a page that stays open would report that.
      await page.goto("about:blank");
    }
    assertEquals(errors, []);
  },
);
