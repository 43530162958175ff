import type { Page } from "playwright-core";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { projectLine } from "../../lib/model/forecast/projected_line.ts";
import { momentText } from "../../lib/ui/dates.ts";
import { findBarriersInBothThemes } from "../support/axe.ts";
import { demoTests, openLive, waitForConnection } from "../support/demo_page.ts";
import { ZONE } from "../support/demo_site.ts";

const test = demoTests();
const RANGES = ["1h", "24h", "7d", "30d", "90d", "1y", "6h"];

function pathsOf(page: Page): Promise<Record<string, string>> {
  return page.locator("path.series-line").evaluateAll((lines) =>
    Object.fromEntries(
      lines.map((line) => [line.getAttribute("data-quota") ?? "", line.getAttribute("d") ?? ""]),
    )
  );
}

test("ranges switch without a reload, keep the URL, and the chosen one is marked", async ({ page, site }) => {
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

test("the answer for the last requested range is shown, whichever arrives first", async ({ page, site }) => {
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

test("a range that cannot be loaded is reported, and the current one stays", async ({ page, site }) => {
  await openLive(page, site);
  await page.route("**/api/v1/series?range=7d", (route) => route.abort());
  await page.getByRole("link", { name: "7d", exact: true }).click();
  await page.getByText("The history could not be loaded").waitFor();
  assertEquals(await page.locator('.range-btn[aria-current="true"]').allInnerTexts(), ["6h"]);
  await page.getByRole("link", { name: "1h", exact: true }).click();
  await page.getByText("The history could not be loaded").waitFor({ state: "hidden" });
}, { expected: /Failed to load resource/ });

test("a click in the legend hides a line, and another shows it again", async ({ page, site }) => {
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
  await page.waitForURL(`${site.origin}/?range=24h&hide=zai%2Fdefault%2Fweekly`);
  assertEquals(await line.count(), 0);
  // The URL keeps what is hidden.
  await page.reload();
  assertEquals(await item.getAttribute("aria-pressed"), "false");
  assertEquals(await line.count(), 0);
  await waitForConnection(page, "live");
  await item.click();
  await line.waitFor({ state: "attached" });
  assertEquals(await line.getAttribute("class"), colour);
});

test("the pointer over the chart shows the level of every quota at that time", async ({ page, site }) => {
  await openLive(page, site, "/?range=24h");
  const { lines } = await site.composed.services(new Set()).history({ range: "24h" });
  await page.locator("svg.plot").scrollIntoViewIfNeeded();
  const [from, end] = await page.locator("svg.plot").evaluate((plot) =>
    ["data-from", "data-end"].map((name) => Number(plot.getAttribute(name)))
  ) as [number, number];
  const box = (await page.locator("svg.plot").boundingBox())!;
  for (const place of [0.25, 0.75]) {
    await page.mouse.move(box.x + box.width * place, box.y + 40);
    const at = from + (end - from) * place;
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

test("the keyboard moves from point to point, with an announcement after a pause", async ({ page, site }) => {
  await openLive(page, site);
  const chart = page.getByRole("group", { name: /^History, percent used of each limit/ });
  await chart.focus();
  const moment = () => page.locator(".chart-moment").innerText();
  const spoken = page.locator(".chart-spoken");
  const { lines, from } = await site.composed.services(new Set()).history({ range: "6h" });
  const instants = [...new Set(lines.flatMap(({ points }) => points.map(([at]) => at)))].sort((a, b) =>
    a - b
  );
  await page.keyboard.press("ArrowLeft");
  await page.waitForSelector("circle.series-dot");
  const first = await moment();
  const asPoint = instants.map((at) => momentText(Math.ceil(at / 1000) * 1000, ZONE));
  assert(asPoint.includes(first), `${first} is no point`);
  await page.keyboard.press("ArrowLeft");
  await page.waitForFunction(
    (before) => document.querySelector(".chart-moment")!.textContent !== before,
    first,
  );
  assert(asPoint.includes(await moment()), `${await moment()} is no point`);
  assertEquals(await spoken.getAttribute("aria-live"), "polite");
  await page.waitForFunction(() => document.querySelector(".chart-spoken")!.textContent !== "");
  assertMatch(await spoken.innerText(), /^Thu 19 Nov \d\d:\d\d: Synthetic Subscription requests \d+/);
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction(
    (wanted) => document.querySelector(".chart-moment")!.textContent === wanted,
    first,
  );
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowLeft");
  await page.waitForFunction(
    (wanted) => document.querySelector(".chart-moment")!.textContent === wanted,
    momentText(from, ZONE),
  );
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => document.querySelector(".chart-moment")!.textContent === "Now");
});

test("dragging over the chart zooms in, in the URL as well, and one click goes back", async ({ page, site }) => {
  await openLive(page, site, "/?range=24h");
  await page.locator("svg.plot").scrollIntoViewIfNeeded();
  const box = (await page.locator("svg.plot").boundingBox())!;
  const before = await pathsOf(page);
  assertEquals(await page.locator(".chart-reset").isVisible(), false);
  await page.mouse.move(box.x + box.width * 0.2, box.y + 50);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.3, box.y + 60, { steps: 3 });
  await page.waitForSelector("rect.chart-drag");
  await page.mouse.up();
  await page.waitForURL(/from=2026-11-18T\d\d%3A\d\d&to=2026-11-18T\d\d%3A\d\d/);
  assert(JSON.stringify(await pathsOf(page)) !== JSON.stringify(before), "The zoom draws the same");
  assertEquals(await page.locator("rect.chart-drag").count(), 0);
  const query = new URL(page.url()).searchParams;
  const zoomed = Date.parse(`${query.get("to")}Z`) - Date.parse(`${query.get("from")}Z`);
  assert(zoomed > 2 * 3_600_000 && zoomed < 3.5 * 3_600_000, `${zoomed / 3_600_000} h`);
  // A reload shows the same, without JavaScript.
  await page.reload();
  assertEquals(await page.locator('.range-btn[aria-current="true"]').count(), 0);
  await page.locator(".chart-reset").click();
  await page.waitForURL(/range=6h/);
});

test("with the keyboard plus zooms in, minus out, 0 back to the range", async ({ page, site }) => {
  await openLive(page, site, "/?range=7d");
  await page.getByRole("group", { name: /^History/ }).focus();
  await page.keyboard.press("+");
  await page.waitForURL(/from=/);
  const first = page.url();
  await page.keyboard.press("-");
  await page.waitForFunction((before) => location.href !== before, first);
  await page.keyboard.press("0");
  await page.waitForURL(`${site.origin}/?range=7d`);
});

test("a click without dragging does not zoom, and a finger moves the cursor without selecting", async ({ page, site }) => {
  await openLive(page, site, "/?range=24h");
  await page.locator("svg.plot").scrollIntoViewIfNeeded();
  const box = (await page.locator("svg.plot").boundingBox())!;
  await page.mouse.click(box.x + box.width / 2, box.y + 50);
  await page.waitForSelector("circle.series-dot");
  assertEquals(page.url(), `${site.origin}/?range=24h`);
  const touched = await page.locator(".chart-area").evaluate((area) => {
    const { left, width, top } = area.querySelector(".plot")!.getBoundingClientRect();
    const send = (type: string, place: number) =>
      area.dispatchEvent(
        new PointerEvent(type, {
          pointerType: "touch",
          clientX: left + width * place,
          clientY: top + 9,
          bubbles: true,
        }),
      );
    send("pointerdown", 0.2);
    send("pointermove", 0.6);
    send("pointerup", 0.6);
    return getComputedStyle(area).touchAction;
  });
  assertEquals(touched, "pan-y");
  assertEquals(await page.locator("rect.chart-drag").count(), 0);
  assertEquals(page.url(), `${site.origin}/?range=24h`);
});

test("a custom range can be entered, and an invalid one is reported", async ({ page, site }) => {
  await openLive(page, site);
  await page.getByText("Custom range").click();
  await page.getByLabel("From", { exact: true }).fill("2026-11-18T12:00");
  await page.getByLabel("To", { exact: true }).fill("2026-11-18T18:00");
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await page.waitForURL(/from=2026-11-18T12%3A00&to=2026-11-18T18%3A00/);
  await page.getByLabel("To", { exact: true }).fill("2026-11-18T11:00");
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await page.getByText("The start has to be before the end").waitFor();
});

test("the chart has its figures as a table, page by page, and the URL keeps it", async ({ page, site }) => {
  await openLive(page, site, "/?range=24h");
  await page.locator(".chart-table-toggle").click();
  await page.waitForURL(`${site.origin}/?range=24h&table=1`);
  const rows = page.locator(".point-table tbody tr");
  assertEquals(await rows.count(), 20);
  assertEquals(await page.locator(".point-table thead th").count(), 7);
  const first = await rows.first().innerText();
  assertMatch(first, /^Thu 19 Nov \d\d:\d\d\s+\d/);
  await page.getByRole("link", { name: "Older" }).click();
  await page.waitForURL(/table=2/);
  assert(await rows.first().innerText() !== first);
  await page.reload();
  assertEquals(await rows.count(), 20);
  await page.locator(".chart-table-toggle").click();
  await page.locator(".point-table").waitFor({ state: "detached" });
});

test("the chart can show the remainder instead of the use, at once and everywhere", async ({ page, site }) => {
  await openLive(page, site);
  const item = page.locator('.legend-item[data-quota="zai/default/weekly"] .legend-value');
  const used = parseFloat(await item.innerText());
  const { settings } = site.composed.services(new Set());
  await settings.save({ display: "left" });
  await page.getByText("percent left of each limit").waitFor();
  assert(Math.abs(parseFloat(await item.innerText()) - (100 - used)) <= 1.01, await item.innerText());
  await settings.save({ display: "used" });
  await page.getByText("percent used of each limit").waitFor();
});

test("thresholds are lines where they are set, sessions are bands, and forecasts are dotted", async ({ page, site }) => {
  await openLive(page, site, "/?range=24h");
  const level = () => page.locator('line[data-threshold="warning"]').getAttribute("y1");
  const before = Number(await level());
  const { settings } = site.composed.services(new Set());
  await settings.save({ thresholds: { warning: 0.25, critical: 0.95 } });
  await page.waitForFunction(
    (before) => Number(document.querySelector('[data-threshold="warning"]')!.getAttribute("y1")) > before,
    before,
  );
  await settings.save({ thresholds: { warning: 0.5, critical: 0.95 } });
  assertMatch((await page.locator("path.chart-band").getAttribute("d"))!, /^(M\d+ 0h\d+v-\d+h-\d+z)+$/);
  const { accounts } = await site.composed.services(new Set()).dashboard();
  const expected = accounts.flatMap(({ quotas }) => quotas).filter((quota) => projectLine(quota).length > 0);
  assert(expected.length > 0);
  assertEquals(await page.locator("path.series-projection").count(), expected.length);
});

test("the chart with its table is accessible in both themes", async ({ page, site }) => {
  await openLive(page, site, "/?from=2026-11-18&to=2026-11-18&table=1");
  assertEquals(await findBarriersInBothThemes(page), []);
});
