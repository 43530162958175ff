/** Passkeys at the level of requests: created and removed on the user's own page, used on the sign-in page. */
import { MINUTE_MS } from "../../lib/model/duration.ts";
import { MAX_PASSKEYS } from "../../lib/access/passkeys/passkeys.ts";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { createDevice, fromUrl } from "../support/authenticator.ts";
import { ABROAD, addPasskey, AT, usePasskey, type Visit, withWorld } from "../support/passkeys.ts";
import { PASSWORD } from "../support/visitors.ts";

Deno.test("a passkey is created on the user's page and signs in from then on, without name and password", async () => {
  await withWorld(async ({ services, clock, visit, enter }) => {
    const device = await createDevice();
    const ada = await enter("Ada");
    const made = await addPasskey(ada, device);
    assertEquals(made.status, 200, made.html);
    assertMatch(made.html, /The passkey &quot;Phone&quot; now signs you in at localhost/);
    clock.jump(MINUTE_MS);
    const done = await usePasskey(visit(), device);
    assertEquals([done.status, done.to], [303, "/history"]);
    assertMatch(done.cookie, /^syntrack_session=[0-9a-f]{64}$/);
    const { html } = await visit(done.cookie).get("/me");
    assertMatch(html, /by passkey/);
    assertMatch(html, /for localhost, created [^,]+, last used [^,]+, copied to other devices/);
    const [passkey] = await services.access.passkeys.list("ada");
    assertEquals([passkey?.person, passkey?.rpId, passkey?.usedAt], ["Ada", "localhost", AT + MINUTE_MS]);
    const actions = (await services.access.audit.list({ limit: 50 })).map(({ action, target, name }) =>
      `${name} ${action} ${target ?? ""}`.trim()
    );
    for (const line of ["Ada added a passkey Phone", "Ada signed in by passkey"]) {
      assert(actions.includes(line), `${line} is not in ${actions.join("; ")}`);
    }
  });
});

Deno.test("browsers are asked for user verification, discoverable passkeys, and none that exist already", async () => {
  await withWorld(async ({ visit, enter }) => {
    const ada = await enter("ada");
    const device = await createDevice();
    await addPasskey(ada, device);
    const { body } = await ada.options("/me/passkey");
    assertEquals(body.authenticatorSelection?.userVerification, "required");
    assertEquals(body.authenticatorSelection?.residentKey, "required");
    assertEquals(body.excludeCredentials?.map(({ id }) => id), [device.id]);
    assertEquals(body.user?.name, "ada");
    assert(!new TextDecoder().decode(fromUrl(body.user!.id)).includes("ada"), "the handle names the person");
    const asked = await visit().options("/login/passkey");
    assertEquals([asked.body.userVerification, asked.body.rpId], ["required", "localhost"]);
    assert(!JSON.stringify(asked.body).includes(device.id), "whoever asks learns which passkeys there are");
  });
});

Deno.test("a passkey for one name of the server is not valid for another, and each name has its own", async () => {
  await withWorld(async ({ visit, enter }) => {
    const device = await createDevice();
    const abroad = await enter("ada", ABROAD);
    assertEquals((await addPasskey(abroad, device, { origin: ABROAD })).status, 200);
    assertMatch((await visit("", ABROAD).get("/login")).html, /PasskeySignIn/);
    // At the other name there is no button, and an answer for it gives no access.
    assert(!(await visit().get("/login")).html.includes("PasskeySignIn"));
    assertEquals((await usePasskey(visit(), device)).status, 401);
    const done = await usePasskey(visit("", ABROAD), device, {}, undefined, ABROAD);
    assertEquals(done.status, 303);
    assertMatch(done.cookie, /^__Host-syntrack_session=/);
  });
});

Deno.test("without passkey support there is no button, and the user's page says where passkeys work", async () => {
  await withWorld(async ({ visit, enter }) => {
    const plain = "http://127.0.0.1:9211";
    const ada = await enter("ada", plain);
    const { html } = await ada.get("/me");
    assertMatch(html, /Passkeys cannot be created here/);
    assertMatch(html, /href="http:\/\/localhost:9211\/"/);
    assert(!html.includes("PasskeyAdd"));
    assertEquals((await ada.options("/me/passkey")).status, 422);
    assertEquals((await visit("", plain).options("/login/passkey")).status, 422);
    assertEquals((await ada.send("/me", { action: "add-passkey", name: "x", answer: "{}" })).status, 422);
  });
});

