/** Invalid passkeys and attacks with them: all are refused, with the same answer. */
import { createAccess } from "../../lib/access/service.ts";
import { CHALLENGE_MS } from "../../lib/access/passkeys/ceremony.ts";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import {
  type Answer,
  type Cbor,
  createDevice,
  fromUrl,
  sign,
  toUrl,
  type Wrong,
} from "../support/authenticator.ts";
import { hasOpenssl, makeAttestationKey } from "../support/certificates.ts";
import {
  ABROAD,
  addPasskey,
  AT,
  HERE,
  type Options,
  usePasskey,
  type Visit,
  withWorld,
} from "../support/passkeys.ts";
import { CLIENT } from "../support/visitors.ts";

Deno.test("a used answer gives no access again", async () => {
  await withWorld(async ({ visit, enter }) => {
    const device = await createDevice(false);
    const ada = await enter("ada");
    await addPasskey(ada, device);
    const guest = visit();
    const { body } = await guest.options("/login/passkey");
    const passkey = JSON.stringify(
      await device.use({ challenge: body.challenge, origin: HERE, rpId: "localhost" }),
    );
    assertEquals((await guest.send("/login", { passkey })).status, 303);
    for (let at = 0; at < 3; at++) assertEquals((await guest.send("/login", { passkey })).status, 401);
    // Nor does another answer to the same challenge, or another spelling of the challenge.
    for (const challenge of [body.challenge, `${body.challenge}==`]) {
      const again = await device.use({ challenge, origin: HERE, rpId: "localhost" });
      assertEquals((await guest.send("/login", { passkey: JSON.stringify(again) })).status, 401);
    }
    const twice = await ada.options("/me/passkey");
    const asked = {
      challenge: twice.body.challenge,
      origin: HERE,
      rpId: "localhost",
      userHandle: twice.body.user!.id,
    };
    for (const status of [200, 422]) {
      const answer = JSON.stringify(await (await createDevice()).register(asked));
      assertEquals((await ada.send("/me", { action: "add-passkey", name: "Key", answer })).status, status);
    }
  });
});

Deno.test("a challenge must be answered within five minutes", async () => {
  await withWorld(async ({ clock, visit, enter }) => {
    const device = await createDevice();
    const ada = await enter("ada");
    await addPasskey(ada, device);
    const late = async (ms: number) => {
      const { body } = await visit().options("/login/passkey");
      const answer = await device.use({ challenge: body.challenge, origin: HERE, rpId: "localhost" });
      clock.jump(ms);
      return (await visit().send("/login", { passkey: JSON.stringify(answer) })).status;
    };
    assertEquals(await late(CHALLENGE_MS - 1), 303);
    assertEquals(await late(CHALLENGE_MS), 401);
    const again = await enter("ada");
    const { body } = await again.options("/me/passkey");
    const answer = await (await createDevice()).register({
      challenge: body.challenge,
      origin: HERE,
      rpId: "localhost",
      userHandle: body.user!.id,
    });
    clock.jump(CHALLENGE_MS);
    const added = await again.send("/me", {
      action: "add-passkey",
      name: "x",
      answer: JSON.stringify(answer),
    });
    assertEquals(added.status, 422);
  });
});

Deno.test("a challenge is valid only for its person, sign-in and purpose", async () => {
  await withWorld(async ({ services, visit, enter }) => {
    const device = await createDevice();
    const ada = await enter("ada");
    await addPasskey(ada, device);
    const eve = await enter("eve");
    const add = async (who: Visit, { challenge, user }: Options) => {
      const asked = {
        challenge,
        origin: HERE,
        rpId: "localhost",
        userHandle: user?.id ?? toUrl(new Uint8Array(16)),
      };
      const answer = JSON.stringify(await (await createDevice()).register(asked));
      return (await who.send("/me", { action: "add-passkey", name: "x", answer })).status;
    };
    const options = (who: Visit) => who.options("/me/passkey").then(({ body }) => body);
    assertEquals(await add(eve, await options(ada)), 422);
    assertEquals(await add(await enter("ada"), await options(ada)), 422);
    assertEquals(await add(ada, (await visit().options("/login/passkey")).body), 422);
    assertEquals(await add(ada, await options(ada)), 200);
    // The challenge of a registration cannot sign in.
    const { challenge } = await options(ada);
    const answer = await device.use({ challenge, origin: HERE, rpId: "localhost" });
    assertEquals((await visit().send("/login", { passkey: JSON.stringify(answer) })).status, 401);
    assertEquals((await services.access.passkeys.list("eve")).length, 0);
  });
});

