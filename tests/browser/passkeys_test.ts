/** Passkeys in a real browser with its test device: added, used with and instead of a password, removed. */
import type { CDPSession, Page } from "playwright-core";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { findBarriers } from "../support/axe.ts";
import { browserTest } from "../support/browser.ts";
import { measureOverflow } from "../support/demo_page.ts";
import { serveAt, type TestServer } from "../support/running_server.ts";

const PASSWORD = "correct horse battery";

/** Browsers offer passkeys only for a host name. */
function nameOf({ port }: TestServer, basePath = ""): string {
  return `http://localhost:${port}${basePath}`;
}

/** Gives the page a device that verifies the user, unless told otherwise. */
async function withDevice(page: Page): Promise<{ readonly cdp: CDPSession; readonly id: string }> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  const { authenticatorId: id } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { cdp, id };
}

async function signInByPassword(page: Page, home: string, password = PASSWORD): Promise<void> {
  await page.goto(`${home}/login?next=/me`);
  await page.getByLabel("Name", { exact: true }).fill("ada");
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

async function signInByPasskey(page: Page, home: string): Promise<void> {
  await page.goto(`${home}/login?next=/me`);
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
}

async function addPasskey(page: Page, name: string): Promise<void> {
  await page.locator("#passkey-name").fill(name);
  await page.getByRole("button", { name: "Add a passkey" }).click();
}

const SIZES = [
  ["on a wide screen", {}, ""],
  ["on a phone, in the dark, below a path", {
    viewport: { width: 360, height: 740 },
    hasTouch: true,
    colorScheme: "dark",
  }, "/ai-usage"],
] as const;

for (const [where, options, basePath] of SIZES) {
  browserTest(
    `a passkey is added, used beside the password, then instead of it, and removed ${where}`,
    async ({ page, errors }) => {
      await using server = await serveAt({ listen: { basePath } });
      const { access } = server.services;
      await access.people.add({ name: "ada", role: "admin", password: PASSWORD });
      const home = nameOf(server, basePath);
      const { cdp, id } = await withDevice(page);
      const sound = async () => {
        assertEquals(await findBarriers(page), []);
        assertEquals(await measureOverflow(page), 0);
      };
      const signOut = async () => {
        await page.goto(`${home}/logout`);
        await page.getByRole("button", { name: "Sign out" }).click();
        await page.getByText("You have signed out.").waitFor();
      };

      // While there are no passkeys, there is no button.
      await page.goto(`${home}/login`);
      await page.getByRole("button", { name: "Sign in", exact: true }).waitFor();
      assertEquals(await page.getByRole("button", { name: "Sign in with a passkey" }).count(), 0);
      await signInByPassword(page, home);
      await addPasskey(page, "Phone");
      await page.getByText('The passkey "Phone" now signs you in at localhost.').waitFor();
      await sound();
      const { credentials: [made] } = await cdp.send("WebAuthn.getCredentials", { authenticatorId: id });
      assertEquals([made?.rpId, made?.isResidentCredential], ["localhost", true]);

      // A device has at most one passkey of a person.
      await addPasskey(page, "Again");
      await page.getByText("This device already has a passkey of yours.").waitFor();
      await signOut();

      await page.goto(`${home}/login`);
      await page.getByRole("button", { name: "Sign in with a passkey" }).waitFor();
      await sound();
      await signInByPasskey(page, home);
      await page.getByText("by passkey", { exact: true }).waitFor();
      assertMatch(new URL(page.url()).pathname, /\/me$/);
      assertMatch(await page.locator("[data-passkey]").innerText(), /for localhost, created .*, last used /);
      await sound();

      await page.getByText("Remove it", { exact: true }).click();
      await sound();
      await page.getByLabel("Sign in with passkeys only").check();
      await page.getByRole("button", { name: "Remove password" }).click();
      await page.getByText("From now on you sign in with passkeys only").waitFor();
      await page.getByRole("button", { name: "Remove the passkey Phone" }).click();
      await page.getByText("It is your only way in").waitFor();
      await sound();
      await signOut();
      await signInByPassword(page, home);
      await page.getByText("That name and password are not valid").waitFor();
      await signInByPasskey(page, home);
      await page.getByText("You have no password and sign in with a passkey only.").waitFor();

      await page.getByLabel("New password").fill("another one here");
      await page.getByRole("button", { name: "Set a password" }).click();
      await page.getByText("You now have a password").waitFor();
      await page.getByRole("button", { name: "Remove the passkey Phone" }).click();
      await page.getByText('The passkey "Phone" no longer works').waitFor();
      await signOut();
      // The device still has it, and it gives no access.
      await page.goto(`${home}/login`);
      assertEquals(await page.getByRole("button", { name: "Sign in with a passkey" }).count(), 0);
      await signInByPassword(page, home, "another one here");
      await page.getByText("Where you are signed in").waitFor();
      const complaints = errors.filter((text) => !/status of 4(?:01|22)/.test(text));
      assertEquals(complaints, []);
    },
    options,
  );
}

browserTest(
  "a user without verification or passkey there is told so and stays on the page",
  async ({ page }) => {
    await using server = await serveAt({});
    const home = nameOf(server);
    await server.services.access.people.add({ name: "ada", role: "admin", password: PASSWORD });
    const { cdp, id } = await withDevice(page);
    await signInByPassword(page, home);
    await addPasskey(page, "Phone");
    await page.getByText("signs you in at localhost").waitFor();
    await page.context().clearCookies();
    await cdp.send("WebAuthn.setUserVerified", { authenticatorId: id, isUserVerified: false });
    await signInByPasskey(page, home);
    await page.getByText("No passkey was used. Try again, or sign in another way.").waitFor();
    assertEquals(await findBarriers(page), []);
    await cdp.send("WebAuthn.setUserVerified", { authenticatorId: id, isUserVerified: true });
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await page.getByText("Where you are signed in").waitFor();
    assertEquals(
      (await server.services.access.signIns.list()).filter(({ byPasskey }) => byPasskey).length,
      1,
    );
  },
);

browserTest(
  "a signature obtained by a page on another port of this machine gives no access",
  async ({ page }) => {
    await using server = await serveAt({});
    await using evil = await serveAt({});
    await server.services.access.people.add({ name: "ada", role: "admin", password: PASSWORD });
    await withDevice(page);
    await signInByPassword(page, nameOf(server));
    await addPasskey(page, "Phone");
    await page.getByText("signs you in at localhost").waitFor();
    await page.context().clearCookies();

    /** Asks the device to answer the server's challenge, in a page at a URL. */
    const answerFrom = async (place: string) => {
      const asked = await fetch(`${nameOf(server)}/login/passkey`, { method: "POST" });
      const { challenge } = await asked.json();
      await page.goto(`${place}/login`);
      return await page.evaluate(async (challenge) => {
        const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON({
          challenge,
          rpId: "localhost",
          userVerification: "required",
        });
        return JSON.stringify(await navigator.credentials.get({ publicKey }));
      }, challenge);
    };
    const send = async (passkey: string) => {
      const answer = await fetch(`${nameOf(server)}/login`, {
        method: "POST",
        body: new URLSearchParams({ passkey }),
        redirect: "manual",
      });
      await answer.body?.cancel();
      return answer.status;
    };
    // The browser signs, as both are called localhost; the server checks the origin.
    const stolen = await answerFrom(nameOf(evil));
    assert(stolen.includes("signature"), stolen);
    assertEquals(await send(stolen), 401);
    assertEquals(await send(await answerFrom(nameOf(server))), 303);
  },
);

browserTest("without JavaScript there is no button, and everything else works", async ({ page, browser }) => {
  await using server = await serveAt({});
  const home = nameOf(server);
  await server.services.access.people.add({ name: "ada", role: "admin", password: PASSWORD });
  await withDevice(page);
  await signInByPassword(page, home);
  await addPasskey(page, "Phone");
  await page.getByText("signs you in at localhost").waitFor();
  const plain = await browser.newContext({ javaScriptEnabled: false });
  try {
    const other = await plain.newPage();
    await other.goto(`${home}/login`);
    assertEquals(await other.getByRole("button", { name: "Sign in with a passkey" }).count(), 0);
    await signInByPassword(other, home);
    await other.getByText("Adding one needs JavaScript").waitFor();
    await other.getByRole("button", { name: "Remove the passkey Phone" }).click();
    await other.getByText('The passkey "Phone" no longer works').waitFor();
  } finally {
    await plain.close();
  }
});
