/**
 * Creates a database with a year at minute steps: 15 accounts of
 * 4 quotas, 31 million readings, in a few minutes.
 *
 *     deno run -A dev/bench/year.ts FILE [days] [accounts]
 *
 * The first account goes poll by poll through the engine; the others are copies of its rows, because what is
 * measured depends on the number of rows and not on their content.
 */
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { copyAccounts } from "./copy_accounts.ts";
import { fillHistory } from "./history.ts";

const [file, days = "365", accounts = "15"] = Deno.args;
if (file === undefined) throw new Error("Name the file of the database to make");
const began = performance.now();
{
  await using store = await openSqliteStore(file);
  await fillHistory(store, { accounts: 1, quotas: 4, days: Number(days), endAt: Date.now() });
}
console.log(`one account after ${formatSeconds()} s`);
copyAccounts(file, Number(accounts));
console.log(
  `${accounts} accounts after ${formatSeconds()} s, ${(Deno.statSync(file).size / 1e6).toFixed(0)} MB`,
);

function formatSeconds(): string {
  return ((performance.now() - began) / 1000).toFixed(1);
}
