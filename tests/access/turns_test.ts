/** What is changed at the same time: nothing that takes long undoes what was done in between. */
import { createAccess } from "../../lib/access/service.ts";
import type { Access, SignedIn } from "../../lib/access/access.ts";
import type { Principal, Role } from "../../lib/access/principal.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { utc } from "../support/readings.ts";
import { CLIENT, PASSWORD } from "../support/visitors.ts";

const AT = utc("2026-11-19 10:00");
const NEW = "another one here";

interface World {
  readonly access: Access;
  /** Work to be done while the next new password is hashed, before that ends. */
  whileHashing: (() => Promise<unknown>) | null;
}

async function within(work: (world: World) => Promise<void>): Promise<void> {
  const clock = new FakeClock(AT);
  await using store = await openSqliteStore(":memory:");
  const world: World = {
    whileHashing: null,
    access: createAccess({
      docs: store.docs,
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
}

async function add({ people }: Access, name: string, role: Role): Promise<void> {
  await people.add({ name, role, password: PASSWORD });
}

async function signedIn(access: Access, name: string, password = PASSWORD): Promise<SignedIn> {
  const done = await access.signIn({ name, password, client: CLIENT });
  assert("secret" in done, "could not sign in");
  return done;
}

/** Both ways a password is replaced. */
const WAYS: Readonly<Record<string, (access: Access, by: Principal) => Promise<void>>> = {
  reset: ({ people }) => people.reset("ada", NEW),
  changePassword: ({ people }, by) => people.changePassword(by, CLIENT, PASSWORD, NEW),
};

for (const [way, replace] of Object.entries(WAYS)) {
  Deno.test(`who is removed while ${way} hashes stays removed, and a role that was changed stays changed`, () =>
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
      assertEquals((error as { readonly kind?: string }).kind, "absent");
      assertEquals((await access.people.list()).map(({ name }) => name), ["root"]);
    }));

  Deno.test(`who has the name by the time ${way} has hashed keeps their own password`, () =>
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

Deno.test("a password that was reset while its owner changed it is the one of the reset", () =>
  within(async (world) => {
    const { access } = world;
    await add(access, "ada", "admin");
    const { principal } = await signedIn(access, "ada");
    world.whileHashing = () => access.people.reset("ada", "set by an admin");
    const error = await assertRejects(() => access.people.changePassword(principal, CLIENT, PASSWORD, NEW));
    assertEquals((error as { readonly kind?: string }).kind, "wrong");
    await signedIn(access, "ada", "set by an admin");
  }));

Deno.test("two requests at once leave an admin, whichever two are to go", () =>
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
