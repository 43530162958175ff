import { fitsOneCommit, MAX_TEXT_BYTES } from "../../lib/store/kv/database.ts";
import { keyBytes } from "../../lib/store/kv/keys.ts";
import { packText, unpackText } from "../../lib/store/kv/pack.ts";
import { emptyState } from "../../lib/model/engine/advance.ts";
import { renameState } from "../../lib/model/engine/rename.ts";
import { type AccountKey, quotaKey } from "../../lib/model/quota.ts";
import fc from "fast-check";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import type { Store } from "../../lib/store/store.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";
import { ACCOUNT, DAY_MS, MINUTE_MS, reading } from "../support/readings.ts";
import { randomText, sharedKv } from "./kv_support.ts";
import { commitAll, minutes, pollsOf, QUOTA, readEverything, START } from "./polls.ts";

const KEEP = { readingsMs: 0, fiveMinutesMs: 0, outcomesMs: 0 };

Deno.test("the limits of the key-value store are those of the database", async () => {
  using shared = await sharedKv();
  const { kv } = shared;
  const text = new Uint8Array(MAX_TEXT_BYTES);
  const fields = { account: "x".repeat(600), id: "y".repeat(20), at: START, okAt: START, epoch: 1e9 };
  await kv.set(["value"], { ...fields, pending: "z".repeat(20), text });
  await assertRejects(() => kv.set(["value"], new Uint8Array(65_537)));
  await assertRejects(() => kv.set(["k".repeat(2_049)], 1));
  await assertRejects(() => kv.atomic().check(...Array.from({ length: 101 }, (_, i) => none(i))).commit());
  // A commit as full as our own count allows, in each way, is accepted.
  const large = Array.from({ length: 11 }, (_, i) => ({ key: ["large", i], value: { text } }));
  const many = Array.from({ length: 900 }, (_, i) => ({ key: ["many", "part".repeat(5), i], value: { i } }));
  const checks = Array.from({ length: 10 }, (_, i) => none(i));
  for (const mutations of [large, many]) {
    assert(fitsOneCommit(checks, mutations));
    const atomic = kv.atomic().check(...checks);
    for (const { key, value } of mutations) atomic.set(key, value);
    assert((await atomic.commit()).ok);
  }
  assert(!fitsOneCommit([], [...large, ...large]));
  assert(!fitsOneCommit([], [...many, ...many]));
  assert(!fitsOneCommit([...checks, ...checks], []));
  const longKeys = Array.from({ length: 80 }, (_, i) => ({ key: ["k".repeat(1_000), i], value: null }));
  assert(!fitsOneCommit([], longKeys), "Keys have a limit of their own");
});

function none(index: number) {
  return { key: ["none", index], versionstamp: null };
}

Deno.test("a key counts as at least as long as in the database", async () => {
  using shared = await sharedKv();
  for (const text of ["a", "\0".repeat(30), "\u{1F4A9}".repeat(30), "ü".repeat(100)]) {
    assert(keyBytes([text]) >= new TextEncoder().encode(text).length + 2);
    await shared.kv.set([text], 1);
  }
});

Deno.test("packed text is restored unchanged, and rows take a fraction of their length", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 2_000 }), (text) => {
      assertEquals(unpackText(packText(text)), text);
    }),
  );
  const rows = JSON.stringify(
    Array.from({ length: 500 }, (_, i) => [START + i * MINUTE_MS, i, 135, 135 - i]),
  );
  assert(packText(rows).length * 3 < rows.length);
});

Deno.test("documents of any length are stored, replaced and deleted without leftovers", async () => {
  using shared = await sharedKv();
  const { docs } = shared.store();
  await docs.put("settings", "small", 1, START);
  const before = (await shared.keys()).length;
  // Around the length of one value and of two, and far beyond a commit of several.
  const lengths = [MAX_TEXT_BYTES - 10, MAX_TEXT_BYTES, MAX_TEXT_BYTES * 2 + 1, 300_000];
  for (const [index, length] of lengths.entries()) {
    const doc = { text: randomText(length) };
    await docs.put("settings", "large", doc, START);
    assertEquals(await docs.get("settings", "large", START), doc);
    assertEquals((await docs.list("settings", START)).map(({ id }) => id), ["large", "small"]);
    const own = (await shared.keys()).length - before;
    assert(own <= Math.ceil(length / MAX_TEXT_BYTES) + 1, `${own} keys for length ${index}`);
  }
  await docs.put("settings", "large", {}, START);
  assertEquals((await shared.keys()).length, before + 1);
  await docs.put("settings", "large", { text: randomText(200_000) }, START);
  await docs.delete("settings", "large");
  assertEquals((await shared.keys()).length, before);
});

