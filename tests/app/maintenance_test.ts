import { makeScratch } from "../../lib/app/scratch.ts";
import { createMaintenanceJobs, tidyCopies } from "../../lib/app/database_maintenance.ts";
import type { Backup, MaintenanceStatus } from "../../lib/app/context.ts";
import type { Clock } from "../../lib/base/clock.ts";
import type { DocKind, Retention } from "../../lib/store/store.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { advance } from "../../lib/model/engine/advance.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { DAY_MS, MINUTE_MS, reading, utc } from "../support/readings.ts";

const AT = utc("2026-11-21 10:00");
const KEEP_ALL: Retention = { readingsMs: 0, fiveMinutesMs: 0, outcomesMs: 0 };
const KINDS: readonly DocKind[] = [
  "settings",
  "notes",
  "alerts",
  "accounts",
  "identities",
  "renewals",
  "users",
  "logins",
  "keys",
  "passkeys",
  "feeds",
  "alert_memory",
  "channels",
  "outbox",
  "shared",
];

async function house(clock: Clock, keep: () => Retention = () => KEEP_ALL) {
  const folder = await Deno.makeTempDir();
  const store = await openSqliteStore(`${folder}/syntrack.db`);
  const maintenance = createMaintenanceJobs({
    store,
    clock,
    retention: () => Promise.resolve(keep()),
    keepReadingsMs: 0,
  });
  assert(maintenance);
  return {
    folder,
    store,
    maintenance,
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

Deno.test("a backup contains the history and the settings, but no credentials, logins and keys", async () => {
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
  const { bytes, body } = await backupOf(home.maintenance);
  const copy = await bytesOf(body);
  assertEquals(copy.length, bytes);
  const text = new TextDecoder("latin1").decode(copy);
  for (const kind of KINDS) {
    const isKept = ["settings", "notes", "alerts", "alert_memory"].includes(kind);
    assertEquals(text.includes(`secret-of-${kind}`), isKept, kind);
  }
  const path = `${home.folder}/copy.db`;
  await Deno.writeFile(path, copy, { mode: 0o600 });
  await using opened = await openSqliteStore(path, { readOnly: true });
  assertEquals(await opened.check(), []);
  assertEquals((await opened.readings({ quota: "acme/work/five-hour" })).length, 1);
});

Deno.test("a backup leaves nothing beside the database, whether it was read or cancelled", async () => {
  const clock = new FakeClock(AT);
  await using home = await house(clock);
  await home.poll(3);
  const names = async () => (await Array.fromAsync(Deno.readDir(home.folder))).map(({ name }) => name).sort();
  const before = await names();
  await bytesOf((await backupOf(home.maintenance)).body);
  assertEquals(await names(), before);
  const { body } = await backupOf(home.maintenance);
  await body.cancel();
  assertEquals(await names(), before);
});

Deno.test("pruning removes what the current settings do not keep, and returns space", async () => {
  const clock = new FakeClock(AT);
  let keep = KEEP_ALL;
  await using home = await house(clock, () => keep);
  for (let used = 0; used < 50; used++) {
    await home.poll(used);
    clock.jump(MINUTE_MS);
  }
  clock.jump(3 * DAY_MS);
  assertEquals(await home.maintenance.prune(), 0);
  keep = { readingsMs: DAY_MS, fiveMinutesMs: DAY_MS, outcomesMs: DAY_MS };
  assert(await home.maintenance.prune() >= 49);
  assertEquals((await home.maintenance.size()).readings, 1);
  assert(await home.maintenance.file!.vacuum() >= 0);
});

Deno.test("the size is measured once a minute, and again after a change from here", async () => {
  const clock = new FakeClock(AT);
  await using home = await house(clock);
  await home.poll(1);
  assertEquals((await home.maintenance.size()).readings, 1);
  clock.jump(30_000);
  await home.poll(2);
  assertEquals((await home.maintenance.size()).readings, 1);
  clock.jump(MINUTE_MS);
  assertEquals((await home.maintenance.size()).readings, 2);
});

Deno.test("an in-memory database needs no maintenance", async () => {
  await using store = await openSqliteStore(":memory:");
  const parts = {
    store,
    clock: new FakeClock(AT),
    retention: () => Promise.resolve(KEEP_ALL),
    keepReadingsMs: 0,
  };
  assertEquals(createMaintenanceJobs(parts), null);
});

async function backupOf(maintenance: MaintenanceStatus): Promise<Backup> {
  const backup = await maintenance.file!.backup();
  assert(backup, "Another one is under way");
  return backup;
}

Deno.test("one backup is created and read at a time, and one without a reader ends", async () => {
  const clock = new FakeClock(AT);
  await using home = await house(clock);
  await home.poll(3);
  const before = [...Deno.readDirSync(home.folder)].map(({ name }) => name).sort();
  const { body } = await backupOf(home.maintenance);
  // It has no name any more, so nothing remains if the process is killed.
  assertEquals([...Deno.readDirSync(home.folder)].map(({ name }) => name).sort(), before);
  assertEquals(await home.maintenance.file!.backup(), null);
  await clock.advance(2 * MINUTE_MS);
  const reason = await bytesOf(body).catch((error: unknown) => error);
  assert(reason instanceof Error);
  await (await backupOf(home.maintenance)).body.cancel();
});

Deno.test("leftovers of a killed process are removed at the start, and nothing else", async () => {
  await using home = await house(new FakeClock(AT));
  const put = (name: string, file: string) => {
    Deno.mkdirSync(`${home.folder}/${name}`);
    Deno.writeTextFileSync(`${home.folder}/${name}/${file}`, "");
  };
  put("backup-1a2b3c4d5e6f", "in-use");
  put("backup-of-monday", "in-use");
  put("backup-0a1b2c3d4e5f", "letters.txt");
  await using used = await makeScratch("backup-", home.folder);
  await tidyCopies(home.store);
  const names = [...Deno.readDirSync(home.folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? [name] : []
  );
  assertEquals(names.sort(), ["backup-0a1b2c3d4e5f", "backup-of-monday", used.path.split("/").at(-1)].sort());
});

Deno.test("answers kept for error reports are not in a backup", async () => {
  await using home = await house(new FakeClock(AT));
  await home.poll(3);
  await home.store.note({
    account: "acme/work",
    at: AT + 1,
    durationMs: 1,
    kind: "bad_response",
    hint: "No quotas",
    answer: "an-answer-of-somebody",
    failures: 1,
    nextAt: null,
    nextReason: "bad-response",
    credential: null,
  });
  const text = new TextDecoder("latin1").decode(await bytesOf((await backupOf(home.maintenance)).body));
  assertEquals([text.includes("No quotas"), text.includes("an-answer-of-somebody")], [true, false]);
});
