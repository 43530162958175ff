/** People, sign-ins, keys, tokens and codes, as their callers see them. */
import { createAccess } from "../../lib/access/service.ts";
import type { Access, PresentedCredentials } from "../../lib/access/access.ts";
import { LIMITS } from "../../lib/access/limiter.ts";
import { createPasswords } from "../../lib/access/passwords.ts";
import { LOCAL_OWNER, type Principal } from "../../lib/access/principal.ts";
import { parseTokens, tokenSource } from "../../lib/access/tokens.ts";
import type { DocStore } from "../../lib/store/store.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { utc } from "../support/readings.ts";
import { CLIENT, PASSWORD } from "../support/visitors.ts";
import { openTestStore } from "../support/test_store.ts";
import { until } from "../support/until.ts";

const AT = utc("2026-11-19 10:00");
const DAY_MS = 86_400_000;
const HERE = { ...CLIENT, address: "127.0.0.1", local: true };

interface World {
  readonly access: Access;
  readonly docs: DocStore;
  readonly clock: FakeClock;
}

async function within(
  work: (world: World) => Promise<void>,
  options: Partial<Parameters<typeof createAccess>[0]> = {},
): Promise<void> {
  const clock = new FakeClock(AT);
  await using store = await openTestStore();
  const access = createAccess({
    docs: store.docs,
    audit: store.audit,
    clock,
    running: () => clock.now() - AT,
    rounds: 1000,
    ...options,
  });
  await work({ access, docs: store.docs, clock });
}

function shown(what: Partial<PresentedCredentials>): PresentedCredentials {
  return { client: CLIENT, token: null, basic: null, cookie: null, identity: null, ...what };
}

async function secretOf(access: Access, name: string, password = PASSWORD): Promise<string> {
  const done = await access.signIn({ name, password, client: CLIENT });
  assert("secret" in done, "could not sign in");
  return done.secret;
}

async function who(access: Access, what: Partial<PresentedCredentials>): Promise<Principal | string> {
  const found = await access.authenticate(shown(what));
  return "principal" in found ? found.principal : found.refused;
}

Deno.test("while there are no people, local users are the owner, and no one else is known", async () => {
  await within(async ({ access }) => {
    assertEquals(await who(access, { client: HERE }), LOCAL_OWNER);
    assertEquals(await who(access, {}), "none");
    assertEquals(await access.canSignIn(), false);
    await access.people.add({ name: "Ada", role: "admin", password: PASSWORD });
    assertEquals(await who(access, { client: HERE }), "none");
    assertEquals(await access.canSignIn(), true);
  });
});

Deno.test("with --trust-local the owner needs no sign-in even if there are people, and a wrong key is still refused", async () => {
  await within(async ({ access }) => {
    await access.people.add({ name: "Ada", role: "admin", password: PASSWORD });
    assertEquals(await who(access, { client: HERE }), LOCAL_OWNER);
    assertEquals(await who(access, { client: HERE, token: "syntrack_key_0" }), "wrong");
    assertEquals(await who(access, {}), "none");
  }, { trustLocal: true });
});

Deno.test("a person signs in with a name in any case, and only digests and hashes are stored", async () => {
  await within(async ({ access, docs, clock }) => {
    await access.people.add({ name: "Ada", role: "operator", password: PASSWORD });
    const secret = await secretOf(access, "aDA");
    const found = await who(access, { cookie: secret });
    assert(typeof found !== "string");
    assertEquals([found.kind, found.name, found.role], ["person", "Ada", "operator"]);
    const stored = JSON.stringify([
      await docs.list("users", clock.now()),
      await docs.list("logins", clock.now()),
    ]);
    assert(!stored.includes(secret) && !stored.includes(PASSWORD));
    assertMatch(stored, /pbkdf2-sha256\$1000\$/);
  });
});

Deno.test("a wrong password, a wrong name and an invalid name get the same refusal", async () => {
  await within(async ({ access }) => {
    await access.people.add({ name: "ada", role: "admin", password: PASSWORD });
    for (
      const [name, password] of [["ada", "wrong wrong"], ["eve", PASSWORD], ["", ""], ["\u0000", PASSWORD]]
    ) {
      assertEquals(await access.signIn({ name: name!, password: password!, client: CLIENT }), {
        refused: "wrong",
      });
    }
  });
});

