/**
 * Measures the SQLite store: `deno bench -A dev/bench/store_bench.ts`. First creates
 * 30 days of 15 accounts with 4 quotas each, which takes a minute. There are as many
 * buckets, from which pages are drawn, as with a poll a minute.
 */
import { DAY_MS, MINUTE_MS } from "../../lib/model/duration.ts";
import { advance } from "../../lib/model/engine/advance.ts";
import { DAY, FIVE_MINUTES, HOUR } from "../../lib/model/engine/bucket.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { fillHistory } from "./history.ts";

const END_AT = Date.parse("2026-03-10T12:00:00Z");

const folder = await Deno.makeTempDir({ prefix: "syntrack-bench-" });
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

const path = `${folder}/syntrack.db`;
const store = await openSqliteStore(path);
const filled = await fillHistory(store, {
  accounts: 15,
  quotas: 4,
  days: 30,
  stepMs: FIVE_MINUTES,
  endAt: END_AT,
});
const account = filled.accounts[0]!;
const quota = filled.quotas[0]!;

let state = await store.recall(account);
let at = state.at!;

Deno.bench("commit() one poll of 4 quotas", { group: "write", n: 2000, warmup: 200 }, async (b) => {
  at += MINUTE_MS;
  const readings = Object.values(state.quotas).map(({ reading }) => ({
    ...reading,
    used: at / MINUTE_MS % 90,
  }));
  const snapshot = { account, at, readings };
  const next = advance(state, snapshot);
  state = next.state;
  const outcome = {
    account,
    at,
    durationMs: 200,
    kind: "ok",
    failures: 0,
    nextAt: at + MINUTE_MS,
    nextReason: "interval",
    credential: null,
  } as const;
  b.start();
  await store.commit({ snapshot, state, changes: next.changes, outcome });
  b.end();
});

Deno.bench("latest() of 15 accounts", { group: "read" }, async () => {
  await store.latest();
});

Deno.bench("recall() of one account", { group: "read" }, async () => {
  await store.recall(account);
});

for (
  const [name, step, days] of [["5 min", FIVE_MINUTES, 1], ["hours", HOUR, 30], ["days", DAY, 30]] as const
) {
  Deno.bench(`series() of one quota, ${name} over ${days} d`, { group: "read" }, async () => {
    await store.series({ quota, step, from: END_AT - days * DAY_MS, to: END_AT });
  });
}

Deno.bench("series() of 60 quotas, hours over 30 d", { group: "read" }, async () => {
  for (const each of filled.quotas) {
    await store.series({ quota: each, step: HOUR, from: END_AT - 30 * DAY_MS, to: END_AT });
  }
});

Deno.bench("openSqliteStore() to read", { group: "open" }, async () => {
  await (await openSqliteStore(path, { readOnly: true }))[Symbol.asyncDispose]();
});

Deno.bench("openSqliteStore() to write", { group: "open" }, async () => {
  await (await openSqliteStore(path))[Symbol.asyncDispose]();
});
