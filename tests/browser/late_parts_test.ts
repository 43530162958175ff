/** Parts of a page that load their code on first use, and input that arrived before. */
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { MINUTE_MS } from "../../lib/model/duration.ts";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { demoTests, follow, openLive, waitForConnection } from "../support/demo_page.ts";

const test = demoTests();
const PHONE = { viewport: { width: 375, height: 812 }, hasTouch: true, isMobile: true } as const;
const LATER = /\/_fresh\/js\/\w+\/([A-Z]\w+)-[\w-]+\.js/;

/** Names of the parts whose code was requested. */
function loaded(requests: readonly string[]): readonly string[] {
  return [...new Set(requests.flatMap((url) => LATER.exec(url)?.[1] ?? []))].sort();
}

/** Delays the code of a part until it is released. */
async function hold(page: Page, part: string): Promise<{ asked(): Promise<void>; letGo(): void }> {
  const asked = Promise.withResolvers<void>();
  const free = Promise.withResolvers<void>();
  await page.route(new RegExp(`/${part}-[^/]+\\.js`), async (route) => {
    asked.resolve();
    await free.promise;
    await route.continue();
  });
  return { asked: () => asked.promise, letGo: () => free.resolve() };
}

/** Marks the document, to detect a reload. */
async function mark(page: Page): Promise<() => Promise<boolean>> {
  await page.evaluate(() => Object.assign(globalThis, { marked: true }));
  return () => page.evaluate(() => "marked" in globalThis);
}

async function plotBox(page: Page) {
  await page.locator("svg.plot").scrollIntoViewIfNeeded();
  return (await page.locator("svg.plot").boundingBox())!;
}

test("viewing an overview loads no code of chart, Horizon and insights", async ({ page, site, requests }) => {
  await openLive(page, site);
  await page.locator("path.series-line").first().waitFor();
  await page.locator(".horizon-lane").first().waitFor();
  assertEquals(loaded(requests), []);
  await page.locator(".quota-card").first().hover();
  assertEquals(loaded(requests), []);
  await page.locator("svg.plot").hover();
  await page.locator(".chart-tip").waitFor();
  assertEquals(loaded(requests), ["HistoryChart"]);
});

/** What docs/performance.md states. */
const MAX_OPENED = 40_000;

test("scripts and stylesheet of an overview are less than 40 kB gzipped", async ({ page, site, requests }) => {
  await openLive(page, site);
  const files = [...new Set(requests)].filter((url) =>
    /\.(?:js|css)(?:\?|$)/.test(url) && !url.endsWith("/sw.js")
  );
  assert(files.length >= 3, String(files));
  const bytes = await Promise.all(
    files.map(async (url) => gzipSync(new Uint8Array(await (await fetch(url)).arrayBuffer())).length),
  );
  const sum = bytes.reduce((total, one) => total + one, 0);
  assert(sum < MAX_OPENED, `${sum} bytes: ${files.join(" ")}`);
});

test("what opens over the overview looks the same as elsewhere, although its stylesheet is smaller", async ({ page, site }) => {
  const looks = async (path: string) => {
    await openLive(page, site, path);
    await page.keyboard.press("p");
    const field = page.locator(".palette-field");
    await field.waitFor();
    await page.locator(".palette-entry").first().waitFor();
    return await page.locator(".palette-field, .palette-entry >> nth=0").evaluateAll((all) =>
      all.map((one) => {
        const { minHeight, padding, fontSize, display, backgroundColor, width } = getComputedStyle(one);
        return { minHeight, padding, fontSize, display, backgroundColor, width };
      })
    );
  };
  const overview = await looks("/");
  assertEquals(overview, await looks("/help"));
  assertEquals(overview[0]!.minHeight, "48px");
});

for (
  const path of [
    "/",
    "/?earlier=1&from=2026-11-18T10:00&to=2026-11-19T10:00",
    "/?view=compact&sort=name",
    "/?q=nowhere",
  ]
) {
  test(`every element of ${path} looks the same as with the full stylesheet`, async ({ page, site }) => {
    for (const width of [375, 1440]) {
      // Updating countdowns would change the size of their surroundings.
      await page.addInitScript(() => Object.assign(globalThis, { setInterval: () => 0 }));
      await page.setViewportSize({ width, height: 900 });
      await openLive(page, site, path);
      const differing = await page.evaluate(async () => {
        // Every element has the same properties, which take most of the time to list, and then its variables.
        const names = Array.from(getComputedStyle(document.body)).filter((name) => !name.startsWith("--"));
        const looks = () =>
          Array.from(document.querySelectorAll("body *"), (one) => {
            const style = getComputedStyle(one);
            const values = names.map((name) => style.getPropertyValue(name));
            for (let i = names.length; i < style.length; i++) values.push(style.getPropertyValue(style[i]!));
            return values.join(";") + getComputedStyle(one, "::before").content;
          });
        const before = looks();
        const link = document.querySelector<HTMLLinkElement>('link[href*="/overview.css"]')!;
        await new Promise((resolve) => {
          link.onload = resolve;
          link.href = link.href.replace("overview.css", "styles.css");
        });
        const all = document.querySelectorAll("body *");
        return looks().flatMap((one, i) => one === before[i] ? [] : [all[i]!.outerHTML.slice(0, 100)]);
      });
      assertEquals(differing.slice(0, 5), []);
    }
  });
}

