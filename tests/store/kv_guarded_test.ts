/** Documents stored with a poll in a key-value database, when the process is killed or overtaken. */
import type { GuardedDocs, Store } from "../../lib/store/store.ts";
import { finish } from "../../lib/store/kv/finish_journal.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { ACCOUNT, DAY_MS } from "../support/readings.ts";
import { createGuard, manyMessages, message, readWhole } from "./conformance_guarded.ts";
import { KEEP, KILLED, randomText, sharedKv } from "./kv_support.ts";
import { createFailure, minutes, QUOTA, START } from "./polls.ts";

const POLLS = minutes([1, 2]);

/** Whether the second poll and all its messages are stored; fails if only some are. */
async function isStored(store: Store, { guard, added }: GuardedDocs): Promise<boolean> {
  const readings = (await store.readings({ quota: QUOTA })).length;
  const memory = await store.docs.get("alert_memory", ACCOUNT, START);
  const messages = (await store.docs.list("outbox", START)).length;
  if (readings === 1) assertEquals([memory, messages], [{ told: 0 }, 0], "Nothing of it");
  else assertEquals([readings, memory, messages], [2, guard.doc, added.length], "All of it");
  return readings === 2;
}

for (
  const [what, added, atLeast] of [
    ["fits into one commit", [message("a"), message("b")], 1],
    ["is larger than a commit", manyMessages(), 4],
  ] as const
) {
  Deno.test(`a poll and its messages are stored together or not at all, whenever the process is killed, if it ${what}`, async () => {
    const docs = createGuard({ told: 0 }, { told: 1 }, added);
    let stored: unknown;
    for (let commits = 0;; commits++) {
      assert(commits < 100);
      using shared = await sharedKv();
      await shared.store().commit({ ...POLLS[0]!, docs: createGuard(null, { told: 0 }) });
      const reason = await shared.store(commits).commit({ ...POLLS[1]!, docs })
        .then(() => null, (error: unknown) => error);
      const after = shared.store();
      if (reason === null) {
        assertEquals(await readWhole(after), stored);
        assert(commits >= atLeast, `${commits} commits`);
        break;
      }
      assertEquals((reason as Error).message, KILLED);
      // The next process polls again what was not stored, and finds nothing to do otherwise.
      const was = await isStored(after, docs);
      assertEquals(await after.commit({ ...POLLS[1]!, docs }), !was);
      assert(await isStored(after, docs));
      stored ??= await readWhole(after);
      assertEquals(await readWhole(after), stored);
      await after.prune(KEEP, START);
      shared.now += DAY_MS;
      await after.prune(KEEP, START);
      const left = (await shared.keys()).filter(([, kind]) => ["step", "journal"].includes(String(kind)));
      assertEquals(left, []);
    }
  });
}

Deno.test("if two processes store the same poll, one of them stores it, and no message is there twice", async () => {
  using shared = await sharedKv();
  const both = [shared.store(), shared.store()];
  await both[0]!.commit({ ...POLLS[0]!, docs: createGuard(null, { told: 0 }) });
  const results = await Promise.all(both.map((store, who) => {
    const base = POLLS[0]!.state;
    return store.commit({
      ...POLLS[1]!,
      base,
      docs: createGuard({ told: 0 }, { told: 1 }, [message(`by ${who}`)]),
    });
  }));
  assertEquals(results.filter(Boolean).length, 1);
  const messages = await both[0]!.docs.list("outbox", START);
  assertEquals(messages.map(({ id }) => id), [`by ${results.indexOf(true)}`]);
});

Deno.test("a failure is stored with its messages or not at all, even if another evaluation came between", async () => {
  using shared = await sharedKv();
  const [store, other] = [shared.store(), shared.store()];
  await store.docs.putGuarded(createGuard(null, { told: 0 }));
  await other.docs.putGuarded(createGuard({ told: 0 }, { told: 1 }));
  assertEquals(
    await store.note(createFailure(START), createGuard({ told: 0 }, { told: 1 }, [message("late")])),
    false,
  );
  assertEquals(await store.latest(), []);
  assertEquals(await store.docs.list("outbox", START), []);
});

