import type { Page } from "playwright-core";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { findBarriersInBothThemes } from "../support/axe.ts";
import { demoTests, follow, measureOverflow } from "../support/demo_page.ts";

const test = demoTests();
const WITHOUT = { javaScriptEnabled: false };
const QUOTA = "synthetic%2Fdefault%2Fsubscription";
const PAGES: readonly string[] = [
  "/cycles",
  "/cycles?group=quota&range=all&size=all",
  "/sessions",
  "/cycle-overview",
  "/history",
  `/history?every=1h&quota=${QUOTA}`,
  "/stats",
  `/stats?quota=${QUOTA}`,
  "/settings",
  "/settings?tab=accounts",
  "/settings?tab=accounts&add=bedrock",
  "/settings?tab=insights",
  "/settings?tab=data",
  "/settings?tab=about",
];

test("tables and settings are accessible in both themes", async ({ page, site }) => {
  for (const path of PAGES) {
    await page.goto(`${site.origin}${path}`);
    assertEquals(await findBarriersInBothThemes(page), [], path);
  }
});

test(
  "tables and settings fit every window from a phone to a wide screen, and at 200 percent",
  async ({ page, site }) => {
    for (const path of PAGES) {
      await page.goto(`${site.origin}${path}`);
      for (const width of [320, 375, 768, 1440]) {
        await page.setViewportSize({ width, height: 800 });
        assertEquals(await measureOverflow(page), 0, `${path} at ${width} px`);
      }
    }
  },
  WITHOUT,
);

test(
  "a table is filtered, sorted and paged without JavaScript, with its state in the URL",
  async ({ page, site }) => {
    await page.goto(`${site.origin}/cycles`);
    await follow(page, page.getByRole("link", { name: "all", exact: true }).first());
    await page.locator('select[name="provider"]').selectOption("zai");
    await page.locator('select[name="state"]').selectOption("over");
    await follow(page, page.getByRole("button", { name: "Show" }));
    const { searchParams } = new URL(page.url());
    assertEquals([searchParams.get("range"), searchParams.get("provider"), searchParams.get("state")], [
      "all",
      "zai",
      "over",
    ]);
    assertEquals(await page.locator("#cycles-table tbody tr[data-state='open']").count(), 0);
    await follow(page, page.getByRole("link", { name: "Consumed" }));
    assertEquals(await page.locator("th[data-column='consumed']").getAttribute("aria-sort"), "descending");
    const consumed = (await page.locator("#cycles-table tbody tr td:nth-child(6)").allInnerTexts())
      .map((text) => parseFloat(text));
    assert(consumed.length > 1);
    assertEquals(await page.locator('select[name="provider"]').inputValue(), "zai");
    await follow(page, page.getByRole("link", { name: "Clear" }));
    assertEquals(new URL(page.url()).searchParams.get("provider"), null);
    assertEquals(new URL(page.url()).searchParams.get("sort"), "consumed");
  },
  WITHOUT,
);

test("a session expands to the levels of each quota, by mouse and by key", async ({ page, site }) => {
  await page.goto(`${site.origin}/sessions?range=all`);
  const session = page.locator("tbody.session").first();
  const detail = session.locator(".detail-row");
  assertEquals(await detail.isVisible(), false);
  await session.locator("summary").click();
  assertEquals(await detail.isVisible(), true);
  assertMatch(await detail.innerText(), /Used at the start[\s\S]*\d/);
  await session.locator("summary").press("Enter");
  assertEquals(await detail.isVisible(), false);
}, WITHOUT);

test("a table is downloaded as a file with a descriptive name", async ({ page, site }) => {
  await page.goto(`${site.origin}/cycles?provider=synthetic&range=all`);
  const started = page.waitForEvent("download");
  await page.locator(".export-link[data-format='csv']").click();
  const download = await started;
  assertMatch(download.suggestedFilename(), /^syntrack-cycles-all-synthetic-\d{4}-\d\d-\d\d\.csv$/);
  const text = await Deno.readTextFile(await download.path());
  const [head = ""] = text.split("\n");
  assertStringIncludes(head, "provider,account,key");
});

async function save(page: Page): Promise<void> {
  await follow(page, page.locator("#settings-save-btn"));
  await page.waitForSelector(".page-note");
}

