/** Who owns a history, rule by rule, on documents in memory. */
import type { AccountKey } from "../../lib/model/quota.ts";
import { createIdentities, type Origin, type StatedIdentity } from "../../lib/poll/identities.ts";
import { Secret } from "../../lib/provider/context.ts";
import type { GetOptions, Store } from "../../lib/store/store.ts";
import { assertEquals } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { NOW } from "./support.ts";

const KEY: AccountKey = "acme/default";
/** SHA-256 of `acme`, NUL and the identity, the first half: stored histories depend on it. */
const ANN = "e01e5e8a7c7a3b8e2306d05ce01b6180";
const BOB = "ecc005e9b6c0f119c3ae4409e5322208";

function open(stored: Readonly<Record<string, unknown>> = {}) {
  const docs = new Map(Object.entries(stored));
  /** What this process remembers of documents that another one has changed since. */
  const outdated = new Map<string, unknown>();
  const store = {
    docs: {
      get: (_: string, id: string, __: number, { fresh }: GetOptions) =>
        Promise.resolve((fresh || !outdated.has(id) ? docs : outdated).get(id) ?? null),
      put: (_: string, id: string, doc: unknown) => Promise.resolve(void docs.set(id, doc)),
    },
  } as unknown as Store;
  const identities = createIdentities({ store, clock: new FakeClock(NOW) });
  return {
    docs,
    outdated,
    ...identities,
    named: (fingerprint: string, identity?: string) =>
      identities.nameOf({ id: "acme" }, {
        name: "default",
        source: "",
        secret: new Secret(""),
        ...identity !== undefined && { identity },
      }, fingerprint),
  };
}

function by(fingerprint: string): Origin {
  return { key: KEY, fingerprint };
}

Deno.test("an owner is stored as half a SHA-256 hash of provider and identity", async () => {
  const { docs, claim } = open();
  await claim(KEY, by("one"), { known: "id-ann" });
  assertEquals(docs.get(KEY), { identity: ANN });
});

Deno.test("another person's login gets the first 4 digits of its hash in its name, and more if they are taken", async () => {
  const taken = (...lengths: readonly number[]) =>
    open(Object.fromEntries([
      [KEY, { identity: ANN }],
      ...lengths.map((length) => [`${KEY}-${BOB.slice(0, length)}`, { identity: "another" }]),
    ])).named("two", "id-bob");
  const names = [await taken(), await taken(4), await taken(4, 8), await taken(4, 8, 16)];
  assertEquals(names.map(({ name }) => name), [
    "default-ecc0",
    "default-ecc005e9",
    "default-ecc005e9b6c0f119",
    `default-${BOB}`,
  ]);
  const again = open({ [KEY]: { identity: ANN }, [`${KEY}-ecc0`]: { identity: BOB } });
  assertEquals(await again.named("two", "id-bob"), { name: "default-ecc0", identity: BOB });
});

Deno.test("eight credentials of an account are remembered, the oldest is forgotten", async () => {
  const { claim, named } = open();
  for (let turn = 1; turn <= 8; turn++) await claim(KEY, by(`token-${turn}`), { answered: "id-ann" });
  assertEquals((await named("token-1")).identity, ANN);
  const owners = open({ [KEY]: { credentials: { "token-1": ANN } } });
  for (let turn = 2; turn <= 9; turn++) await owners.claim(KEY, by(`token-${turn}`), { answered: "id-ann" });
  const { credentials } = owners.docs.get(KEY) as { credentials: Readonly<Record<string, string>> };
  assertEquals(Object.keys(credentials), Array.from({ length: 8 }, (_, index) => `token-${index + 2}`));
});

Deno.test("before a poll is stored, what other processes have changed counts; to find accounts, what is known will do", async () => {
  const { docs, outdated, mayAdd, named } = open();
  docs.set(KEY, { identity: ANN });
  outdated.set(KEY, {});
  assertEquals(await mayAdd(KEY, by("two"), { known: "id-bob" }), "another");
  assertEquals((await named("two", "id-bob")).name, "default");
});

