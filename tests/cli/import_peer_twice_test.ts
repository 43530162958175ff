/** Importing from another tracker again, and from one with rows that are no figures. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { DAY } from "../../lib/model/engine/bucket.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import type { QuotaKey } from "../../lib/model/quota.ts";
import { openPeer } from "../../lib/transfer/peers/peer_database.ts";
import { assertEquals, assertStringIncludes, assertThrows } from "../support/assert.ts";
import { type CliHome, withCliHome } from "./support.ts";

interface Answer {
  readonly imported: number;
  readonly alreadyStored: number;
  readonly expired: number;
  readonly left: Readonly<Record<string, number>>;
  readonly storedAs: Readonly<Record<string, string>>;
}

const from = (home: CliHome, tracker: string, file: string) =>
  home.json(`import --from ${tracker} ${file} --json`) as Promise<Answer>;

async function usedOf(home: CliHome, quota: QuotaKey): Promise<readonly unknown[]> {
  await using store = await openSqliteStore(home.dbPath, { readOnly: true });
  return (await store.readings({ quota, limit: 1000 })).map(({ used, remaining }) => used ?? remaining);
}

async function accountsOf(home: CliHome): Promise<readonly string[]> {
  await using store = await openSqliteStore(home.dbPath, { readOnly: true });
  return (await store.latest()).map(({ account }) => account).sort();
}

function change(path: string, sql: string): void {
  const db = new DatabaseSync(path);
  try {
    db.exec(sql);
  } finally {
    db.close();
  }
}

const hour = (count: number) => `2026-11-20T${String(count).padStart(2, "0")}:00:00Z`;

const ONWATCH = `
  CREATE TABLE provider_accounts (id INTEGER PRIMARY KEY, provider TEXT, name TEXT);
  CREATE TABLE codex_snapshots (
    id INTEGER PRIMARY KEY AUTOINCREMENT, captured_at TEXT, account_id INTEGER DEFAULT 1, plan_type TEXT);
  CREATE TABLE codex_quota_values (
    id INTEGER PRIMARY KEY AUTOINCREMENT, snapshot_id INTEGER, quota_name TEXT, utilization REAL, resets_at TEXT);
  CREATE TABLE deepseek_snapshots (
    id INTEGER PRIMARY KEY AUTOINCREMENT, captured_at TEXT, account_id INTEGER DEFAULT 1, currency TEXT, total_balance);`;

/** SQL for a reading of Codex: 10 percent more each hour of an account. */
function codex(account: number, hours: readonly number[]): string {
  return hours.map((count) => `
    INSERT INTO codex_snapshots (captured_at, account_id) VALUES ('${hour(count)}', ${account});
    INSERT INTO codex_quota_values (snapshot_id, quota_name, utilization)
      SELECT max(id), 'five_hour', ${account + 10 * count} FROM codex_snapshots;`).join("");
}

Deno.test("an account that was imported keeps its history when the other tracker gets a second one, or loses it", () =>
  withCliHome(async (home) => {
    const file = join(home.folder, "onwatch.db");
    change(file, `${ONWATCH} INSERT INTO provider_accounts VALUES (1, 'codex', 'Work'); ${codex(1, [1, 2])}`);
    assertEquals((await from(home, "onwatch", file)).imported, 2);
    assertEquals(await accountsOf(home), ["codex/default"]);
    change(
      file,
      `INSERT INTO provider_accounts VALUES (2, 'codex', 'Home'); ${codex(1, [3])}${codex(2, [3])}`,
    );
    const second = await from(home, "onwatch", file);
    assertEquals([second.imported, second.alreadyStored, second.storedAs], [2, 2, {
      "codex/work": "codex/default",
    }]);
    assertEquals(await usedOf(home, "codex/default/five-hour"), [11, 21, 31]);
    assertEquals(await usedOf(home, "codex/home/five-hour"), [32]);
    assertEquals(await accountsOf(home), ["codex/default", "codex/home"]);
    // Renamed there, and the other one removed: its rows keep its number.
    change(
      file,
      "UPDATE provider_accounts SET name = 'Office' WHERE id = 1; DELETE FROM provider_accounts WHERE id = 2",
    );
    const third = await from(home, "onwatch", file);
    assertEquals([third.imported, await accountsOf(home)], [0, ["codex/default", "codex/home"]]);
    const { stdout } = await home.run(`import --from onwatch ${file}`);
    assertStringIncludes(stdout, "codex/office is stored as codex/default");
  }));

