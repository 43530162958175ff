/** Reading values off the history chart: at the pointer, under a finger, at the ends of lines. */
import type { CDPSession, Page } from "playwright-core";
import { findBarriers } from "../support/axe.ts";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { demoTests, follow, measureOverflow, openLive } from "../support/demo_page.ts";

const test = demoTests();
const PHONE = { viewport: { width: 375, height: 812 }, hasTouch: true, isMobile: true } as const;

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

async function plotBox(page: Page): Promise<Box> {
  await page.locator("#usage-chart").scrollIntoViewIfNeeded();
  await page.locator("svg.plot").scrollIntoViewIfNeeded();
  return (await page.locator("svg.plot").boundingBox())!;
}

function axis(page: Page): Promise<readonly [from: number, end: number]> {
  return page.locator("svg.plot").evaluate((plot) =>
    [Number(plot.getAttribute("data-from")), Number(plot.getAttribute("data-end"))] as const
  );
}

/** Puts fingers down, moves or lifts them, at positions of the plot from 0 to 1. */
async function fingers(
  cdp: CDPSession,
  box: Box,
  type: "touchStart" | "touchMove" | "touchEnd",
  places: readonly number[],
): Promise<void> {
  await cdp.send("Input.dispatchTouchEvent", {
    type,
    touchPoints: places.map((place, id) => ({ x: box.x + place * box.width, y: box.y + 80, id })),
  });
}

async function pinch(page: Page, from: readonly number[], to: readonly number[]): Promise<void> {
  const box = await plotBox(page);
  const cdp = await page.context().newCDPSession(page);
  await fingers(cdp, box, "touchStart", from.slice(0, 1));
  await fingers(cdp, box, "touchStart", from);
  for (let step = 1; step <= 5; step++) {
    await fingers(cdp, box, "touchMove", from.map((place, i) => place + (to[i]! - place) * step / 5));
  }
  await fingers(cdp, box, "touchEnd", []);
  await cdp.detach();
}

test("all values are beside the pointer, highest first, and none leaves the page", async ({ page, site }) => {
  await openLive(page, site, "/?range=24h");
  const box = await plotBox(page);
  const tip = page.locator(".chart-tip");
  for (const place of [0.05, 0.5, 0.8]) {
    await page.mouse.move(box.x + box.width * place, box.y + 60);
    await tip.waitFor();
    assertMatch(await tip.innerText(), /^\w{3} \d+ Nov \d\d:\d\d/);
    const values = (await tip.locator("li > :last-child").allInnerTexts()).map(parseFloat);
    assertEquals(values, values.toSorted((a, b) => b - a));
    assertEquals(values.length, 6);
    const shown = (await tip.boundingBox())!;
    assert(shown.x >= 0 && shown.x + shown.width <= 1280, JSON.stringify(shown));
  }
  await page.mouse.move(0, 0);
  await tip.waitFor({ state: "detached" });
});

test("right of now the pointer shows the forecast, and says so", async ({ page, site }) => {
  await openLive(page, site, "/?range=24h");
  const box = await plotBox(page);
  await page.mouse.move(box.x + box.width * 0.9, box.y + 60);
  const tip = page.locator(".chart-tip");
  await tip.waitFor();
  assertMatch(await tip.innerText(), /forecast/);
  assert((await tip.locator("li > :last-child").allInnerTexts()).every((text) => /^about \d+%/.test(text)));
  assertMatch(await page.locator(".chart-moment").innerText(), /, forecast$/);
});

test("each line has its name at its end, and no two names overlap", async ({ page, site }) => {
  await openLive(page, site, "/?range=24h");
  const names = page.locator(".line-names text");
  assertEquals(await names.count(), 6);
  const boxes = await names.evaluateAll((texts) =>
    texts.map((text) => text.getBoundingClientRect()).map(({ top, bottom, left, right }) => ({
      top,
      bottom,
      left,
      right,
    }))
      .sort((a, b) => a.top - b.top)
  );
  const strip = (await page.locator(".line-names").boundingBox())!;
  boxes.forEach((one, i) => {
    assert(one.right <= strip.x + strip.width + 1, `A name leaves its strip: ${JSON.stringify(one)}`);
    assert(i === 0 || one.top >= boxes[i - 1]!.top + 14, "Two names overlap");
  });
  assertEquals(await page.locator(".legend-number").first().isVisible(), false);
}, { viewport: { width: 1440, height: 900 } });

test("colours are assigned to the shown lines: another tab starts with the first one again", async ({ page, site }) => {
  await openLive(page, site, "/?provider=zai&range=24h");
  const lines = () =>
    page.locator("path.series-line").evaluateAll((all) =>
      all.map((line) => line.getAttribute("class")!.split(" ")[1])
    );
  assertEquals(await lines(), ["series-0", "series-1", "series-2"]);
});