Deno.test("a sign-in ends after 7 days without use and after 30 days with use", async () => {
  await within(async ({ access, clock }) => {
    await access.people.add({ name: "ada", role: "viewer", password: PASSWORD });
    const secret = await secretOf(access, "ada");
    for (let day = 6; day < 30; day += 6) {
      clock.jump(6 * DAY_MS);
      assert(typeof await who(access, { cookie: secret }) !== "string", `day ${day}`);
    }
    clock.jump(6 * DAY_MS);
    assertEquals(await who(access, { cookie: secret }), "expired");
    const second = await secretOf(access, "ada");
    clock.jump(7 * DAY_MS);
    assertEquals(await who(access, { cookie: second }), "expired");
  });
});

Deno.test("a clock set back extends no sign-in", async () => {
  const clock = new FakeClock(AT);
  let ran = 0;
  await using store = await openTestStore();
  const access = createAccess({
    docs: store.docs,
    audit: store.audit,
    clock,
    running: () => ran,
    rounds: 1000,
  });
  await access.people.add({ name: "ada", role: "viewer", password: PASSWORD });
  const secret = await secretOf(access, "ada");
  ran += 8 * DAY_MS;
  clock.jump(-DAY_MS);
  assertEquals(await who(access, { cookie: secret }), "expired");
});

Deno.test("a password change ends all other sign-ins, and a reset ends all", async () => {
  await within(async ({ access }) => {
    await access.people.add({ name: "ada", role: "admin", password: PASSWORD });
    const [own, other] = [await secretOf(access, "ada"), await secretOf(access, "ada")];
    const by = await who(access, { cookie: own });
    assert(typeof by !== "string");
    await assertRejects(() => access.people.changePassword(by, CLIENT, "not it at all", "another one here"));
    await access.people.changePassword(by, CLIENT, PASSWORD, "another one here");
    assert(typeof await who(access, { cookie: own }) !== "string");
    assertEquals(await who(access, { cookie: other }), "none");
    assertEquals(await access.signIn({ name: "ada", password: PASSWORD, client: CLIENT }), {
      refused: "wrong",
    });
    await access.people.reset("ada", PASSWORD);
    assertEquals(await who(access, { cookie: own }), "none");
  });
});

Deno.test("sign-ins are listed with device and address, and can be ended one by one", async () => {
  await within(async ({ access }) => {
    await access.people.add({ name: "ada", role: "admin", password: PASSWORD });
    const secret = await secretOf(access, "ada");
    const [only] = await access.signIns.list("ada");
    assertEquals([only?.device, only?.address, only?.person], ["a test", CLIENT.address, "ada"]);
    await access.signIns.revoke(only!.id);
    assertEquals(await who(access, { cookie: secret }), "none");
    await assertRejects(() => access.signIns.revoke(only!.id));
  });
});

Deno.test("a person removed and created again with the same name gets nothing of the previous one", async () => {
  await within(async ({ access, docs }) => {
    await access.people.add({ name: "root", role: "admin", password: PASSWORD });
    await access.people.add({ name: "ada", role: "admin", password: PASSWORD });
    const secret = await secretOf(access, "ada");
    const by = await who(access, { cookie: secret });
    assert(typeof by !== "string");
    const { secret: key } = await access.keys.create({ name: "own", scopes: ["read"] }, by);
    // As done by hand in the database.
    await docs.delete("users", "ada");
    assertEquals([await who(access, { cookie: secret }), await who(access, { token: key })], [
      "none",
      "wrong",
    ]);
    await access.people.add({ name: "ada", role: "admin", password: PASSWORD });
    assertEquals([await who(access, { cookie: secret }), await who(access, { token: key })], [
      "none",
      "wrong",
    ]);
  });
});