Deno.test("a passkey of another site gives no access: origin, name, frame and user verification are checked", async () => {
  await withWorld(async ({ services, visit, enter }) => {
    const device = await createDevice();
    const ada = await enter("ada");
    await addPasskey(ada, device);
    const wrongs: readonly Wrong[] = [
      { origin: "https://evil.example" },
      { origin: "http://localhost:9212" },
      { origin: "https://localhost:9211" },
      { origin: ABROAD },
      { rpId: "syntrack.example" },
      { rpId: "evil.example" },
      { crossOrigin: true },
      { type: "webauthn.create" },
      { type: "payment.get" },
      { unverified: true },
      { challenge: toUrl(new Uint8Array(56)) },
      { challenge: "" },
      { userHandle: toUrl(new TextEncoder().encode(crypto.randomUUID())) },
    ];
    for (const [at, wrong] of wrongs.entries()) {
      const from = `198.51.100.${at}`;
      assertEquals(
        (await usePasskey(visit("", HERE, from), device, wrong)).status,
        401,
        JSON.stringify(wrong),
      );
    }
    for (const wrong of [...wrongs.filter(({ userHandle }) => userHandle === undefined)]) {
      const who = await enter(`p${crypto.randomUUID()}`);
      const { status } = await addPasskey(who, await createDevice(), { origin: HERE, ...wrong });
      assertEquals(status, wrong.type === "webauthn.create" ? 200 : 422, JSON.stringify(wrong));
    }
    assertEquals((await usePasskey(visit(), device)).status, 303);
    assertEquals((await services.access.passkeys.list("ada")).length, 1);
  });
});

Deno.test("an answer changed in transit gives no access, and all get the same refusal", async () => {
  await withWorld(async ({ visit, enter }) => {
    const device = await createDevice();
    await addPasskey(await enter("ada"), device);
    const flip = (field: string, at: number) => ({ response }: Answer) => {
      const bytes = fromUrl(String(response[field]));
      bytes[at < 0 ? bytes.length + at : at]! ^= 1;
      response[field] = toUrl(bytes);
    };
    const other = await createDevice();
    const changes: readonly ((answer: Answer) => void)[] = [
      flip("signature", 20),
      flip("signature", 0),
      flip("authenticatorData", 3),
      flip("authenticatorData", 32),
      flip("authenticatorData", -1),
      flip("clientDataJSON", 40),
      flip("clientDataJSON", 0),
      (answer) => answer.id = other.id,
      (answer) => answer.id = answer.rawId = other.id,
      (answer) => answer.type = "password",
      (answer) => delete answer.response.signature,
      (answer) => delete answer.response.userHandle,
      (answer) => answer.response.signature = ["x"],
      (answer) => answer.response.signature = "A".repeat(9000),
      (answer) => answer.response.authenticatorData = "",
      (answer) => answer.response.clientDataJSON = toUrl(new TextEncoder().encode("null")),
      (answer) => answer.response.clientDataJSON = toUrl(new Uint8Array([255, 254])),
      (answer) => answer.id = answer.rawId = "../../etc/passwd",
      (answer) => Object.assign(answer, { response: null }),
    ];
    const pages = new Set<string>();
    for (const [at, change] of changes.entries()) {
      const { status, html } = await usePasskey(visit("", HERE, `198.51.100.${at}`), device, {}, change);
      assertEquals(status, 401, `change ${at}`);
      pages.add(anonymous(html));
    }
    for (const [at, passkey] of ["", "null", "[]", "{", "x".repeat(20_000), "[".repeat(16_000)].entries()) {
      const { status, html } = await visit("", HERE, `203.0.113.${at}`).send("/login", { passkey });
      assertEquals(status, 401, passkey.slice(0, 20));
      pages.add(anonymous(html));
    }
    assertEquals(pages.size, 1);
    assertMatch([...pages][0]!, /That passkey is not valid here/);
    assertEquals((await visit().send("/login", { passkey: "x".repeat(70_000) })).status, 413);
    assertEquals((await usePasskey(visit(), device)).status, 303);
  });
});

/** Without the parts that differ in each page, and without redirects. */
function anonymous(html: string): string {
  return html.replaceAll(/nonce="[^"]*"/g, "").replaceAll("/history", "/");
}

