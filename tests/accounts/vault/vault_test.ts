import fc from "fast-check";
import { join } from "node:path";
import { KEY_BYTES } from "../../../lib/accounts/vault/key_file.ts";
import { createVault, parseSealed, type Sealed } from "../../../lib/accounts/vault/vault.ts";
import { assert, assertEquals, assertRejects } from "../../support/assert.ts";
import { withFolder } from "../../store/folder.ts";

const OWN = { account: "acme/work", setting: "ACME_API_KEY" };

/** The kind of the VaultError that `work` rejects with. */
async function kindOf(work: () => Promise<unknown>): Promise<unknown> {
  return (await assertRejects(work) as { readonly kind?: unknown }).kind;
}

Deno.test("a vault decrypts whatever it encrypted, and never encrypts the same way twice", () =>
  withFolder(async (folder) => {
    const vault = createVault(join(folder, "syntrack.key"));
    const text = fc.string({ unit: "grapheme", maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(text, text, text, async (account, setting, value) => {
        const belongs = { account, setting };
        const [one, two] = [await vault.seal(belongs, value), await vault.seal(belongs, value)];
        assertEquals(await vault.open(belongs, one), value);
        assertEquals(await vault.open(belongs, parseSealed(JSON.parse(JSON.stringify(two)))!), value);
        assert(one.nonce !== two.nonce && one.text !== two.text, "Sealed alike");
      }),
      { numRuns: 60 },
    );
  }));

Deno.test("a changed value, or one moved to another place, cannot be decrypted", () =>
  withFolder(async (folder) => {
    const vault = createVault(join(folder, "syntrack.key"));
    const sealed = await vault.seal(OWN, "a-secret-of-somebody");
    const bytes = Uint8Array.fromBase64(sealed.text);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, by) => {
        const changed = bytes.slice();
        changed[at]! ^= by;
        assertEquals(await kindOf(() => vault.open(OWN, { ...sealed, text: changed.toBase64() })), "damaged");
      }),
      { numRuns: 60 },
    );
    const others: readonly (readonly [typeof OWN, Sealed])[] = [
      [{ ...OWN, account: "acme/home" }, sealed],
      [{ ...OWN, setting: "ACME_TOKEN" }, sealed],
      [OWN, { ...sealed, nonce: (await vault.seal(OWN, "x")).nonce }],
      [OWN, { ...sealed, text: "not base64!" }],
      [OWN, { ...sealed, text: bytes.slice(1).toBase64() }],
    ];
    for (const [belongs, other] of others) {
      assertEquals(await kindOf(() => vault.open(belongs, other)), "damaged");
    }
    assertEquals(await vault.open(OWN, sealed), "a-secret-of-somebody");
  }));

Deno.test("the key file is created once, private to its owner, and is the only way to decrypt values", () =>
  withFolder(async (folder) => {
    const path = join(folder, "syntrack.key");
    const sealed = await createVault(path).seal(OWN, "secret");
    const { size, mode } = await Deno.stat(path);
    assertEquals(size, KEY_BYTES);
    if (Deno.build.os !== "windows") assertEquals(mode! & 0o777, 0o600);
    const before = await Deno.readFile(path);
    assertEquals(await createVault(path).open(OWN, sealed), "secret");
    await createVault(path).seal(OWN, "another");
    assertEquals(await Deno.readFile(path), before);
  }));

Deno.test("a missing, a different and a broken key file are distinguished, and nothing is lost", () =>
  withFolder(async (folder) => {
    const path = join(folder, "syntrack.key");
    const vault = createVault(path);
    const sealed = await vault.seal(OWN, "secret");
    const key = await Deno.readFile(path);

    await Deno.remove(path);
    assertEquals(await kindOf(() => createVault(path).open(OWN, sealed)), "no-key");
    await Deno.writeFile(path, crypto.getRandomValues(new Uint8Array(KEY_BYTES)));
    assertEquals(await kindOf(() => createVault(path).open(OWN, sealed)), "other-key");
    await Deno.writeFile(path, key.slice(1));
    assertEquals(await kindOf(() => createVault(path).open(OWN, sealed)), "unreadable");
    assertEquals(await kindOf(() => createVault(path).seal(OWN, "x")), "unreadable");

    await Deno.writeFile(path, key);
    assertEquals(await createVault(path).open(OWN, sealed), "secret");
  }));

Deno.test("rotate() encrypts everything with a new key, and removes the old one only after storing the result", () =>
  withFolder(async (folder) => {
    const path = join(folder, "syntrack.key");
    const vault = createVault(path);
    const elsewhere = createVault(path);
    let stored = await vault.seal(OWN, "secret");
    assertEquals(await elsewhere.open(OWN, stored), "secret");

    // Power fails before anything is stored: the old value can still be decrypted, and no key that may disappear is used.
    await assertRejects(() => vault.rotate(() => Promise.reject(new Error("power failure"))));
    assertEquals(await createVault(path).open(OWN, stored), "secret");
    assertEquals(await kindOf(() => createVault(path).seal(OWN, "x")), "rotating");

    // It fails again after storing, before the old key is replaced: both values can be decrypted.
    const old = stored;
    await assertRejects(() =>
      vault.rotate(async (sealNew) => {
        stored = await sealNew(OWN, await vault.open(OWN, old));
        throw new Error("power failure");
      })
    );
    assert(stored.key !== old.key, "Sealed under the old key");
    for (const one of [old, stored]) assertEquals(await createVault(path).open(OWN, one), "secret");

    await createVault(path).rotate(async (sealNew) => void (stored = await sealNew(OWN, "secret")));
    assertEquals(await elsewhere.open(OWN, stored), "secret");
    assertEquals(await kindOf(() => createVault(path).open(OWN, old)), "other-key");
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["syntrack.key"]);
    assertEquals(await elsewhere.open(OWN, await elsewhere.seal(OWN, "again")), "again");
  }));
