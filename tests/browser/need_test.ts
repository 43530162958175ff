/** The overview by need: what needs attention, what is tight, the rest folded, and the Horizon beside it. */
import type { Page } from "playwright-core";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { findBarriers } from "../support/axe.ts";
import { browserTest } from "../support/browser.ts";
import { serveBuilt } from "../support/built_site.ts";
import { follow, measureOverflow, waitForConnection } from "../support/demo_page.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeServices } from "../support/fake_services.ts";
import { reading } from "../support/readings.ts";

const NOW = Date.parse("2026-11-21T12:00:00Z");
const HOUR = 3_600_000;
const PHONES = [320, 375, 390, 412, 768];
const TOUCH = { viewport: { width: 375, height: 812 }, hasTouch: true, isMobile: true } as const;

/** Twelve accounts of three quotas: one blocked, one used up, one that cannot sign in, one that fails. */
async function manyServices(clock = new FakeClock(NOW)) {
  const services = await fakeServices({ clock });
  for (let i = 0; i < 12; i++) {
    await services.polled(`acme/team-${String(i).padStart(2, "0")}`, [
      reading({
        quota: "five-hour",
        label: "5-hour quota",
        used: i === 3 ? 100 : 10 + i,
        limit: 100,
        remaining: i === 3 ? 0 : 90 - i,
        resetsAt: NOW + HOUR,
      }),
      reading({
        quota: "weekly",
        label: "Weekly",
        used: 5 + i,
        limit: 100,
        remaining: 95 - i,
        resetsAt: NOW + 50 * HOUR,
      }),
      reading({
        quota: "search",
        label: "Search",
        used: i,
        limit: 100,
        remaining: 100 - i,
        resetsAt: NOW + 2 * HOUR,
        ...i === 5 && { allowed: false },
      }),
    ]);
  }
  await services.failed("acme/team-07", { kind: "auth", hint: "Run claude once to sign in again" });
  await services.failed("acme/team-08", { kind: "unavailable", hint: "It answered with status 503" });
  return services;
}

async function isSeen(page: Page, selector: string): Promise<boolean> {
  return await page.locator(selector).first().isVisible();
}

browserTest(
  "of twelve accounts two need attention, two quotas are tight, and the rest is folded",
  async ({ page, errors }) => {
    await using services = await manyServices();
    await using site = await serveBuilt(services);
    await page.goto(`${site.origin}/`);
    assertMatch(await page.locator(".summary").innerText(), /^Yes, with .*Of 12 accounts: \d+ ready/);
    const needs = await page.locator(".needs-you li").allInnerTexts();
    assertEquals(needs.length, 2);
    assertMatch(needs[0]!, /team-07: sign in again\nRun claude once to sign in again\./);
    assertEquals(await page.locator(".needs-you code.copy-line").allInnerTexts(), ["claude"]);
    assertMatch(needs[1]!, /team-08: vendor unreachable/);
    assertEquals(
      await page.locator(".tight-group .quota-row").evaluateAll((rows) =>
        rows.map((row) => `${row.getAttribute("data-quota")} ${row.getAttribute("data-status")}`)
      ),
      ["five-hour critical", "search blocked"],
    );
    assertEquals(await page.locator(".folded-account").count(), 12);
    const lines = page.locator(".folded-account").first().locator(".quota-lines li");
    assertEquals(await lines.first().isVisible(), false);
    await page.locator(".folded-account summary").first().click();
    assertEquals(await lines.first().isVisible(), true);
    assertEquals(await lines.allInnerTexts(), [
      "5-hour quota: 15% used, healthy, resets 13:00",
      "Weekly: 10% used, healthy, resets Mon 14:00",
    ]);
    assertEquals(errors, []);
  },
  { javaScriptEnabled: false },
);

browserTest(
  "what is opened before hydration is drawn afterwards, like what is opened later",
  async ({ page, errors }) => {
    await using services = await manyServices();
    await using site = await serveBuilt(services);
    await page.addInitScript(() => {
      const opened = new MutationObserver(() => {
        const details = document.querySelector<HTMLDetailsElement>(".folded-account details");
        if (details === null) return;
        opened.disconnect();
        details.open = true;
      });
      opened.observe(document, { childList: true, subtree: true });
    });
    await page.goto(`${site.origin}/`);
    const [first, second] = [0, 1].map((at) => page.locator(".folded-account").nth(at));
    await first!.locator(".quota-row").first().waitFor();
    assertEquals(await page.locator(".quota-lines").count(), 11);
    assertEquals(await second!.locator(".quota-row").count(), 0);
    await second!.locator("summary").click();
    await second!.locator(".quota-row").first().waitFor();
    await second!.locator("summary").click();
    await second!.locator(".quota-row").first().waitFor({ state: "detached" });
    assertEquals(errors, []);
  },
);

