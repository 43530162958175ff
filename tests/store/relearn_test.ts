/** Databases from before reading intervals were stored. */
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { Connection } from "../../lib/store/connection.ts";
import { migrate } from "../../lib/store/open.ts";
import { MIGRATIONS } from "../../lib/store/schema.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import type { AccountState } from "../../lib/model/engine/advance.ts";
import { quotaIntervalMs } from "../../lib/model/engine/interval.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { ACCOUNT, HOUR_MS, MINUTE_MS, reading } from "../support/readings.ts";
import { withFolder } from "./folder.ts";
import { commitAll, pollsOf, QUOTA, START } from "./polls.ts";

const BEFORE = MIGRATIONS.findIndex((migration) => typeof migration === "function");
const TABLES = [
  "accounts",
  "quotas",
  "readings",
  "five_minutes",
  "hours",
  "days",
  "cycles",
  "sessions",
  "outcomes",
];

/** 40 hours with two periods of use, read at this interval in minutes. */
function usePolls(everyMin: number) {
  const used = (minute: number) =>
    Math.max(0, Math.min(minute, 600) - 120) + Math.max(0, Math.min(minute, 1800) - 1500);
  return pollsOf(
    Array.from({ length: Math.floor(2400 / everyMin) }, (_, i) => ({
      at: START + i * everyMin * MINUTE_MS,
      readings: [reading({ limit: 10_000, used: used(i * everyMin) })],
    })),
  );
}

/** The same polls in an older database: without intervals, and with a session for each rise. */
async function oldDatabase(folder: string, everyMin: number): Promise<{ old: string; now: string }> {
  const [now, old] = [join(folder, "now.db"), join(folder, "old.db")];
  {
    await using store = await openSqliteStore(now);
    await commitAll(store, usePolls(everyMin));
  }
  using db = new DatabaseSync(old);
  migrate(new Connection(db, old), MIGRATIONS.slice(0, BEFORE));
  db.prepare("ATTACH ? AS now").run(now);
  for (const table of TABLES) {
    const columns = db.prepare(`PRAGMA main.table_info(${table})`).all().map(({ name }) => name).join(", ");
    db.exec(`INSERT INTO main.${table} (${columns}) SELECT ${columns} FROM now.${table}`);
  }
  const state: AccountState = JSON.parse(String(db.prepare("SELECT state FROM main.accounts").get()?.state));
  const quotas = Object.fromEntries(
    Object.entries(state.quotas).map(([id, { distances: _, ...quota }]) => [id, quota]),
  );
  const rises = db.prepare("SELECT at, consumed FROM main.readings WHERE consumed > 0").all();
  db.exec("BEGIN; DELETE FROM main.sessions");
  for (const { at } of rises) {
    const end = at as number;
    const strand = { ...state.sessions!.last!.quotas[0], startedAt: end - 600_000, lastRiseAt: end };
    db.prepare("INSERT INTO main.sessions VALUES (1, ?, ?, ?, 1, ?)")
      .run(end - 600_000, end, end, JSON.stringify([strand]));
  }
  db.prepare("UPDATE main.accounts SET state = ?").run(JSON.stringify({ ...state, quotas }));
  db.exec("COMMIT");
  return { old, now };
}

Deno.test("a database with half-hourly readings gets its sessions and interval when it is opened", () =>
  withFolder(async (folder) => {
    const { old, now } = await oldDatabase(folder, 30);
    await using before = await openSqliteStore(now);
    await using store = await openSqliteStore(old);
    const asked = { account: ACCOUNT, limit: 999 };
    assertEquals((await store.sessions(asked)).length, 2);
    assertEquals(await store.sessions(asked), await before.sessions(asked));
    assertEquals(await store.recall(ACCOUNT), await before.recall(ACCOUNT));
  }));

Deno.test("sessions from before the stored readings stay unchanged, and so do those of a server", () =>
  withFolder(async (folder) => {
    const asked = { account: ACCOUNT, limit: 9999 };
    const { old } = await oldDatabase(folder, 30);
    {
      using db = new DatabaseSync(old);
      // Readings of the first period are pruned, and of a gone quota only the newest remains.
      db.prepare("DELETE FROM readings WHERE at < ?").run(START + 24 * HOUR_MS);
      db.exec(
        `INSERT INTO quotas SELECT 9, account_id, 'gone', label, unit, window_kind, window_seconds FROM quotas`,
      );
      db.prepare(
        "INSERT INTO readings SELECT 9, ?, used, 1, 1, NULL, 0, 0, NULL, NULL, NULL, NULL FROM readings LIMIT 1",
      )
        .run(START);
    }
    await using store = await openSqliteStore(old);
    const sessions = await store.sessions(asked);
    const early = sessions.filter(({ startedAt }) => startedAt < START + 24 * HOUR_MS);
    assertEquals([early.length, sessions.length], [16, 17]);
  }));

Deno.test("a history with a reading every minute stays unchanged", () =>
  withFolder(async (folder) => {
    const asked = { account: ACCOUNT, limit: 9999 };
    const { old } = await oldDatabase(folder, 1);
    using db = new DatabaseSync(old);
    const count = Number(db.prepare("SELECT count(*) AS n FROM sessions").get()?.n);
    await using store = await openSqliteStore(old);
    assertEquals((await store.sessions(asked)).length, count);
    assertEquals(quotaIntervalMs((await store.recall(ACCOUNT)).quotas["five-hour"]!), MINUTE_MS);
  }));

Deno.test("without readings, the outcomes of the polls give the interval", () =>
  withFolder(async (folder) => {
    const { old } = await oldDatabase(folder, 30);
    {
      using db = new DatabaseSync(old);
      db.exec("DELETE FROM readings WHERE at < (SELECT max(at) FROM readings)");
    }
    await using store = await openSqliteStore(old);
    assertEquals(quotaIntervalMs((await store.recall(ACCOUNT)).quotas["five-hour"]!), 30 * MINUTE_MS);
    assert((await store.readings({ quota: QUOTA })).length === 1);
  }));