Deno.test("many documents change at once, more than one commit accepts", async () => {
  using shared = await sharedKv();
  const store = shared.store();
  const changes = Array.from({ length: 400 }, (_, i) => ({
    kind: "alerts" as const,
    id: String(i),
    doc: { text: randomText(3_000) },
  }));
  await store.docs.change(changes, START);
  assertEquals((await store.docs.list("alerts", START)).length, 400);
  for (const { id, doc } of changes) assertEquals(await store.docs.get("alerts", id, START), doc);
  await store.docs.change(changes.map((one) => ({ ...one, doc: null })), START);
  assertEquals(await store.docs.list("alerts", START), []);
});

Deno.test("names longer than a key are distinguished", async () => {
  using shared = await sharedKv();
  const store = shared.store();
  const names: readonly AccountKey[] = ["a", "b", "ü"].map((end) =>
    `acme/${"n".repeat(3_000)}${end}` as const
  );
  for (const [index, account] of names.entries()) {
    await commitAll(store, minutes([index + 1], account));
    await store.docs.put("accounts", account, index, START);
  }
  assertEquals((await store.latest()).map(({ account }) => account), names);
  for (const [index, account] of names.entries()) {
    const [row] = await store.readings({ quota: quotaKey(account, "five-hour") });
    assertEquals(row?.used, index + 1);
    assertEquals(await store.docs.get("accounts", account, START), index);
  }
});

/** Polls with more quotas than any vendor has, with long labels. */
function wide(count: number, polls: number, account: AccountKey = ACCOUNT) {
  const labels = Array.from({ length: count }, () => randomText(900));
  return pollsOf(
    Array.from({ length: polls }, (_, poll) => ({
      at: START + poll * 7 * MINUTE_MS,
      readings: labels.map((label, i) =>
        reading({ quota: `quota-${i}`, label, used: poll * i % 97, remaining: i / 7 })
      ),
    })),
    account,
  );
}

Deno.test("an account whose state and newest rows far exceed a value is stored as in SQLite", async () => {
  using shared = await sharedKv();
  const store = shared.store();
  await using sqlite = await openSqliteStore(":memory:");
  const polls = wide(90, 27);
  for (const each of [store, sqlite]) await commitAll(each, polls);
  assertEquals(await store.recall(ACCOUNT), polls.at(-1)!.state);
  const quotas = Array.from({ length: 90 }, (_, i) => quotaKey(ACCOUNT, `quota-${i}`));
  assertEquals(await readEverything(store, quotas), await readEverything(sqlite, quotas));
  const left = await garbage(shared.keys());
  assertEquals(left, []);
});

async function garbage(keys: Promise<readonly Deno.KvKey[]>): Promise<readonly Deno.KvKey[]> {
  return (await keys).filter(([, kind]) => kind === "step" || kind === "journal" || kind === "garbage");
}

Deno.test("thousands of polls at once exceed a commit, and are stored as in SQLite", async () => {
  using shared = await sharedKv();
  const store = shared.store();
  await using sqlite = await openSqliteStore(":memory:");
  const polls = [...wide(8, 700), ...wide(8, 200, "acme/beside")];
  const answers = polls.map((poll) => ({ ...poll, outcome: { ...poll.outcome, answer: randomText(1_000) } }));
  for (const each of [store, sqlite]) assertEquals(await each.commitAll(answers), 900);
  const quotas = Array.from({ length: 8 }, (_, i) => quotaKey(ACCOUNT, `quota-${i}`));
  assertEquals(await readEverything(store, quotas), await readEverything(sqlite, quotas));
  assertEquals(await garbage(shared.keys()), [], "The journal leaves nothing");
  const { readings, buckets } = await store.size();
  const same = await sqlite.size();
  assertEquals([readings, buckets], [same.readings, same.buckets]);
  assertEquals(await store.check(), []);
});

