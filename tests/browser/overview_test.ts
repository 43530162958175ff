import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { demoTests, measureOverflow, openLive } from "../support/demo_page.ts";

const test = demoTests();

test("the page has a strict policy and a new nonce each time", async ({ page, site }) => {
  const nonces: string[] = [];
  for (let visit = 0; visit < 2; visit++) {
    const response = await page.goto(`${site.origin}/`);
    const headers = response!.headers();
    const policy = headers["content-security-policy"] ?? "";
    assertMatch(policy, /^default-src 'none'; script-src 'self' 'nonce-[0-9a-f]{32}';/);
    assert(!policy.includes("unsafe"), policy);
    assertEquals(headers["x-content-type-options"], "nosniff");
    assertEquals(headers["x-frame-options"], "DENY");
    assertEquals(headers["referrer-policy"], "same-origin");
    assertEquals(headers["cross-origin-opener-policy"], "same-origin");
    assertEquals(headers["cache-control"], "no-store");
    nonces.push(policy.match(/nonce-([0-9a-f]+)/)![1]!);
    const inline = await page.locator("script:not([src])").evaluateAll((scripts) =>
      scripts.map((script) => (script as HTMLScriptElement).nonce)
    );
    assertEquals(new Set(inline), new Set([nonces[visit]!]));
  }
  assert(nonces[0] !== nonces[1]);
});

test("the policy refuses an injected script and style", async ({ page, site }) => {
  await openLive(page, site);
  const ran = await page.evaluate(async () => {
    const violated = new Promise((resolve) =>
      addEventListener("securitypolicyviolation", resolve, { once: true })
    );
    const script = document.createElement("script");
    script.textContent = "globalThis.smuggled = true";
    document.body.append(script);
    await violated;
    return "smuggled" in globalThis;
  });
  assertEquals(ran, false);
}, { expected: /Policy violated|Content Security Policy/ });

test("everything is loaded from the page's own server", async ({ page, site, requests }) => {
  await openLive(page, site);
  const paths = requests.map((url) => new URL(url).pathname);
  assert(paths.includes("/overview.css"));
  assert(paths.includes("/api/live"));
  assert(paths.some((path) => path.endsWith(".js")));
  for (const url of requests) assertEquals(new URL(url).origin, site.origin);
});

test("the title names the fullest quota and follows the live view", async ({ page, site }) => {
  await openLive(page, site);
  assertMatch(await page.title(), /^9\d(\.\d)?% used Tool calls \(monthly\) - Syntrack$/);
});

test("there is one first heading, and a landmark for each part", async ({ page, site }) => {
  await openLive(page, site);
  assertEquals(await page.getByRole("heading", { level: 1 }).allInnerTexts(), ["Overview"]);
  for (const role of ["banner", "main", "contentinfo"] as const) {
    assertEquals(await page.getByRole(role).count(), 1, role);
  }
  assertEquals(
    await page.getByRole("navigation").evaluateAll((all) => all.map((one) => one.getAttribute("aria-label"))),
    ["Pages", "Vendors", "Length of the Horizon", "Range of the history"],
  );
  assertEquals(await page.getByRole("heading", { level: 2 }).count(), 6);
  assertEquals(await page.getByRole("heading", { level: 3 }).count(), 6);
});

