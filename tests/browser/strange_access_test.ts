/** People, keys, the audit record, the user's page, channels, notes and help with extreme names. */
import { LOCAL_OWNER } from "../../lib/access/principal.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { browserTest } from "../support/browser.ts";
import { serveBuilt } from "../support/built_site.ts";
import { measureOverflow } from "../support/demo_page.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeServices } from "../support/fake_services.ts";
import { HOUR_MS, reading, utc } from "../support/readings.ts";
import { overlappingTargets, TOUCH } from "../support/touch_layout.ts";

const WIDTHS = [320, 412, 768, 1280] as const;
const PASSWORD = "correct horse battery";
/** The longest allowed name, in every allowed script. */
const LONG = "W".repeat(64);
const LABELS: readonly string[] = [
  "<img src=x onerror=alert(1)><script>alert(2)</script>",
  LONG,
  "\u0645\u0631\u062d\u0628\u0627 \u0628\u0643 ".repeat(7).trim(),
  "\u{1F680}".repeat(64),
  "Z\u0351\u0352\u0353\u0354\u0355".repeat(10),
];
const PAGES: readonly string[] = [
  "/people",
  "/keys",
  "/audit",
  "/audit?outcome=refused&target=" + encodeURIComponent(LONG),
  "/me",
  "/alerts",
  "/alerts/channels",
  "/settings",
  "/settings?tab=notifications",
  "/notes",
  "/help",
];

browserTest(
  "with strange people, keys, channels, notes and entries no page scrolls sideways, and no targets overlap",
  async ({ page, errors }) => {
    const clock = new FakeClock(utc("2026-11-19 10:00"));
    const folder = await Deno.makeTempDir();
    await using _folder = { [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
    await using services = await fakeServices({ clock, keyFile: `${folder}/key` });
    const { access } = services;
    const account = `acme/${LONG}` as const;
    await services.polled(account, [
      reading({ quota: "five-hour", label: LONG, used: 40, resetsAt: clock.now() + HOUR_MS }),
    ]);
    for (const [place, name] of LABELS.entries()) {
      await access.keys.create({ name, scopes: ["read", "metrics", "poll", "write"] }, LOCAL_OWNER);
      await access.feeds.create({ name, kind: "calendar" }, LOCAL_OWNER);
      await services.notes.add({ at: clock.now(), text: name.repeat(3).slice(0, 200), account });
      await services.stored.add({
        id: "w".repeat(31) + place,
        type: "webhook",
        values: { url: `https://${"w".repeat(60)}.example/${"x".repeat(300)}` },
      });
      await access.audit.record(
        { action: "settings.change", target: name.repeat(4), detail: { [name]: name.repeat(6) } },
        LOCAL_OWNER,
        "2001:db8:85a3:8d3:1319:8a2e:370:7348",
      );
    }
    await access.people.add({ name: LONG, role: "admin", password: PASSWORD });
    await access.people.add({
      name: "\u0627".repeat(64),
      role: "viewer",
      password: PASSWORD,
      accounts: [account, "acme/two"],
    });

    await using site = await serveBuilt(services);
    await page.goto(`${site.origin}/login`);
    await page.getByLabel("Name", { exact: true }).fill(LONG);
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.waitForURL((url) => url.pathname !== "/login");

    const faults: string[] = [];
    for (const path of PAGES) {
      const answer = await page.goto(`${site.origin}${path}`);
      assertEquals(answer?.status(), 200, path);
      // Folded parts must fit as well.
      await page.locator("main details").evaluateAll((all) =>
        all.forEach((one) => one.setAttribute("open", ""))
      );
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 812 });
        const more = await measureOverflow(page);
        if (more > 0) faults.push(`${path} is ${more} px too wide at ${width} px`);
        for (const pair of await overlappingTargets(page)) faults.push(`${path} at ${width} px: ${pair}`);
      }
      assertEquals(await page.locator("main :is(img, script)").count(), 0, path);
      const isShown = await page.locator("main").innerText();
      assert(isShown.length > 0, path);
    }
    assertEquals(faults, []);
    assertEquals(errors, []);
  },
  TOUCH,
);
