/**
 * Measures the bytes per reading on disk after 30 days of one account with 4 quotas and a poll a minute, with
 * everything kept: `deno run -A dev/bench/store_size.ts [accounts]`.
 */
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { fillHistory } from "./history.ts";

const folder = await Deno.makeTempDir({ prefix: "syntrack-bench-" });
try {
  const path = `${folder}/syntrack.db`;
  const store = await openSqliteStore(path);
  const began = performance.now();
  const { polls, readings } = await fillHistory(store, {
    accounts: Number(Deno.args[0] ?? 1),
    quotas: 4,
    days: 30,
    endAt: Date.parse("2026-03-10T12:00:00Z"),
  });
  const took = performance.now() - began;
  await store[Symbol.asyncDispose]();
  const { size } = await Deno.stat(path);
  console.log(`${polls} polls with ${readings} readings in ${(took / 1000).toFixed(1)} s`);
  console.log(`${size} bytes, ${(size / readings).toFixed(1)} for each reading`);
} finally {
  await Deno.remove(folder, { recursive: true });
}
