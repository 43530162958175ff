/** The dashboard below a path: every request of the browser and every link stays below it. */
import { assert, assertEquals } from "../support/assert.ts";
import { browserTest } from "../support/browser.ts";
import { reading } from "../support/readings.ts";
import { serveAt } from "../support/running_server.ts";

const BASE = "/ai-usage";

browserTest(
  "below a path a browser requests nothing outside of it, and every link leads into it",
  async (browsing) => {
    const { page, errors, requests } = browsing;
    await using server = await serveAt({ listen: { basePath: BASE } });
    const { services, url } = server;
    await services.polled("acme/default", [reading({ used: 40, limit: 100, remaining: 60 })]);
    for (const path of ["/", "/history", "/settings", "/help"]) {
      await page.goto(`${url}${BASE}${path}`);
      // Islands have hydrated once the theme reacts to a click.
      await page.waitForLoadState("load");
      const outside = await page.evaluate(
        (base) =>
          [...document.querySelectorAll("[href],[src],[action]")].flatMap((element) =>
            ["href", "src", "action"].map((name) => element.getAttribute(name) ?? "#")
          ).filter((address) => address.startsWith("/") && !address.startsWith(`${base}/`)),
        BASE,
      );
      assertEquals([path, outside], [path, []]);
    }
    // Live: a new reading changes the page, and what islands render has the path as well.
    await page.goto(`${url}${BASE}/`);
    await page.waitForSelector('[data-connection="live"]');
    await services.polled("acme/default", [reading({ used: 41, limit: 100, remaining: 59 })]);
    await services.polled("acme/second", [reading({ used: 7, limit: 100, remaining: 93 })]);
    await page.waitForSelector(`a[href^="${BASE}/accounts/acme/second"]`);
    assertEquals(await page.locator('a[href^="/accounts/"]').count(), 0);
    await page.keyboard.press("g");
    await page.keyboard.press("h");
    await page.waitForURL(`${url}${BASE}/history**`);
    const own = requests.filter((one) => one.startsWith(url));
    assert(own.length > 10);
    assertEquals(own.filter((one) => !new URL(one).pathname.startsWith(`${BASE}/`)), []);
    assertEquals(errors, []);
  },
);
