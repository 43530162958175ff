import { advance, emptyState } from "../../lib/model/engine/advance.ts";
import { renameState } from "../../lib/model/engine/rename.ts";
import { type AccountKey, quotaKey } from "../../lib/model/quota.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import type { PastRow, Store } from "../../lib/store/store.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";
import { HOUR } from "../../lib/model/engine/bucket.ts";
import { ACCOUNT, DAY_MS, MINUTE_MS, reading } from "../support/readings.ts";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Check } from "../../lib/store/kv/database.ts";
import { newHead } from "../../lib/store/kv/head.ts";
import { commitAll as commitTransaction } from "../../lib/store/kv/journal.ts";
import { openKvStore } from "../../lib/store/kv/open.ts";
import { modeOf, withFolder } from "./folder.ts";
import { BESIDE, createManyPolls, KEEP, KILLED, randomText, sharedKv } from "./kv_support.ts";
import { commitAll, createSuccess, minutes, pollsOf, QUOTA, readEverything, START } from "./polls.ts";

const TO: AccountKey = "acme/work-renamed";
const QUOTAS = [QUOTA, quotaKey(BESIDE, "five-hour"), quotaKey(TO, "five-hour")];
/** Everything fits into far fewer commits. */
const MAX_COMMITS = 400;

/**
 * Runs a process, killed before each of its commits in turn; its work must be done completely or not at all. What it
 * does is what the same work does in SQLite, so a step that is always left out is noticed too.
 */
async function survives(
  prepare: (store: Store) => Promise<void>,
  work: (store: Store) => Promise<unknown>,
  { atLeast = 1, isSound = true }: { readonly atLeast?: number; readonly isSound?: boolean } = {},
): Promise<void> {
  let happened: unknown;
  let kills = 0;
  using prepared = await sharedKv();
  await prepare(prepared.store());
  await using other = await openSqliteStore(":memory:");
  await prepare(other);
  await work(other);
  const wanted = JSON.stringify(await readEverything(other, QUOTAS));
  for (let commits = 0;; commits++) {
    assert(commits < MAX_COMMITS);
    using shared = await prepared.copy();
    const before = await readEverything(shared.store(), QUOTAS);
    const reason = await work(shared.store(commits)).then(() => null, (error: unknown) => error);
    // Another process starts, and finds it.
    const after = shared.store();
    const found = await readEverything(after, QUOTAS);
    if (reason === null) {
      assert(kills >= atLeast, `It took ${kills} commits`);
      assert(happened === undefined || JSON.stringify(found) === JSON.stringify(happened));
      assert(JSON.stringify(found) === wanted, "Without a kill it is what SQLite has");
      return;
    }
    assertEquals((reason as Error).message, KILLED);
    kills++;
    const isBefore = JSON.stringify(found) === JSON.stringify(before);
    if (!isBefore) {
      assert(JSON.stringify(found) === JSON.stringify(happened ??= found), "Nothing but all of it");
    }
    assertEquals(isBefore && happened !== undefined, false, "What has happened once it is decided stays so");
    // It can be repeated, with the same result as without a kill.
    if (isBefore) await work(after);
    await after.prune(KEEP, START);
    shared.now += DAY_MS;
    await after.prune(KEEP, START);
    const left = (await shared.keys()).filter(([, kind]) =>
      kind === "step" || kind === "journal" || kind === "garbage"
    );
    assertEquals(left, [], "Nothing is left of what was killed");
    assertEquals((await after.check()).length === 0, isSound);
  }
}

Deno.test("polls larger than a commit are stored completely or not at all, whenever the process is killed", async () => {
  const polls = createManyPolls();
  await survives(
    (store) => commitAll(store, polls.slice(0, 3)),
    (store) => store.commitAll(polls),
    { atLeast: 8 },
  );
});

Deno.test("an import larger than a commit is stored completely or not at all, whenever the process is killed", async () => {
  await using other = await openSqliteStore(":memory:");
  await other.commitAll(createManyPolls());
  const adopted = [ACCOUNT, BESIDE].map((account) => ({ account, at: null, whole: true, corrections: [] }));
  await survives(() => Promise.resolve(), (store) => store.adopt(other, adopted), { atLeast: 4 });
});

