import { assert, assertEquals } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { type FakeServices, fakeServices } from "../support/fake_services.ts";
import { reading, utc } from "../support/readings.ts";
import { askAs, createKey, ELSEWHERE, PASSWORD, signInAs } from "../support/visitors.ts";
import { askApp } from "../support/web_app.ts";

const AT = utc("2026-11-21 10:00");
const USER = { username: "mara", password: PASSWORD };

interface Place {
  readonly services: FakeServices;
  readonly clock: FakeClock;
  /** Sends JSON from elsewhere, optionally with a token. */
  // deno-lint-ignore no-explicit-any -- tests read answers by the names that were promised
  send(method: string, path: string, body?: unknown, token?: string): Promise<[number, any, Headers]>;
}

async function withAuth(work: (place: Place) => Promise<void>): Promise<void> {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  const ask = askApp(services, ELSEWHERE);
  await work({
    services,
    clock,
    async send(method, path, body, token) {
      const headers = {
        ...token !== undefined && { authorization: `Bearer ${token}` },
        ...body !== undefined && { "content-type": "application/json" },
      };
      const answer = await ask(`/api/auth/${path}`, {
        method,
        headers,
        ...body !== undefined && { body: JSON.stringify(body) },
      });
      return [answer.status, await answer.json(), answer.headers];
    },
  });
}

Deno.test("the first admin is created with the code, once, and no one else gets access before", () =>
  withAuth(async ({ services, send }) => {
    assertEquals((await send("GET", "status"))[1], { enabled: true, hasUsers: false });
    const register = (setupCode: string, user: object = USER) =>
      send("POST", "register", { ...user, setupCode });
    assertEquals((await register("AAAAAA"))[0], 403, "No code is in force");
    const code = services.access.setUp.issue();
    assertEquals((await send("GET", "me"))[0], 401);
    assertEquals((await register("AAAAAA"))[0], 403);
    assertEquals((await register("TOO-LONG-A-CODE"))[0], 403);
    assertEquals((await register(code, { username: "mara", password: "short" }))[0], 400);
    assertEquals((await register(code, { username: "mara" }))[0], 400);
    const [status, { token, user }] = await register(code.toLowerCase());
    assertEquals([status, user.username, typeof token], [201, "mara", "string"]);
    assertEquals((await register(code, { ...USER, username: "other" }))[0], 403);
    assertEquals((await send("GET", "status"))[1], { enabled: true, hasUsers: true });
    assertEquals(await send("GET", "me", undefined, token).then(([s, me]) => [s, me]), [200, {
      id: user.id,
      username: "mara",
      createdAt: AT / 1000,
    }]);
    assert(!services.logged.join("\n").includes(code), "The log holds the code");
  }));

Deno.test("a sign-in is valid until it is ended, and a wrong one gets the same answer whatever was wrong", () =>
  withAuth(async ({ services, send }) => {
    await services.access.people.add({ name: "mara", role: "viewer", password: PASSWORD });
    const wrong = await send("POST", "login", { ...USER, password: "another word" });
    const unknown = await send("POST", "login", { ...USER, username: "nobody" });
    assertEquals([wrong[0], wrong[1]], [401, { error: "Invalid credentials" }]);
    assertEquals([unknown[0], unknown[1]], [wrong[0], wrong[1]]);
    const [status, { token, user }] = await send("POST", "login", USER);
    assertEquals([status, user.username], [200, "mara"]);
    assertEquals((await send("GET", "me", undefined, token))[0], 200);
    const other = `${token.startsWith("a") ? "b" : "a"}${token.slice(1)}`;
    assertEquals((await send("GET", "me", undefined, other))[0], 401);
    assertEquals((await send("POST", "logout", {}, token)).slice(0, 2), [200, { ok: true }]);
    assertEquals((await send("GET", "me", undefined, token))[0], 401);
  }));

Deno.test("too many wrong sign-ins are 429 and state the waiting time", () =>
  withAuth(async ({ services, send }) => {
    await services.access.people.add({ name: "mara", role: "viewer", password: PASSWORD });
    let [status, headers] = [401, new Headers()];
    for (let i = 0; i < 50 && status === 401; i++) {
      [status, , headers] = await send("POST", "login", { ...USER, password: `wrong ${i}` });
    }
    assertEquals(status, 429);
    assert(Number(headers.get("retry-after")) > 0);
  }));