browserTest(
  "when an account signs in again it needs no attention any more, without a reload",
  async ({ page, errors }) => {
    const clock = new FakeClock(NOW);
    await using services = await manyServices(clock);
    await using site = await serveBuilt(services);
    await page.goto(`${site.origin}/`);
    await waitForConnection(page, "live");
    await page.locator(".folded-account summary").first().click();
    await page.locator(".folded-account .quota-row").first().waitFor();
    clock.jump(60_000);
    const [before] = await page.locator(".folded-account").allInnerTexts();
    await services.polled("acme/team-07", [reading({ quota: "five-hour", used: 20, resetsAt: NOW + HOUR })]);
    await page.locator('.needs-you [data-account="acme/team-07"]').waitFor({ state: "detached" });
    assertEquals(await page.locator(".needs-you li").count(), 1);
    // What was opened stays open, and in its place.
    assertEquals(await isSeen(page, ".folded-account .quota-row"), true);
    assertEquals(
      (await page.locator(".folded-account").allInnerTexts())[0]?.split("\n")[0],
      before?.split("\n")[0],
    );
    await services.polled("acme/team-01", [
      reading({ quota: "five-hour", used: 99, remaining: 1, resetsAt: NOW + HOUR }),
    ]);
    await page.locator(".sort-again").waitFor();
    assertEquals(errors, []);
  },
);

browserTest(
  "without JavaScript the Horizon is a list of dated sentences, each with its drawing",
  async ({ page }) => {
    await using services = await manyServices();
    await using site = await serveBuilt(services);
    await page.goto(`${site.origin}/`);
    const lanes = page.locator(".horizon-lane");
    assertEquals(await lanes.count(), 12);
    const sentences = await page.locator(".horizon-sentence").allTextContents();
    assertEquals(sentences[0], "Used up until its reset at 13:00.");
    assertEquals(sentences[1], "Blocked by its vendor. Its reset is at 14:00.");
    assertMatch(
      await page.locator(".horizon").innerText(),
      /24 more quotas are not drawn: these are the 11 most urgent, and one quota of the best account\./,
    );
    assertEquals(await page.locator('.horizon-lane [data-mark="empty"]').count(), 2);
    const at = await page.locator('.horizon-lane [data-mark="reset"]').first().getAttribute("x1");
    assertEquals(at, `${Math.round(10_000 / 24) / 100}%`);
    await follow(page, page.locator('.horizon-btn[data-span="7d"]'));
    assertEquals(new URL(page.url()).search, "?horizon=7d");
    assertEquals(await page.locator('.horizon-lane [data-mark="reset"]').first().getAttribute("x1"), "0.6%");
    await page.goto(`${site.origin}/?horizon=1y`);
    assertMatch(await page.locator(".page-note").innerText(), /no Horizon "1y"/);
  },
  { javaScriptEnabled: false },
);

browserTest(
  "the Horizon follows the tab, its length is in the URL, and its lanes link to quotas",
  async ({ page, errors }) => {
    await using services = await manyServices();
    await services.polled("zed/default", [reading({ quota: "five-hour", used: 10, resetsAt: NOW + HOUR })]);
    await using site = await serveBuilt(services);
    await page.goto(`${site.origin}/`);
    await waitForConnection(page, "live");
    await page.locator('.horizon-btn[data-span="7d"]').click();
    await page.waitForURL(`${site.origin}/?horizon=7d`);
    await page.locator('.provider-tab[data-provider="zed"]').click();
    await page.waitForFunction(() => document.querySelectorAll(".horizon-lane").length === 1);
    await page.locator(".horizon-lane a").focus();
    await page.keyboard.press("Enter");
    await page.waitForURL("**/accounts/zed/default?quota=five-hour");
    assertEquals(errors, []);
  },
);

browserTest(
  "on touch screens from 320 to 768 px, nothing scrolls sideways and nothing overlaps",
  async ({ page, errors }) => {
    await using services = await manyServices();
    await using site = await serveBuilt(services);
    await page.goto(`${site.origin}/`);
    await waitForConnection(page, "live");
    for (const width of PHONES) {
      await page.setViewportSize({ width, height: 812 });
      assertEquals(await measureOverflow(page), 0, `${width} px`);
      assertEquals(await overlaps(page), [], `${width} px`);
    }
    assertEquals(await findBarriers(page), []);
    assertEquals(errors, []);
  },
  TOUCH,
);

