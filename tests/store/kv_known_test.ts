/** Cached knowledge of a database may be outdated: it saves reads, and never overwrites newer data. */
import fc from "fast-check";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { assertEquals, assertRejects } from "../support/assert.ts";
import { ACCOUNT, MINUTE_MS, reading } from "../support/readings.ts";
import { randomText, sharedKv } from "./kv_support.ts";
import { createFailure, createSuccess, minutes, pollsOf, QUOTA, readEverything, START } from "./polls.ts";

const KEEP = { readingsMs: 0, fiveMinutesMs: 0, outcomesMs: 0 };

Deno.test("documents changed by two processes in any order are as if one process had changed them", async () => {
  const step = fc.record({
    by: fc.nat(1),
    what: fc.constantFrom("put", "first", "delete", "get", "list", "change"),
    id: fc.constantFrom("a", "b"),
    expires: fc.boolean(),
    isLong: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 24 }), async (steps) => {
      using shared = await sharedKv();
      await using sqlite = await openSqliteStore(":memory:");
      const stores = [shared.store(), shared.store()];
      for (const [index, { by, what, id, expires, isLong }] of steps.entries()) {
        const now = START + index * MINUTE_MS;
        // Long ones are stored in parts, none of which may stay behind.
        const doc = { index, text: isLong ? randomText(90_000) : "" };
        const until = expires ? { expiresAt: now + 3 * MINUTE_MS } : {};
        const answers = await Promise.all([stores[by]!, sqlite].map(({ docs }) => {
          switch (what) {
            case "put":
              return docs.put("shared", id, doc, now, until);
            case "first":
              return docs.put("shared", id, doc, now, { ...until, ifAbsent: true });
            case "delete":
              return docs.delete("shared", id);
            case "change":
              return docs.change([{ kind: "shared", id, doc }], now);
            case "get":
              return docs.get("shared", id, now);
            case "list":
              return docs.list("shared", now);
          }
        }));
        assertEquals(answers[0], answers[1]);
      }
      assertEquals(await shared.store().docs.all("shared"), await sqlite.docs.all("shared"));
      const kept = (await shared.keys()).filter(([, kind]) => kind === "part").length;
      for (const id of ["a", "b"]) await shared.store().docs.delete("shared", id);
      const left = (await shared.keys()).filter(([, kind]) => kind === "part").length;
      assertEquals(left, 0, `Of ${kept} parts`);
    }),
    { numRuns: 60 },
  );
});

Deno.test("a poll based on an older state of the account is not stored if another process stored one", async () => {
  using shared = await sharedKv();
  await using sqlite = await openSqliteStore(":memory:");
  const [one, other] = [shared.store(), shared.store()];
  const polls = minutes([1, 2, 3, 4]);
  await one.commit(polls[0]!);
  await other.commit(polls[1]!);
  const old = await one.recall(ACCOUNT, { mayBeOld: true });
  assertEquals(old, polls[0]!.state);
  const [late] = pollsOf(
    [{ at: START + 2 * MINUTE_MS, readings: [reading({ used: 3, resetsAt: START + 300 * MINUTE_MS })] }],
    ACCOUNT,
    old,
  );
  assertEquals(await one.commit({ ...late!, base: old }), false);
  assertEquals(await one.recall(ACCOUNT, { mayBeOld: true }), polls[1]!.state);
  assertEquals(await one.commit({ ...polls[2]!, base: polls[1]!.state }), true);
  assertEquals(await other.commit({ ...polls[3]!, base: polls[2]!.state }), true);
  await sqlite.commitAll(polls);
  assertEquals(await readEverything(one, [QUOTA]), await readEverything(sqlite, [QUOTA]));
});

Deno.test("whatever a process knew about an account, its next change applies to the current state", async () => {
  using shared = await sharedKv();
  const [one, other] = [shared.store(), shared.store()];
  const polls = minutes([1, 2, 3, 4, 5]);
  await one.commitAll(polls.slice(0, 2));
  await other.forget(ACCOUNT);
  // Knows it with two polls; it was never seen.
  assertEquals(await one.commitAll(polls.slice(0, 1)), 1);
  await other.commitAll(polls.slice(1, 4));
  await one.note(createFailure(START + 10 * MINUTE_MS));
  assertEquals((await one.readings({ quota: QUOTA })).length, 4);
  assertEquals((await other.outcomes({ account: ACCOUNT, limit: 9 })).length, 5);
  // An invalid request is still reported, and a removed account accepts no earlier poll.
  const spoilt = { ...polls[4]!, outcome: { ...createSuccess(START + 4 * MINUTE_MS), at: Number.NaN } };
  assertEquals((await assertRejects(() => one.commit(spoilt))) instanceof TypeError, true);
  await other.forget(ACCOUNT);
  assertEquals(await one.commit({ ...polls[4]!, base: polls[3]!.state }), false);
  assertEquals(await one.latest(), []);
});

Deno.test("a poll reads its account once, and a document that is stored repeatedly is not read", async () => {
  using shared = await sharedKv();
  const store = shared.store();
  const polls = minutes([1, 2, 3]);
  await store.commit(polls[0]!);
  shared.read.length = 0;
  assertEquals((await store.outcomes({ account: ACCOUNT, limit: 1 }))[0], polls[0]!.outcome);
  const base = await store.recall(ACCOUNT, { mayBeOld: true });
  assertEquals(await store.commit({ ...polls[1]!, base }), true);
  assertEquals(shared.read, ["account"]);
  shared.read.length = 0;
  for (let i = 0; i < 3; i++) {
    assertEquals(await store.docs.put("shared", "lease", { i }, START, { ifAbsent: true }), true);
    await store.docs.put("shared", "lease", { i: -i }, START);
    assertEquals(await store.docs.delete("shared", "lease"), true);
  }
  assertEquals(shared.read, []);
  assertEquals(await store.prune(KEEP, START), 0);
});
