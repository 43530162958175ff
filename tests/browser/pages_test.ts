/** What all table pages share: newer readings, filters, days, sticky headers. */
import type { Page } from "playwright-core";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { demoTests, follow, measureOverflow, openLive } from "../support/demo_page.ts";

const test = demoTests();
const PHONE = { viewport: { width: 375, height: 812 }, hasTouch: true, isMobile: true } as const;

async function headHeight(page: Page): Promise<number> {
  return await page.locator(".topbar").evaluate((head) => head.getBoundingClientRect().height);
}

test("newer readings appear at the top, and nothing moves", async ({ page, site }) => {
  await openLive(page, site, "/history?account=zai%2Fdefault");
  await page.evaluate(() => {
    Reflect.set(globalThis, "shift", 0);
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        Reflect.set(globalThis, "shift", Reflect.get(globalThis, "shift") + Reflect.get(entry, "value"));
      }
    }).observe({ type: "layout-shift" });
  });
  const first = page.locator("#history-table tbody tr:first-child time");
  const before = await first.innerText();
  assertMatch(before, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
  const height = await headHeight(page);
  await site.poll();
  await page.waitForFunction(
    (text) => document.querySelector<HTMLElement>("#history-table tbody time")?.innerText !== text,
    before,
  );
  assertEquals(await page.locator(".newer-btn").count(), 0);
  assertEquals(await headHeight(page), height);
  // The same document: nothing was reloaded.
  assertEquals(await page.evaluate(() => Reflect.get(globalThis, "shift")), 0);
});

test("readings that soon appear by themselves are not announced", async ({ page, site }) => {
  await page.clock.install({ time: site.clock.now() });
  await openLive(page, site, "/history?account=zai%2Fdefault");
  await page.evaluate(() => {
    const look = () => document.querySelector(".newer-btn") && Reflect.set(globalThis, "announced", true);
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true });
  });
  const first = page.locator("#history-table tbody tr:first-child time");
  // The first ones appear at once, the next ones ten seconds later.
  for (const _ of [1, 2]) {
    const before = await first.innerText();
    await site.poll();
    while (await first.innerText() === before) await page.clock.runFor(500);
  }
  assertEquals(await page.evaluate(() => Reflect.get(globalThis, "announced")), undefined);
});

test("a page with charts offers newer readings, and reloads itself at most once a minute", async ({ page, site }) => {
  await openLive(page, site, "/analytics");
  await page.evaluate(() => void Reflect.set(globalThis, "first", true));
  await site.poll();
  await page.locator(".newer-btn").waitFor();
  assertEquals(await page.evaluate(() => Reflect.get(globalThis, "first")), true);
  await page.locator(".newer-btn").click();
  await page.waitForFunction(() => Reflect.get(globalThis, "first") === undefined);
  await page.locator(".newer-btn").waitFor({ state: "detached" });
});

test("further down newer readings are announced above the page, and load on request", async ({ page, site }) => {
  await page.setViewportSize({ width: 800, height: 400 });
  await openLive(page, site, "/history?account=zai%2Fdefault");
  await page.evaluate(() => scrollTo(0, 300));
  const height = await headHeight(page);
  const first = page.locator("#history-table tbody tr:first-child time");
  const before = await first.innerText();
  await site.poll();
  await page.locator(".newer-btn").waitFor();
  assertEquals(await first.innerText(), before);
  assertEquals(await headHeight(page), height);
  await page.locator(".newer-btn").click();
  // The button leaves at once, and the readings arrive later.
  await page.locator(".newer-btn").waitFor({ state: "detached" });
  await page.waitForFunction(
    (text) => document.querySelector<HTMLElement>("#history-table tbody time")?.innerText !== text,
    before,
  );
  assert(await first.innerText() > before);
  assertEquals(await page.evaluate(() => scrollY), 0);
});

