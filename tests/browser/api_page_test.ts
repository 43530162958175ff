/** The API page: contents, examples, and trying requests. */
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { findBarriersInBothThemes } from "../support/axe.ts";
import { demoTests, measureOverflow, openLive } from "../support/demo_page.ts";

const test = demoTests();

test(
  "the API page leads to an operation, shows an example, and tries it in place",
  async ({ page, site }) => {
    await openLive(page, site, "/api/docs");
    await page.getByRole("navigation", { name: "Contents" }).getByRole("link", { name: "GET /api/v1/cycles" })
      .click();
    const operation = page.locator("details.api-operation:has(#getApiV1Cycles)");
    assertEquals(await operation.getAttribute("open"), "");
    const example = await operation.locator("pre code").innerText();
    assert(example.startsWith(`curl '${site.origin}/api/v1/cycles' \\\n`), example);
    await operation.getByRole("button", { name: "Send GET" }).click();
    const answer = operation.locator("output");
    await page.waitForFunction(() =>
      document.querySelector("#getApiV1Cycles output")?.textContent?.startsWith("200 ")
    );
    assertMatch(await answer.innerText(), /^200 \/api\/v1\/cycles\n\n\{\n {2}"/);
    assertEquals(page.url(), `${site.origin}/api/docs#getApiV1Cycles`);

    // Refused requests are shown as well.
    await operation.getByLabel("limit").fill("no such thing");
    await operation.getByRole("button", { name: "Send GET" }).click();
    await page.waitForFunction(() =>
      document.querySelector("#getApiV1Cycles output")?.textContent?.startsWith("4")
    );
  },
  { expected: /Failed to load resource/ },
);

test("a URL with an operation opens it, and its example has a body if one is needed", async ({ page, site }) => {
  await openLive(page, site, "/api/docs#postApiV1Accounts");
  const operation = page.locator("details.api-operation:has(#postApiV1Accounts)");
  await page.waitForFunction(() => document.querySelector("#postApiV1Accounts")?.closest("details")?.open);
  assertMatch(
    await operation.locator("pre code").innerText(),
    /-X POST .*\n.*Bearer \$SYNTRACK_KEY.*\n.*json.*\n {2}-d '\{"/,
  );
  assertEquals(await operation.locator("form").count(), 0);
});

test("the API page is accessible in both themes", async ({ page, site }) => {
  await page.goto(`${site.origin}/api/docs`);
  await page.locator("details.api-operation").first().evaluate((details: HTMLDetailsElement) =>
    details.open = true
  );
  for (const width of [375, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    assertEquals(await findBarriersInBothThemes(page), [], `${width} px`);
    assertEquals(await measureOverflow(page), 0, `${width} px`);
  }
});