browserTest("names of 300 letters and right-to-left names stay within the Horizon", async ({ page }) => {
  const services = await fakeServices({ clock: new FakeClock(NOW) });
  await using _ = services;
  for (
    const label of ["W".repeat(300), "\u05d0\u05d1\u05d2 \u202egnol", "<b>x</b>", "\u{1f680}".repeat(80)]
  ) {
    await services.polled(`acme/${label.slice(0, 40)}`, [
      reading({ label, used: 96, remaining: 4, resetsAt: NOW + HOUR }),
    ]);
  }
  await using site = await serveBuilt(services);
  await page.goto(`${site.origin}/`);
  for (const width of PHONES) {
    await page.setViewportSize({ width, height: 812 });
    assertEquals(await measureOverflow(page), 0, `${width} px`);
    assertEquals(await overlaps(page), [], `${width} px`);
  }
  assertEquals(await page.locator(".horizon b").count(), 0);
}, { ...TOUCH, javaScriptEnabled: false });

browserTest(
  "on a phone the navigation is at the bottom, with the rest behind More, and the header takes one row",
  async ({ page, errors }) => {
    await using services = await manyServices();
    await using site = await serveBuilt(services);
    await page.goto(`${site.origin}/`);
    const nav = page.getByRole("navigation", { name: "Main pages" });
    assertEquals(await page.getByRole("navigation", { name: "Pages", exact: true }).count(), 0);
    for (const [width, rows] of [[320, 2], [375, 1], [390, 1], [412, 1]] as const) {
      await page.setViewportSize({ width, height: 812 });
      const head = await page.locator("header.topbar").boundingBox();
      assert(head!.height <= 65 * rows, `The head is ${head!.height} px high at ${width}`);
      const bar = await nav.boundingBox();
      assertEquals([Math.round(bar!.y + bar!.height), bar!.width], [812, width]);
    }
    assertEquals(await nav.locator("a:visible").allInnerTexts(), [
      "Overview",
      "Analytics",
      "History",
      "Alerts",
    ]);
    await nav.getByText("More").click();
    await follow(page, nav.getByRole("link", { name: "Cycles" }));
    assertEquals(new URL(page.url()).pathname, "/cycles");
    assertEquals(await nav.locator("summary").getAttribute("aria-current"), "true");
    // The end of the page is not below the bar.
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    const [last, top] = await page.evaluate(() => [
      document.querySelector("footer")!.getBoundingClientRect().bottom,
      document.querySelector(".bottom-nav")!.getBoundingClientRect().top,
    ]);
    assert(last! <= top!, `${last} > ${top}`);
    await page.setViewportSize({ width: 768, height: 812 });
    assertEquals(await nav.isVisible(), false);
    assertEquals(errors, []);
  },
  { ...TOUCH, javaScriptEnabled: false },
);

/** Pairs of overlapping texts and controls of the page. */
async function overlaps(page: Page): Promise<readonly string[]> {
  const found = await page.evaluate(() => {
    const selector =
      "header a, header button, main h2, main h3, .sort-btn, .provider-tab, .density-btn, .horizon-btn, " +
      ".horizon-lane p > span:not(.sr-only), .quota-row > *, .folded-account summary > *, .bottom-nav a, .bottom-nav summary";
    const boxes = [...document.querySelectorAll(selector)].flatMap((element) => {
      const scroller = element.closest(".provider-tabs, .places");
      const { left, top, right, bottom, width, height } = element.getBoundingClientRect();
      if (width < 2 || height < 2 || element.closest(".sr-only") || !element.checkVisibility()) return [];
      const frame = scroller?.getBoundingClientRect();
      if (frame && (left >= frame.right || right <= frame.left)) return [];
      return [{
        element,
        left,
        top,
        right,
        bottom,
        name: `${element.className} ${element.textContent?.slice(0, 30)}`,
      }];
    });
    const isFixed = (element: Element) => element.closest(".bottom-nav") !== null;
    return boxes.flatMap((a, i) =>
      boxes.slice(i + 1).flatMap((b) =>
        a.element.contains(b.element) || b.element.contains(a.element) ||
          isFixed(a.element) !== isFixed(b.element) ||
          a.right - b.left < 2 || b.right - a.left < 2 || a.bottom - b.top < 2 || b.bottom - a.top < 2
          ? []
          : [`${a.name} | ${b.name}`]
      )
    );
  });
  assert(Array.isArray(found));
  return found;
}
