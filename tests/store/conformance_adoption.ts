/** What every store does with a history computed in another store. */
import { quotaKey } from "../../lib/model/quota.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";
import { ACCOUNT, MINUTE_MS, reading } from "../support/readings.ts";
import type { Case } from "../store_conformance.ts";
import { commitAll, createFailure, minutes, pollsOf, QUOTA, readEverything, START } from "./polls.ts";

const [FIRST_AT, LAST_AT] = [START, START + 2 * MINUTE_MS];

export const ADOPTION_CASES: readonly Case[] = [
  ["adopts a complete history, and keeps only outcomes of its own", async (store, another) => {
    await using other = await another();
    await commitAll(store, minutes([9, 50, 9]));
    await store.note(createFailure(START - MINUTE_MS));
    const beside = minutes([1, 2], "acme/beside");
    await commitAll(store, beside);
    const polls = minutes([1, 2, 3, 4]);
    await commitAll(other, [...polls, ...minutes([5], "acme/unasked")]);
    const whole = { account: ACCOUNT, at: LAST_AT, whole: true, corrections: [] } as const;
    assertEquals(await store.adopt(other, [whole]), []);
    assertEquals(await store.recall(ACCOUNT), polls.at(-1)!.state);
    assertEquals((await store.readings({ quota: QUOTA })).map(({ used }) => used), [1, 2, 3, 4]);
    const own = await readEverything(store, [QUOTA]) as { readonly quotas: unknown };
    assertEquals(own.quotas, (await readEverything(other, [QUOTA]) as { readonly quotas: unknown }).quotas);
    assertEquals(
      await store.sessions({ account: ACCOUNT, limit: 9 }),
      await other.sessions({ account: ACCOUNT, limit: 9 }),
    );
    assertEquals((await store.outcomes({ account: ACCOUNT, limit: 9 })).map(({ kind }) => kind), [
      ...Array(4).fill("ok"),
      "unavailable",
    ]);
    assertEquals((await store.latest()).map(({ account, okAt }) => [account, okAt]), [
      ["acme/beside", START + MINUTE_MS],
      [ACCOUNT, START + 3 * MINUTE_MS],
    ]);
    assertEquals(
      await store.latest(ACCOUNT),
      (await store.latest()).filter(({ account }) => account === ACCOUNT),
    );
    assertEquals(await store.latest("acme/nobody"), []);
    assertEquals(await store.recall("acme/beside"), beside[1]!.state);
  }],

  ["continues a history at its end, and applies corrections", async (store, another) => {
    await using other = await another();
    const polls = pollsOf([
      ...minutes([1, 2, 3]).map(({ snapshot }) => snapshot),
      { at: LAST_AT + MINUTE_MS, readings: [reading({ used: 4 }), reading({ quota: "new", used: 1 })] },
    ]);
    await commitAll(store, polls.slice(0, 3));
    await commitAll(other, polls.slice(3));
    const corrections = [{ kind: "adjust", quota: "five-hour", at: LAST_AT, by: 5, resets: 0 }] as const;
    const before = (await store.readings({ quota: QUOTA })).map(({ consumed }) => consumed);
    assertEquals(
      await store.adopt(other, [{ account: ACCOUNT, at: LAST_AT, whole: false, corrections }]),
      [],
    );
    assertEquals((await store.readings({ quota: QUOTA })).map(({ used }) => used), [1, 2, 3, 4]);
    assertEquals((await store.readings({ quota: QUOTA })).map(({ consumed }) => consumed), [
      before[0],
      before[1],
      before[2]! + 5,
      1,
    ]);
    assertEquals((await store.readings({ quota: quotaKey(ACCOUNT, "new") })).length, 1);
    assertEquals(await store.recall(ACCOUNT), polls.at(-1)!.state);
    assertEquals((await store.outcomes({ account: ACCOUNT, limit: 9 })).length, 4);
  }],

  [
    "adopts nothing if one of the accounts has changed, and names it",
    async (store, another) => {
      await using other = await another();
      await commitAll(store, minutes([1, 2, 3]));
      await commitAll(other, [...minutes([7]), ...minutes([7], "acme/new")]);
      const before = await readEverything(store, [QUOTA]);
      const fresh = { account: "acme/new", at: null, whole: true, corrections: [] } as const;
      for (const at of [null, FIRST_AT]) {
        assertEquals(await store.adopt(other, [fresh, { ...fresh, account: ACCOUNT, at }]), [ACCOUNT]);
        assertEquals(await readEverything(store, [QUOTA]), before);
      }
      assertEquals(await store.adopt(other, [fresh]), []);
      assertEquals((await store.latest()).length, 2);
    },
  ],

  ["adopts nothing from a foreign store", async (store) => {
    const error = await assertRejects(() => store.adopt({} as never, []));
    assert(error instanceof TypeError);
  }],
];
