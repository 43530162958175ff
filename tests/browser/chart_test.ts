import type { Page } from "playwright-core";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { demoTests, openLive } from "../support/demo_page.ts";

const test = demoTests();
const RANGES = ["1h", "24h", "7d", "30d", "6h"];

function pathsOf(page: Page): Promise<Record<string, string>> {
  return page.locator("path.series-line").evaluateAll((lines) =>
    Object.fromEntries(
      lines.map((line) => [line.getAttribute("data-quota") ?? "", line.getAttribute("d") ?? ""]),
    )
  );
}

test("ranges switch without a reload, keep the address, and the chosen one is marked", async ({ page, site }) => {
  await openLive(page, site);
  await page.evaluate(() => Object.assign(globalThis, { sameDocument: true }));
  for (const range of RANGES) {
    const before = await pathsOf(page);
    await page.getByRole("link", { name: range, exact: true }).click();
    await page.waitForSelector(`.range-btn[data-range="${range}"][aria-current="true"]`);
    await page.waitForURL(`${site.origin}/?range=${range}`);
    assertEquals(await page.locator('.range-btn[aria-current="true"]').allInnerTexts(), [range]);
    assert(JSON.stringify(await pathsOf(page)) !== JSON.stringify(before), `${range} draws the same`);
  }
  assert(await page.evaluate(() => "sameDocument" in globalThis), "The page was loaded anew");
});

test("a reload keeps the range, and draws what the switch drew", async ({ page, site }) => {
  await openLive(page, site);
  await page.getByRole("link", { name: "24h", exact: true }).click();
  await page.waitForURL(`${site.origin}/?range=24h`);
  const switched = await pathsOf(page);
  await page.reload();
  assertEquals(await page.locator('.range-btn[aria-current="true"]').allInnerTexts(), ["24h"]);
  assert(JSON.stringify(await pathsOf(page)) === JSON.stringify(switched), "A reload draws other lines");
});

test("the answer to the last range asked for is shown, whichever comes first", async ({ page, site }) => {
  await openLive(page, site);
  let release = () => {};
  const held = new Promise<void>((resolve) => release = resolve);
  await page.route("**/api/v1/series?range=30d", async (route) => {
    await held;
    await route.continue();
  });
  await page.getByRole("link", { name: "30d", exact: true }).click();
  await page.getByRole("link", { name: "1h", exact: true }).click();
  await page.waitForURL(`${site.origin}/?range=1h`);
  const late = page.waitForResponse("**/api/v1/series?range=30d");
  release();
  await (await late).finished();
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  assertEquals(page.url(), `${site.origin}/?range=1h`);
  assertEquals(await page.locator('.range-btn[aria-current="true"]').allInnerTexts(), ["1h"]);
});

test("a range that cannot be loaded is said so, and the one shown stays", async ({ page, site }) => {
  await openLive(page, site);
  await page.route("**/api/v1/series?range=7d", (route) => route.abort());
  await page.getByRole("link", { name: "7d", exact: true }).click();
  await page.getByText("The history could not be loaded").waitFor();
  assertEquals(await page.locator('.range-btn[aria-current="true"]').allInnerTexts(), ["6h"]);
  await page.getByRole("link", { name: "1h", exact: true }).click();
  await page.getByText("The history could not be loaded").waitFor({ state: "hidden" });
}, { expected: /Failed to load resource/ });

test("a press on the legend hides a line, and another shows it again", async ({ page, site }) => {
  await openLive(page, site);
  const item = page.locator('.legend-item[data-quota="zai/default/weekly"]');
  const line = page.locator('path[data-quota="zai/default/weekly"]');
  const colour = await line.getAttribute("class");
  assertEquals(await item.getAttribute("aria-pressed"), "true");
  await item.click();
  await line.waitFor({ state: "detached" });
  assertEquals(await item.getAttribute("aria-pressed"), "false");
  assertEquals(await page.locator("path.series-line").count(), 5);
  await page.getByRole("link", { name: "24h", exact: true }).click();
  await page.waitForURL(`${site.origin}/?range=24h`);
  assertEquals(await line.count(), 0);
  await item.click();
  await line.waitFor({ state: "attached" });
  assertEquals(await line.getAttribute("class"), colour);
});

test("the pointer over the chart shows where every quota stood at that instant", async ({ page, site }) => {
  await openLive(page, site, "/?range=24h");
  const { from, to, lines } = await site.composed.services(new Set()).history({ range: "24h" });
  await page.locator("svg.plot").scrollIntoViewIfNeeded();
  const box = (await page.locator("svg.plot").boundingBox())!;
  for (const place of [0.25, 0.75]) {
    await page.mouse.move(box.x + box.width * place, box.y + 40);
    const at = from + (to - from) * place;
    await page.waitForFunction(() =>
      /^\w{3} \d+ Nov \d\d:\d\d$/.test(document.querySelector(".chart-moment")!.textContent!)
    );
    for (const { key, points } of lines) {
      const share = points.findLast(([instant]) => instant <= at)![1]!;
      const shown = await page.locator(`.legend-item[data-quota="${key}"] .legend-value`).innerText();
      assert(Math.abs(parseFloat(shown) - share * 100) <= 1.5, `${key}: ${shown}, expected ${share}`);
    }
    assertEquals(await page.locator("circle.series-dot").count(), lines.length);
  }
  await page.mouse.move(0, 0);
  await page.waitForFunction(() => document.querySelector(".chart-moment")!.textContent === "Now");
  assertEquals(await page.locator("circle.series-dot").count(), 0);
});

test("by keyboard one walks along the history, and hears what stands there", async ({ page, site }) => {
  await openLive(page, site);
  const slider = page.getByRole("slider", { name: "Instant of the history" });
  await slider.focus();
  assertMatch((await slider.getAttribute("aria-valuetext"))!, /^Now: Synthetic Subscription requests \d+%, /);
  const newest = Number(await slider.getAttribute("aria-valuenow"));
  await page.keyboard.press("ArrowLeft");
  await page.waitForSelector("circle.series-dot");
  assertEquals(Number(await slider.getAttribute("aria-valuenow")), newest - 5 * 60_000);
  assertMatch(
    (await slider.getAttribute("aria-valuetext"))!,
    /^Thu 19 Nov \d\d:\d\d: Synthetic Subscription/,
  );
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowLeft");
  const oldest = Number(await slider.getAttribute("aria-valuemin"));
  await page.waitForFunction(
    (at) => Number(document.querySelector("[role=slider]")!.getAttribute("aria-valuenow")) === at,
    oldest,
  );
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => document.querySelector(".chart-moment")!.textContent === "Now");
});
