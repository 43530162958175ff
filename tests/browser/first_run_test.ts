/** The first page of a new user in a browser: three ways to start, in every theme and width, by keyboard and touch. */
import { join } from "node:path";
import { providers } from "../../providers/mod.ts";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { findBarriersInBothThemes } from "../support/axe.ts";
import { browserTest } from "../support/browser.ts";
import { serveBuilt } from "../support/built_site.ts";
import { measureOverflow, waitForConnection } from "../support/demo_page.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeServices, providerStatus } from "../support/fake_services.ts";
import { reading, utc } from "../support/readings.ts";
import { overlappingTargets, TOUCH, TOUCH_WIDTHS } from "../support/touch_layout.ts";
import { withFolder } from "../store/folder.ts";
import type { FakeServices } from "../support/fake_services.ts";

const SECRET = "zai-key-of-somebody";

async function newUser(
  work: (origin: string, services: FakeServices) => Promise<void>,
  kind: "ok" | "auth" = "ok",
): Promise<void> {
  await withFolder(async (folder) => {
    await using services: FakeServices = await fakeServices({
      clock: new FakeClock(utc("2026-11-21 10:00")),
      keyFile: join(folder, "syntrack.key"),
      addable: providers,
      providers: providers.map(({ id, name }) =>
        providerStatus({ id, name, configured: id === "zai", accounts: [], setup: `Set SYNTRACK_${id}` })
      ),
      async pollNow(account) {
        if (account !== undefined && kind === "ok") await services.polled(account, [reading({ used: 20 })]);
        else if (account !== undefined) await services.failed(account, { kind, hint: "The key was refused" });
        return (await services.store.latest()).flatMap(({ outcome }) => outcome ?? []);
      },
    });
    await using site = await serveBuilt(services);
    await work(site.origin, services);
  });
}

browserTest(
  "a new user picks a vendor, pastes a key, and sees its figures",
  ({ page, errors }) =>
    newUser(async (origin) => {
      await page.goto(`${origin}/`);
      await waitForConnection(page, "live");
      assertEquals(await page.locator(".door h3").allInnerTexts(), [
        "Use a login on this machine",
        "Paste a key",
        "Look around first",
      ]);
      // The vendor's field appears as soon as the vendor is chosen.
      await page.locator("select[name=add]").selectOption("zai");
      await page.waitForURL(`${origin}/?add=zai`);
      await page.getByLabel("API key", { exact: true }).fill(SECRET);
      await page.getByRole("button", { name: "Save and test" }).click();
      await page.waitForURL(`${origin}/`);
      assertMatch(await page.locator(".quota-card").innerText(), /20%/);
      assert(!(await page.content()).includes(SECRET));
      assertEquals(errors, []);
    }),
);

browserTest(
  "a rejected key is reported in place, although its account is announced at once",
  ({ page, errors }) =>
    newUser(async (origin) => {
      await page.goto(`${origin}/?add=zai`);
      await waitForConnection(page, "live");
      await page.getByLabel("API key", { exact: true }).fill(SECRET);
      await page.getByRole("button", { name: "Save and test" }).click();
      await page.waitForURL(/\/settings\?tab=accounts&done=added/);
      assertMatch(
        await page.locator(".page-note").innerText(),
        /Z\.ai: Sign-in rejected\. The key was refused\./,
      );
      assertEquals(await page.getByLabel("New API key").isVisible(), true);
      assertEquals(errors, []);
    }, "auth"),
);

browserTest(
  "the first page keeps nobody out in either theme, and fits every finger",
  ({ page, errors }) =>
    newUser(async (origin) => {
      await page.goto(`${origin}/?add=azure-openai`);
      for (const width of [...TOUCH_WIDTHS, 1280]) {
        await page.setViewportSize({ width, height: 812 });
        assertEquals(await measureOverflow(page), 0, `${width} px`);
        assertEquals(await overlappingTargets(page), [], `${width} px`);
      }
      assertEquals(await findBarriersInBothThemes(page), []);
      assertEquals(errors, []);
    }),
  TOUCH,
);
