/** Information beside the quotas on the overview, and links to the vendor. */
import { findBarriers } from "../support/axe.ts";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { demoTests, measureOverflow, openLive } from "../support/demo_page.ts";

const test = demoTests();

test("the most severe insights are on the overview and follow tab and filter, like the history", async ({ page, site }) => {
  await openLive(page, site);
  const insights = page.locator(".top-insight");
  const about = () =>
    insights.evaluateAll((all) =>
      all.map((one) => one.getAttribute("data-insight")!.split(":")[1]!.split("/")[0])
    );
  const before = await about();
  assert(before.length > 0 && before.length <= 3, `${before}`);
  await page.locator('.provider-tab[data-provider="zai"]').click();
  await page.getByRole("heading", { name: "History of Z.ai" }).waitFor();
  await page.waitForFunction(() =>
    [...document.querySelectorAll(".top-insight")].every((one) =>
      one.getAttribute("data-insight")!.includes(":zai/")
    )
  );
  await page.locator('.provider-tab[data-provider="synthetic"]').click();
  await page.waitForFunction(() =>
    [...document.querySelectorAll(".top-insight")].every((one) =>
      one.getAttribute("data-insight")!.includes(":synthetic/")
    )
  );
  const shown = await about();
  await page.locator('.provider-tab[data-provider=""]').click();
  // What disappeared with a tab returns without it.
  await page.waitForFunction(
    (count) => document.querySelectorAll(".top-insight").length === count,
    before.length,
  );
  assertEquals(await about(), before);
  await page.locator('.provider-tab[data-provider="synthetic"]').click();
  await page.waitForFunction(
    (count) => document.querySelectorAll(".top-insight").length === count,
    shown.length,
  );
  // A reload says the same, without a script.
  await page.reload();
  assertEquals(await about(), shown);
});

for (const [width, columns] of [[375, 1], [768, 1], [1024, 2], [1440, 2], [2560, 2]] as const) {
  test(`at ${width} px quotas, Horizon, insights and history overlap nowhere, in ${columns} columns`, async ({ page, site }) => {
    await page.setViewportSize({ width, height: 900 });
    await openLive(page, site, "/?range=24h");
    assertEquals(await measureOverflow(page), 0);
    const boxes = await page.evaluate(() =>
      [".overview-columns > :first-child", ".horizon", ".top-insights", "#usage-chart"].map((name) => {
        const { left, right, top, bottom } = document.querySelector(name)!.getBoundingClientRect();
        return { left, right, top, bottom };
      })
    );
    boxes.forEach((one, i) =>
      boxes.slice(i + 1).forEach((other) =>
        assert(
          one.right <= other.left + 1 || other.right <= one.left + 1 || one.bottom <= other.top + 1 ||
            other.bottom <= one.top + 1,
          `${JSON.stringify(one)} and ${JSON.stringify(other)}`,
        )
      )
    );
    const [quotas, horizon] = [boxes[0]!, boxes[1]!];
    assertEquals(horizon.left >= quotas.right ? 2 : 1, columns);
  });
}

test("each account has its vendor's mark and links to the vendor's pages, which learn nothing about us", async ({ page, site }) => {
  await openLive(page, site);
  const mark = await page.locator('.account[data-account="zai/default"] h2 a').evaluate((name) => {
    const { content, backgroundColor } = getComputedStyle(name, "::before");
    return [content.split(" / ")[0], backgroundColor];
  });
  assertEquals(mark, ['"Z"', "rgb(31, 95, 214)"]);
  // The letters are not part of the name.
  await page.getByRole("link", { name: "Z.ai", exact: true }).first().waitFor();
  const outside = page.locator(".vendor-link");
  assert(await outside.count() >= 3);
  for (const link of await outside.all()) {
    assertMatch((await link.getAttribute("href"))!, /^https:\/\//);
    assertEquals([await link.getAttribute("rel"), await link.getAttribute("target")], [
      "noopener noreferrer",
      "_blank",
    ]);
  }
  assertEquals(await findBarriers(page), []);
  await page.goto(`${site.origin}/accounts/synthetic/default`);
  await page.getByRole("link", { name: "Status of Synthetic" }).waitFor();
});
