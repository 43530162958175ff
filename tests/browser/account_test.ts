import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { findBarriersInBothThemes } from "../support/axe.ts";
import { demoTests, follow, measureOverflow, openLive, waitForReadings } from "../support/demo_page.ts";

const test = demoTests();
const ACCOUNT = "/accounts/zai/default";

test("a card links to its quota, that to its account and back to the overview", async ({ page, site }) => {
  await openLive(page, site);
  await page.getByRole("link", { name: "Weekly quota", exact: true }).click();
  await page.waitForURL(`**${ACCOUNT}?quota=weekly`);
  assertEquals(await page.getByRole("heading", { level: 1 }).innerText(), "Weekly quota");
  assertEquals(await page.locator(".quota-card").count(), 1);
  assertEquals(await page.locator("path.series-line").count(), 1);
  assertMatch(await page.locator(".quota-figures").innerText(), /Cycles since\s+\d+/);
  assertMatch(await page.title(), /% used .+ - Z\.ai Weekly quota - Syntrack$/);
  await page.getByRole("link", { name: "Z.ai", exact: true }).first().click();
  await page.waitForURL(`**${ACCOUNT}`);
  assertEquals(await page.locator(".quota-card").count(), 3);
  await page.getByRole("link", { name: "Overview", exact: true }).first().click();
  await page.waitForURL(`${site.origin}/`);
});

test("an account shows cycles, sessions, insights and the outcomes of its polls, and is live", async ({ page, site }) => {
  site.trouble("outage", "zai");
  await site.poll(60_000, "zai");
  site.calm();
  await site.poll(60_000, "zai");
  await openLive(page, site, ACCOUNT);
  const regions = await page.locator("main h2").allInnerTexts();
  for (const name of ["History", "Insights", "Last cycles", "Last sessions", "Last polls"]) {
    assert(regions.some((text) => text.startsWith(name)), name);
  }
  const outcomes = await page.locator(".poll-log tbody tr").evaluateAll((rows) =>
    rows.map((row) => row.getAttribute("data-outcome"))
  );
  assertEquals(outcomes.slice(0, 2), ["ok", "unavailable"]);
  assertStringIncludes(await page.locator(".poll-log").innerText(), "vendor unreachable");
  assertStringIncludes(await page.locator(".account-source").innerText(), "Found in ZAI_API_KEY");
  const { at } = await page.evaluate(() => ({
    at: document.querySelector<HTMLTimeElement>(".quota-card time.age")!.dateTime,
  }));
  await site.poll(60_000, "zai");
  await page.waitForFunction(
    (at) => document.querySelector<HTMLTimeElement>(".quota-card time.age")!.dateTime !== at,
    at,
  );
});

test("an insight can be hidden and shown again, without JavaScript", async ({ page, site }) => {
  await page.goto(`${site.origin}${ACCOUNT}`);
  const first = page.locator(".insight").first();
  const key = (await first.getAttribute("data-insight"))!;
  await follow(page, first.getByRole("button", { name: /^Hide/ }));
  assertEquals(await page.locator(`.insight[data-insight="${key}"]`).count(), 0);
  await follow(page, page.locator(".insights-all"));
  const hidden = page.locator(`.insight[data-insight="${key}"]`);
  await follow(page, hidden.getByRole("button", { name: /^Show/ }));
  await page.goto(`${site.origin}${ACCOUNT}`);
  assertEquals(await page.locator(`.insight[data-insight="${key}"]`).count(), 1);
  assertEquals(await page.locator(".insights-all").count(), 0);
  assertEquals(site.composed.services(new Set()).settings.current.hiddenInsights, []);
}, { javaScriptEnabled: false });

test(
  "a missing account is not found, a missing quota is reported",
  async ({ page, site }) => {
    const answer = await page.goto(`${site.origin}/accounts/zai/nobody%3Cb%3E`);
    assertEquals(answer!.status(), 404);
    assertStringIncludes(await page.locator("main").innerText(), 'There is no account "zai/nobody<b>"');
    assertEquals((await page.goto(`${site.origin}${ACCOUNT}?quota=nothing&range=9x`))!.status(), 200);
    assertMatch(await page.locator(".page-note").innerText(), /no quota "nothing" here.*"9x"/);
    assertEquals(await page.locator(".quota-card").count(), 3);
  },
  { expected: /404/ },
);

test("an account is accessible in both themes, on any screen", async ({ page, site }) => {
  for (const path of [ACCOUNT, `${ACCOUNT}?quota=five-hour`]) {
    await openLive(page, site, path);
    for (const width of [320, 768, 1440]) {
      await page.setViewportSize({ width, height: 800 });
      assertEquals(await measureOverflow(page), 0, `${path} ${width} px`);
    }
    assertEquals(await findBarriersInBothThemes(page), []);
  }
});

test("the account page follows the same view as the overview", async ({ page, site }) => {
  await openLive(page, site);
  await site.poll(60_000);
  await waitForReadings(page, site);
  const read = () => page.locator('.quota-card[data-quota="weekly"] .quota-percent').innerText();
  const onOverview = await read();
  await openLive(page, site, ACCOUNT);
  assertEquals(await read(), onOverview);
});
