/** A login in a file that is another person's today: histories must not be mixed. */
import { Secret } from "../../lib/asking.ts";
import { createIdentities } from "../../lib/poll/identities.ts";
import { type Account, ProviderError } from "../../lib/provider.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeProvider, NOW, openHouse, reading } from "./support.ts";

const FILE = "~/.acme/login.json";

/** What stands in the file of Acme's own tool. */
function login(person: string, token = `token-of-${person}`): Account {
  return { name: "default", source: FILE, secret: new Secret(token), identity: `id-${person}` };
}

async function openShared() {
  const store = await openSqliteStore(":memory:");
  const provider = fakeProvider();
  // Whoever asks is told the figures of the token that was sent.
  const used: Record<string, number> = { ann: 10, bob: 80 };
  provider.answer = (_, account) =>
    Promise.resolve({ readings: [reading(used[account.secret.reveal().split("-of-")[1]!]!)] });
  const identities = createIdentities({ store, clock: new FakeClock(NOW) });
  return { store, provider, house: await openHouse({ store, identities }, provider) };
}

/** The values that were read of an account, oldest first. */
async function usedOf(store: Awaited<ReturnType<typeof openShared>>["store"], name: string) {
  return (await store.readings({ quota: `acme/${name}/five-hour` })).map(({ used }) => used);
}

Deno.test("another person's login in the same file has a history of its own, and the owner gets the old one back", async () => {
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

  // The stored hash tells people apart and names nobody.
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

Deno.test("an account that never answered owns nothing: whoever answers first does", async () => {
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

Deno.test("an answer for somebody else is not added, says so, and is kept apart from then on", async () => {
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
  assert(outcome?.hint?.includes("somebody else"), outcome?.hint);
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

Deno.test("a token that is renewed for the same person goes on with the same history", async () => {
  const { store, provider, house } = await openShared();
  await using _ = house;
  provider.configured = [login("ann")];
  await house.minutes(1);
  provider.configured = [login("ann", "another-token-of-ann")];
  await house.minutes(1);
  assertEquals(await usedOf(store, "default"), [10, 10]);
});
