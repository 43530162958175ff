/** Every page with extreme input: strange names, very many quotas, none, and only unknown values. */
import { assert, assertEquals } from "../support/assert.ts";
import { browserTest } from "../support/browser.ts";
import { serveBuilt } from "../support/built_site.ts";
import { measureOverflow } from "../support/demo_page.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { type FakeServices, fakeServices } from "../support/fake_services.ts";
import { FIVE_HOURS, HOUR_MS, MINUTE_MS, reading, utc } from "../support/readings.ts";
import { overlappingTargets, TOUCH } from "../support/touch_layout.ts";
import type { AccountKey, Reading } from "../../lib/model/quota.ts";

const AT = utc("2026-11-19 10:00");
const WIDTHS = [320, 412, 768, 1280] as const;
const LABELS: readonly string[] = [
  "<img src=x onerror=alert(1)><script>alert(2)</script>",
  "W".repeat(300),
  "long words of every kind ".repeat(12),
  "\u202eright to left\u2066",
  "\u0645\u0631\u062d\u0628\u0627 \u0628\u0643 ".repeat(20),
  "\u{1F469}\u200D\u{1F4BB}\u{1F680}".repeat(40),
  "Z\u0351\u0352\u0353\u0354\u0355".repeat(60),
  "",
  "\u0000\u0007\u001b[31mred\u2028",
];
const WORLDS: Readonly<Record<string, (services: FakeServices, clock: FakeClock) => Promise<void>>> = {
  async "strange names"(services, clock) {
    for (const used of [5, 60, 96]) {
      for (const [place, name] of LABELS.entries()) {
        // No store accepts a NUL or half a character.
        const short = [...name.replaceAll("/", "-").replaceAll("\u0000", "")].slice(0, 100).join("");
        const account = `acme/${short || "nameless"}${place}` as AccountKey;
        await services.polled(account, [
          reading({
            quota: "five-hour",
            label: name,
            used,
            window: FIVE_HOURS,
            resetsAt: clock.now() + HOUR_MS,
          }),
          reading({ quota: "weekly", label: name, used: used / 2, resetsAt: clock.now() + 20 * HOUR_MS }),
        ], name);
      }
      clock.jump(45 * MINUTE_MS);
    }
    const failing = "acme/nameless7" as AccountKey;
    await services.failed(failing, { kind: "auth", hint: "W".repeat(300) });
  },
  async "200 quotas of one account"(services, clock) {
    for (const used of [5, 60]) {
      const readings = Array.from({ length: 200 }, (_, place): Reading =>
        reading({
          quota: `quota-${place}`,
          label: `Quota number ${place}`,
          used: (used + place) % 100,
          window: FIVE_HOURS,
          resetsAt: clock.now() + HOUR_MS,
        }));
      await services.polled("acme/many", readings);
      clock.jump(30 * MINUTE_MS);
    }
  },
  async "accounts without a quota"(services) {
    await services.polled("acme/empty", []);
  },
  async "every figure unknown"(services, clock) {
    for (let i = 0; i < 3; i++) {
      await services.polled(
        "acme/unknown",
        [1, 2, 3].map((place) =>
          reading({
            quota: `unknown-${place}`,
            label: `Unknown ${place}`,
            used: null,
            limit: null,
            remaining: null,
            resetsAt: null,
          })
        ),
      );
      clock.jump(30 * MINUTE_MS);
    }
  },
  async "nothing at all"() {},
};
const PAGES: readonly string[] = [
  "/",
  "/?view=comfortable",
  "/analytics",
  "/cycles?range=all",
  "/cycle-overview",
  "/sessions?range=all",
  "/history?range=all",
  "/stats",
  "/spend",
  "/alerts",
  "/settings?tab=accounts",
  "/api/docs",
];

for (const [world, fill] of Object.entries(WORLDS)) {
  browserTest(
    `with ${world} no page scrolls sideways, and no target lies on another`,
    async ({ page, errors }) => {
      const clock = new FakeClock(AT);
      await using services = await fakeServices({ clock });
      await fill(services, clock);
      await using site = await serveBuilt(services);
      const account = (await services.dashboard()).accounts[0];
      const own = account ? [`/accounts/acme/${encodeURIComponent(account.name)}`] : [];
      for (const path of [...PAGES, ...own]) {
        const answer = await page.goto(`${site.origin}${path}`);
        assertEquals(answer?.status(), 200, path);
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: 812 });
          assertEquals(await measureOverflow(page), 0, `${path} at ${width} px`);
          assertEquals(await overlappingTargets(page), [], `${path} at ${width} px`);
        }
        assertEquals(await page.locator("main img, main script").count(), 0, path);
        const text = await page.locator("main").innerText();
        // deno-lint-ignore no-control-regex
        const at = text.search(/[\u0000-\u0008\u001b\u202e\u2066\u2028]/);
        assert(at < 0, `${path}: ${JSON.stringify(text.slice(Math.max(0, at - 60), at + 20))}`);
      }
      assertEquals(errors, []);
    },
    TOUCH,
  );
}

browserTest("strange names are text in the palette as well, and fit a phone", async ({ page, errors }) => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  await WORLDS["strange names"]!(services, clock);
  await using site = await serveBuilt(services);
  await page.goto(`${site.origin}/help`);
  await page.waitForSelector('.connection[data-connection="live"]');
  await page.keyboard.press("p");
  await page.waitForFunction(() =>
    document.querySelector(".palette-state")?.textContent?.includes("entries")
  );
  assertEquals(await measureOverflow(page), 0);
  assertEquals(await page.locator("dialog :is(img, script)").count(), 0);
  const widths = await page.locator(".palette-entry").evaluateAll((entries) =>
    entries.map((entry) => entry.scrollWidth - entry.clientWidth)
  );
  assertEquals(widths.filter((more) => more > 0), []);
  assertEquals(errors, []);
}, TOUCH);
