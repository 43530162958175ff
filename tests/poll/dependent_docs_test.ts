/** What is stored together with a poll. */
import { type ComputeDependentDocs, noteWithDependentDocs } from "../../lib/poll/dependent_docs.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { StoreError } from "../../lib/store/store.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";
import { ANSWER, createMemoryLog, failWith, fakeProvider, NOW, openHouse } from "./support.ts";

const KEY = "acme/default";

/** Counts polls in a document. @param between runs after it was read */
function counting(
  docs: Awaited<ReturnType<typeof openSqliteStore>>["docs"],
  between: () => Promise<unknown> = () => Promise.resolve(),
): ComputeDependentDocs & { stored: number } {
  const dependentDocs = async (...[{ at }]: Parameters<ComputeDependentDocs>) => {
    const was = await docs.get<{ count: number }>("alert_memory", KEY, at);
    await between();
    return {
      docs: {
        guard: { kind: "alert_memory" as const, id: KEY, was, doc: { count: (was?.count ?? 0) + 1 } },
        added: [],
        now: at,
      },
      stored: () => void own.stored++,
    };
  };
  const own = Object.assign(dependentDocs, { stored: 0 });
  return own;
}

Deno.test("a poll or failure is stored with its consequences, and their creator is notified", async () => {
  const store = await openSqliteStore(":memory:");
  const dependentDocs = counting(store.docs);
  const provider = fakeProvider();
  await using house = await openHouse({ store, dependentDocs }, provider);
  await house.minutes(1);
  assertEquals(await store.docs.get("alert_memory", KEY, 0), { count: 1 });
  provider.answer = failWith("unavailable", "It is away");
  await house.minutes(5);
  assertEquals((await store.latest())[0]!.outcome?.kind, "unavailable");
  const counted = await store.docs.get<{ count: number }>("alert_memory", KEY, 0);
  assertEquals(counted?.count, dependentDocs.stored);
  assert(dependentDocs.stored > 1);
});

Deno.test("the consequences are computed again, with the poll, if another process was faster", async () => {
  const store = await openSqliteStore(":memory:");
  let others = 0;
  const dependentDocs = counting(store.docs, async () => {
    if (others >= 2) return;
    await store.docs.put("alert_memory", KEY, { count: 10 * ++others }, 0);
  });
  await using house = await openHouse({ store, dependentDocs });
  await house.minutes(1);
  assertEquals(await store.docs.get("alert_memory", KEY, 0), { count: 21 });
  assertEquals(dependentDocs.stored, 1);
  assertEquals((await store.readings({ quota: `${KEY}/five-hour` })).map(({ used }) => used), [
    ANSWER.readings[0]!.used,
  ]);
});

Deno.test("consequences that cannot be computed block no poll, but a failing store does until it is back", async () => {
  const store = await openSqliteStore(":memory:");
  let failure: Error = new StoreError("unwritable", "The store is away", "Wait");
  await using house = await openHouse({ store, dependentDocs: () => Promise.reject(failure) });
  await house.minutes(1);
  assertEquals(await store.latest(), []);
  assertEquals(house.scheduler.trouble()?.kind, "unwritable");
  failure = new StoreError("corrupt", "A document is damaged", "Import an export");
  await house.minutes(3);
  assertEquals(house.scheduler.trouble(), null);
  assertEquals((await store.latest())[0]?.outcome?.kind, "ok");
  failure = new TypeError("A mistake");
  await house.minutes(6);
  assert((await store.readings({ quota: `${KEY}/five-hour` })).length >= 2);
  const told = house.log.lines.filter(({ message }) => message.includes("derived from a poll"));
  assert(told.length >= 2 && told.every(({ fields }) => fields.account === KEY));
});

Deno.test("a failure is stored with its consequences if others are faster seven times, and rejected after eight", async () => {
  for (const [lost, stored] of [[7, 1], [8, 0]] as const) {
    const computed: number[] = [];
    let told = 0;
    let left = lost;
    const docs = { guard: { kind: "alert_memory", id: KEY, was: null, doc: {} }, added: [], now: 0 } as const;
    const noting = noteWithDependentDocs({
      store: { note: () => Promise.resolve(--left < 0) },
      log: createMemoryLog(),
      dependentDocs: ({ at }) => {
        computed.push(at);
        return Promise.resolve({ docs, stored: () => void told++ });
      },
    }, {
      account: KEY,
      at: NOW,
      durationMs: 0,
      kind: "unavailable",
      failures: 1,
      nextAt: null,
      nextReason: "",
      credential: null,
    });
    if (stored === 1) await noting;
    else await assertRejects(() => noting, /Other processes keep storing/);
    assertEquals([computed.length, told], [8, stored]);
  }
});
