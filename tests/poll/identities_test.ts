/** A login file that now belongs to another person: histories must not be mixed. */
import { Secret } from "../../lib/provider/context.ts";
import { createIdentities } from "../../lib/poll/identities.ts";
import { type Account, ProviderError } from "../../lib/provider/contract.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeProvider, NOW, openHouse, reading } from "./support.ts";

const FILE = "~/.acme/login.json";

/** The contents of the file of Acme's own tool. */
function login(person: string, token = `token-of-${person}`): Account {
  return { name: "default", source: FILE, secret: new Secret(token), identity: `id-${person}` };
}

async function openShared() {
  const store = await openSqliteStore(":memory:");
  const provider = fakeProvider();
  // The vendor answers with the figures of the token that was sent.
  const used: Record<string, number> = { ann: 10, bob: 80 };
  provider.answer = (_, account) =>
    Promise.resolve({ readings: [reading(used[account.secret.reveal().split("-of-")[1]!]!)] });
  const identities = createIdentities({ store, clock: new FakeClock(NOW) });
  return { store, provider, house: await openHouse({ store, identities }, provider) };
}

/** The values read for an account, oldest first. */
async function usedOf(store: Awaited<ReturnType<typeof openShared>>["store"], name: string) {
  return (await store.readings({ quota: `acme/${name}/five-hour` })).map(({ used }) => used);
}

Deno.test("another person's login in the same file has a separate history, and the owner gets the old one back", async () => {
  const { store, provider, house } = await openShared();
  await using _ = house;
  provider.configured = [login("ann")];
  await house.minutes(2);
  provider.configured = [login("bob")];
  await house.minutes(2);
  const [apart] = house.scheduler.accounts();
  assert(/^default-[0-9a-f]{4}$/.test(apart!.name), apart!.name);
  assertEquals(await usedOf(store, "default"), [10, 10]);
  assertEquals(await usedOf(store, apart!.name), [80, 80]);

  provider.configured = [login("ann", "renewed-token-of-ann")];
  await house.minutes(1);
  assertEquals(house.scheduler.accounts().map(({ name }) => name), ["default"]);
  provider.configured = [login("bob", "renewed-token-of-bob")];
  await house.minutes(1);
  assertEquals(house.scheduler.accounts().map(({ name }) => name), [apart!.name]);
  assertEquals(await usedOf(store, "default"), [10, 10, 10]);
  assertEquals(await usedOf(store, apart!.name), [80, 80, 80]);

  // The stored hash distinguishes people and names no one.
  const kept = JSON.stringify(await store.docs.list("identities", house.clock.now()));
  assert(!kept.includes("id-ann") && !kept.includes("id-bob"), kept);
});

Deno.test("after a restart the owner of a history is still known", async () => {
  const { store, provider, house } = await openShared();
  await using _ = house;
  provider.configured = [login("ann")];
  await house.minutes(1);
  house.restart();
  provider.configured = [login("bob")];
  await house.minutes(1);
  assertEquals(await usedOf(store, "default"), [10]);
});

Deno.test("an account that never answered owns nothing: the first one to answer does", async () => {
  const { store, provider, house } = await openShared();
  await using _ = house;
  const answer = provider.answer;
  provider.answer = () => Promise.reject(new ProviderError("auth", "No"));
  provider.configured = [login("ann")];
  await house.minutes(1);
  provider.answer = answer;
  provider.configured = [login("bob")];
  await house.minutes(1);
  assertEquals(await usedOf(store, "default"), [80]);
});

Deno.test("an answer for someone else is not added, is reported, and is kept apart from then on", async () => {
  const { store, provider, house } = await openShared();
  await using _ = house;
  const key = (person: string): Account => ({
    name: "default",
    source: "ACME_API_KEY",
    secret: new Secret(`key-of-${person}`),
  });
  const answer = provider.answer;
  provider.answer = async (ask, account) => {
    const person = account.secret.reveal().split("-of-")[1]!;
    return { ...await answer(ask, account), identity: `id-${person}` };
  };
  provider.configured = [key("ann")];
  await house.minutes(2);
  provider.configured = [key("bob")];
  await house.minutes(1);
  const [outcome] = await store.outcomes({ account: "acme/default", limit: 1 });
  assertEquals(outcome?.kind, "auth");
  assert(outcome?.hint?.includes("a different owner"), outcome?.hint);
  assertEquals(await usedOf(store, "default"), [10, 10]);

  await house.minutes(2);
  const [apart] = house.scheduler.accounts();
  assert(/^default-[0-9a-f]{4}$/.test(apart!.name), apart!.name);
  assertEquals(await usedOf(store, apart!.name), [80, 80]);
  assertEquals(await usedOf(store, "default"), [10, 10]);
  provider.configured = [key("ann")];
  await house.minutes(1);
  assertEquals(house.scheduler.accounts().map(({ name }) => name), ["default"]);
  assertEquals(await usedOf(store, "default"), [10, 10, 10]);
});

Deno.test("a token renewed for the same person continues the same history", async () => {
  const { store, provider, house } = await openShared();
  await using _ = house;
  provider.configured = [login("ann")];
  await house.minutes(1);
  provider.configured = [login("ann", "another-token-of-ann")];
  await house.minutes(1);
  assertEquals(await usedOf(store, "default"), [10, 10]);
});

/** Like `login`, with the owner's name in another file, which may belong to someone else or say nothing. */
function besides(person: string, token: string, file: string | null = person): Account {
  const { identity: _, ...account } = login(person, `${token}-of-${person}`);
  return { ...account, isOwnerBeside: true, ...file !== null && { identity: `id-${file}` } };
}

