/** The overview of hundreds of accounts: one page of the list, and more on request. */
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
async function fleet() {
  const services = await fakeServices({ clock: new FakeClock(NOW) });
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
  assert(first.length < 200_000, `${first.length} characters`);
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
  await page.getByRole("link", { name: "Show more" }).click();
  await accounts.nth(119).waitFor();
  assertEquals([await accounts.count(), new URL(page.url()).search], [120, "?accounts=120"]);
  await page.getByRole("link", { name: "Show more" }).click();
  await page.getByRole("link", { name: "Show more" }).waitFor({ state: "detached" });
  assertEquals(await accounts.count(), 149);
  assertEquals(await page.evaluate(() => document.body.dataset.loaded), "once");
  assertEquals(errors, []);
});