test("the calendar of a custom range opens for a click that came before its code", async ({ page, site }) => {
  const code = await hold(page, "HistoryChart");
  await openLive(page, site, "/?range=24h");
  await page.evaluate(() => {
    const seen = Object.assign(globalThis, { opened: [] as string[] });
    HTMLInputElement.prototype.showPicker = function () {
      seen.opened.push(this.type);
    };
  });
  const opened = () => page.evaluate(() => (globalThis as unknown as { opened: string[] }).opened);
  await page.getByText("Custom range").click();
  await page.locator(".span-form [data-pick]").first().click();
  await code.asked();
  assertEquals(await opened(), []);
  code.letGo();
  await page.waitForFunction(() => (globalThis as unknown as { opened: string[] }).opened.length > 0);
  assertEquals(await opened(), ["datetime-local"]);
});

test("the table of the chart has the whole stylesheet, whether it was opened here or came with the page", async ({ page, site }) => {
  await openLive(page, site, "/?range=24h");
  const sheets = () =>
    page.locator('link[rel="stylesheet"]').evaluateAll((links) =>
      links.map((link) => new URL((link as HTMLLinkElement).href).pathname)
    );
  const border = () =>
    page.locator(".data-table td").first().evaluate((cell) => getComputedStyle(cell).borderBottomWidth);
  assertEquals(await sheets(), ["/overview.css"]);
  await page.locator(".plot").first().hover();
  await page.getByRole("link", { name: "As a table" }).click();
  assertEquals(await border(), "1px");
  assertEquals(await sheets(), ["/styles.css"]);
  await openLive(page, site, "/?range=24h&table=1");
  assertEquals(await sheets(), ["/styles.css"]);
  assertEquals(await border(), "1px");
});

test("nor does viewing the page of an account", async ({ page, site, requests }) => {
  await openLive(page, site, "/accounts/zai/default");
  await page.locator("path.series-line").first().waitFor();
  assertEquals(loaded(requests), []);
});

test("the first hover shows the value at the pointer, which need not move again", async ({ page, site }) => {
  const code = await hold(page, "HistoryChart");
  await openLive(page, site, "/?range=24h");
  const box = await plotBox(page);
  await page.mouse.move(box.x + box.width * 0.2, box.y + 60);
  await page.mouse.move(box.x + box.width * 0.5, box.y + 60);
  await code.asked();
  assertEquals(await page.locator(".chart-tip").count(), 0);
  code.letGo();
  await page.locator(".chart-tip").waitFor();
  const [from, end] = await page.locator("svg.plot").evaluate((plot) =>
    [Number(plot.getAttribute("data-from")), Number(plot.getAttribute("data-end"))] as const
  );
  const x = await page.locator("line.chart-cursor").evaluate((line) => line.getBoundingClientRect().x);
  assert(Math.abs(x - (box.x + box.width * 0.5)) < 3, `The cursor is at ${x}, of ${from} to ${end}`);
});

test("a pointer that has left before the code arrived leaves nothing behind", async ({ page, site }) => {
  const code = await hold(page, "HistoryChart");
  await openLive(page, site);
  const box = await plotBox(page);
  await page.mouse.move(box.x + 80, box.y + 60);
  await code.asked();
  await page.mouse.move(5, 5);
  code.letGo();
  await page.locator(".chart-spoken").waitFor({ state: "attached" });
  await page.locator(".chart-table-toggle").click();
  await page.locator(".point-table").waitFor();
  assertEquals(await page.locator(".chart-tip").count(), 0);
});

test("the first click on a range acts once, in place", async ({ page, site, requests }) => {
  const code = await hold(page, "HistoryChart");
  await openLive(page, site);
  const same = await mark(page);
  await page.locator('.range-btn[data-range="7d"]').click();
  await code.asked();
  assertEquals(new URL(page.url()).search, "");
  code.letGo();
  await page.waitForURL(/range=7d/);
  await page.locator('.range-btn[data-range="7d"][aria-current="true"]').waitFor();
  assertEquals(requests.filter((url) => url.includes("/api/v1/series")).length, 1);
  assert(await same(), "The page was loaded anew");
});

