/** The user's own page, and the pages of people and keys. */
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { type FakeServices, fakeServices } from "../support/fake_services.ts";
import { reading, utc } from "../support/readings.ts";
import { askAs, CLIENT, createKey, PASSWORD, signInAs } from "../support/visitors.ts";
import { type Ask, askApp } from "../support/web_app.ts";

const AT = utc("2026-11-21 10:00");

async function withPeople(work: (services: FakeServices, admin: Ask) => Promise<void>): Promise<void> {
  await using services = await fakeServices({ clock: new FakeClock(AT) });
  await services.polled("acme/work", [reading({ used: 10 })]);
  await work(services, askAs(services, await signInAs(services, "admin", null, "ada")));
}

async function send(ask: Ask, path: string, fields: Record<string, string> | URLSearchParams) {
  const answer = await ask(path, {
    method: "POST",
    body: new URLSearchParams(fields).toString(),
    headers: { "content-type": "application/x-www-form-urlencoded" },
  });
  return { status: answer.status, html: await answer.text() };
}

async function show(ask: Ask, path: string) {
  const answer = await ask(path);
  return { status: answer.status, html: await answer.text() };
}

Deno.test("the header shows the signed-in person with an open lock, and a closed one leads the owner to sign in", () =>
  withPeople(async (services, admin) => {
    const { html } = await show(admin, "/");
    assert(html.includes("Authenticated") && html.includes('href="/me"') && html.includes(">ada<"), html);
    assertMatch(html, /<form method="post" action="\/logout"/);
    await using alone = await fakeServices({ clock: new FakeClock(AT) });
    const local = await show(askApp(alone), "/");
    assertMatch(local.html, /<a href="\/login"[^>]*title="Sign in"/);
    assert(!local.html.includes("Authenticated") && !local.html.includes("/logout"));
    assertEquals(services.logged.filter((line) => line.includes(PASSWORD)), []);
  }));

Deno.test("an admin adds, limits and removes people, and sets their passwords", () =>
  withPeople(async (services, admin) => {
    const { people } = services.access;
    const added = await send(
      admin,
      "/people",
      new URLSearchParams([
        ["action", "add"],
        ["name", "guest"],
        ["password", PASSWORD],
        ["role", "viewer"],
        ["account", "acme/work"],
      ]),
    );
    assert(
      added.status === 200 && added.html.includes("guest can sign in now.") && !added.html.includes(PASSWORD),
    );
    assertEquals((await people.list()).map(({ name, role, accounts }) => [name, role, accounts]), [
      ["ada", "admin", null],
      ["guest", "viewer", ["acme/work"]],
    ]);
    await send(admin, "/people", { action: "change", id: "guest", role: "operator" });
    assertEquals((await people.list())[1]?.role, "operator");
    await send(admin, "/people", { action: "reset", id: "guest", password: "another long word" });
    const signIn = (password: string) => services.access.signIn({ name: "guest", password, client: CLIENT });
    assert("refused" in await signIn(PASSWORD) && "secret" in await signIn("another long word"));
    await send(admin, "/people", { action: "remove", id: "guest" });
    assertEquals((await people.list()).length, 2, "Nobody goes without the box");
    await send(admin, "/people", { action: "remove", id: "guest", sure: "on" });
    assertEquals((await people.list()).length, 1);
  }));

Deno.test("invalid input about people gives one sentence on the page, and changes nothing", () =>
  withPeople(async (services, admin) => {
    const wrong: readonly (readonly [Record<string, string>, RegExp])[] = [
      [{ action: "add", name: "x", password: "short", role: "viewer" }, /too short/],
      [{ action: "add", name: "a b", password: PASSWORD, role: "viewer" }, /The name is not valid/],
      [{ action: "add", name: "ADA", password: PASSWORD, role: "viewer" }, /There is already someone named/],
      [
        { action: "add", name: "x", password: PASSWORD, role: "admin", account: "acme/work" },
        /Only viewers/,
      ],
      [{ action: "change", id: "ada", role: "viewer" }, /only admin/],
      [{ action: "reset", id: "nobody", password: PASSWORD }, /There is no one named/],
    ];
    for (const [fields, words] of wrong) {
      const { status, html } = await send(admin, "/people", fields);
      assertEquals(status, 422, JSON.stringify(fields));
      assertMatch(html, words);
    }
    assertEquals((await send(admin, "/people", { action: "add", name: "x", role: "king" })).status, 400);
    assertEquals((await services.access.people.list()).length, 1);
  }));

