/** What every store does with documents stored with a poll: both or neither, and with their guard. */
import { emptyState } from "../../lib/model/engine/advance.ts";
import type { AddedDoc, GuardedDocs, Poll, Store } from "../../lib/store/store.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";
import { ACCOUNT } from "../support/readings.ts";
import type { Case } from "../store_conformance.ts";
import { randomText } from "./kv_support.ts";
import { createFailure, minutes, QUOTA, readEverything, spoil, START as NOW } from "./polls.ts";

/** Returns the alert memory of an account with its guard, and messages. @param was as read; null for none */
export function createGuard(was: unknown, doc: object, added: readonly AddedDoc[] = []): GuardedDocs {
  return { guard: { kind: "alert_memory", id: ACCOUNT, was, doc }, added, now: NOW };
}

export function message(id: string, doc: object = { id }): AddedDoc {
  return { kind: "outbox", id, doc };
}

/** Returns everything stored: history, memory and messages. */
export async function readWhole(store: Store): Promise<unknown> {
  return {
    history: await readEverything(store, [QUOTA]),
    memory: await store.docs.all("alert_memory"),
    messages: await store.docs.all("outbox"),
  };
}

/** Returns more messages than one commit of a key-value database accepts. */
export function manyMessages(): readonly AddedDoc[] {
  return Array.from({ length: 50 }, (_, i) => message(`m${i}`, { text: randomText(20_000) }));
}

async function messagesOf(store: Store): Promise<readonly string[]> {
  return (await store.docs.list("outbox", NOW)).map(({ id }) => id);
}

export const GUARDED_CASES: readonly Case[] = [
  ["stores a poll and its documents together", async (store) => {
    const [first, second] = minutes([1, 2]);
    assertEquals(
      await store.commit({ ...first!, docs: createGuard(null, { told: 1 }, [message("a"), message("b")]) }),
      true,
    );
    assertEquals(await store.commit({ ...second!, docs: createGuard({ told: 1 }, { told: 2 }) }), true);
    assertEquals(await store.recall(ACCOUNT), second!.state);
    assertEquals(await store.docs.get("alert_memory", ACCOUNT, NOW), { told: 2 });
    assertEquals(await store.docs.list("outbox", NOW), [
      { id: "a", doc: { id: "a" } },
      { id: "b", doc: { id: "b" } },
    ]);
  }],

  ["stores nothing of a poll whose guard was changed meanwhile", async (store) => {
    const [first, second] = minutes([1, 2]);
    await store.commit({ ...first!, docs: createGuard(null, { told: 1, by: "other" }) });
    const before = await readWhole(store);
    for (const was of [null, { told: 1 }, { by: "other", told: 1 }, []]) {
      const docs = createGuard(was, { told: 2 }, [message("late")]);
      assertEquals(await store.commit({ ...second!, docs }), false);
      assertEquals(await store.note(createFailure(NOW + 1), docs), false);
      assertEquals(await store.docs.putGuarded(docs), false);
    }
    assertEquals(await readWhole(store), before);
    // Computed again from the current state, it is stored.
    const was = await store.docs.get("alert_memory", ACCOUNT, NOW);
    assertEquals(
      await store.commit({ ...second!, docs: createGuard(was, { told: 2 }, [message("late")]) }),
      true,
    );
    assertEquals(await messagesOf(store), ["late"]);
  }],

  ["stores no documents of a poll that is not stored", async (store) => {
    const [first, second] = minutes([1, 2]);
    await store.commit({ ...first!, docs: createGuard(null, { told: 1 }) });
    const before = await readWhole(store);
    const docs = createGuard({ told: 1 }, { told: 2 }, [message("never")]);
    assertEquals(await store.commit({ ...first!, docs }), false);
    assertEquals(await store.commit({ ...second!, base: emptyState(ACCOUNT), docs }), false);
    const spoilt: Poll = { ...spoil(second!, { used: NaN }), docs };
    await assertRejects(() => store.commit(spoilt), /finite number/);
    const unstorable = createGuard({ told: 1 }, { told: 2 }, [message("never", { figure: NaN })]);
    await assertRejects(() => store.commit({ ...second!, docs: unstorable }), /finite number/);
    await assertRejects(() => store.commitAll([{ ...second!, docs }]), /together with others/);
    assertEquals(await readWhole(store), before);
  }],

  ["keeps an existing document, and replaces an expired one", async (store) => {
    const { docs } = store;
    await docs.put("outbox", "sent", { state: "sent" }, NOW);
    await docs.put("outbox", "old", { state: "sent" }, NOW - 10, { expiresAt: NOW });
    const added = ["sent", "old", "new"].map((id) => ({
      ...message(id, { state: "waiting" }),
      expiresAt: NOW + 5,
    }));
    assertEquals(await docs.putGuarded(createGuard(null, {}, added)), true);
    const states = async (now: number) =>
      (await docs.list<{ state: string }>("outbox", now)).map(({ id, doc }) => `${id} ${doc.state}`);
    assertEquals(await states(NOW), ["new waiting", "old waiting", "sent sent"]);
    assertEquals(await states(NOW + 5), ["sent sent"]);
  }],

  ["treats an expired guard as absent", async ({ docs }) => {
    await docs.put("alert_memory", ACCOUNT, { told: 1 }, NOW - 10, { expiresAt: NOW });
    assertEquals(await docs.putGuarded(createGuard({ told: 1 }, { told: 2 })), false);
    assertEquals(await docs.putGuarded(createGuard(null, { told: 2 })), true);
    assertEquals(await docs.get("alert_memory", ACCOUNT, NOW + 1e9), { told: 2 });
  }],

  ["stores a failure with its documents, even for an unknown account", async (store) => {
    const failure = createFailure(NOW);
    assertEquals(await store.note(failure, createGuard(null, { told: 1 }, [message("a")])), true);
    assertEquals((await store.latest())[0]!.outcome, failure);
    assertEquals(await messagesOf(store), ["a"]);
    assertEquals(await store.note(createFailure(NOW + 1)), true);
  }],

  ["stores a poll with more messages than fit into a commit", async (store) => {
    const [first, second] = minutes([1, 2]);
    const added = manyMessages();
    const docs = createGuard(null, { told: 1 }, added);
    assertEquals(await store.commit({ ...first!, docs }), true);
    assertEquals(
      new Map((await store.docs.list("outbox", NOW)).map(({ id, doc }) => [id, doc])),
      new Map(added.map(({ id, doc }) => [id, doc])),
    );
    const before = await readWhole(store);
    assertEquals(await store.commit({ ...second!, docs }), false);
    assertEquals(await store.note(createFailure(NOW + 1), docs), false);
    assertEquals(await readWhole(store), before);
  }],

  ["lets one of two writers store what both computed from the same state", async (store) => {
    const [first] = minutes([1]);
    const both = await Promise.all(
      ["a", "b"].map((by) => store.docs.putGuarded(createGuard(null, { by }, [message(`of ${by}`)]))),
    );
    assertEquals(both.filter(Boolean).length, 1);
    const messages = await messagesOf(store);
    assertEquals(messages.length, 1);
    assertEquals(await store.docs.get("alert_memory", ACCOUNT, NOW), { by: messages[0]!.slice(3) });
    assertEquals(await store.commit({ ...first!, docs: createGuard(null, {}) }), false);
    assert((await store.latest()).length === 0);
  }],
];