Deno.test("a message sent during a large change stays sent", async () => {
  const docs = createGuard(null, { told: 1 }, manyMessages());
  for (let commits = 1;; commits++) {
    using shared = await sharedKv();
    const reason = await shared.store(commits).commit({ ...POLLS[0]!, docs })
      .then(() => null, (error: unknown) => error);
    const [journal] = (await shared.keys()).filter(([, kind]) => kind === "journal");
    if (reason !== null && !journal) continue;
    // Some messages are there. A sender takes them all, while the next process creates the rest.
    const sender = shared.store();
    const some = await sender.docs.list("outbox", START);
    for (const { id } of some) await sender.docs.put("outbox", id, { state: "sent" }, START);
    if (journal) await finish(shared.database(), String(journal.at(-1)));
    const states = await sender.docs.list<{ state?: string }>("outbox", START);
    assertEquals(states.filter(({ doc }) => doc.state === "sent").length, some.length);
    assertEquals(states.length, docs.added.length);
    if (reason === null) break;
  }
});

Deno.test("a guard that was read is not read again for its commit, unless another process was faster", async () => {
  using shared = await sharedKv();
  let reads = 0;
  const store = shared.store();
  const other = shared.store();
  const get = shared.kv.get.bind(shared.kv);
  shared.kv.get = ((...asked: Parameters<typeof get>) => {
    if (asked[0][1] === "doc") reads++;
    return get(...asked);
  }) as typeof get;
  await store.commit({ ...POLLS[0]!, docs: createGuard(null, { told: 0 }) });
  const was = await store.docs.get("alert_memory", ACCOUNT, START);
  assert(reads > 1, "Reads are counted");
  reads = 0;
  assertEquals(await store.commit({ ...POLLS[1]!, docs: createGuard(was, { told: 1 }) }), true);
  assertEquals(reads, 0);
  // The earlier state is outdated now, which the commit detects.
  assertEquals(await store.docs.putGuarded(createGuard(was, { told: 2 }, [message("late")])), false);
  const now = await store.docs.get("alert_memory", ACCOUNT, START);
  await other.docs.putGuarded(createGuard({ told: 1 }, { told: 5 }));
  assertEquals(
    await store.note(createFailure(START + DAY_MS), createGuard(now, { told: 2 }, [message("late")])),
    false,
  );
  // Another process stored the same as was read, so nothing is added twice.
  const last = await store.docs.get("alert_memory", ACCOUNT, START);
  await other.docs.put("alert_memory", ACCOUNT, { told: 5 }, START);
  assertEquals(await store.docs.putGuarded(createGuard(last, { told: 6 }, [message("once")])), true);
  assertEquals((await store.docs.list("outbox", START)).map(({ id }) => id), ["once"]);
});

Deno.test("documents that others store while a large change is being made stay as they stored them", async () => {
  const kind = "outbox" as const;
  // Some are removed, the others replaced by what takes two commits.
  const change = Array.from(
    { length: 99 },
    (_, place) => ({ kind, id: `m${place}`, doc: place % 3 === 1 ? null : { text: randomText(20_000) } }),
  );
  const [replaced, removed] = [change[0]!.id, change[1]!.id];
  let overtaken = 0;
  for (let commits = 1;; commits++) {
    using shared = await sharedKv();
    const old = change.map(({ id }) => ({ kind, id, doc: { state: "old" } }));
    await shared.store().docs.change(old, START);
    const reason = await shared.store(commits).docs.change(change, START)
      .then(() => null, (error: unknown) => error);
    const [journal] = (await shared.keys()).filter(([, kind]) => kind === "journal");
    if (reason !== null && !journal) continue;
    const other = shared.store();
    if (journal) {
      overtaken++;
      for (const id of [replaced, removed]) await other.docs.put(kind, id, { state: "newer" }, START);
      await finish(shared.database(), String(journal.at(-1)));
    }
    const docs = new Map(
      (await other.docs.list<{ state?: string }>("outbox", START)).map(({ id, doc }) => [id, doc]),
    );
    const newer = journal ? { state: "newer" } : undefined;
    assertEquals<unknown>(docs.get(replaced), newer ?? change[0]!.doc);
    assertEquals<unknown>(docs.get(removed), newer);
    for (const { id, doc } of change.slice(2)) assertEquals<unknown>(docs.get(id) ?? null, doc);
    if (reason === null) break;
  }
  assert(overtaken > 1, "Killed after the decision more than once");
});
