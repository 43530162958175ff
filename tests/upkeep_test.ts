import { upkeepOf } from "../lib/compose/upkeep.ts";
import type { Clock } from "../lib/clock.ts";
import type { DocKind, Retention } from "../lib/store/store.ts";
import { openSqliteStore } from "../lib/store/sqlite.ts";
import { advance } from "../lib/model/advance.ts";
import { assert, assertEquals } from "./support/assert.ts";
import { FakeClock } from "./support/fake_clock.ts";
import { DAY_MS, MINUTE_MS, reading, utc } from "./support/readings.ts";

const AT = utc("2026-11-21 10:00");
const KEEP_ALL: Retention = { readingsMs: 0, fiveMinutesMs: 0, outcomesMs: 0 };
const KINDS: readonly DocKind[] = [
  "settings",
  "alerts",
  "accounts",
  "identities",
  "renewals",
  "users",
  "logins",
  "keys",
];

async function house(clock: Clock, keep: () => Retention = () => KEEP_ALL) {
  const folder = await Deno.makeTempDir();
  const store = await openSqliteStore(`${folder}/syntrack.db`);
  const upkeep = upkeepOf({ store, clock, retention: () => Promise.resolve(keep()), keepReadingsMs: 0 });
  assert(upkeep);
  return {
    folder,
    store,
    upkeep,
    async poll(used: number) {
      const account = "acme/work" as const;
      const snapshot = { account, at: clock.now(), readings: [reading({ used })] };
      const step = advance(await store.recall(account), snapshot);
      await store.commit({
        snapshot,
        ...step,
        outcome: {
          account,
          at: snapshot.at,
          durationMs: 1,
          kind: "ok",
          failures: 0,
          nextAt: snapshot.at + MINUTE_MS,
          nextReason: "interval",
          credential: null,
        },
      });
    },
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

async function bytesOf(body: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Response(body).arrayBuffer());
}

Deno.test("a backup holds the history and the settings, and nothing of credentials, logins and keys", async () => {
  const clock = new FakeClock(AT);
  await using home = await house(clock);
  await home.poll(3);
  for (const kind of KINDS) {
    await home.store.docs.put(kind, "one", { kind, text: `secret-of-${kind}` }, clock.now());
    await home.store.docs.put(kind, "gone", { text: `old-secret-of-${kind}` }, clock.now(), {
      expiresAt: clock.now() + 1,
    });
  }
  clock.jump(MINUTE_MS);
  const { bytes, body } = await home.upkeep.backup();
  const copy = await bytesOf(body);
  assertEquals(copy.length, bytes);
  const text = new TextDecoder("latin1").decode(copy);
  for (const kind of KINDS) {
    const isKept = kind === "settings" || kind === "alerts";
    assertEquals(text.includes(`secret-of-${kind}`), isKept, kind);
  }
  const path = `${home.folder}/copy.db`;
  await Deno.writeFile(path, copy, { mode: 0o600 });
  await using opened = await openSqliteStore(path, { readOnly: true });
  assertEquals(await opened.check(), []);
  assertEquals((await opened.readings({ quota: "acme/work/five-hour" })).length, 1);
});

Deno.test("a backup leaves nothing beside the database, whether it was read or given up", async () => {
  const clock = new FakeClock(AT);
  await using home = await house(clock);
  await home.poll(3);
  const names = async () => (await Array.fromAsync(Deno.readDir(home.folder))).map(({ name }) => name).sort();
  const before = await names();
  await bytesOf((await home.upkeep.backup()).body);
  assertEquals(await names(), before);
  const { body } = await home.upkeep.backup();
  await body.cancel();
  assertEquals(await names(), before);
});

Deno.test("pruning removes what the settings of now do not keep, and room is given back", async () => {
  const clock = new FakeClock(AT);
  let keep = KEEP_ALL;
  await using home = await house(clock, () => keep);
  for (let used = 0; used < 50; used++) {
    await home.poll(used);
    clock.jump(MINUTE_MS);
  }
  clock.jump(3 * DAY_MS);
  assertEquals(await home.upkeep.prune(), 0);
  keep = { readingsMs: DAY_MS, fiveMinutesMs: DAY_MS, outcomesMs: DAY_MS };
  assert(await home.upkeep.prune() >= 49);
  assertEquals((await home.upkeep.size()).readings, 1);
  assert(await home.upkeep.vacuum() >= 0);
});

Deno.test("the size is counted once a minute, and anew after a change from here", async () => {
  const clock = new FakeClock(AT);
  await using home = await house(clock);
  await home.poll(1);
  assertEquals((await home.upkeep.size()).readings, 1);
  clock.jump(30_000);
  await home.poll(2);
  assertEquals((await home.upkeep.size()).readings, 1);
  clock.jump(MINUTE_MS);
  assertEquals((await home.upkeep.size()).readings, 2);
});

Deno.test("a database in memory is not looked after", async () => {
  await using store = await openSqliteStore(":memory:");
  const parts = {
    store,
    clock: new FakeClock(AT),
    retention: () => Promise.resolve(KEEP_ALL),
    keepReadingsMs: 0,
  };
  assertEquals(upkeepOf(parts), null);
});
