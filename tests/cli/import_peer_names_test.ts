/** Names of accounts and quotas of other trackers: no order and no removed account gives one the history of another. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { assertEquals, assertMatch } from "../support/assert.ts";
import { type CliHome, withCliHome } from "./support.ts";

type Account = readonly [id: number, name: string];

/** Imports a database with these accounts of one vendor, each with one reading of as many percent as its number. */
async function importAccounts(
  home: CliHome,
  accounts: readonly Account[],
  { more = [], quota = "five_hour" }: { readonly more?: readonly number[]; readonly quota?: string } = {},
): Promise<Readonly<Record<string, number>>> {
  const path = join(home.folder, "onwatch.db");
  await Deno.remove(path).catch(() => {});
  const db = new DatabaseSync(path);
  db.exec(`
    CREATE TABLE quota_snapshots (id INTEGER PRIMARY KEY, provider TEXT, captured_at TEXT, sub_limit REAL,
      sub_requests REAL, sub_renews_at TEXT, search_limit REAL, search_requests REAL, search_renews_at TEXT,
      tool_limit REAL, tool_requests REAL, tool_renews_at TEXT);
    CREATE TABLE codex_snapshots (id INTEGER PRIMARY KEY, captured_at TEXT, account_id INTEGER, plan_type TEXT);
    CREATE TABLE codex_quota_values (
      id INTEGER PRIMARY KEY, snapshot_id INTEGER, quota_name TEXT, utilization REAL, resets_at TEXT);
    CREATE TABLE provider_accounts (id INTEGER PRIMARY KEY, provider TEXT, name TEXT, metadata TEXT);`);
  for (const [id, name] of accounts) {
    db.prepare("INSERT INTO provider_accounts VALUES (?, 'codex', ?, '{}')").run(id, name);
  }
  for (const id of [...accounts.map(([id]) => id), ...more]) {
    db.prepare("INSERT INTO codex_snapshots VALUES (?, '2026-11-20T10:00:00Z', ?, 'plus')").run(id, id);
    db.prepare("INSERT INTO codex_quota_values VALUES (?, ?, ?, ?, NULL)").run(id, id, quota, id);
  }
  db.close();
  const { code, stderr } = await home.run(`import --from onwatch ${path}`);
  assertEquals(code, 0, stderr);
  await using store = await openSqliteStore(home.dbPath, { readOnly: true });
  const records = await store.latest();
  return Object.fromEntries(
    records.flatMap(({ state }) =>
      Object.entries(state.quotas).map(([id, { reading }]) => [`${state.account}/${id}`, reading.used ?? -1])
    ),
  );
}

/** Returns the account that holds the reading of each number. */
function accountOf(found: Readonly<Record<string, number>>, used: number): string | undefined {
  return Object.keys(found).find((key) => found[key] === used)?.split("/")[1];
}

Deno.test("accounts named in any script have names of their own, the same in every order and with others added or removed", async () => {
  const all: readonly Account[] = [[11, "\u5de5\u4f5c"], [12, "\u4e2a\u4eba"], [
    13,
    "\u0420\u0430\u0431\u043e\u0442\u0430",
  ], [14, "Work"]];
  const names = async (accounts: readonly Account[]) => {
    let found: Readonly<Record<string, number>> = {};
    await withCliHome(async (home) => void (found = await importAccounts(home, accounts)));
    return new Map(accounts.map(([id]) => [id, accountOf(found, id)]));
  };
  const first = await names(all);
  assertEquals(new Set(first.values()).size, 4);
  assertEquals(first.get(14), "work");
  const [a, b, c, d] = all as readonly [Account, Account, Account, Account];
  for (const accounts of [[d, c, b, a], [b, d], [[9, "\u65b0"], c, a] as const]) {
    for (const [id, name] of await names(accounts)) if (id !== 9) assertEquals(name, first.get(id));
  }
});

Deno.test("accounts with names that differ only in what an id cannot hold are not mixed", () =>
  withCliHome(async (home) => {
    const found = await importAccounts(home, [[11, "Team A"], [12, "team-a!"], [13, ""], [14, "***"]]);
    assertEquals(found, {
      "codex/team-a-11/five-hour": 11,
      "codex/team-a-12/five-hour": 12,
      "codex/account-13/five-hour": 13,
      "codex/account-14/five-hour": 14,
    });
  }));

Deno.test("the readings of an account that was removed are not added to another one", () =>
  withCliHome(async (home) => {
    const found = await importAccounts(home, [[11, "Home"], [12, "Work"]], { more: [13] });
    assertEquals(found, {
      "codex/home/five-hour": 11,
      "codex/work/five-hour": 12,
      "codex/account-13/five-hour": 13,
    });
    assertEquals(
      (await importAccounts(home, [[12, "Work"]], { more: [13] }))["codex/account-13/five-hour"],
      13,
    );
  }));

Deno.test("quotas named in another script are imported, each as one of its own", () =>
  withCliHome(async (home) => {
    const one = await importAccounts(home, [[11, "a"], [12, "b"]], { quota: "\u6bcf\u5468" });
    const other = await importAccounts(home, [[21, "c"], [22, "d"]], { quota: "\u6bcf\u5929" });
    const quotas = Object.keys(other).map((key) => key.split("/")[2]!);
    assertEquals([Object.keys(one).length, new Set(quotas).size], [2, 2]);
    for (const quota of quotas) assertMatch(quota, /^[a-z0-9]+$/);
  }));
