/**
 * A database of a year by the minute: 15 accounts of 4 quotas, 31 million readings, in a few minutes.
 *
 *     deno run -A dev/bench/year.ts FILE [days] [accounts]
 *
 * The first account is made poll by poll through the engine; the others are copies of its rows, since what
 * is measured depends on how many rows there are and not on what they say.
 */
import { DatabaseSync } from "node:sqlite";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { fillHistory } from "./history.ts";

const [file, days = "365", accounts = "15"] = Deno.args;
if (file === undefined) throw new Error("Name the file of the database to make");
const began = performance.now();
{
  await using store = await openSqliteStore(file);
  await fillHistory(store, { accounts: 1, quotas: 4, days: Number(days), endAt: Date.now() });
}
console.log(`one account after ${seconds()} s`);
copyAccounts(file, Number(accounts));
console.log(`${accounts} accounts after ${seconds()} s, ${(Deno.statSync(file).size / 1e6).toFixed(0)} MB`);

function seconds(): string {
  return ((performance.now() - began) / 1000).toFixed(1);
}

function copyAccounts(path: string, count: number): void {
  using db = new DatabaseSync(path);
  db.exec("PRAGMA synchronous = OFF; PRAGMA cache_size = -200000");
  const { n } = db.prepare("SELECT count(*) AS n FROM quotas").get() as { readonly n: number };
  for (let copy = 1; copy < count; copy++) {
    const key = `demo/account-${copy + 1}`;
    db.exec("BEGIN");
    db.prepare(
      `INSERT INTO accounts (id, key, provider, name, ok_at, state_at, state)
       SELECT ${copy + 1}, :key, provider, :name, ok_at, state_at, replace(state, 'demo/account-1', :key)
       FROM accounts WHERE id = 1`,
    ).run({ key, name: `account-${copy + 1}` });
    db.exec(
      `INSERT INTO quotas SELECT id + ${copy * n}, ${copy + 1}, name, label, unit, window_kind, window_seconds
      FROM quotas WHERE account_id = 1`,
    );
    for (const table of ["readings", "five_minutes", "hours", "days", "cycles"]) {
      copyRows(db, table, "quota_id", `<= ${n}`, copy * n);
    }
    for (const table of ["sessions", "outcomes"]) copyRows(db, table, "account_id", "= 1", copy);
    db.exec("COMMIT");
  }
  db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
}

function copyRows(db: DatabaseSync, table: string, owner: string, which: string, shift: number): void {
  const columns = db.prepare(`SELECT name FROM pragma_table_info('${table}')`).all().map(({ name }) =>
    String(name)
  );
  const own = columns.map((name) => name === owner ? `${owner} + ${shift}` : name);
  db.exec(`INSERT INTO ${table} SELECT ${own.join(", ")} FROM ${table} WHERE ${owner} ${which}
    ORDER BY ${owner}, ${columns[1]}`);
}