/** A vendor that states the owner of a token, unless `silent`. */
async function openAsked() {
  const shared = await openShared();
  const asked: string[] = [];
  const vendor = { silent: false, asked };
  shared.provider.owner = (_, account) => {
    const person = account.secret.reveal().split("-of-")[1]!;
    asked.push(account.secret.reveal());
    return vendor.silent
      ? Promise.reject(new ProviderError("unavailable", "No"))
      : Promise.resolve(`id-${person}`);
  };
  const outcome = async () => (await shared.store.outcomes({ account: "acme/default", limit: 1 }))[0];
  return { ...shared, vendor, outcome };
}

for (const file of ["ann", "bob", "eve", null]) {
  Deno.test(`for another's token beside a file that names ${file ?? "nobody"}, the vendor's statement counts`, async () => {
    const { store, provider, house, vendor, outcome } = await openAsked();
    await using _ = house;
    provider.configured = [besides("ann", "token")];
    await house.minutes(2);
    // The first one is taken at the file's word: there is no history to corrupt.
    assertEquals(vendor.asked, []);
    provider.configured = [besides("bob", "token", file)];
    await house.minutes(1);
    if (file !== "bob" && file !== "eve") assertEquals((await outcome())?.kind, "auth");
    await house.minutes(2);
    assertEquals(await usedOf(store, "default"), [10, 10]);
    const [apart] = house.scheduler.accounts();
    assert(/^default-[0-9a-f]{4}$/.test(apart!.name), apart!.name);
    assertEquals(new Set(await usedOf(store, apart!.name)), new Set([80]));
    // Once for each token, even across a restart.
    assertEquals(vendor.asked, ["token-of-bob"]);
    house.restart();
    await house.minutes(2);
    assertEquals(vendor.asked, ["token-of-bob"]);
    // Back again, with a new token and whatever the file says.
    provider.configured = [besides("ann", "new-token", file)];
    await house.minutes(3);
    assertEquals(house.scheduler.accounts().map(({ name }) => name), ["default"]);
    assertEquals(new Set(await usedOf(store, "default")), new Set([10]));
    assertEquals(new Set(await usedOf(store, apart!.name)), new Set([80]));
  });
}

Deno.test("while the owner of a new token is unknown nothing is added, until the vendor states it", async () => {
  const { store, provider, house, vendor, outcome } = await openAsked();
  await using _ = house;
  provider.configured = [besides("ann", "token")];
  await house.minutes(2);
  vendor.silent = true;
  provider.configured = [besides("ann", "new-token")];
  await house.minutes(3);
  const refused = await outcome();
  assertEquals(refused?.kind, "unavailable");
  assert(refused?.hint?.includes("its owner is unknown"), refused?.hint);
  assertEquals(await usedOf(store, "default"), [10, 10]);
  vendor.silent = false;
  await house.minutes(30);
  assertEquals((await outcome())?.kind, "ok");
  assertEquals(new Set(await usedOf(store, "default")), new Set([10]));
});

Deno.test("a history without a known owner is not continued with another token of an unknown owner", async () => {
  const { store, provider, house, vendor, outcome } = await openAsked();
  await using _ = house;
  vendor.silent = true;
  provider.configured = [besides("ann", "token", null)];
  await house.minutes(2);
  provider.configured = [besides("bob", "token", null)];
  await house.minutes(2);
  assertEquals((await outcome())?.kind, "unavailable");
  assertEquals(await usedOf(store, "default"), [10, 10]);
  // As soon as the vendor states its owner, it is kept apart for that owner.
  vendor.silent = false;
  await house.minutes(30);
  const [apart] = house.scheduler.accounts();
  assert(/^default-[0-9a-f]{4}$/.test(apart!.name), apart!.name);
  assertEquals(await usedOf(store, "default"), [10, 10]);
  assertEquals(new Set(await usedOf(store, apart!.name)), new Set([80]));
});

Deno.test("an unknown owner is not the owner: a key without one does not continue an owned history", async () => {
  const { store, provider, house } = await openShared();
  await using _ = house;
  provider.configured = [login("ann")];
  await house.minutes(2);
  const { identity: _no, ...nobody } = login("bob");
  provider.configured = [nobody];
  await house.minutes(2);
  assertEquals(await usedOf(store, "default"), [10, 10]);
  const [outcome] = await store.outcomes({ account: "acme/default", limit: 1 });
  assertEquals(outcome?.kind, "auth");
  assert(outcome?.hint?.includes("rename the account"), outcome?.hint);
});

Deno.test("keys of a vendor that never states owners may replace each other", async () => {
  const { store, provider, house } = await openShared();
  await using _ = house;
  for (const person of ["ann", "bob"]) {
    const { identity: _no, ...nobody } = login(person);
    provider.configured = [nobody];
    await house.minutes(1);
  }
  assertEquals(await usedOf(store, "default"), [10, 80]);
});

Deno.test("local readings with a token of an unknown owner are not added either", async () => {
  const { store, provider, house, vendor } = await openAsked();
  await using _ = house;
  provider.configured = [besides("ann", "token")];
  await house.minutes(2);
  vendor.silent = true;
  provider.localReadings = (ask) => Promise.resolve({ at: ask.now() - 1, readings: [reading(99)] });
  provider.configured = [besides("bob", "token", "ann")];
  await house.minutes(3);
  assertEquals(await usedOf(store, "default"), [10, 10]);
});
