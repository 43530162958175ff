import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { findBarriersInBothThemes } from "../support/axe.ts";
import { demoTests, follow, measureOverflow, waitForConnection } from "../support/demo_page.ts";

const test = demoTests();

test("the bars show the figures of the slot at the pointer, or of all together without one", async ({ page, site }) => {
  await page.goto(`${site.origin}/analytics?days=7`);
  await waitForConnection(page, "live");
  const chart = page.locator(".use-chart").first();
  const moment = chart.locator(".chart-moment");
  assertEquals(await moment.innerText(), "Whole period");
  const total = await chart.locator(".legend-value").first().innerText();
  const box = (await chart.locator("svg.plot").boundingBox())!;
  await page.mouse.move(box.x + box.width * 6.5 / 7, box.y + 40);
  await page.waitForFunction(() =>
    document.querySelector(".use-chart .chart-moment")!.textContent === "Thu 19 Nov"
  );
  assert(await chart.locator(".legend-value").first().innerText() !== total);
  assertEquals(await chart.locator("rect.chart-flag").count(), 1);
});

test("the keyboard moves through the slots of the bars and the days of the calendar, with announcements", async ({ page, site }) => {
  await page.goto(`${site.origin}/analytics?days=7`);
  await waitForConnection(page, "live");
  await page.getByRole("group", { name: /^Consumption, Synthetic.*, percent of limits/ }).first().focus();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  await page.waitForFunction(() =>
    document.querySelector(".use-chart .chart-moment")!.textContent === "Wed 18 Nov"
  );
  await page.waitForFunction(() =>
    /^Wed 18 Nov: Synthetic\b.* \d/.test(document.querySelector(".use-chart .chart-spoken")!.textContent!)
  );
  await page.getByRole("group", { name: /^Calendar of consumption/ }).focus();
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowUp");
  await page.waitForFunction(() =>
    /^Wed 18 Nov: \d+%/.test(document.querySelector(".day-moment")!.textContent!)
  );
});

test("a group is hidden and shown again by a click", async ({ page, site }) => {
  await page.goto(`${site.origin}/analytics?days=7&group=quota`);
  await waitForConnection(page, "live");
  const bars = page.locator("path.series-area");
  const all = await bars.count();
  const item = page.locator(".use-chart .legend-item").first();
  await item.click();
  await page.waitForFunction((all) => document.querySelectorAll("path.series-area").length === all - 1, all);
  assertEquals(await item.getAttribute("aria-pressed"), "false");
  await item.click();
  await page.waitForFunction((all) => document.querySelectorAll("path.series-area").length === all, all);
});

test(
  "without JavaScript filters are links and a form, and the URL has their choices",
  async ({ page, site }) => {
    await page.goto(`${site.origin}/analytics`);
    assert(await page.locator("path.series-area").count() > 0);
    await page.getByLabel("Group by").selectOption("quota");
    await page.getByLabel("Compare with").selectOption("previous");
    await follow(page, page.getByRole("button", { name: "Show", exact: true }));
    const query = new URL(page.url()).searchParams;
    assertEquals([query.get("group"), query.get("compare")], ["quota", "previous"]);
    assertEquals(await page.locator("#summary-table tbody tr").count(), 6);
    await follow(page, page.getByRole("link", { name: "7 days", exact: true }));
    assertEquals(new URL(page.url()).searchParams.get("group"), "quota");
    assertEquals(await page.getByLabel("Group by").inputValue(), "quota");
    await follow(page, page.getByRole("link", { name: "As a table" }));
    assertEquals(await page.locator("#use-table tbody tr").count(), 7);
    assertMatch(await page.locator("#use-table tbody tr").first().innerText(), /^Thu 19 Nov/);
  },
  { javaScriptEnabled: false },
);

test("an unknown word is named in a note", async ({ page, site }) => {
  await page.goto(`${site.origin}/analytics?group=planets`);
  assertStringIncludes(await page.locator(".page-note").innerText(), 'There is no group "planets"');
});

test("analytics is accessible in both themes, and fits every window", async ({ page, site }) => {
  await page.goto(`${site.origin}/analytics?days=90&group=quota&compare=previous&page=2`);
  await waitForConnection(page, "live");
  assertEquals(await findBarriersInBothThemes(page), []);
  for (const width of [320, 375, 768, 1440]) {
    await page.setViewportSize({ width, height: 800 });
    assertEquals(await measureOverflow(page), 0, `${width} px`);
  }
});
