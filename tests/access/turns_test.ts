/** Concurrent changes: a slow change does not undo what was done in the meantime. */
import { createAccess } from "../../lib/access/service.ts";
import type { Access, SignedIn } from "../../lib/access/access.ts";
import type { PasskeySite } from "../../lib/access/passkeys/ceremony.ts";
import type { Principal, Role } from "../../lib/access/principal.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";
import { createDevice, type Device } from "../support/authenticator.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { utc } from "../support/readings.ts";
import { CLIENT, PASSWORD } from "../support/visitors.ts";
import { openTestStore } from "../support/test_store.ts";

const AT = utc("2026-11-19 10:00");
const NEW = "another one here";

interface World {
  readonly access: Access;
  /** Work to do while the next new password is hashed, before that ends. */
  whileHashing: (() => Promise<unknown>) | null;
  /** Work started while the next sign-in is stored, with every chance to overtake it. */
  whileSigningIn: (() => Promise<unknown>) | null;
}

const SITE: PasskeySite = { rpId: "localhost", origin: "http://localhost:9211" };
/** More steps than anything here takes. */
const STEPS = 500;

async function within(work: (world: World) => Promise<void>): Promise<void> {
  const clock = new FakeClock(AT);
  await using store = await openTestStore();
  const pending: Promise<unknown>[] = [];
  const { docs } = store;
  const put = docs.put.bind(docs);
  docs.put = async (kind, id, ...rest) => {
    const meanwhile = world.whileSigningIn;
    if (meanwhile && kind === "logins") {
      world.whileSigningIn = null;
      pending.push(meanwhile());
      for (let step = 0; step < STEPS; step++) await Promise.resolve();
    }
    return await put(kind, id, ...rest);
  };
  const world: World = {
    whileHashing: null,
    whileSigningIn: null,
    access: createAccess({
      docs,
      audit: store.audit,
      clock,
      running: () => clock.now() - AT,
      async derive(password) {
        const meanwhile = world.whileHashing;
        if (meanwhile && password === NEW) {
          world.whileHashing = null;
          await meanwhile();
        }
        return new TextEncoder().encode(password);
      },
    }),
  };
  await work(world);
  await Promise.all(pending);
}

/** Requests a passkey for a signed-in person; adds it when called. */
async function newPasskey({ passkeys }: Access, by: Principal, device: Device) {
  const { challenge, user } = await passkeys.beginRegistration(by, SITE);
  const answer = JSON.stringify(await device.register({ ...SITE, challenge, userHandle: user.id }));
  return () => passkeys.add(by, { site: SITE, client: CLIENT, name: "Phone", answer });
}

async function cookieOpens(access: Access, cookie: string): Promise<boolean> {
  const found = await access.authenticate({
    client: CLIENT,
    token: null,
    basic: null,
    cookie,
    identity: null,
  });
  return "principal" in found;
}

function kindOf(error: unknown): unknown {
  return (error as { readonly kind?: unknown }).kind;
}

async function add({ people }: Access, name: string, role: Role): Promise<void> {
  await people.add({ name, role, password: PASSWORD });
}

async function signedIn(access: Access, name: string, password = PASSWORD): Promise<SignedIn> {
  const done = await access.signIn({ name, password, client: CLIENT });
  assert("secret" in done, "could not sign in");
  return done;
}

/** Both ways to replace a password. */
const WAYS: Readonly<Record<string, (access: Access, by: Principal) => Promise<void>>> = {
  reset: ({ people }) => people.reset("ada", NEW),
  changePassword: ({ people }, by) => people.changePassword(by, CLIENT, PASSWORD, NEW),
};

for (const [way, replace] of Object.entries(WAYS)) {
  Deno.test(`a person removed while ${way} hashes stays removed, and a changed role stays changed`, () =>
    within(async (world) => {
      const { access } = world;
      await add(access, "root", "admin");
      await add(access, "ada", "operator");
      const { principal } = await signedIn(access, "ada");
      world.whileHashing = () => access.people.change("ada", { role: "viewer" });
      await replace(access, principal);
      assertEquals((await access.people.list()).map(({ name, role }) => [name, role]), [
        ["ada", "viewer"],
        ["root", "admin"],
      ]);
      await access.people.reset("ada", PASSWORD);
      const again = await signedIn(access, "ada");
      world.whileHashing = () => access.people.remove("ada");
      const error = await assertRejects(() => replace(access, again.principal));
      assertEquals(kindOf(error), "absent");
      assertEquals((await access.people.list()).map(({ name }) => name), ["root"]);
    }));

  Deno.test(`a new person of that name after ${way} has hashed keeps their own password`, () =>
    within(async (world) => {
      const { access } = world;
      await add(access, "root", "admin");
      await add(access, "ada", "operator");
      const { principal } = await signedIn(access, "ada");
      world.whileHashing = async () => {
        await access.people.remove("ada");
        await access.people.add({ name: "ada", role: "viewer", password: "one of their own" });
      };
      await assertRejects(() => replace(access, principal));
      await signedIn(access, "ada", "one of their own");
    }));
}

