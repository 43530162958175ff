/** Every page on touch screens, from the smallest phone to a small tablet, and gestures. */
import { assertEquals, assertMatch } from "../support/assert.ts";
import { demoTests, measureOverflow, openLive } from "../support/demo_page.ts";
import { overlappingTargets, TOUCH, TOUCH_WIDTHS } from "../support/touch_layout.ts";

const test = demoTests();
const PAGES: readonly string[] = [
  "/",
  "/?view=compact",
  "/accounts/zai/default",
  "/accounts/zai/default?quota=weekly",
  "/analytics",
  "/cycles?range=30d",
  "/cycle-overview",
  "/sessions?range=30d",
  "/history",
  "/stats",
  "/spend",
  "/alerts",
  "/alerts/channels",
  "/alerts/channels?add=ntfy",
  "/settings",
  "/settings?tab=accounts",
  "/settings?tab=accounts&add=bedrock",
  "/settings?tab=insights",
  "/settings?tab=data",
  "/settings?tab=about",
  "/me",
  "/people",
  "/keys",
  "/audit",
  "/help",
  "/notes",
  "/api/docs",
  "/offline",
  "/nothing-here",
];

for (const path of PAGES) {
  test(
    `under a finger ${path} neither scrolls sideways nor has targets on one another`,
    async ({ page, site }) => {
      await page.goto(`${site.origin}${path}`);
      for (const width of TOUCH_WIDTHS) {
        await page.setViewportSize({ width, height: 812 });
        assertEquals(await measureOverflow(page), 0, `${width} px`);
        assertEquals(await overlappingTargets(page), [], `${width} px`);
      }
    },
    { ...TOUCH, expected: /Failed to load resource/ },
  );
}

test("the check of this file detects overlaps", async ({ page, site }) => {
  await page.goto(`${site.origin}/help`);
  await page.evaluate(() => {
    const first = document.createElement("a");
    Object.assign(first, { href: "/", textContent: "one" });
    const second = first.cloneNode(true) as HTMLElement;
    second.style.marginLeft = "-1.25rem";
    document.querySelector("main")!.append(first, second);
  });
  assertEquals((await overlappingTargets(page)).length, 1);
}, TOUCH);

test("a swipe leads to the next account, and scrolling does not", async ({ page, site }) => {
  await openLive(page, site, "/accounts/zai/default");
  const session = await page.context().newCDPSession(page);
  const swipe = async (from: readonly [number, number], to: readonly [number, number]) => {
    const point = ([x, y]: readonly [number, number]) => [{ x, y }];
    // These distinguish a swipe from a slow finger, however slow the browser is.
    const timestamp = Date.now() / 1000;
    const send = (
      type: "touchStart" | "touchMove" | "touchEnd",
      place: ReturnType<typeof point>,
      after: number,
    ) => session.send("Input.dispatchTouchEvent", { type, touchPoints: place, timestamp: timestamp + after });
    await send("touchStart", point(from), 0);
    await send("touchMove", point(to), 0.05);
    await send("touchEnd", [], 0.1);
  };
  // Down and slightly sideways is scrolling.
  await swipe([250, 500], [220, 300]);
  assertEquals(new URL(page.url()).pathname, "/accounts/zai/default");
  const title = await page.locator('.neighbours [rel="next"] .outside-text').innerText();
  await swipe([300, 160], [100, 165]);
  await page.waitForURL(`${site.origin}/accounts/synthetic/default`);
  assertMatch(await page.locator("h1").innerText(), new RegExp(title));
}, TOUCH);

test("the installed app has a badge with used-up quotas and those that need attention", async ({ page, site }) => {
  await page.addInitScript(() => {
    Reflect.set(globalThis, "badges", []);
    const note = (count: unknown) => {
      Reflect.get(globalThis, "badges").push(count);
      return Promise.resolve();
    };
    Object.defineProperty(navigator, "setAppBadge", { value: note });
    Object.defineProperty(navigator, "clearAppBadge", { value: () => note(0) });
  });
  await openLive(page, site);
  const last = () => page.evaluate(() => Reflect.get(globalThis, "badges").at(-1) as number);
  const becomes = (count: number) =>
    page.waitForFunction((count) => Reflect.get(globalThis, "badges").at(-1) === count, count);
  await page.waitForFunction(() => Reflect.get(globalThis, "badges").length > 0);
  const before = await last();
  site.trouble("expired", "zai");
  await site.poll();
  await becomes(before + 1);
  site.calm();
  await site.poll(60_000, "zai/default");
  await becomes(before);

  // It is for users who do not see the page.
  const told = await page.evaluate(() => Reflect.get(globalThis, "badges").length as number);
  await page.evaluate(() => {
    Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await page.waitForFunction(() => !document.title.includes("%"));
  assertEquals(await page.evaluate(() => Reflect.get(globalThis, "badges").length), told);
});
