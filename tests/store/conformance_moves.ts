/** What every store does with renamed and removed accounts. */
import fc from "fast-check";
import { emptyState } from "../../lib/model/engine/advance.ts";
import { quotaKey } from "../../lib/model/quota.ts";
import { renameState } from "../../lib/model/engine/rename.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";
import { ACCOUNT } from "../support/readings.ts";
import type { Case } from "../store_conformance.ts";
import { pollsArbitrary } from "./arbitraries.ts";
import { commitAll, createFailure, minutes, pollsOf, QUOTA, readEverything, START as NOW } from "./polls.ts";

const TO = `${ACCOUNT}-renamed` as const;
const TO_QUOTA = quotaKey(TO, "five-hour");

export const MOVE_CASES: readonly Case[] = [
  ["renames an account with all of its data", async (store) => {
    const polls = minutes([0, 20, 45, 3, 9]);
    await commitAll(store, polls);
    const before = await readEverything(store, [QUOTA]);
    const state = renameState(await store.recall(ACCOUNT), TO);
    assertEquals(await store.move({ from: ACCOUNT, to: TO, state, now: NOW }), true);
    const asIfAlways = JSON.parse(JSON.stringify(before).replaceAll(ACCOUNT, TO));
    assertEquals(await readEverything(store, [TO_QUOTA]), asIfAlways);
    assertEquals((await store.readings({ quota: QUOTA })).length, 0);
    // Polls continue under the new name as if it had always been the name.
    const [next] = minutes([0, 20, 45, 3, 9, 12], TO).slice(-1);
    assertEquals(await store.commit(next!), true);
    assertEquals(await store.recall(TO), next!.state);
  }],

  ["changes documents and account together, or neither", async (store) => {
    await commitAll(store, minutes([1, 2]));
    const state = renameState(await store.recall(ACCOUNT), TO);
    const good = { kind: "accounts", id: TO, doc: { a: 1 } } as const;
    const bad = { kind: "accounts", id: "bad", doc: { a: NaN } } as const;
    const before = await readEverything(store, [QUOTA]);
    await assertRejects(() => store.move({ from: ACCOUNT, to: TO, state, docs: [good, bad], now: NOW }));
    assertEquals(await readEverything(store, [QUOTA]), before);
    assertEquals(await store.docs.get("accounts", TO, NOW), null);
    assertEquals(await store.move({ from: ACCOUNT, to: TO, state, docs: [good], now: NOW }), true);
    assertEquals(await store.docs.get("accounts", TO, NOW), { a: 1 });
  }],

  ["moves nothing when a document was changed since it was read", async (store) => {
    await commitAll(store, minutes([1, 2]));
    await store.docs.put("settings", "rules", { by: "another" }, NOW);
    const state = renameState(await store.recall(ACCOUNT), TO);
    const before = await readEverything(store, [QUOTA]);
    const docs = (by: string) =>
      [
        { kind: "accounts", id: TO, doc: {}, was: null },
        { kind: "settings", id: "rules", doc: { by: "us" }, was: { by } },
      ] as const;
    assertEquals(await store.move({ from: ACCOUNT, to: TO, state, docs: docs("us"), now: NOW }), "outdated");
    assertEquals(await readEverything(store, [QUOTA]), before);
    assertEquals(await store.docs.get("accounts", TO, NOW), null);
    assertEquals(await store.docs.get("settings", "rules", NOW), { by: "another" });
    assertEquals(await store.move({ from: ACCOUNT, to: TO, state, docs: docs("another"), now: NOW }), true);
    assertEquals(await store.docs.get("settings", "rules", NOW), { by: "us" });
  }],

  ["moves only the documents of an unknown account", async (store) => {
    const state = renameState(await store.recall(ACCOUNT), TO);
    const docs = [{ kind: "accounts", id: TO, doc: {} }] as const;
    assertEquals(await store.move({ from: ACCOUNT, to: TO, state, docs, now: NOW }), false);
    assertEquals(await store.docs.get("accounts", TO, NOW), {});
    assertEquals(await store.latest(), []);
  }],

  ["refuses to move an account onto another, or to another provider", async (store) => {
    await commitAll(store, minutes([1, 2]));
    await commitAll(store, minutes([5, 6], TO));
    const state = await store.recall(ACCOUNT);
    const moves = [
      { from: ACCOUNT, to: TO, state: renameState(state, TO), now: NOW },
      { from: ACCOUNT, to: "other/x", state: renameState(state, "other/x"), now: NOW },
      { from: ACCOUNT, to: `${ACCOUNT}-2`, state, now: NOW },
    ] as const;
    const before = await readEverything(store, [QUOTA, TO_QUOTA]);
    for (const move of moves) assert(await assertRejects(() => store.move(move)) instanceof TypeError);
    assertEquals(await readEverything(store, [QUOTA, TO_QUOTA]), before);
  }],

  ["continues after a move as if the account had always had its name", async (store) => {
    let number = 0;
    await fc.assert(
      fc.asyncProperty(pollsArbitrary, async (polls) => {
        const from = `${ACCOUNT}-${++number}` as const;
        const to = `${from}-moved` as const;
        await commitAll(store, pollsOf(polls, from));
        await store.move({ from, to, state: renameState(await store.recall(from), to), now: NOW });
        const always = pollsOf(polls, to).at(-1)?.state ?? emptyState(to);
        assertEquals(await store.recall(to), JSON.parse(JSON.stringify(always)));
      }),
      { numRuns: 25 },
    );
  }],

  ["removes an account and nothing of another", async (store) => {
    await commitAll(store, minutes([1, 2, 3]));
    await store.note(createFailure(NOW + 3_600_000));
    await commitAll(store, minutes([5, 6], TO));
    await store.docs.put("accounts", ACCOUNT, { a: 1 }, NOW);
    const [, other] = await store.latest();
    assertEquals(await store.forget(ACCOUNT), true);
    assertEquals(await store.forget(ACCOUNT), false);
    assertEquals(await store.latest(), [other!]);
    assertEquals((await store.readings({ quota: QUOTA })).length, 0);
    assertEquals((await store.readings({ quota: TO_QUOTA })).length, 2);
    assertEquals(await store.docs.get("accounts", ACCOUNT, NOW), { a: 1 });
    await commitAll(store, minutes([1, 2]));
    assertEquals((await store.readings({ quota: QUOTA })).length, 2);
  }],
];