Deno.test("passkeys that are not discoverable, exist already or have no name are rejected", async () => {
  await withWorld(async ({ services, enter }) => {
    const ada = await enter("ada");
    const device = await createDevice();
    const hidden = { clientExtensionResults: { credProps: { rk: false } } };
    assertEquals((await addPasskey(ada, device, hidden)).status, 422);
    assertEquals((await addPasskey(ada, device, { name: " \u202e " })).status, 422);
    assertEquals((await addPasskey(ada, device, { name: `<b>\u001b[2J${"x".repeat(100)}` })).status, 200);
    assertEquals((await addPasskey(ada, device)).status, 422);
    assertEquals((await addPasskey(await enter("eve"), device)).status, 422);
    const [only, ...more] = await services.access.passkeys.list();
    assertEquals([only?.person, more.length, [...only!.name].length], ["ada", 0, 64]);
    // deno-lint-ignore no-control-regex
    assert(!/[\u0000-\u001f\u202e]/.test(only!.name), only!.name);
    for (let at = 1; at < MAX_PASSKEYS; at++) await addPasskey(ada, await createDevice());
    assertEquals((await ada.options("/me/passkey")).status, 403);
    assertEquals((await services.access.passkeys.list()).length, MAX_PASSKEYS);
  });
});

Deno.test("credentials are changed only shortly after a sign-in, by their owner", async () => {
  await withWorld(async ({ services, clock, visit, enter }) => {
    const device = await createDevice();
    const ada = await enter("ada");
    await addPasskey(ada, device);
    const [{ id } = { id: "" }] = await services.access.passkeys.list("ada");
    const eve = await enter("eve");
    assertEquals((await eve.send("/me", { action: "remove-passkey", id })).status, 422);
    clock.jump(15 * MINUTE_MS);
    const { body, status } = await ada.options("/me/passkey");
    assertEquals(status, 403);
    assertMatch(String(body.error), /Sign in again first/);
    assertMatch(
      (await ada.get("/me")).html,
      /<a class="underline" href="\/login\?next=\/me">sign in again<\/a>/,
    );
    for (
      const fields of [
        { action: "remove-passkey", id },
        { action: "remove-password", sure: "on" },
        { action: "set-password", new: "another one here" },
        { action: "add-passkey", name: "x", answer: "{}" },
      ]
    ) {
      const { status, html } = await ada.send("/me", fields);
      assertEquals(status, 422, fields.action);
      assertMatch(html, /Nothing was changed\. Sign in again first/);
    }
    // Missing people, the owner of the machine and keys have none.
    assertEquals((await visit().options("/me/passkey")).status, 401);
    assertEquals((await services.access.passkeys.list()).length, 1);
    assertEquals((await usePasskey(visit(), device)).status, 303);
  });
});

