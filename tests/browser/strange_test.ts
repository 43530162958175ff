import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { findBarriers, findBarriersInBothThemes } from "../support/axe.ts";
import { browserTest } from "../support/browser.ts";
import { serveBuilt } from "../support/built_site.ts";
import { measureOverflow, waitForConnection } from "../support/demo_page.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeServices, providerStatus } from "../support/fake_services.ts";
import { BALANCE, FIVE_HOURS, reading, ROLLING } from "../support/readings.ts";
import type { TroubleView } from "../../lib/model/view/view.ts";
import type { AppContext } from "../../lib/app/context.ts";

const NOW = Date.parse("2026-11-21T12:00:00Z");
const STRANGE = {
  markup: '<img src=x onerror="globalThis.pwned=1"><script>globalThis.pwned=1</script><b>bold</b>',
  quotes: `"'\`</p></svg><!--frsh:island:Live:0:--> &lt;&amp;`,
  reversed: "\u202etekcuhc\u202c \u2066inner\u2069 \u200fmark",
  controls: "bell\u0007 null\u0000 escape\u001b[31mred line\nbreak\ttab",
  long: "W".repeat(300),
  empty: "",
  blank: " \u200b\u00ad ",
  combining: `z${"\u0301".repeat(200)}`,
};

const SETUPS = [
  providerStatus({
    id: "synthetic",
    name: "Synthetic",
    configured: false,
    accounts: [],
    setup: "Set SYNTHETIC_API_KEY, or SYNTHETIC_API_KEY_FILE to a file that holds it",
  }),
  providerStatus({ id: "zai", name: "Z.ai", configured: false, accounts: [], setup: "Set ZAI_API_KEY" }),
];

browserTest("external texts are shown as text and break nothing", async ({ page, errors, requests }) => {
  const clock = new FakeClock(NOW);
  await using services = await fakeServices({ clock });
  const readings = Object.entries(STRANGE).map(([quota, label], i) =>
    reading({
      quota,
      label,
      used: i * 15,
      limit: 100,
      remaining: 100 - i * 15,
      resetsAt: NOW + (i + 1) * 3_600_000,
    })
  );
  await services.polled("acme/default", readings, `${STRANGE.markup}${STRANGE.reversed}`);
  await services.polled(`synthetic/${STRANGE.markup}`, [reading()], STRANGE.long);
  await services.polled(`zai/${"n".repeat(300)}`, [reading()], STRANGE.empty);
  await services.failed("acme/default", { kind: "bad_response", hint: `${STRANGE.markup} ${STRANGE.long}` });
  await using site = await serveBuilt(services);

  await page.setViewportSize({ width: 375, height: 812 });
  await page.goto(`${site.origin}/?view=comfortable`);
  await waitForConnection(page, "live");
  for (const fold of await page.locator(".folded-account summary").all()) await fold.click();
  assertEquals(await page.evaluate(() => "pwned" in globalThis), false);
  assertEquals(await page.locator("img, main script, main b, object, iframe").count(), 0);
  for (const width of [320, 375, 768, 1440]) {
    await page.setViewportSize({ width, height: 812 });
    assertEquals(await measureOverflow(page), 0, `${width} px`);
  }

  const titles = await page.locator(".quota-card h3").allTextContents();
  assert(titles.some((title) => title.includes('<img src=x onerror="globalThis.pwned=1">')));
  // A quota without a name is shown by its key.
  for (const key of ["empty", "blank"]) assert(titles.includes(key), `No card is called ${key}`);
  for (const title of titles) {
    assert(title.length > 0 && title.length <= 640, title);
    // deno-lint-ignore no-control-regex
    assert(!/[\u0000-\u001f\u202a-\u202e\u2066-\u2069\u200f]/u.test(title), JSON.stringify(title));
  }
  const tallest = await page.locator(".quota-card").evaluateAll((cards) =>
    Math.max(...cards.map((card) => card.getBoundingClientRect().height))
  );
  assert(tallest < 400, `A card is ${tallest} px high`);
  assertEquals(await findBarriers(page), []);
  assertEquals(errors, []);
  assertEquals(requests.filter((url) => !url.startsWith(`${site.origin}/`)), []);
});