Deno.test("the last admin stays, unless there are no other people", async () => {
  await within(async ({ access }) => {
    await access.people.add({ name: "ada", role: "admin", password: PASSWORD });
    await access.people.add({ name: "bob", role: "viewer", password: PASSWORD });
    await assertRejects(() => access.people.remove("ada"));
    await assertRejects(() => access.people.change("ada", { role: "viewer" }));
    await access.people.remove("bob");
    await access.people.remove("ada");
    assertEquals(await access.people.list(), []);
  });
});

Deno.test("a key has its scopes, no more rights than its creator, and an end", async () => {
  await within(async ({ access, clock }) => {
    const made = await access.keys.create(
      { name: "grafana", scopes: ["metrics"], expiresAt: AT + DAY_MS },
      LOCAL_OWNER,
    );
    assertMatch(made.secret, /^syntrack_key_[0-9a-f]{64}$/);
    assert(made.secret.startsWith(made.key.prefix) && made.key.prefix.length < 20);
    const found = await who(access, { token: made.secret });
    assert(typeof found !== "string");
    assertEquals([found.kind, found.scopes], ["key", ["metrics"]]);
    const [listed] = await access.keys.list();
    assertEquals([listed?.usedAt !== null, listed?.usedFrom], [true, CLIENT.address]);
    clock.jump(DAY_MS);
    assertEquals(await who(access, { token: made.secret }), "expired");
    const again = await access.keys.create({ name: "other", scopes: ["read"] }, LOCAL_OWNER);
    await access.keys.revoke(again.key.id);
    assertEquals(await who(access, { token: again.secret }), "wrong");
  });
});

Deno.test("a viewer's key sees no more than the viewer, and changes nothing", async () => {
  await within(async ({ access }) => {
    await access.people.add({ name: "eve", role: "viewer", password: PASSWORD, accounts: ["zai/work"] });
    const by = await who(access, { cookie: await secretOf(access, "eve") });
    assert(typeof by !== "string");
    await assertRejects(() => access.keys.create({ name: "a", scopes: ["write"] }, by));
    const { secret } = await access.keys.create({
      name: "a",
      scopes: ["read"],
      accounts: ["zai/work", "zai/other"],
    }, by);
    const found = await who(access, { token: secret });
    assert(typeof found !== "string");
    assertEquals(found.accounts, ["zai/work"]);
  });
});

Deno.test("after too many wrong passwords, more are refused without a hash, and the count decays", async () => {
  await within(async ({ access, clock }) => {
    await access.people.add({ name: "ada", role: "admin", password: PASSWORD });
    const guess = (address: string, name = "ada", password = "wrong wrong") =>
      access.signIn({ name, password, client: { ...CLIENT, address } });
    for (let at = 0; at < LIMITS.address.maxAtOnce; at++) {
      assertEquals(await guess("192.0.2.1"), { refused: "wrong" });
    }
    const limited = await guess("192.0.2.1", "ada", PASSWORD);
    assert("refused" in limited && limited.refused === "limited" && limited.retryAfterMs > 0);
    // This does not lock others out.
    assert("secret" in await guess("192.0.2.2", "ada", PASSWORD));
    clock.jump(LIMITS.address.fadeMs);
    assert("secret" in await guess("192.0.2.1", "ada", PASSWORD));
  });
});

Deno.test("a distributed flood costs no more hashes than the limit, and blocks no valid sign-in or key", async () => {
  await within(async ({ access }) => {
    await access.people.add({ name: "ada", role: "admin", password: PASSWORD });
    const cookie = await secretOf(access, "ada");
    const { secret: token } = await access.keys.create({ name: "k", scopes: ["read"] }, LOCAL_OWNER);
    const answers = await Promise.all(Array.from({ length: 300 }, (_, at) =>
      access.signIn({
        name: `n${at}`,
        password: "wrong wrong",
        client: { ...CLIENT, address: `198.51.100.${at % 256}` },
      })));
    const hashed = answers.filter((one) => "refused" in one && one.refused === "wrong").length;
    assertEquals(hashed, LIMITS.all.maxAtOnce);
    // A client that signed in from here before still can, and elsewhere it has to wait.
    await secretOf(access, "ada");
    const away = await access.signIn({
      name: "ada",
      password: PASSWORD,
      client: { ...CLIENT, address: "203.0.113.9" },
    });
    assert("refused" in away && away.refused === "limited");
    assert(typeof await who(access, { cookie }) !== "string");
    assert(typeof await who(access, { token }) !== "string");
  });
});