Deno.test("an outcome with a long answer is stored, and pruned with its parts", async () => {
  using shared = await sharedKv();
  const store = shared.store();
  const answers = Array.from({ length: 30 }, () => randomText(150_000));
  for (const [index, poll] of minutes(answers.map((_, i) => i)).entries()) {
    await store.commit({ ...poll, outcome: { ...poll.outcome, answer: answers[index]! } });
  }
  const outcomes = await store.outcomes({ account: ACCOUNT, limit: 99 });
  assertEquals(outcomes.map(({ answer }) => answer).reverse(), answers);
  assertEquals(await store.prune({ ...KEEP, outcomesMs: 1 }, START + 9 * DAY_MS), 29);
  assertEquals(await store.forget(ACCOUNT), true);
  assertEquals((await shared.keys()).filter(([, kind]) => kind !== "meta"), [], "Nothing is left");
});

Deno.test("more than a hundred accounts are adopted at once", async () => {
  using shared = await sharedKv();
  const store = shared.store();
  await using other = await openSqliteStore(":memory:");
  const accounts = Array.from({ length: 130 }, (_, i): AccountKey => `acme/${String(i).padStart(3, "0")}`);
  await other.commitAll(accounts.flatMap((account) => minutes([1, 2, 3], account)));
  // One of them exists already, with its own data.
  await commitAll(store, minutes([9], accounts[7]!));
  const adopted = accounts.map((account, i) => ({
    account,
    at: i === 7 ? START : null,
    whole: true,
    corrections: [],
  }));
  assertEquals(await store.adopt(other, adopted), []);
  assertEquals((await store.latest()).map(({ account }) => account), accounts);
  for (const account of accounts) {
    assertEquals((await store.readings({ quota: quotaKey(account, "five-hour") })).length, 3);
    assertEquals(await store.recall(account), await other.recall(account));
  }
  assertEquals(await garbage(shared.keys()), []);
});

Deno.test("both stores give the same for any polls, also renamed, rewound and pruned", async () => {
  using shared = await sharedKv();
  await using sqlite = await openSqliteStore(":memory:");
  const stores: readonly Store[] = [shared.store(), sqlite];
  const polls = wide(3, 400);
  const to = `${ACCOUNT}-renamed` as const;
  for (const store of stores) {
    await store.commitAll(polls.slice(0, 390));
    await commitAll(store, polls.slice(390));
    await store.prune(
      { readingsMs: DAY_MS, fiveMinutesMs: DAY_MS, outcomesMs: DAY_MS },
      polls.at(-1)!.snapshot.at,
    );
    await store.move({ from: ACCOUNT, to, state: renameState(await store.recall(ACCOUNT), to), now: START });
    const base = await store.recall(to);
    const state = renameState(polls[380]!.state, to);
    const gone = await store.rewind({ account: to, base, to: state.at!, state, rows: [], now: START });
    assertEquals(gone, 19 * 3);
  }
  const quotas = [0, 1, 2].map((i) => quotaKey(to, `quota-${i}`));
  const [own, other] = await Promise.all(stores.map((store) => readEverything(store, quotas)));
  assertEquals(own, other);
  assertEquals(await stores[0]!.recall(ACCOUNT), emptyState(ACCOUNT));
  assertEquals(await stores[0]!.quotas(to), await sqlite.quotas(to));
  assert(!(await readEverything(sqlite, [QUOTA]) as { latest: unknown[] }).latest.includes(ACCOUNT));
});

Deno.test("cached data is read again once another process moved, pruned or rewrote it", async () => {
  using shared = await sharedKv();
  const [reader, writer] = [shared.store(), shared.store()];
  const polls = minutes(Array.from({ length: 80 }, (_, i) => i));
  const fresh = () => readEverything(shared.store(), [QUOTA]);
  for (const [index, poll] of polls.entries()) {
    await writer.commit(poll);
    if (index % 7 === 0) assertEquals(await readEverything(reader, [QUOTA]), await fresh());
  }
  assertEquals(await readEverything(reader, [QUOTA]), await fresh());
  await writer.prune({ readingsMs: 1, fiveMinutesMs: 1, outcomesMs: 1 }, START + 40 * MINUTE_MS);
  assertEquals((await reader.readings({ quota: QUOTA })).length, 40);
  assertEquals(await readEverything(reader, [QUOTA]), await fresh());
  await writer.forget(ACCOUNT);
  assertEquals(await reader.readings({ quota: QUOTA }), []);
  await commitAll(writer, polls.slice(0, 3));
  assertEquals(await readEverything(reader, [QUOTA]), await fresh());
});