test(
  "a finger reads values, two spread to zoom and move to pan, and the page neither scrolls nor grows",
  async ({ page, site }) => {
    await openLive(page, site, "/?range=24h");
    assertEquals(await page.locator(".line-names").isVisible(), false);
    assertEquals(await page.locator(".line-numbers text").count(), 6);
    assertEquals(await page.locator(".legend-number").first().innerText(), "1");
    const box = await plotBox(page);
    await page.touchscreen.tap(box.x + box.width * 0.3, box.y + 60);
    const tip = page.locator(".chart-tip");
    await tip.waitFor();
    const shown = (await tip.boundingBox())!;
    assert(shown.x >= 0 && shown.x + shown.width <= 375, JSON.stringify(shown));
    assertEquals(await measureOverflow(page), 0);

    const [from, end] = await axis(page);
    const scrolled = await page.evaluate(() => scrollY);
    await pinch(page, [0.4, 0.6], [0.2, 0.8]);
    await page.waitForURL(/from=2026-11-\d\dT\d\d%3A\d\d&to=/);
    await page.waitForFunction(() => document.querySelector(".chart-reset") !== null);
    const [zoomedFrom, zoomedEnd] = await axis(page);
    const third = (end - from) / 3;
    assert(
      Math.abs(zoomedEnd - zoomedFrom - third) < third * 0.1,
      `${(zoomedEnd - zoomedFrom) / third} of a third`,
    );
    assert(Math.abs((zoomedFrom + zoomedEnd) / 2 - (from + end) / 2) < third * 0.1, "The middle moved");

    const before = page.url();
    await pinch(page, [0.3, 0.5], [0.5, 0.7]);
    await page.waitForFunction((url) => location.href !== url, before);
    const [pannedFrom, pannedEnd] = await axis(page);
    assert(
      pannedFrom < zoomedFrom && Math.abs(pannedEnd - pannedFrom - third) < third * 0.1,
      "It did not pan",
    );
    assertEquals(await page.evaluate(() => scrollY), scrolled);
  },
  PHONE,
);

test("the previous period is drawn below this one, in the URL, without JavaScript too, and in the tooltip", async ({ page, site, browser }) => {
  await openLive(page, site, "/?range=6h");
  assertEquals(await page.locator("path.series-earlier").count(), 0);
  await page.getByRole("link", { name: "Period before" }).click();
  await page.waitForURL(`${site.origin}/?range=6h&earlier=1`);
  await page.locator("path.series-earlier").first().waitFor({ state: "attached" });
  const drawn = await page.locator("path.series-earlier").count();
  assert(drawn >= 4, `${drawn}`);
  await page.getByText("a day before").waitFor();
  const box = await plotBox(page);
  await page.mouse.move(box.x + box.width * 0.4, box.y + 60);
  assertMatch(await page.locator(".chart-tip").innerText(), /\d%, before \d/);
  assertEquals(await findBarriers(page), []);

  const plain = await browser.newContext({ javaScriptEnabled: false });
  const other = await plain.newPage();
  await other.goto(`${site.origin}/?range=6h&earlier=1`);
  assertEquals(await other.locator("path.series-earlier").count(), drawn);
  await follow(other, other.getByRole("link", { name: "Hide the period before" }));
  assertEquals(await other.locator("path.series-earlier").count(), 0);
  await plain.close();
});

test("the chart is copied as a picture of what is shown, or saved if the clipboard accepts none", async ({ page, site }) => {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"], { origin: site.origin });
  await openLive(page, site, "/?range=24h&hide=zai%2Fdefault%2Fweekly");
  const asked = page.waitForRequest(/chart\.svg/);
  await page.getByRole("button", { name: "Copy as picture" }).click();
  const query = new URL((await asked).url()).searchParams;
  assertEquals(query.getAll("quota").length, 5);
  assert(!query.getAll("quota").includes("zai/default/weekly"));
  await page.getByText("Copied as a picture.").waitFor();
  const picture = await page.evaluate(async () => {
    const [item] = await navigator.clipboard.read();
    const image = await createImageBitmap(await item!.getType("image/png"));
    return [image.width, image.height];
  });
  assertEquals(picture, [1920, 840]);

  await page.evaluate(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Copy as picture" }).click();
  assertEquals((await saved).suggestedFilename(), "syntrack-history.png");
  await page.getByText("Saved as a picture.").waitFor();
});

test("a note is on the chart, below it and at the pointer, until it is removed", async ({ page, site }) => {
  await openLive(page, site, "/accounts/zai/default?range=24h");
  const box = await plotBox(page);
  await page.mouse.move(box.x + box.width * 0.5, box.y + 60);
  await page.locator(".chart-tip").waitFor();
  const [first, last] = await axis(page);
  await page.locator(".chart-add-note").click();
  // At the indicated time, although the pointer has left the chart for the link.
  const about = Date.parse(`${(await page.locator("#note-at").inputValue()).replace(" ", "T")}:00+01:00`);
  const middle = (first + last) / 2;
  assert(Math.abs(about - middle) < (last - first) / 20, `${about} is not near ${middle}`);
  await page.goto(`${site.origin}/notes?at=2026-11-19T08:00&account=zai/default`);
  assertEquals(await page.getByLabel("About").inputValue(), "zai/default");
  await page.getByLabel("Text").fill("changed plan <b>& more</b>");
  await page.getByRole("button", { name: "Add note" }).click();
  await page.getByText("Noted", { exact: true }).waitFor();
  assertEquals(await findBarriers(page), []);
  await page.goto(`${site.origin}/accounts/zai/default?range=24h`);
  assertEquals(await page.locator("svg.plot [data-note]").count(), 1);
  const note = page.locator(".chart-notes a", { hasText: "changed plan <b>& more</b>" });
  await note.waitFor();
  const [from, end] = await axis(page);
  const place = (Date.parse("2026-11-19T08:00:00+01:00") - from) / (end - from);
  const plot = await plotBox(page);
  await page.mouse.move(plot.x + plot.width * place, plot.y + 60);
  await page.locator(".chart-tip-note", { hasText: "changed plan" }).waitFor();
  await note.click();
  await page.getByRole("heading", { name: "Change a note" }).waitFor();
  await page.getByRole("button", { name: /^Remove the note of Thu 19 Nov 08:00/ }).click();
  await page.getByText("Removed", { exact: true }).waitFor();
  await page.goto(`${site.origin}/accounts/zai/default?range=24h`);
  assertEquals(await page.locator("svg.plot [data-note]").count(), 0);
});
