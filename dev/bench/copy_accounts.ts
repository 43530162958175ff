/**
 * Copies the first account of a database with all its rows: what is measured depends on the number of rows
 * and not on their content, and copying is a hundred times faster than polling.
 */
import { DatabaseSync } from "node:sqlite";

/** @param count total number of accounts, including the first */
export function copyAccounts(path: string, count: number): void {
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
