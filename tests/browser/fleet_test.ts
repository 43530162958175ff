/** The overview of hundreds of accounts: one page of the list, and more on request. */
import type { Page } from "playwright-core";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { browserTest } from "../support/browser.ts";
import { serveBuilt } from "../support/built_site.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeServices } from "../support/fake_services.ts";
import { reading } from "../support/readings.ts";
import { askApp } from "../support/web_app.ts";

const NOW = Date.parse("2026-11-21T12:00:00Z");
const ACCOUNTS = 150;

/** The last account is the only tight one. */
async function fleet(clock = new FakeClock(NOW)) {
  const services = await fakeServices({ clock });
  for (let i = 0; i < ACCOUNTS; i++) {
    const name = `acme/team-${String(i).padStart(3, "0")}` as const;
    const used = i === ACCOUNTS - 1 ? 99 : 20;
    await services.polled(
      name,
      ["a", "b"].map((quota) => reading({ quota, label: quota, used, limit: 100, remaining: 100 - used })),
    );
  }
  return services;
}

function counted(text: string) {
  const count = (pattern: RegExp) => [...text.matchAll(pattern)].length;
  return [count(/class="folded-account[ "]/g), count(/class="quota-card quota-row/g)];
}

Deno.test("the overview of 150 accounts contains the tight ones and 60 of the others, or as many as requested", async () => {
  await using services = await fleet();
  const ask = askApp(services);
  const text = async (path: string) => await (await ask(path)).text();
  const first = await text("/");
  assertEquals(counted(first), [60, 2]);
  // Accounts that are not listed take no room in it.
  assert(first.length < 130_000, `${first.length} characters`);
  assert(!first.includes("team-140"));
  assertMatch(first, /Not all of 150 accounts are listed\.[^]*?href="\/\?accounts=120"/);
  assertEquals(counted(await text("/?accounts=120")), [120, 2]);
  const all = await text("/?accounts=180");
  assertEquals(counted(all), [149, 2]);
  assert(!all.includes("Not all of"));
  // A list of quotas contains as many as 60 accounts usually have.
  assertEquals(counted(await text("/?view=compact&sort=name")), [0, 240]);
  assertMatch(await text("/?q=team-149"), /team-149/);
});

Deno.test("an invalid number of accounts is named, and the default number shown", async () => {
  await using services = await fleet();
  const ask = askApp(services);
  for (const word of ["0", "-1", "many", "99999", "1e3"]) {
    const text = await (await ask(`/?accounts=${word}`)).text();
    assertEquals(counted(text)[0], 60, word);
    assert(text.includes(`${word}&quot; accounts cannot be listed: give a number up to 10000.`), word);
  }
});

browserTest("a large fleet shows more accounts without reloading the page", async ({ page, errors }) => {
  await using services = await fleet();
  await using site = await serveBuilt(services);
  await page.goto(`${site.origin}/`);
  await page.evaluate(() => document.body.dataset.loaded = "once");
  const accounts = page.locator(".folded-account");
  assertEquals(await accounts.count(), 60);
  const filter = page.getByRole("searchbox");
  await filter.fill("team-14");
  await page.waitForFunction(() => document.querySelectorAll(".quota-card").length === 20);
  await filter.fill("");
  await page.getByRole("link", { name: "Show more" }).click();
  await accounts.nth(119).waitFor();
  assertEquals([await accounts.count(), new URL(page.url()).search], [120, "?accounts=120"]);
  await page.getByRole("link", { name: "Show more" }).click();
  await page.getByRole("link", { name: "Show more" }).waitFor({ state: "detached" });
  assertEquals(await accounts.count(), 149);
  assertEquals(await page.evaluate(() => document.body.dataset.loaded), "once");
  assertEquals(errors, []);
});

/** Delays the live stream of a page until it is released. */
async function holdStream(page: Page): Promise<() => void> {
  const free = Promise.withResolvers<void>();
  await page.route("**/api/live", async (route) => {
    await free.promise;
    await route.continue();
  });
  return free.resolve;
}

const said = (page: Page) =>
  page.evaluate(() => ({
    title: document.title,
    icon: document.querySelector<HTMLLinkElement>('link[rel="icon"]')!.getAttribute("href"),
    summary: document.querySelector(".summary")!.textContent,
    tight: document.querySelectorAll(".tight-group .quota-card").length,
    more: document.querySelector(".more-accounts")!.textContent,
  }));

browserTest(
  "the page of a fleet says the same before and after its live stream brings all accounts",
  async ({ page, errors }) => {
    const clock = new FakeClock(NOW);
    await using services = await fleet(clock);
    await using site = await serveBuilt(services);
    const letGo = await holdStream(page);
    await page.goto(`${site.origin}/`);
    await page.waitForSelector('.connection[data-connection="connecting"]');
    const first = await said(page);
    assertMatch(first.title, /^99% used a - Syntrack$/);
    assertMatch(first.icon!, /used=95&status=critical/);
    assertMatch(first.more!, /Not all of 150 accounts/);
    assertEquals(first.tight, 2);
    await page.locator(".folded-account summary").first().click();
    const filter = page.getByRole("searchbox");
    await filter.pressSequentially("team-077");
    letGo();
    // What was typed meanwhile counts, for accounts that the page did not contain.
    const cards = page.locator(".quota-card");
    await page.waitForFunction(() => document.querySelectorAll(".quota-card").length === 2);
    assertEquals(await cards.first().getAttribute("data-quota"), "a");
    assertEquals(await filter.inputValue(), "team-077");
    await filter.fill("");
    await page.locator(".folded-account").nth(59).waitFor();
    assertEquals(await said(page), first);
    // A reading of an unlisted account changes what is said of all.
    await clock.advance(60_000);
    await services.polled("acme/team-140", [
      reading({ quota: "a", label: "a", used: 100, limit: 100, remaining: 0 }),
    ]);
    await page.waitForFunction(() => document.title.startsWith("100% "));
    assertEquals(errors, []);
  },
);

browserTest(
  "what a reader opened in a fleet stays open when all accounts arrive",
  async ({ page, errors }) => {
    await using services = await fleet();
    await using site = await serveBuilt(services);
    const letGo = await holdStream(page);
    await page.goto(`${site.origin}/`);
    await page.waitForSelector('.connection[data-connection="connecting"]');
    const account = page.locator(".folded-account").nth(3);
    await account.locator("summary").click();
    assertEquals(await account.locator(".quota-lines li").count(), 2);
    letGo();
    await account.locator(".quota-card").nth(1).waitFor();
    assertEquals(
      await account.locator("details").evaluate((details: HTMLDetailsElement) => details.open),
      true,
    );
    assertEquals(errors, []);
  },
);

browserTest(
  "a fleet whose live stream is blocked is read and searched by links and forms",
  async ({ page }) => {
    await using services = await fleet();
    await using site = await serveBuilt(services);
    await page.route("**/api/live", (route) => route.abort());
    await page.goto(`${site.origin}/`);
    await page.waitForSelector('.connection[data-connection="lost"]');
    await page.getByRole("link", { name: "Show more" }).click();
    await page.waitForURL("**/?accounts=120");
    assertEquals(await page.locator(".folded-account").count(), 120);
    await page.getByRole("searchbox").fill("team-077");
    await page.getByRole("searchbox").press("Enter");
    await page.waitForURL("**q=team-077**");
    assertEquals(await page.locator(".quota-card").count(), 2);
  },
);