Deno.test("if a password is reset while its owner changes it, the reset wins", () =>
  within(async (world) => {
    const { access } = world;
    await add(access, "ada", "admin");
    const { principal } = await signedIn(access, "ada");
    world.whileHashing = () => access.people.reset("ada", "set by an admin");
    const error = await assertRejects(() => access.people.changePassword(principal, CLIENT, PASSWORD, NEW));
    assertEquals(kindOf(error), "wrong");
    await signedIn(access, "ada", "set by an admin");
  }));

Deno.test("two concurrent requests leave an admin, whichever two are to be removed", () =>
  within(async ({ access }) => {
    await add(access, "ada", "admin");
    await add(access, "bob", "admin");
    await add(access, "eve", "viewer");
    const both = await Promise.allSettled([
      access.people.remove("ada"),
      access.people.change("bob", { role: "viewer" }),
    ]);
    assertEquals(both.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
    assertEquals((await access.people.list()).filter(({ role }) => role === "admin").length, 1);
  }));

Deno.test("a person signed out by a reset meanwhile can add no passkey and set no password", () =>
  within(async ({ access }) => {
    await add(access, "root", "admin");
    await add(access, "ada", "operator");
    const { principal } = await signedIn(access, "ada");
    const addPasskey = await newPasskey(access, principal, await createDevice());
    await access.people.reset("ada", NEW);
    assertEquals(kindOf(await assertRejects(addPasskey)), "stale");
    assertEquals(await access.passkeys.list(), []);
    assertEquals(kindOf(await assertRejects(() => access.people.removePassword(principal))), "stale");
    assertEquals(
      kindOf(await assertRejects(() => access.people.setPassword(principal, "theirs again"))),
      "stale",
    );
  }));

Deno.test("a passkey requested during a reset does not survive it", () =>
  within(async ({ access }) => {
    await add(access, "ada", "admin");
    const { principal } = await signedIn(access, "ada");
    const addPasskey = await newPasskey(access, principal, await createDevice());
    await Promise.allSettled([access.people.reset("ada", NEW), addPasskey()]);
    assertEquals(await access.passkeys.list(), []);
    const again = await signedIn(access, "ada", NEW);
    const addAgain = await newPasskey(access, again.principal, await createDevice());
    await Promise.allSettled([addAgain(), access.people.reset("ada", PASSWORD)]);
    assertEquals(await access.passkeys.list(), []);
  }));

Deno.test("a sign-in in progress during a reset of its password does not survive it", () =>
  within(async (world) => {
    const { access } = world;
    await add(access, "ada", "admin");
    const reset = Promise.withResolvers<void>();
    world.whileSigningIn = () => access.people.reset("ada", NEW).then(reset.resolve, reset.reject);
    const { secret } = await signedIn(access, "ada");
    await reset.promise;
    assertEquals(await cookieOpens(access, secret), false);
  }));

Deno.test("a sign-in by passkey in progress during a reset does not survive it", () =>
  within(async (world) => {
    const { access } = world;
    await add(access, "ada", "admin");
    const { principal } = await signedIn(access, "ada");
    const device = await createDevice();
    await (await newPasskey(access, principal, device))();
    const { challenge } = access.passkeys.beginSignIn(SITE);
    const answer = JSON.stringify(await device.use({ ...SITE, challenge }));
    const reset = Promise.withResolvers<void>();
    world.whileSigningIn = () => access.people.reset("ada", NEW).then(reset.resolve, reset.reject);
    const done = await access.signInByPasskey({ site: SITE, client: CLIENT, answer });
    assert("secret" in done, "could not sign in");
    await reset.promise;
    assertEquals(await cookieOpens(access, done.secret), false);
  }));