Deno.test("wrong keys are counted by address and never block a valid one", async () => {
  await within(async ({ access }) => {
    const { secret } = await access.keys.create({ name: "k", scopes: ["read"] }, LOCAL_OWNER);
    for (let at = 0; at < LIMITS.address.maxAtOnce; at++) {
      assertEquals(await who(access, { token: `x${at}` }), "wrong");
    }
    assertEquals(await who(access, { token: "x" }), "limited");
    assert(typeof await who(access, { token: secret }) !== "string");
  });
});

Deno.test("the set-up code creates one admin, within 15 minutes and 5 attempts", async () => {
  await within(async ({ access, clock }) => {
    const asked = (code: string, name = "ada") =>
      access.setUp.register({ code, name, password: PASSWORD, client: CLIENT });
    assertEquals(access.setUp.open, false);
    await assertRejects(() => asked("ABCDEF"));
    let code = access.setUp.issue();
    assertMatch(code, /^[2-9A-HJ-NP-Z]{6}$/);
    clock.jump(15 * 60_000);
    await assertRejects(() => asked(code));
    code = access.setUp.issue();
    const wrong = code === "222222" ? "333333" : "222222";
    for (let at = 0; at < 5; at++) await assertRejects(() => asked(wrong));
    await assertRejects(() => asked(code));
    code = access.setUp.issue();
    // An invalid name costs no attempt, and case does not matter.
    await assertRejects(() => asked(code, " "));
    const [one, other] = await Promise.allSettled([asked(code.toLowerCase()), asked(code, "eve")]);
    assertEquals([one.status, other.status], ["fulfilled", "rejected"]);
    assertEquals((await access.people.list()).map(({ name, role }) => [name, role]), [["ada", "admin"]]);
    access.setUp.issue();
    await assertRejects(() => asked(code, "eve"));
  });
});

Deno.test("the admin in the settings is created once; the stored password wins, and deleting the row resets it", async () => {
  await within(async ({ access, docs }) => {
    await secretOf(access, "boss");
    await access.people.reset("boss", "another one here");
    assertEquals(await access.signIn({ name: "boss", password: PASSWORD, client: CLIENT }), {
      refused: "wrong",
    });
    await docs.delete("users", "boss");
    await secretOf(access, "boss");
  }, { admin: { name: "boss", password: PASSWORD } });
});

Deno.test("admin and changeme give no access from elsewhere", async () => {
  await within(async ({ access }) => {
    const pair = { name: "admin", password: "changeme" };
    assertEquals(await access.canSignIn(), false);
    assertEquals(await access.signIn({ ...pair, client: CLIENT }), { refused: "wrong" });
    assert("secret" in await access.signIn({ ...pair, client: HERE }));
  }, { admin: { name: "admin", password: "changeme" } });
});

Deno.test("a token is accepted in a header, exchanged for a cookie, and its sign-ins end with it", async () => {
  const token = `syntrack_token_${"0f".repeat(32)}`;
  let tokens: readonly string[] = [token];
  await within(async ({ access }) => {
    const found = await who(access, { token });
    assert(typeof found !== "string");
    assertEquals([found.kind, found.role], ["token", "admin"]);
    const done = await access.exchange(token, CLIENT);
    assert("secret" in done);
    assert(typeof await who(access, { cookie: done.secret }) !== "string");
    tokens = [];
    assertEquals([await who(access, { token }), await who(access, { cookie: done.secret })], [
      "wrong",
      "none",
    ]);
  }, { tokens: () => Promise.resolve(tokens) });
});