Deno.test("a password can be removed once there is a passkey, and the last credential stays", async () => {
  await withWorld(async ({ services, visit, enter }) => {
    const ada = await enter("ada");
    const remove = (who: Visit) => who.send("/me", { action: "remove-password", sure: "on" });
    const refused = await remove(ada);
    assertEquals(refused.status, 422);
    assertMatch(refused.html, /Your password is your only way in: add a passkey first/);
    const [phone, laptop] = [await createDevice(), await createDevice()];
    await addPasskey(ada, phone);
    await addPasskey(ada, laptop, { name: "Laptop" });
    const other = await enter("ada");
    assertEquals((await ada.send("/me", { action: "remove-password" })).status, 422);
    assertEquals((await remove(ada)).status, 200);
    assertEquals((await other.get("/me")).status, 303, "another sign-in outlived the password");
    assertEquals((await visit().send("/login", { name: "ada", password: PASSWORD })).status, 401);
    assertEquals((await services.access.people.list())[0]?.hasPassword, false);
    // Two concurrent removals never take both.
    const ids = (await services.access.passkeys.list("ada")).map(({ id }) => id);
    const gone = await Promise.all(ids.map((id) => ada.send("/me", { action: "remove-passkey", id })));
    assertEquals(gone.map(({ status }) => status).sort(), [200, 422]);
    assertMatch(gone.find(({ status }) => status === 422)!.html, /It is your only way in/);
    const [left] = await services.access.passkeys.list("ada");
    const device = left!.name === "Laptop" ? laptop : phone;
    const { cookie, status } = await usePasskey(visit(), device);
    assertEquals(status, 303);
    // Back to a password, and then the passkey can be removed as well.
    const again = visit(cookie);
    assertMatch((await again.get("/me")).html, /You have no password and sign in with a passkey only/);
    assertEquals((await again.send("/me", { action: "set-password", new: "short" })).status, 422);
    assertEquals((await again.send("/me", { action: "set-password", new: "another one here" })).status, 200);
    assertEquals((await again.send("/me", { action: "set-password", new: "another one more" })).status, 422);
    assertEquals((await again.send("/me", { action: "remove-passkey", id: left!.id })).status, 200);
    assertEquals((await visit().send("/login", { name: "ada", password: "another one here" })).status, 303);
  });
});

Deno.test("two concurrent requests cannot remove both the password and the last passkey", async () => {
  await withWorld(async ({ services, enter }) => {
    const ada = await enter("ada");
    await addPasskey(ada, await createDevice());
    const [{ id } = { id: "" }] = await services.access.passkeys.list();
    const both = await Promise.all([
      ada.send("/me", { action: "remove-password", sure: "on" }),
      ada.send("/me", { action: "remove-passkey", id }),
    ]);
    assertEquals(both.map(({ status }) => status).sort(), [200, 422]);
  });
});

Deno.test("a removed passkey gives no access, and ends its sign-ins except the current one", async () => {
  await withWorld(async ({ services, visit, enter }) => {
    const device = await createDevice();
    const byPassword = await enter("ada");
    await addPasskey(byPassword, device);
    const [own, stolen] = [await usePasskey(visit(), device), await usePasskey(visit(), device)];
    const ada = visit(own.cookie);
    const [{ id } = { id: "" }] = await services.access.passkeys.list();
    const removed = await ada.send("/me", { action: "remove-passkey", id });
    assertMatch(removed.html, /The passkey &quot;Phone&quot; no longer works/);
    assertEquals((await visit(stolen.cookie).get("/me")).status, 303);
    assertEquals((await ada.get("/me")).status, 200);
    assertEquals((await byPassword.get("/me")).status, 200);
    assertEquals((await usePasskey(visit(), device)).status, 401);
    const last = await services.access.audit.list({ limit: 20 });
    assert(last.some(({ action, target }) => action === "removed a passkey" && target === "Phone"));
  });
});

Deno.test("a reset or removal of a person ends their passkeys, and a new person of that name does not get them", async () => {
  await withWorld(async ({ services, visit, enter }) => {
    const { access } = services;
    await access.people.add({ name: "root", role: "admin", password: PASSWORD });
    const device = await createDevice();
    const ada = await enter("ada");
    await addPasskey(ada, device);
    await ada.send("/me", { action: "remove-password", sure: "on" });
    await access.people.reset("ada", PASSWORD);
    assertEquals((await usePasskey(visit(), device)).status, 401);
    assertEquals((await access.passkeys.list()).length, 0);
    const second = await createDevice();
    await addPasskey(await enter("ada"), second);
    await access.people.remove("ada");
    assertEquals(await services.store.docs.list("passkeys", AT), []);
    const third = await createDevice();
    await addPasskey(await enter("ada"), third);
    // As done by hand in the database.
    await services.store.docs.delete("users", "ada");
    await access.people.add({ name: "ada", role: "admin", password: PASSWORD });
    assertEquals((await usePasskey(visit(), third)).status, 401);
    assertEquals(await access.passkeys.list(), []);
  });
});
