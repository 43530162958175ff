/** Signing in, people, keys and the user's own page in a browser; on a phone, in dark mode, without JavaScript. */
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { findBarriers } from "../support/axe.ts";
import { demoTests, follow, measureOverflow } from "../support/demo_page.ts";

const test = demoTests();
const PASSWORD = "correct horse battery";
const SIZES = [
  ["on a wide screen", { viewport: { width: 1280, height: 900 } }],
  [
    "on a phone, in the dark, without JavaScript",
    {
      viewport: { width: 360, height: 740 },
      hasTouch: true,
      colorScheme: "dark",
      javaScriptEnabled: false,
    },
  ],
] as const;

for (const [where, options] of SIZES) {
  test(`a person is created, signs in, creates a key and signs out ${where}`, async ({ page, site }) => {
    const hasScript = !("javaScriptEnabled" in options);
    const sound = async () => {
      // The accessibility check is itself a script.
      if (hasScript) assertEquals(await findBarriers(page), []);
      assertEquals(await measureOverflow(page), 0);
    };
    await page.goto(`${site.origin}/people`);
    await page.getByRole("link", { name: "Authenticate" }).waitFor();
    await sound();
    await page.getByLabel("Name", { exact: true }).fill("ada");
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByLabel("Role").last().selectOption("admin");
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await page.getByText("ada can sign in now.").waitFor();

    // From now on the owner of the machine signs in like everyone else.
    await page.goto(`${site.origin}/keys`);
    assertMatch(page.url(), /\/login\?next=/);
    await sound();
    await page.getByLabel("Name", { exact: true }).fill("ada");
    await page.getByLabel("Password", { exact: true }).fill("wrong word");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").waitFor();
    await sound();
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("button", { name: "Authenticated" }).waitFor();

    await page.goto(`${site.origin}/keys`);
    await page.getByLabel("Name", { exact: true }).fill("wall");
    await page.getByRole("button", { name: "Create key" }).click();
    const secret = await page.getByLabel("Key", { exact: true }).inputValue();
    assert(secret.length > 30, secret);
    await sound();
    await page.getByRole("button", { name: "Revoke wall" }).click();
    await page.getByText("The key was revoked.").waitFor();

    await page.getByRole("link", { name: "Audit", exact: true }).click();
    await page.getByText("The record is intact").waitFor();
    await sound();
    // Filters apply when they are chosen; without a script they are submitted from their sheet.
    const openSheet = async () => {
      if (!hasScript) await page.getByRole("button", { name: /^Filters/ }).click();
    };
    const show = page.getByRole("button", { name: "Show", exact: true });
    await openSheet();
    await page.locator('select[name="outcome"]').selectOption("refused");
    if (!hasScript) await show.click();
    await page.waitForURL(/outcome=refused/);
    assertEquals(await page.locator("#audit-table tbody tr").count(), 1);
    assertEquals(await page.locator('tr[data-outcome="refused"]').count(), 1);
    await openSheet();
    await page.getByLabel("Target", { exact: true }).fill("nobody-here");
    if (hasScript) await page.getByLabel("Target", { exact: true }).press("Enter");
    else await show.click();
    await page.getByText("No entry matches these filters").waitFor();
    await sound();
    await openSheet();
    await page.getByRole("link", { name: "Clear", exact: true }).click();
    await page.waitForURL((url) => !url.search.includes("outcome"));

    await page.goto(`${site.origin}/me`);
    await page.getByText("(this one)").waitFor();
    await sound();
    await page.goto(`${site.origin}/people`);
    await page.getByText("Change", { exact: true }).click();
    await sound();
    await page.getByLabel("Remove ada with their sign-ins and keys").check();
    await follow(page, page.getByRole("button", { name: "Remove ada" }));
    await page.goto(`${site.origin}/`);
    await page.getByRole("link", { name: "Authenticate" }).waitFor();
  }, { ...options, expected: /401|422|status of 4\d\d/ });
}