Deno.test("a growing tracker can be imported again after readings have expired here, and says what it skips", () =>
  withCliHome(async (home) => {
    const file = join(home.folder, "onwatch.db");
    change(file, `${ONWATCH} ${codex(1, [1, 2, 3, 4])}`);
    await from(home, "onwatch", file);
    {
      await using store = await openSqliteStore(home.dbPath);
      const kept = { readingsMs: 90 * 60_000, fiveMinutesMs: 0, outcomesMs: 0 };
      await store.prune(kept, Date.parse(hour(4)));
    }
    assertEquals(await usedOf(home, "codex/default/five-hour"), [31, 41]);
    change(file, codex(1, [5]));
    const again = await from(home, "onwatch", file);
    assertEquals([again.imported, again.alreadyStored, again.expired], [1, 2, 2]);
    assertEquals(await usedOf(home, "codex/default/five-hour"), [31, 41, 51]);
    {
      await using store = await openSqliteStore(home.dbPath, { readOnly: true });
      const day = { from: Date.parse(hour(0)), to: Date.parse(hour(23)), step: DAY };
      const [sum] = await store.series({ quota: "codex/default/five-hour", ...day });
      // From 11 to 51 percent, each of them once.
      assertEquals([sum!.consumed, sum!.count], [40, 5]);
    }
    assertStringIncludes(
      (await home.run(`import --from onwatch ${file}`)).stdout,
      "2 readings skipped: the readings of that time have expired here",
    );
    // What was before all that is known here would be lost, so it is refused.
    change(file, codex(1, [0]));
    const { code, stderr } = await home.run(`import --from onwatch ${file}`);
    assertEquals([code, stderr.includes("cannot be merged")], [1, true]);
  }));

Deno.test("a new account does not go on under the name of an old one", () =>
  withCliHome(async (home) => {
    const file = join(home.folder, "onwatch.db");
    change(file, `${ONWATCH} INSERT INTO provider_accounts VALUES (1, 'codex', 'Work'); ${codex(1, [1, 2])}`);
    await from(home, "onwatch", file);
    change(file, `INSERT INTO provider_accounts VALUES (2, 'codex', 'default'); ${codex(2, [3])}`);
    assertEquals((await from(home, "onwatch", file)).storedAs, {
      "codex/work": "codex/default",
      "codex/default": "codex/default-2",
    });
    assertEquals(await usedOf(home, "codex/default/five-hour"), [11, 21]);
    assertEquals(await usedOf(home, "codex/default-2/five-hour"), [32]);
    assertEquals((await from(home, "onwatch", file)).imported, 0);
  }));

Deno.test("an account that states the same as another one now and then is not taken for it", () =>
  withCliHome(async (home) => {
    const file = join(home.folder, "onwatch.db");
    change(
      file,
      `${ONWATCH} INSERT INTO provider_accounts VALUES (1, 'codex', 'Work'); ${codex(1, [1, 2, 3, 4])}`,
    );
    await from(home, "onwatch", file);
    // The account is gone, and another one was idle at the same times, and once at the same level.
    change(
      file,
      `DELETE FROM codex_quota_values; DELETE FROM codex_snapshots; DELETE FROM provider_accounts;
      INSERT INTO provider_accounts VALUES (2, 'codex', 'Home'), (3, 'codex', 'Third');
      ${codex(2, [1, 2, 3, 4])} UPDATE codex_quota_values SET utilization = 11; ${codex(3, [5])}`,
    );
    const { storedAs, imported } = await from(home, "onwatch", file);
    assertEquals([storedAs, imported], [{}, 5]);
    assertEquals(await usedOf(home, "codex/default/five-hour"), [11, 21, 31, 41]);
    assertEquals(await usedOf(home, "codex/home/five-hour"), [11, 11, 11, 11]);
  }));

Deno.test("balances of several accounts are not mixed", () =>
  withCliHome(async (home) => {
    const file = join(home.folder, "onwatch.db");
    const balance = (count: number, account: number, amount: string) =>
      `INSERT INTO deepseek_snapshots (captured_at, account_id, currency, total_balance)
        VALUES ('${hour(count)}', ${account}, 'CNY', ${amount});`;
    change(
      file,
      ONWATCH + balance(1, 1, "100") + balance(1, 2, "7") + balance(2, 1, "90") + balance(2, 2, "6") +
        balance(3, 2, "'NaN'") + balance(4, 2, "'5.5'") + balance(5, 2, "9e999") + balance(6, 2, "NULL"),
    );
    const { left } = await from(home, "onwatch", file);
    assertEquals(await usedOf(home, "deepseek/account-1/balance-cny"), [100, 90]);
    // A figure stored as text is one; what is no figure is left out, and said.
    assertEquals(await usedOf(home, "deepseek/account-2/balance-cny"), [7, 6, 5.5]);
    assertEquals(left, {
      "deepseek_snapshots: an unreadable figure": 2,
      "deepseek_snapshots: no figure": 1,
    });
  }));