Deno.test("a counter that does not increase means a copied device, and gives no access", async () => {
  await withWorld(async ({ services, visit, enter }) => {
    const device = await createDevice();
    await addPasskey(await enter("ada"), device);
    assertEquals((await usePasskey(visit(), device, { counter: 41 })).status, 303);
    for (const counter of [41, 7, 0]) {
      assertEquals((await usePasskey(visit(), device, { counter })).status, 401, String(counter));
    }
    const before = await services.access.signIns.list("ada");
    // Two concurrent ones with the same counter: one of them is a copy.
    const visits = [visit(), visit()];
    const statuses = await Promise.all(
      visits.map(async (one) => (await usePasskey(one, device, { counter: 42 })).status),
    );
    assertEquals(statuses.sort(), [303, 401]);
    assertEquals((await services.access.signIns.list("ada")).length, before.length + 1);
  });
});

Deno.test("a flood of wrong answers is stopped by the limiter, stores nothing, and does not block valid ones", async () => {
  await withWorld(async ({ services, visit, enter }) => {
    const device = await createDevice();
    await addPasskey(await enter("ada"), device);
    const stranger = await createDevice();
    const attacker = visit("", HERE, "198.51.100.1");
    const statuses: number[] = [];
    for (let at = 0; at < 40; at++) statuses.push((await usePasskey(attacker, stranger)).status);
    assertEquals(statuses, [...Array<number>(10).fill(401), ...Array<number>(30).fill(429)]);
    const before = (await services.store.docs.list("passkeys", AT)).length;
    const asked = await Promise.all(Array.from({ length: 500 }, () => attacker.options("/login/passkey")));
    assert(asked.every(({ status }) => status === 200));
    assertEquals(new Set(asked.map(({ body }) => body.challenge)).size, 500);
    assertEquals((await services.store.docs.list("passkeys", AT)).length, before);
    // Knowing the id of a credential locks its owner out no more than others do.
    for (let at = 0; at < 30; at++) {
      await usePasskey(visit("", HERE, `203.0.113.${at}`), device, { unverified: true });
    }
    assertEquals((await usePasskey(visit(), device)).status, 303);
    const refused = (await services.access.audit.list({ limit: 500 })).filter(({ action }) =>
      action === "passkey refused"
    );
    assert(refused.length > 0 && refused.length < 40, `${refused.length} lines of refusals`);
  });
});

Deno.test("a device may attest itself, but an attestation by its maker is not examined", async () => {
  await withWorld(async ({ enter }) => {
    const self = {
      format: "packed",
      fields: async (signed: Uint8Array<ArrayBuffer>, own: CryptoKey) =>
        new Map<string, Cbor>([["alg", -7], ["sig", await sign(own, signed)]]),
    };
    assertEquals(
      (await addPasskey(await enter("ada"), await createDevice(), { statement: self })).status,
      200,
    );
    const fields = () => Promise.resolve(new Map<string, Cbor>([["x5c", [new Uint8Array(400)]]]));
    for (const format of ["packed", "fido-u2f", "tpm", "android-key", "android-safetynet", "apple", "x"]) {
      const who = await enter(`p-${format}`);
      const { status } = await addPasskey(who, await createDevice(), { statement: { format, fields } });
      assertEquals(status, 422, format);
    }
  });
});

const openssl = await hasOpenssl();

Deno.test({
  name: `a maker's attestation is refused even if it is valid${openssl ? "" : " (ignored: no openssl)"}`,
  ignore: !openssl,
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "syntrack-passkey-" });
    try {
      const { certificate, key } = await makeAttestationKey(folder);
      await withWorld(async ({ enter }) => {
        const statement = {
          format: "packed",
          fields: async (signed: Uint8Array<ArrayBuffer>) =>
            new Map<string, Cbor>([["alg", -7], ["sig", await sign(key, signed)], ["x5c", [certificate]]]),
        };
        const { status } = await addPasskey(await enter("ada"), await createDevice(), { statement });
        assertEquals(status, 422);
      });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test("only the public half of a passkey is stored, and a restart invalidates old challenges", async () => {
  await withWorld(async ({ services, clock, visit, enter }) => {
    const device = await createDevice();
    await addPasskey(await enter("ada"), device);
    const stored = JSON.stringify(await services.store.docs.list("passkeys", AT));
    assert(!/private|"d"/.test(stored), stored);
    const { body } = await visit().options("/login/passkey");
    const answer = JSON.stringify(
      await device.use({ challenge: body.challenge, origin: HERE, rpId: "localhost" }),
    );
    // Another process on the same database, at the same time of its run.
    const { store: { docs, audit } } = services;
    const restarted = createAccess({ docs, audit, clock, rounds: 1000, running: () => clock.now() - AT });
    const asked = { site: { rpId: "localhost", origin: HERE }, client: CLIENT, answer };
    assertEquals(await restarted.signInByPasskey(asked), { refused: "wrong" });
    assert("secret" in await services.access.signInByPasskey(asked), "it was wrong for another reason");
  });
});