Deno.test("an import that continues a history is stored completely or not at all as well", async () => {
  const polls = createManyPolls();
  await using other = await openSqliteStore(":memory:");
  await other.commitAll(polls.slice(20));
  const corrections = [{ kind: "adjust", quota: "five-hour", at: START, by: 5, resets: 0 }] as const;
  const at = polls[19]!.snapshot.at;
  await survives(
    async (store) => void await store.commitAll(polls.slice(0, 20)),
    (store) =>
      store.adopt(other, [
        { account: ACCOUNT, at, whole: false, corrections },
        { account: BESIDE, at: null, whole: true, corrections: [] },
      ]),
    // A correction without a cause.
    { atLeast: 5, isSound: false },
  );
});

Deno.test("an account is removed completely or not at all, and its rows are deleted even after a crash", async () => {
  const polls = createManyPolls();
  await survives(
    async (store) => {
      await store.commitAll(polls);
    },
    (store) => store.forget(ACCOUNT),
    { atLeast: 2 },
  );
});

Deno.test("a change of many accounts obeys its other checks, even more than one decision accepts", async () => {
  using shared = await sharedKv();
  const database = shared.database();
  const heads = Array.from({ length: 25 }, (_, i) => ({
    found: { account: `acme/${i}` as const, head: null, stored: null, versionstamp: null, pending: null },
    head: newHead(),
  }));
  const ofDoc = (id: number) => ({ key: ["syntrack", "doc", "settings", String(id)], versionstamp: null });
  const change = (checks: readonly Check[]) => commitTransaction(database, { heads, mutations: [], checks });
  await shared.store().docs.put("settings", "1", "changed meanwhile", START);
  assertEquals(await change([ofDoc(0), ofDoc(1)]), false);
  assertEquals(await change(Array.from({ length: 12 }, (_, i) => ofDoc(12 - i))), false);
  assertEquals(await shared.store().latest(), []);
  assertEquals(await change(Array.from({ length: 12 }, (_, i) => ofDoc(i + 2))), true);
  assertEquals((await shared.store().latest()).length, 25);
  // A small one, which one commit accepts.
  const small = (checks: readonly Check[]) => {
    const mutations = [{ key: ["syntrack", "note"], value: { checks: checks.length } }];
    return commitTransaction(database, { heads: [], mutations, checks });
  };
  assertEquals(await small(Array.from({ length: 12 }, (_, i) => ofDoc(12 - i))), false);
  assertEquals((await shared.kv.get(["syntrack", "note"])).value, null);
  assertEquals(await small(Array.from({ length: 12 }, (_, i) => ofDoc(i + 2))), true);
});

Deno.test("documents change together only if no other process changes one of them, however many there are", async () => {
  for (const [count, text] of [[3, ""], [40, randomText(30_000)]] as const) {
    using shared = await sharedKv();
    const changes = Array.from({ length: count }, (_, i) => ({
      kind: "shared" as const,
      id: String(i),
      doc: { text, by: "one" },
    }));
    let tries = 0;
    const other = shared.store();
    const one = shared.store(undefined, async () => {
      // Before anything of it is stored, and once.
      if (tries++ === 0) {
        await other.docs.put("shared", String(count - 1), { text: randomText(90_000), by: "other" }, START);
      }
    });
    await one.docs.change(changes, START);
    const stored = await other.docs.list("shared", START);
    assertEquals(stored.length, count);
    // The second attempt starts from what the other had stored, so it is the later one, and leaves none of its parts.
    assertEquals((await shared.keys()).filter(([, kind]) => kind === "part"), []);
    assertEquals(stored.every(({ doc }) => (doc as { readonly by: string }).by === "one"), true);
  }
});

Deno.test("an account is renamed with its documents or not at all", async () => {
  const polls = createManyPolls();
  const docs = Array.from({ length: 100 }, (_, i) => ({
    kind: "alerts" as const,
    id: String(i),
    doc: { text: randomText(9_000) },
  }));
  await survives(
    async (store) => void await store.commitAll(polls),
    async (store) => {
      const state = renameState(await store.recall(ACCOUNT), TO);
      await store.move({ from: ACCOUNT, to: TO, state, docs, now: START });
    },
    { atLeast: 4 },
  );
});

