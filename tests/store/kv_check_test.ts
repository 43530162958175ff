/** Damage is reported, each part by name, whatever else is damaged. */
import type { AccountKey } from "../../lib/model/quota.ts";
import { packText } from "../../lib/store/kv/pack.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { ACCOUNT } from "../support/readings.ts";
import { BESIDE, createManyPolls, randomText, type SharedKv, sharedKv } from "./kv_support.ts";
import { minutes, START } from "./polls.ts";

const TEXTS = {
  bytes: new Uint8Array([7, 1, 2, 3]),
  "no JSON": packText("{}\0no JSON"),
  "no end of the state": packText("{}"),
  "no rows": packText('{}\0{"quotas":"none","fresh":{},"outcome":null}'),
};

async function problemsAfter(damage: (shared: SharedKv) => Promise<void>): Promise<readonly string[]> {
  using shared = await sharedKv();
  await shared.store().commitAll(createManyPolls());
  await shared.store().docs.put("notes", "long", randomText(90_000), START);
  assertEquals(await shared.store().check(), []);
  await damage(shared);
  return await shared.store().check();
}

async function change({ kv }: SharedKv, key: Deno.KvKey, fields: Record<string, unknown>): Promise<void> {
  const { value } = await kv.get<Record<string, unknown>>(key);
  assert(value);
  await kv.set(key, { ...value, ...fields });
}

const ofBeside = ["syntrack", "account", BESIDE];

for (const [what, text] of Object.entries(TEXTS)) {
  Deno.test(`an account with ${what} in place of its rows is reported as unreadable, and the others are checked`, async () => {
    assertEquals(await problemsAfter((shared) => change(shared, ofBeside, { text, parts: undefined })), [
      `The account "${BESIDE}" cannot be read`,
    ]);
  });
}

Deno.test("an account without text, id or one of its parts is reported as unreadable", async () => {
  const unreadable = [`The account "${BESIDE}" cannot be read`];
  const parts = { token: "gone", count: 2 };
  for (const fields of [{ text: undefined, parts: undefined }, { id: 7 }, { text: undefined, parts }]) {
    assertEquals(await problemsAfter((shared) => change(shared, ofBeside, fields)), unreadable);
  }
});

Deno.test("unreadable rows and documents are named", async () => {
  const found = await problemsAfter(async (shared) => {
    const keys = await shared.keys();
    const { value: head } = await shared.kv.get<{ readonly id: string }>(["syntrack", "account", ACCOUNT]);
    const first = (series: string) => keys.find((key) => key[2] === head!.id && key[3] === series)!;
    await change(shared, first("o"), { text: packText("no rows"), parts: undefined });
    await change(shared, first("r0"), { text: TEXTS.bytes, parts: undefined });
    const { value } = await shared.kv.get<{ readonly parts: { readonly token: string } }>(
      ["syntrack", "doc", "notes", "long"],
    );
    await shared.kv.delete(["syntrack", "part", value!.parts.token, 1]);
  });
  assertEquals(found, [
    'The outcomes of "acme/work" cannot be read',
    'Rows of "acme/work/five-hour" cannot be read',
    'The document "long" of "notes" cannot be read',
  ]);
});

Deno.test("an unreadable state is reported as such", async () => {
  const found = await problemsAfter((shared) =>
    change(shared, ofBeside, {
      text: packText(`{\0{"quotas":[],"fresh":{},"outcome":null}`),
      parts: undefined,
    })
  );
  assertEquals(found, [`The state of "${BESIDE}" cannot be read`]);
});

Deno.test("changes by another process during a check are not taken for damage", async () => {
  using shared = await sharedKv();
  const account: AccountKey = "acme/long";
  const polls = minutes(Array.from({ length: 8 }, (_, i) => i), account);
  await shared.store().commitAll(polls.slice(0, 4));
  const [checked, _] = await Promise.all([
    shared.store().check(),
    shared.store().commitAll(polls.slice(4)),
  ]);
  assertEquals(checked, []);
});