Deno.test("a counter whose figure is no number is left out and said, in every table of counters", () =>
  withCliHome(async (home) => {
    const file = join(home.folder, "usage.db");
    const row = (count: number, used: string, limit: string) =>
      `INSERT INTO usage_snapshots (collected_at, subscription_limit, requests_used)
        VALUES ('${hour(count)}', ${limit}, ${used});`;
    change(
      file,
      `CREATE TABLE usage_snapshots (
        id INTEGER PRIMARY KEY, collected_at TEXT, subscription_limit, requests_used, renews_at TEXT);` +
        row(1, "1", "100") + row(2, "'NaN'", "100") + row(3, "-4", "100") + row(4, "'5'", "'100'") +
        row(5, "'many'", "100"),
    );
    const { imported, left } = await from(home, "synthetic-tracker", file);
    assertEquals([imported, await usedOf(home, "synthetic/default/subscription")], [2, [1, 5]]);
    assertEquals(left, {
      "usage_snapshots: an unreadable figure": 2,
      "usage_snapshots: a negative figure": 1,
    });
  }));

Deno.test("values without their row are counted", () =>
  withCliHome(async (home) => {
    const file = join(home.folder, "onwatch.db");
    change(file, ONWATCH + codex(1, [1, 2]) + "DELETE FROM codex_snapshots WHERE id = 1");
    const { imported, left } = await from(home, "onwatch", file);
    assertEquals([imported, left], [1, { "codex_quota_values: the row they belong to is missing": 1 }]);
  }));

Deno.test("a database that changes while it is read, and a damaged one, are refused", () =>
  withCliHome(async (home) => {
    const file = join(home.folder, "onwatch.db");
    change(file, `PRAGMA journal_mode = WAL; ${ONWATCH} ${codex(1, [1, 2])}`);
    {
      using db = openPeer(file);
      db.checkUnchanged();
      change(file, codex(1, Array.from({ length: 200 }, (_, at) => at % 24)));
      assertThrows(() => db.checkUnchanged(), /changed while it was read/);
    }
    const bytes = await Deno.readFile(file);
    await Deno.writeFile(file, bytes.slice(0, bytes.length - 3 * 4096));
    const { code, stderr } = await home.run(`import --from onwatch ${file}`);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "as a database");
    await Deno.writeFile(file, new Uint8Array());
    assertStringIncludes(
      (await home.run(`import --from onwatch ${file}`)).stderr,
      "it has none of its tables",
    );
  }));

Deno.test("a tracker that keeps no log is read with its locks, and a half-written change is not taken for a figure", () =>
  withCliHome(async (home) => {
    const file = join(home.folder, "usage.db");
    change(
      file,
      `CREATE TABLE usage_snapshots (
        id INTEGER PRIMARY KEY, collected_at TEXT, subscription_limit INTEGER, requests_used INTEGER, renews_at TEXT);
      INSERT INTO usage_snapshots VALUES (1, '${hour(1)}', 100, 1, NULL);`,
    );
    const writer = new DatabaseSync(file);
    try {
      // Small enough a cache that the change is in the file before it is committed.
      writer.exec(`PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN EXCLUSIVE;
        UPDATE usage_snapshots SET requests_used = 99;
        CREATE TABLE filler (text TEXT);
        INSERT INTO filler SELECT hex(zeroblob(3000)) FROM json_each('[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]');`);
      const { code, stderr } = await home.run(`import --from synthetic-tracker ${file}`);
      assertEquals(code, 1);
      assertStringIncludes(stderr, "locked");
      writer.exec("ROLLBACK");
    } finally {
      writer.close();
    }
    assertEquals((await from(home, "synthetic-tracker", file)).imported, 1);
    assertEquals(await usedOf(home, "synthetic/default/subscription"), [1]);
    assertEquals([...Deno.readDirSync(home.folder)].filter(({ name }) => name.startsWith("usage.db-")), []);
  }));