test("settings are saved without JavaScript and survive a restart", async ({ page, site }) => {
  await page.goto(`${site.origin}/settings`);
  await page.locator("#settings-timezone").fill("Asia/Tokyo");
  await page.locator("#threshold-warning").fill("42");
  await page.locator("#threshold-critical").fill("88");
  await page.getByLabel("5 days").check();
  await save(page);
  assertStringIncludes(await page.locator(".page-note").innerText(), "Saved");
  await site.stop();
  await site.start();
  await page.goto(`${site.origin}/settings`);
  assertEquals(await page.locator("#settings-timezone").inputValue(), "Asia/Tokyo");
  assertEquals(await page.locator("#threshold-warning").inputValue(), "42");
  assert(await page.getByLabel("5 days").isChecked());
  assertStringIncludes(await page.locator("footer").innerText(), "Times in Asia/Tokyo");
  await page.locator("#settings-timezone").fill("");
  await page.locator("#threshold-warning").fill("50");
  await page.locator("#threshold-critical").fill("95");
  await page.getByLabel("7 days").check();
  await save(page);
}, WITHOUT);

test("a disabled account is not polled any more, and its name reaches an open page at once", async ({ page, site, browser }) => {
  const context = await browser.newContext({ viewport: { width: 1200, height: 800 } });
  try {
    const overview = await context.newPage();
    await overview.goto(`${site.origin}/cycles`);
    await overview.waitForSelector('.connection[data-connection="live"]');

    await page.goto(`${site.origin}/settings?tab=accounts`);
    const line = page.locator('.account-line[data-account="zai/default"]');
    await line.getByLabel("Name on pages").fill("Work");
    await line.getByLabel("Polled on schedule").uncheck();
    await save(page);
    await overview.waitForFunction(() =>
      document.querySelector("#cycles-table")?.textContent?.includes("Work")
    );

    const accounts = async () => (await site.poll()).map(({ account }) => account);
    assertEquals(await accounts(), ["synthetic/default"]);
    // Requested by name, it is polled all the same.
    await follow(page, line.getByRole("button", { name: "Poll now" }));
    assertStringIncludes(await page.locator(".page-note").innerText(), "Work: 3 quotas were read");
    await line.getByLabel("Name on pages").fill("");
    await line.getByLabel("Polled on schedule").check();
    await save(page);
    assertEquals((await accounts()).toSorted(), ["synthetic/default", "zai/default"]);
  } finally {
    await context.close();
  }
});

test("accounts are shown in their set order", async ({ page, site }) => {
  await page.goto(`${site.origin}/settings?tab=accounts`);
  const keys = () =>
    page.locator(".account-line").evaluateAll((lines) =>
      lines.map((line) => line.getAttribute("data-account"))
    );
  assertEquals(await keys(), ["synthetic/default", "zai/default"]);
  await follow(page, page.getByRole("button", { name: "Move Z.ai up" }));
  assertEquals(await keys(), ["zai/default", "synthetic/default"]);
  const { accounts } = await site.composed.services(new Set()).dashboard();
  assertEquals(accounts.map(({ key }) => key), ["zai/default", "synthetic/default"]);
  await follow(page, page.getByRole("button", { name: "Move Z.ai down" }));
  assertEquals(await keys(), ["synthetic/default", "zai/default"]);
}, WITHOUT);

test("enter in a field of an account saves, and polls nothing", async ({ page, site }) => {
  await page.goto(`${site.origin}/settings?tab=accounts`);
  await page.getByLabel("Name on pages").first().press("Enter");
  await page.waitForSelector(".page-note");
  assertEquals(new URL(page.url()).searchParams.get("done"), "saved");
}, WITHOUT);

test("a backup is downloaded, and is a database of the same readings", async ({ page, site }) => {
  await page.goto(`${site.origin}/settings?tab=data`);
  const started = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download a backup" }).click();
  const download = await started;
  assertMatch(download.suggestedFilename(), /^syntrack-backup-\d{4}-\d\d-\d\d\.db$/);
  const { openSqliteStore } = await import("../../lib/store/sqlite.ts");
  const path = `${await Deno.makeTempDir()}/copy.db`;
  await Deno.copyFile(await download.path(), path);
  await using copy = await openSqliteStore(path, { readOnly: true });
  const size = await copy.size();
  assertEquals(size.readings, (await site.composed.services(new Set()).maintenance!.size()).readings);
  assertEquals(await copy.check(), []);
});