test("a filter applies as soon as it is chosen, keeps the focus, and gives a short URL", async ({ page, site }) => {
  await openLive(page, site, "/history");
  assertEquals(await page.locator(".show-btn").isVisible(), false);
  const account = page.locator("select[name=account]");
  await account.focus();
  await account.selectOption("zai/default");
  await page.waitForURL(`${site.origin}/history?account=zai%2Fdefault`);
  await page.waitForSelector('.connection[data-connection="live"]');
  assertEquals(await page.evaluate(() => document.activeElement?.getAttribute("name")), "account");

  // Days are entered in the usual notation, or with the browser's calendar.
  const from = page.getByLabel("From", { exact: true });
  await from.fill("2026-11-18");
  await from.press("Enter");
  await page.waitForURL(`${site.origin}/history?account=zai%2Fdefault&from=2026-11-18`);
  await page.waitForSelector('.connection[data-connection="live"]');
  await page.locator(".picker").nth(1).evaluate((picker: HTMLInputElement) => {
    picker.value = "2026-11-19";
    picker.dispatchEvent(new Event("change", { bubbles: true }));
  });
  await page.waitForURL(/&to=2026-11-19$/);
  assertEquals(await page.getByLabel("To", { exact: true }).inputValue(), "2026-11-19");
});

test("days and times are entered as they are written, on every page alike", async ({ page, site }) => {
  for (const path of ["/", "/history", "/alerts", "/audit", "/notes", "/accounts/zai/default"]) {
    await page.goto(`${site.origin}${path}`);
    assertEquals(
      await page.locator("input:is([type=date], [type=datetime-local]):not(.picker)").count(),
      0,
      path,
    );
  }
  await openLive(page, site);
  // The code of the chart loads under the pointer.
  await page.locator(".chart-area").first().hover();
  await page.locator(".chart-tip").first().waitFor();
  await page.getByText("Custom range").click();
  const from = page.getByLabel("From", { exact: true });
  assertMatch(await from.inputValue(), /^\d{4}-\d\d-\d\d \d\d:\d\d$/);
  await page.locator(".span-form .picker").first().evaluate((picker: HTMLInputElement) => {
    picker.value = "2026-11-19T09:00";
    picker.dispatchEvent(new Event("change", { bubbles: true }));
  });
  assertEquals(await from.inputValue(), "2026-11-19 09:00");
  // The chart is redrawn under the pointer; the choice stays.
  await page.locator(".chart-area").first().hover();
  await page.locator(".chart-tip").first().waitFor();
  assertEquals(await from.inputValue(), "2026-11-19 09:00");
  await page.getByLabel("To", { exact: true }).fill("2026-11-19 12:00");
  await page.locator(".span-form button[type=submit]").click();
  await page.waitForURL(/from=2026-11-19T09%3A00&to=2026-11-19T12%3A00/);
});

test("on a phone the filters are one sheet, without scripts as well", async ({ page, site }) => {
  await page.goto(`${site.origin}/cycles?range=7d`);
  const sheet = page.locator("#filters");
  assertEquals(await sheet.isVisible(), false);
  await page.getByRole("button", { name: "Filters" }).tap();
  assertEquals(await sheet.isVisible(), true);
  const box = (await sheet.boundingBox())!;
  assertEquals([box.x, Math.round(box.width), Math.round(box.y + box.height)], [0, 375, 812]);
  assertEquals(await measureOverflow(page), 0);
  await page.locator("select[name=provider]").selectOption("zai");
  await follow(page, page.getByRole("button", { name: "Show" }));
  assertEquals(new URL(page.url()).searchParams.get("provider"), "zai");
  assertMatch(await page.getByRole("button", { name: "Filters" }).innerText(), /on/);
}, { ...PHONE, javaScriptEnabled: false });

for (
  const path of ["/history", "/cycles?range=7d", "/sessions?range=30d", "/stats", "/analytics", "/audit"]
) {
  test(`the filters of ${path} fit one line at 1440 pixels`, async ({ page, site }) => {
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(`${site.origin}${path}`);
    const tops = await page.locator(".filter-form .field:visible").evaluateAll((
      fields,
    ) => [...new Set(fields.map((field) => Math.round(field.getBoundingClientRect().bottom)))]);
    assertEquals(tops.length, 1, `${tops}`);
  });
}

test("the header of a long table stays in sight", async ({ page, site }) => {
  await page.setViewportSize({ width: 1200, height: 700 });
  await page.goto(`${site.origin}/history?size=50`);
  const scroll = page.locator(".table-scroll");
  await scroll.evaluate((element) => element.scrollTop = 400);
  const [head, top] = await scroll.evaluate((element) => [
    element.querySelector("thead th")!.getBoundingClientRect().top,
    element.getBoundingClientRect().top,
  ]);
  assertEquals(Math.round(head!), Math.round(top!));
  assert(await scroll.evaluate((element) => element.scrollTop) > 0, "It scrolled");
});