test("everything is reachable by keyboard, with visible focus", async ({ page, site }) => {
  await openLive(page, site);
  const stops: string[] = [];
  for (let press = 0; press < 80; press++) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const element = document.activeElement;
      if (element === null || element === document.body) return null;
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      const seen = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
      const box = element.getBoundingClientRect();
      const inside = box.width > 0 && box.top >= -1 && box.bottom <= innerHeight + 1;
      const name = (element.closest(".top-insight") && "insight") || element.id ||
        element.getAttribute("data-place") || element.getAttribute("data-range") ||
        element.getAttribute("data-quota") ||
        element.getAttribute("role") || element.getAttribute("aria-label") || element.textContent;
      return `${name}${seen && inside ? "" : " (not seen)"}`;
    });
    if (stop === null) break;
    stops.push(stop);
  }
  // What is tight, and so the order of cards and lanes, changes with the figures.
  const [first, last] = [stops.indexOf("List") + 1, stops.indexOf("1h")];
  const beside = stops.splice(first, last - first);
  const quotas = beside.filter((name) => name !== "insight");
  assert(beside.length > quotas.length, "No insight is reached");
  assertEquals(quotas.toSorted(), [
    "5-hour quota",
    "Next 24h",
    "Next 7d",
    "Search",
    "Status of Synthetic",
    "Subscription requests",
    "Synthetic",
    "Synthetic Search",
    "Synthetic Subscription requests",
    "Synthetic Tool calls",
    "Tool calls",
    "Tool calls (monthly)",
    "Usage at the vendor, Synthetic",
    "Usage at the vendor, Z.ai",
    "Weekly quota",
    "Z.ai",
    "Z.ai 5-hour quota",
    "Z.ai Tool calls (monthly)",
    "Z.ai Weekly quota",
  ]);
  assertEquals(stops, [
    "Skip to the content",
    "Syntrack",
    "overview",
    "analytics",
    "cycles",
    "sessions",
    "history",
    "stats",
    "spend",
    "alerts",
    "settings",
    "No open alerts",
    "refresh-btn",
    "palette-btn",
    "density-toggle",
    "theme-toggle",
    "Authenticate",
    "All",
    "Synthetic",
    "Z.ai",
    "Filter quotas by name",
    "Cards",
    "List",
    "1h",
    "6h",
    "24h",
    "7d",
    "30d",
    "90d",
    "1y",
    "group",
    "Zoom in",
    "Zoom out",
    "Period before",
    "Copy as picture",
    "As a table",
    "synthetic/default/subscription",
    "synthetic/default/search",
    "synthetic/default/tool-calls",
    "zai/default/five-hour",
    "zai/default/weekly",
    "zai/default/tool-calls",
    "Add a note",
    "Custom range",
    "Help and shortcuts",
    "API",
  ]);
});

test("the skip link leads past the header", async ({ page, site }) => {
  await openLive(page, site);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement?.id === "main");
  await page.keyboard.press("Tab");
  assertEquals(await page.evaluate(() => document.activeElement?.textContent), "All");
});

test("no width from a phone to a wide screen needs scrolling sideways", async ({ page, site }) => {
  await openLive(page, site);
  for (const width of [320, 375, 414, 640, 768, 1024, 1440]) {
    await page.setViewportSize({ width, height: 800 });
    assertEquals(await measureOverflow(page), 0, `${width} px`);
  }
});

test("at 200 percent everything still fits and works", async ({ page, site }) => {
  // A browser zoomed to 200 % lays out half as many pixels, each drawn twice as large.
  await openLive(page, site);
  assertEquals(await measureOverflow(page), 0);
  await page.getByRole("link", { name: "24h", exact: true }).click();
  await page.waitForSelector('.range-btn[data-range="24h"][aria-current="true"]');
}, { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 });

test("on touch screens no target is smaller than a fingertip", async ({ page, site }) => {
  await openLive(page, site);
  assertEquals(await measureOverflow(page), 0);
  const small = await page.locator(
    "main a, header a, header button, main button, .bottom-nav a, .bottom-nav summary",
  ).evaluateAll((elements) =>
    elements.flatMap((element) => {
      // Controls hidden at this width cannot be pressed.
      if (!element.checkVisibility()) return [];
      const { width, height } = element.getBoundingClientRect();
      return width < 44 || height < 44 ? [`${element.textContent} ${width} x ${height}`] : [];
    })
  );
  assertEquals(small, []);
}, { viewport: { width: 375, height: 812 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 });