test("a button clicked twice before the code arrived acts twice, and no more", async ({ page, site }) => {
  const code = await hold(page, "HistoryChart");
  await openLive(page, site);
  const hidden = () => new URL(page.url()).searchParams.getAll("hide").length;
  const [first, second] = [page.locator(".legend-item").nth(0), page.locator(".legend-item").nth(1)];
  await first.click();
  await second.click();
  await code.asked();
  assertEquals(hidden(), 0);
  code.letGo();
  await page.waitForFunction(() => new URL(location.href).searchParams.getAll("hide").length === 2);
});

test(
  "a finger on the chart reads it at the first touch, and a tap on the Horizon acts once",
  async ({ page, site }) => {
    const chart = await hold(page, "HistoryChart");
    const horizon = await hold(page, "Horizon");
    await openLive(page, site);
    const same = await mark(page);
    const box = await plotBox(page);
    await page.touchscreen.tap(box.x + box.width / 2, box.y + 60);
    await chart.asked();
    chart.letGo();
    await page.locator(".chart-tip").waitFor();
    await page.locator('.horizon-btn[data-span="7d"]').tap();
    await horizon.asked();
    horizon.letGo();
    await page.waitForURL(/horizon=7d/);
    await page.locator('.horizon-btn[data-span="7d"][aria-current="true"]').waitFor();
    assertMatch(await page.locator(".horizon-sentence").first().innerText(), /\w/);
    assert(await same(), "The page was loaded anew");
  },
  PHONE,
);

test("keys pressed before the code arrived move from there, and the focus stays", async ({ page, site }) => {
  const code = await hold(page, "HistoryChart");
  await openLive(page, site);
  await page.locator(".chart-area").focus();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  await code.asked();
  code.letGo();
  await page.locator("circle.series-dot").first().waitFor();
  const second = await page.locator(".chart-moment").innerText();
  assert(await page.locator(".chart-area").evaluate((area) => area === document.activeElement));
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction((text) => document.querySelector(".chart-moment")!.textContent !== text, second);
});

test("what was opened and typed before the code arrived stays", async ({ page, site }) => {
  const code = await hold(page, "HistoryChart");
  await openLive(page, site);
  await page.getByText("Custom range").click();
  await page.locator("#span-from").fill("2026-11-18 10:00");
  await code.asked();
  code.letGo();
  await page.locator(".chart-table-toggle").click();
  await page.locator(".point-table").waitFor();
  assertEquals(await page.locator("#span-from").inputValue(), "2026-11-18 10:00");
  await page.locator(".span-form button[type=submit]").click();
  await page.waitForURL(/from=2026-11-18/);
});

test("a new reading draws its point although the chart is untouched", async ({ page, site, requests }) => {
  await openLive(page, site);
  const line = page.locator('path[data-quota="synthetic/default/tool-calls"]');
  const path = (await line.getAttribute("d"))!;
  await site.poll(10 * MINUTE_MS);
  await page.waitForFunction(
    (before) =>
      document.querySelector('path[data-quota="synthetic/default/tool-calls"]')!.getAttribute("d") !== before,
    path,
  );
  assertEquals(loaded(requests), ["HistoryChart", "Horizon"]);
});

test("everything beside the cards follows a filter", async ({ page, site }) => {
  await openLive(page, site);
  const lanes = await page.locator(".horizon-lane").count();
  await page.locator('.provider-tab[data-provider="zai"]').click();
  await page.waitForFunction((all) => document.querySelectorAll(".horizon-lane").length < all, lanes);
  await page.getByRole("heading", { name: /^History of Z\.ai/ }).waitFor();
});

test("the Horizon moves on with time", async ({ page, site, requests }) => {
  await page.clock.install({ time: site.clock.now() });
  await openLive(page, site);
  // Its code may arrive while the time passes.
  const code = page.waitForResponse(/Horizon-/).catch(() => {});
  await page.clock.runFor(MINUTE_MS + 1000);
  await code;
  assertEquals(loaded(requests).includes("Horizon"), true);
});

test(
  "code of another version is gone: a click reloads the page, and a hover does not",
  async ({ page, site }) => {
    await page.route(LATER, (route) => route.fulfill({ status: 404, body: "" }));
    await openLive(page, site);
    const same = await mark(page);
    const answered = page.waitForResponse(LATER);
    await page.locator("svg.plot").hover();
    await answered;
    assert(await same());
    await follow(page, page.locator(".chart-zoom-in"));
    assertEquals(await same(), false);
    await waitForConnection(page, "live");
  },
  { expected: /Failed to (?:load resource|fetch dynamically)/ },
);