browserTest(
  "unknown values are shown as unknown, and never drawn as zero",
  async ({ page, errors }) => {
    const clock = new FakeClock(NOW);
    await using services = await fakeServices({ clock });
    await services.polled("acme/default", [
      reading({ quota: "mystery", label: "Mystery", used: null, limit: null, remaining: null }),
      reading({
        quota: "credit",
        label: "Credit",
        unit: "usd",
        used: null,
        limit: null,
        remaining: 12.5,
        window: BALANCE,
      }),
      reading({
        quota: "tokens",
        label: "Tokens",
        unit: "tokens",
        used: 1_250_000,
        limit: null,
        remaining: null,
        window: ROLLING,
      }),
      reading({ quota: "over", label: "Over", used: 130, limit: 100, remaining: -30, window: FIVE_HOURS }),
    ]);
    await using site = await serveBuilt(services);
    await page.goto(`${site.origin}/`);
    await waitForConnection(page, "live");
    const textOf = async (quota: string) =>
      (await page.locator(`.quota-card[data-quota="${quota}"]`).innerText()).replaceAll(/\s+/g, " ");
    assertMatch(
      await textOf("mystery"),
      /^Mystery window of 5 h unknown unknown .*no reset known/,
    );
    assertMatch(await textOf("credit"), /^Credit balance balance \$12\.50 left /);
    assertMatch(
      await textOf("tokens"),
      /^Tokens rolling window.* no limit 1\.3M tokens used .*refills continuously/,
    );
    assertMatch(
      await textOf("over"),
      /^Acme Over window of 5 h critical 130% used 130 of 100 requests used 30 over/,
    );
    assertEquals(await page.getByRole("meter").count(), 1);
    assertEquals(await page.getByRole("meter").getAttribute("aria-valuenow"), "100");
    assertEquals(await findBarriers(page), []);
    assertEquals(errors, []);
  },
);

browserTest(
  "without an account the page says what to set, and becomes the overview on its own",
  async ({ page, errors }) => {
    const clock = new FakeClock(NOW);
    await using services = await fakeServices({ clock, providers: SETUPS });
    await using site = await serveBuilt(services);
    await page.goto(`${site.origin}/`);
    await waitForConnection(page, "live");
    const help = await page.locator(".first-run").innerText();
    for (const { name, setup } of SETUPS) {
      assertStringIncludes(help, name);
      assertStringIncludes(help, setup);
    }
    assertStringIncludes(help, "syntrack demo");
    assertEquals(await page.locator("#usage-chart").count(), 0);
    assertEquals(await findBarriersInBothThemes(page), []);
    await page.setViewportSize({ width: 320, height: 700 });
    assertEquals(await measureOverflow(page), 0);

    await services.polled("zai/default", [reading({ used: 20 })]);
    await page.locator(".quota-card").waitFor();
    assertEquals(await page.locator(".first-run").count(), 0);
    assertMatch(await page.locator(".legend-item").innerText(), /20%/);
    clock.jump(60_000);
    await services.polled("zai/default", [reading({ used: 25 })]);
    await page.locator("path.series-line").waitFor({ state: "attached" });
    assertEquals(errors, []);
  },
);

browserTest(
  "store trouble is reported at once, and disappears when it has passed",
  async ({ page, errors }) => {
    const clock = new FakeClock(NOW);
    await using fake = await fakeServices({ clock });
    await fake.polled("zai/default", [reading({ used: 20 })]);
    let trouble: TroubleView | null = null;
    const services: AppContext = { ...fake, dashboard: async () => ({ ...await fake.dashboard(), trouble }) };
    await using site = await serveBuilt(services);
    await page.goto(`${site.origin}/`);
    await waitForConnection(page, "live");
    assertEquals(await page.getByRole("alert").count(), 0);
    trouble = { message: "The disk is full", hint: "Free some space", since: NOW };
    fake.hub.publish({ kind: "settings", account: null });
    const alert = page.getByRole("alert");
    await alert.waitFor();
    assertEquals(
      await alert.innerText(),
      "New readings are not being saved. The disk is full. Free some space.",
    );
    assertEquals(await findBarriers(page), []);
    trouble = null;
    fake.hub.publish({ kind: "settings", account: null });
    await alert.waitFor({ state: "detached" });
    assertEquals(errors, []);
  },
);

browserTest(
  "strange names break neither the list nor the page of their account",
  async ({ page, errors }) => {
    const clock = new FakeClock(NOW);
    await using services = await fakeServices({ clock });
    const name = `${STRANGE.markup} 100% ? # ${"n".repeat(200)}`.replaceAll("/", "-");
    await services.polled(
      `acme/${name}`,
      Object.entries(STRANGE).map(([quota, label]) => reading({ quota, label, used: 30 })),
      STRANGE.long,
    );
    await using site = await serveBuilt(services);
    await page.goto(`${site.origin}/?view=compact`);
    await waitForConnection(page, "live");
    assertEquals(await page.locator("#main img, #main script, #main b").count(), 0);
    for (const width of [320, 768, 1440]) {
      await page.setViewportSize({ width, height: 812 });
      assertEquals(await measureOverflow(page), 0, `list, ${width} px`);
    }
    assertEquals(await findBarriers(page), []);
    await page.locator(".quota-row .quota-link").first().click();
    await page.locator(".quota-figures").waitFor();
    await waitForConnection(page, "live");
    assertEquals(await page.evaluate(() => "pwned" in globalThis), false);
    assertEquals(await page.locator(".quota-card").count(), 1);
    for (const width of [320, 768, 1440]) {
      await page.setViewportSize({ width, height: 812 });
      assertEquals(await measureOverflow(page), 0, `account, ${width} px`);
    }
    assertEquals(await findBarriers(page), []);
    assertEquals(errors, []);
  },
);