Deno.test("the vendor is asked who a credential belongs to if that is unclear, and if a history may be another's", async () => {
  const unclear = (doc: unknown, stated: StatedIdentity, key = KEY) =>
    open({ [KEY]: doc }).isUnclear(key, by("two"), stated);
  const owned = { identity: ANN };
  const ofUnknown = { by: "one" };
  const beside = { known: "id-bob", isBeside: true };
  const apart: AccountKey = `${KEY}-ecc0`;
  // The file beside it names nobody: whoever it is would own the new history.
  assertEquals(await unclear({}, { isBeside: true }), true);
  assertEquals([await unclear({}, beside), await unclear({}, {})], [false, false]);
  assertEquals([await unclear(owned, beside), await unclear(owned, {})], [true, true]);
  assertEquals(await unclear(owned, { ...beside, isUnchanged: true }), false);
  // A history of an unknown owner, which another credential began.
  assertEquals([await unclear(ofUnknown, beside), await unclear({ by: "two" }, beside)], [true, false]);
  // Keys that never state an owner may replace each other.
  assertEquals(await unclear(ofUnknown, {}), false);
  // It was named for what the file says, which may still be the login of the first history's owner.
  assertEquals([await unclear(owned, beside, apart), await unclear({}, beside, apart)], [true, false]);
  assertEquals(await unclear(ofUnknown, beside, apart), false);
  // What the credential or the vendor states is clear.
  assertEquals(await unclear(owned, { known: "id-bob" }), false);
  assertEquals(await unclear(owned, { ...beside, answered: "id-bob" }), false);
  assertEquals(await unclear({ ...owned, credentials: { two: BOB } }, beside), false);
});

Deno.test("a credential beside a file marks a history of an unknown owner as its own, once", async () => {
  const { docs, claim, mayAdd, named } = open();
  const beside = { isBeside: true };
  await claim(KEY, by("one"), beside);
  await claim(KEY, by("two"), beside);
  assertEquals(docs.get(KEY), { by: "one" });
  assertEquals([await mayAdd(KEY, by("one"), beside), await mayAdd(KEY, by("two"), beside)], [
    "yes",
    "unknown",
  ]);
  assertEquals((await named("two", "id-bob")).name, "default-ecc0");
  // Other credentials without an owner mark nothing.
  const plain = open();
  await plain.claim(KEY, by("one"), {});
  assertEquals(plain.docs.has(KEY), false);
  assertEquals((await plain.named("two", "id-bob")).name, "default");
});

Deno.test("the owner of a credential is remembered, unless the credential itself states it", async () => {
  const remembered = async (stated: StatedIdentity, doc: unknown = {}) => {
    const { docs, claim } = open({ [KEY]: doc });
    await claim(KEY, by("two"), stated);
    return docs.get(KEY);
  };
  const credentials = { two: ANN };
  assertEquals(await remembered({ known: "id-ann" }), { identity: ANN });
  assertEquals(await remembered({ known: "id-ann", isBeside: true }), { identity: ANN, credentials });
  assertEquals(await remembered({ answered: "id-ann" }), { identity: ANN, credentials });
  assertEquals(await remembered({ known: "id-ann", answered: "id-ann" }), { identity: ANN, credentials });
  // The same credential as before, whose owner has become known in the meantime.
  assertEquals(await remembered({}, { identity: ANN }), { identity: ANN, credentials });
  // Who was unknown is known now.
  assertEquals(await remembered({ answered: "id-ann" }, { by: "two" }), { identity: ANN, credentials });
});

Deno.test("a renewed credential has the owner of the one it was renewed from", async () => {
  const carried = async (doc: unknown) => {
    const { docs, carry } = open({ [KEY]: doc });
    await carry(KEY, "one", "two");
    return docs.get(KEY);
  };
  assertEquals(await carried({ identity: ANN, credentials: { one: ANN } }), {
    identity: ANN,
    credentials: { one: ANN, two: ANN },
  });
  assertEquals(await carried({ by: "one" }), { by: "two", credentials: {} });
  for (const doc of [{ by: "three" }, { identity: ANN, credentials: { three: ANN } }, { identity: ANN }]) {
    assertEquals(await carried(doc), doc);
  }
});