Deno.test("a password is changed by its owner, which ends their other sign-ins, and by no key", () =>
  withAuth(async ({ services, send }) => {
    await services.access.people.add({ name: "mara", role: "viewer", password: PASSWORD });
    const [, { token }] = await send("POST", "login", USER);
    const [, { token: other }] = await send("POST", "login", USER);
    const change = (currentPassword: string, newPassword: string, by: string) =>
      send("POST", "change-password", { currentPassword, newPassword }, by);
    assertEquals((await change("wrong", "a new long word", token))[0], 401);
    assertEquals((await change(PASSWORD, "short", token))[0], 400);
    assertEquals((await change(PASSWORD, "a new long word", token)).slice(0, 2), [200, { ok: true }]);
    assertEquals((await send("GET", "me", undefined, token))[0], 200);
    assertEquals((await send("GET", "me", undefined, other))[0], 401);
    const { authorization } = await createKey(services, ["read"]);
    assertEquals((await change("a", "a new long word", authorization!.slice("Bearer ".length)))[0], 403);
  }));

Deno.test("a key is shown once, listed by its first characters, used, and revoked", () =>
  withAuth(async ({ services, clock, send }) => {
    await services.access.people.add({ name: "mara", role: "admin", password: PASSWORD });
    const [, { token }] = await send("POST", "login", USER);
    const [status, made] = await send("POST", "api-keys", { name: "laptop" }, token);
    assertEquals([status, made.name, made.createdAt, made.scopes], [201, "laptop", AT / 1000, [
      "read",
      "poll",
    ]]);
    assert(made.key.startsWith(made.keyPrefix) && made.key.length > made.keyPrefix.length + 20);
    clock.jump(60_000);
    assertEquals((await send("GET", "me", undefined, made.key))[1].username, "laptop");
    const [, list] = await send("GET", "api-keys", undefined, token);
    assertEquals(
      list.map(({ id, keyPrefix, lastUsedAt }: Record<string, unknown>) => [id, keyPrefix, lastUsedAt]),
      [
        [made.id, made.keyPrefix, AT / 1000 + 60],
      ],
    );
    assert(!JSON.stringify(list).includes(made.key));
    assertEquals(
      (await send("GET", "api-keys", undefined, made.key))[0],
      403,
      "A key makes and sees no keys",
    );
    assertEquals((await send("POST", "api-keys", { name: "x" }, made.key))[0], 403);
    assertEquals((await send("POST", "api-keys", { name: "laptop" }, token))[0], 409);
    for (
      const body of [{}, { name: "" }, { name: "a", scopes: ["all"] }, { name: "a", scopes: [] }, {
        name: "a",
        expiresAt: 1,
      }]
    ) {
      assertEquals((await send("POST", "api-keys", body, token))[0], 400, JSON.stringify(body));
    }
    assertEquals((await send("DELETE", `api-keys/${made.id}`, undefined, token)).slice(0, 2), [200, {
      ok: true,
    }]);
    assertEquals((await send("DELETE", `api-keys/${made.id}`, undefined, token))[0], 404);
    assertEquals((await send("GET", "me", undefined, made.key))[0], 401);
  }));

Deno.test("a limited person sees no other account in any answer of the service API", () =>
  withAuth(async ({ services }) => {
    await services.polled("acme/work", [reading({ used: 10 })]);
    await services.polled("synthetic/default", [reading({ used: 20 })]);
    const who = await signInAs(services, "viewer", ["acme/work"]);
    const ask = askAs(services, who);
    for (
      const path of [
        "/api/services",
        "/api/quotas",
        "/api/status",
        "/api/status/cached",
        "/api/usage/history",
        "/api/usage/history?hours=1",
        "/api/usage/analytics",
        "/api/usage/analytics/providers",
      ]
    ) {
      const answer = await ask(path);
      const text = await answer.text();
      assertEquals(answer.status, 200, path);
      assert(text.includes("acme") && !text.includes("synthetic"), `${path}: ${text}`);
    }
    const other = await ask("/api/usage/history?serviceId=synthetic~default");
    assertEquals(await other.json(), []);
  }));