Deno.test("an account is rewound to an earlier time completely or not at all", async () => {
  const polls = createManyPolls();
  await survives(
    async (store) => void await store.commitAll(polls),
    async (store) => {
      const base = await store.recall(ACCOUNT);
      const { at, state } = { at: polls[9]!.snapshot.at, state: polls[9]!.state };
      await store.rewind({ account: ACCOUNT, base, to: at, state, rows: [], now: START });
    },
  );
});

Deno.test("rows of the past are added completely or not at all", async () => {
  const polls = createManyPolls();
  const names = Array.from({ length: 60 }, () => randomText(20_000));
  await survives(
    async (store) => void await store.commitAll(polls),
    async (store) => {
      const [session] = await store.sessions({ account: ACCOUNT, limit: 1 });
      const rows = names.map((quota, i): PastRow => {
        const quotas = session!.quotas.map((one) => ({ ...one, quota }));
        return { kind: "session", session: { ...session!, startedAt: START - (i + 1) * DAY_MS, quotas } };
      });
      await store.supplement(rows);
    },
    { atLeast: 5 },
  );
});

Deno.test("rows pruned in steps are gone or present, and nothing else changes, whenever the process is killed", async () => {
  const polls = createManyPolls();
  const now = START + 20 * MINUTE_MS;
  using prepared = await sharedKv();
  await prepared.store().commitAll(polls);
  for (let commits = 0;; commits++) {
    assert(commits < MAX_COMMITS);
    using shared = await prepared.copy();
    const reason = await shared.store(commits).prune({ readingsMs: 1, fiveMinutesMs: 1, outcomesMs: 1 }, now)
      .then(() => null, (error: unknown) => error);
    const after = shared.store();
    assertEquals(await after.check(), []);
    assertEquals((await after.series({ quota: QUOTA, step: HOUR, from: 0, to: START * 2 }))[0]?.count, 40);
    await after.prune({ readingsMs: 1, fiveMinutesMs: 1, outcomesMs: 1 }, now);
    assertEquals((await after.readings({ quota: QUOTA })).length, 20);
    assertEquals((await after.outcomes({ account: ACCOUNT, limit: 99 })).length, 20);
    if (reason === null) break;
  }
});

Deno.test("a reader never sees a part of another process's write", async () => {
  using shared = await sharedKv();
  const polls = createManyPolls();
  const reader = shared.store();
  await commitAll(reader, minutes([1, 2, 3]));
  const counts = new Set<string>();
  let writing = true;
  const reading = (async () => {
    while (writing) {
      const readings = (await reader.readings({ quota: QUOTA })).length;
      const outcomes = (await reader.outcomes({ account: ACCOUNT, limit: 99 })).length;
      counts.add(`${readings} ${outcomes}`);
    }
  })();
  const later = polls.slice(3, 40);
  const writer = shared.store();
  await writer.commitAll(later);
  writing = false;
  await reading;
  for (const each of counts) assert(["3 3", "40 40", "3 40"].includes(each), each);
  assertEquals((await reader.readings({ quota: QUOTA })).length, 40);
});

Deno.test("two concurrent writers lose no poll and count nothing twice", async () => {
  using shared = await sharedKv();
  const both = [shared.store(), shared.store()];
  let [stored, clock] = [0, START];
  await Promise.all(both.map(async (store) => {
    for (let i = 0; i < 60; i++) {
      while (true) {
        const base = await store.recall(ACCOUNT);
        const used = (base.quotas["five-hour"]?.reading.used ?? 0) + 1;
        const snapshot = {
          account: ACCOUNT,
          at: clock += 1_000,
          readings: [reading({ used, limit: 9_999 })],
        };
        const { state, changes } = advance(base, snapshot);
        const poll = { snapshot, state, changes, outcome: createSuccess(snapshot.at), base };
        if (!await store.commit(poll)) continue;
        stored++;
        break;
      }
    }
  }));
  const [own, other] = both;
  assertEquals(stored, 120);
  const rows = await own!.readings({ quota: QUOTA });
  assertEquals(rows.map(({ used }) => used), Array.from({ length: 120 }, (_, i) => i + 1));
  assertEquals(rows.reduce((sum, { consumed }) => sum + consumed, 0), 119);
  assertEquals(await own!.check(), []);
  assertEquals(await readEverything(own!, [QUOTA]), await readEverything(other!, [QUOTA]));
});