Deno.test("a file of tokens is read again after an edit", async () => {
  const files = ["# mine\nsyntrack_token_0123456789\n\nshort\n", "syntrack_token_abcdefghij"];
  let [at, place] = [0, 0];
  const source = tokenSource(["given_with_the_start"], {
    mark: () => Promise.resolve(String(place)),
    text: () => Promise.resolve(files[place] ?? ""),
  }, () => at);
  assertEquals(await source(), ["given_with_the_start", "syntrack_token_0123456789"]);
  place = 1;
  assertEquals((await source())[1], "syntrack_token_0123456789");
  at = 1000;
  assertEquals(await source(), ["given_with_the_start", "syntrack_token_abcdefghij"]);
  assertEquals(parseTokens("a_token_of_enough_characters, b_token_of_enough_characters"), [
    "a_token_of_enough_characters",
    "b_token_of_enough_characters",
  ]);
});

Deno.test("a hash states its parameters, and one with other parameters is renewed at a sign-in", async () => {
  const [now, later] = [createPasswords(500), createPasswords(1000)];
  const old = await now.hash("a password");
  assertEquals(await now.verify("a password", old), { right: true, outdated: false });
  assertEquals(await later.verify("a password", old), { right: true, outdated: true });
  assertEquals(await now.verify("A password", old), { right: false, outdated: false });
  for (const broken of ["", "x", "pbkdf2-sha256$0$AA==$AA==", "pbkdf2-sha256$99999999$AA==$AA=="]) {
    assertEquals((await now.verify("a password", broken)).right, false, broken);
  }
  await within(async ({ access, docs, clock }) => {
    await access.people.add({ name: "ada", role: "admin", password: PASSWORD });
    const doc = await docs.get<{ hash: string }>("users", "ada", clock.now());
    await docs.put("users", "ada", { ...doc, hash: await now.hash(PASSWORD) }, clock.now());
    await secretOf(access, "ada");
    assertMatch(
      (await docs.get<{ hash: string }>("users", "ada", clock.now()))!.hash,
      /^pbkdf2-sha256\$1000\$/,
    );
  });
});

Deno.test("passwords below 8 and above 128 characters, and invalid names, are rejected", async () => {
  await within(async ({ access }) => {
    const add = (name: string, password: string) => access.people.add({ name, role: "viewer", password });
    await assertRejects(() => add("ada", "1234567"));
    await assertRejects(() => add("ada", "x".repeat(129)));
    for (const name of ["", " ", "a b", ".a", "a/b", "a\u0000", "x".repeat(65)]) {
      await assertRejects(() => add(name, PASSWORD));
    }
    for (const name of ["\u0301a", "a\u202eb", "a\u200db"]) await assertRejects(() => add(name, PASSWORD));
    // Vowels of many scripts are marks.
    for (const name of ["\u0905\u0928\u0940\u0924\u093e", "\u0e2a\u0e21\u0e28\u0e23\u0e35"]) {
      await add(name, PASSWORD);
    }
    await add("ada", "ä".repeat(128));
    await assertRejects(() => add("ADA", PASSWORD));
  });
});

Deno.test("watchers of a credential are notified when it ends for any reason", async () => {
  await within(async ({ access, clock }) => {
    await access.people.add({ name: "root", role: "admin", password: PASSWORD });
    await access.people.add({ name: "ada", role: "operator", password: PASSWORD });
    const by = await who(access, { cookie: await secretOf(access, "ada") });
    assert(typeof by !== "string");
    const told = Promise.withResolvers<void>();
    access.onEnd(by, told.resolve);
    assertEquals(await access.isInForce(by), true);
    await access.people.change("ada", { role: "viewer" });
    await told.promise;
    assertEquals(await access.isInForce(by), false);
    const { secret } = await access.keys.create(
      { name: "k", scopes: ["read"], expiresAt: clock.now() + 5000 },
      LOCAL_OWNER,
    );
    const key = await who(access, { token: secret });
    assert(typeof key !== "string");
    let hasEnded = false;
    access.onEnd(key, () => hasEnded = true);
    // The store may still be asked when the time passes.
    await until("the end of the key", async () => {
      await clock.advance(10_000);
      return hasEnded;
    });
  });
});