Deno.test("a key is created and shown once, and revoked", () =>
  withPeople(async (services, admin) => {
    const { html, status } = await send(
      admin,
      "/keys",
      new URLSearchParams([["action", "create"], ["name", "wall"], ["scope", "read"], ["scope", "poll"], [
        "days",
        "30",
      ]]),
    );
    const secret = /id="made-key"[^>]*value="([^"]+)"/.exec(html)?.[1];
    assert(status === 200 && secret !== undefined, html);
    const [key] = await services.access.keys.list();
    assertEquals([key?.name, key?.scopes, key?.owner, Math.floor((key?.expiresAt ?? 0) / 1000) * 1000], [
      "wall",
      ["read", "poll"],
      "ada",
      AT + 30 * 86_400_000,
    ]);
    const later = await show(admin, "/keys");
    assert(!later.html.includes(secret) && later.html.includes(key!.prefix));
    const asKey = askAs(services, { authorization: `Bearer ${secret}` });
    assertEquals((await show(asKey, "/api/status")).status, 200);
    assertEquals((await send(admin, "/keys", { action: "create", name: "x" })).status, 422, "No scope");
    assertMatch(
      (await send(admin, "/keys", { action: "create", name: "x", scope: "read", days: "-1" })).html,
      /whole number/,
    );
    await send(admin, "/keys", { action: "revoke", id: key!.id });
    assertEquals((await show(asKey, "/api/status")).status, 401);
  }));

Deno.test("people change only their own password and end only their own sign-ins", () =>
  withPeople(async (services, admin) => {
    const { access } = services;
    await signInAs(services, "viewer", null, "mara");
    const mara = askAs(
      services,
      await (async () => {
        const done = await access.signIn({
          name: "mara",
          password: PASSWORD,
          client: { ...CLIENT, device: "Firefox" },
        });
        assert("secret" in done);
        return { cookie: `syntrack_session=${done.secret}` };
      })(),
    );
    const page = await show(mara, "/me");
    assert(page.html.includes("Firefox (this one)") && page.html.includes(CLIENT.address!));
    assert(
      !page.html.includes('href="/people"') && (await show(admin, "/me")).html.includes('href="/people"'),
    );
    const [other] = (await access.signIns.list("ada")).map(({ id }) => id);
    assertMatch((await send(mara, "/me", { action: "revoke", id: other! })).html, /no such sign-in/);
    assertEquals((await access.signIns.list("ada")).length, 1);
    const own = (await access.signIns.list("mara")).find(({ device }) => device !== "Firefox")!;
    await send(mara, "/me", { action: "revoke", id: own.id });
    assertEquals((await access.signIns.list("mara")).length, 1);
    const refused = await send(mara, "/me", { action: "password", old: "wrong", new: "a new long word" });
    assertEquals(refused.status, 422);
    const done = await send(mara, "/me", { action: "password", old: PASSWORD, new: "a new long word" });
    assert(done.status === 200 && done.html.includes("The password was changed"));
    for (const path of ["/people", "/keys"]) assertEquals((await show(mara, path)).status, 403, path);
    const byKey = askAs(services, await createKey(services, ["read"]));
    assert(!(await show(byKey, "/me")).html.includes("Change password"));
  }));

Deno.test("a bookmark of /logout shows a button, and opening a URL never signs anyone out", () =>
  withPeople(async (services, admin) => {
    for (const method of ["GET", "HEAD", "GET"]) {
      const answer = await admin("/logout", { method, headers: { "sec-fetch-site": "cross-site" } });
      assertEquals([answer.status, answer.headers.get("set-cookie")], [200, null]);
      assertEquals(answer.headers.get("clear-site-data"), null);
      await answer.body?.cancel();
    }
    const page = await show(admin, "/logout");
    assertMatch(page.html, /You are signed in as <strong>ada<\/strong>/);
    assertMatch(page.html, /<form method="post" action="\/logout"/);
    const from = (site: string) => admin("/logout", { method: "POST", headers: { "sec-fetch-site": site } });
    const foreign = await from("cross-site");
    await foreign.body?.cancel();
    assertEquals(foreign.status, 403);
    assertEquals((await show(admin, "/me")).status, 200);
    const done = await from("same-origin");
    assertEquals([done.status, done.headers.get("location")], [303, "/login?done=signed-out"]);
    assertEquals((await show(admin, "/me")).status, 303);
    const nobody = await show(askAs(services, {}), "/logout");
    assertMatch(nobody.html, /You are not signed in/);
    assert(!nobody.html.includes("<form"));
  }));