Deno.test("two concurrent writing processes lose no poll, even if they are killed", () =>
  withFolder(async (folder) => {
    const path = join(folder, "syntrack.kv");
    const reported = await Promise.all([killedAfter(path, 25), killedAfter(path, 40)]);
    await using store = await openKvStore(`kv:${path}`);
    const rows = await store.readings({ quota: QUOTA });
    assertEquals(rows.map(({ used }) => used), rows.map((_, i) => i + 1), "Each follows from the one before");
    const stored = new Set(rows.map(({ at }) => at));
    assertEquals(reported.flat().filter((at) => !stored.has(at)), [], "Every reported poll is there");
    assert(stored.size >= 65, `${reported.map(({ length }) => length)}, ${rows.length}`);
    assertEquals(await store.check(), []);
    const { size } = await Deno.stat(path);
    assert(size > 0);
    if (Deno.build.os !== "windows") assertEquals(modeOf(path), 0o600);
  }));

const CHILD = fileURLToPath(new URL("kv_child.ts", import.meta.url));

/** Lets another process commit polls, kills it after some, and returns every reported time. */
async function killedAfter(path: string, polls: number): Promise<readonly number[]> {
  const args = ["run", "-A", "--unstable-kv", CHILD, path];
  const child = new Deno.Command(Deno.execPath(), { args, stdout: "piped" }).spawn();
  let text = "";
  let killed = false;
  for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += part;
    // Once: what it had written before arrives when it has ended.
    if (killed || text.split("\n").length <= polls) continue;
    killed = true;
    child.kill("SIGKILL");
  }
  await child.status;
  return text.split("\n").slice(0, -1).map(Number);
}

Deno.test("concurrent writers of documents and the audit record lose nothing", async () => {
  using shared = await sharedKv();
  const both = [shared.store(), shared.store()];
  const won = await Promise.all(Array.from({ length: 20 }, async (_, i) => {
    const results = await Promise.all(
      both.map((store, who) => store.docs.put("logins", `once-${i}`, { who }, START, { ifAbsent: true })),
    );
    return results.filter(Boolean).length;
  }));
  assertEquals(won, Array(20).fill(1));
  await Promise.all(both.flatMap((store, who) =>
    Array.from({ length: 20 }, (_, i) =>
      store.audit.append({
        at: START + i,
        by: null,
        name: `writer ${who}`,
        action: "did",
        target: null,
        credential: null,
        outcome: "done",
        address: null,
        detail: {},
      }))
  ));
  const verdict = await both[0]!.audit.verify();
  assert(verdict.state === "whole");
  assertEquals(verdict.rows, 40);
});

Deno.test("a journal without a decision is ignored", async () => {
  using shared = await sharedKv();
  const store = shared.store();
  await commitAll(store, minutes([1, 2]));
  const before = await readEverything(store, [QUOTA]);
  // A process that had marked some of many accounts was killed before its decision.
  const key = ["syntrack", "account", ACCOUNT];
  const { value } = await shared.kv.get<object>(key);
  await shared.kv.set(["syntrack", "journal", "half"], { phase: "prepared", firstHead: 0, steps: 0 });
  await shared.kv.set(key, { ...value, pending: "half" });
  await shared.kv.set(["syntrack", "account", "acme/mark"], { account: "acme/mark", pending: "half" });
  assertEquals(await readEverything(shared.store(), [QUOTA]), before);
  assertEquals(await store.recall("acme/mark"), emptyState("acme/mark"));
  const [, , third] = minutes([1, 2, 3]);
  assertEquals(await store.commit(third!), true);
  await assertRejects(() => shared.store(0).commit(pollsOf([{ at: START * 2, readings: [] }])[0]!));
});