test("input in settings stays while someone else changes them, and the page says so", async ({ page, site }) => {
  await page.goto(`${site.origin}/settings`);
  await page.waitForSelector('.connection[data-connection="live"]');
  await page.locator("#threshold-warning").fill("33");
  const { settings } = site.composed.services(new Set());
  await settings.save({ display: "left" });
  await page.waitForSelector(".outdated-btn");
  assertEquals(await page.locator("#threshold-warning").inputValue(), "33");
  await page.locator(".outdated-btn").click();
  await page.waitForSelector('input[name="display"][value="left"][checked]');
  await settings.save({ display: "used" });
});

test(
  "an account is stored, renamed and removed on the settings page, without scripts",
  async ({ page, site }) => {
    await page.goto(`${site.origin}/settings?tab=accounts`);
    await page.getByLabel("Vendor", { exact: true }).selectOption("zai");
    await follow(page, page.getByRole("button", { name: "Continue" }));
    await page.getByLabel("Name", { exact: true }).fill("work");
    // Words, with the variable as a detail.
    await page.getByLabel("API key", { exact: true }).fill("zai-key-of-somebody");
    assertStringIncludes(
      await page.locator("form.settings-form").last().innerText(),
      "As a variable: ZAI_API_KEY",
    );
    await follow(page, page.getByRole("button", { name: "Save and test" }));
    // It was tested at once, and the result is shown where it was entered.
    const note = page.locator(".page-note");
    assertMatch(await note.innerText(), /Stored zai\/work, encrypted\. Z\.ai work: Sign-in rejected\./);
    assertEquals(await note.getAttribute("data-tone"), "bad");
    assert(!(await page.content()).includes("zai-key-of-somebody"), "The page holds the key");

    const stored = page.locator("[data-stored]");
    assertEquals(await stored.locator(".stored-result").innerText(), "Sign-in rejected");
    await stored.getByLabel("New API key").fill("demo.opens-nothing-either");
    await follow(page, stored.getByRole("button", { name: "Save and test" }));
    assertMatch(await note.innerText(), /^Changed zai\/work\. Z\.ai work: 3 quotas were read\.$/);
    assertEquals(await note.getAttribute("data-tone"), "good");
    assertEquals(await stored.locator(".stored-result").innerText(), "Up to date");

    await stored.getByLabel("Name of zai/work").fill("office");
    await follow(page, stored.getByRole("button", { name: "Rename" }));
    assertEquals(await stored.getAttribute("data-stored"), "zai/office");
    await follow(page, stored.getByRole("button", { name: "Remove zai/office" }));
    assertEquals(await stored.count(), 0);
    // Only its history is left, which can be removed as well.
    const gone = page.locator('[data-gone="zai/office"]');
    await gone.getByLabel("For good").check();
    await follow(page, gone.getByRole("button", { name: "Forget zai/office" }));
    assertEquals(await gone.count(), 0);
    assertEquals((await site.composed.accounts.list()).map(({ key }) => key), [
      "synthetic/default",
      "zai/default",
    ]);
  },
  WITHOUT,
);

test(
  "on a phone no name in a table is broken inside a word",
  async ({ page, site }) => {
    for (const path of ["/cycles", "/stats", "/sessions", "/analytics"]) {
      await page.goto(`${site.origin}${path}`);
      for (const width of [320, 390]) {
        await page.setViewportSize({ width, height: 844 });
        const { words, broken } = await page.evaluate(() => {
          const range = new Range();
          const broken: string[] = [];
          let words = 0;
          for (const title of document.querySelectorAll(".data-table .row-title")) {
            const texts = document.createTreeWalker(title, NodeFilter.SHOW_TEXT);
            while (texts.nextNode()) {
              const text = texts.currentNode as Text;
              for (const { 0: word, index } of text.data.matchAll(/[^\s-]+/g)) {
                range.setStart(text, index);
                range.setEnd(text, index + word.length);
                words++;
                if (new Set([...range.getClientRects()].map(({ top }) => top)).size > 1) broken.push(word);
              }
            }
          }
          return { words, broken };
        });
        assert(words > 0, `${path} at ${width} px: nothing to measure`);
        assertEquals(broken, [], `${path} at ${width} px`);
      }
    }
  },
  WITHOUT,
);
