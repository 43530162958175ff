/** Importing from other trackers: databases as documented, including misleading rows. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { instantOfPeer } from "../../lib/transfer/peers/peer_values.ts";
import { yamlValues } from "../../lib/cli/import_settings.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import type { QuotaKey } from "../../lib/model/quota.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { type CliHome, readContents, withCliHome } from "./support.ts";

type Insert = readonly [table: string, rows: readonly Readonly<Record<string, string | number | null>>[]];

/** A database in the place, with some tables and rows. */
function peer(place: CliHome, name: string, schema: string, inserts: readonly Insert[]): string {
  const path = join(place.folder, name);
  const db = new DatabaseSync(path);
  try {
    db.exec(`${schema}; BEGIN`);
    for (const [table, rows] of inserts) {
      for (const row of rows) {
        const names = Object.keys(row);
        db.prepare(`INSERT INTO ${table} (${names}) VALUES (${names.map(() => "?")})`).run(
          ...Object.values(row),
        );
      }
    }
    db.exec("COMMIT");
  } finally {
    db.close();
  }
  return path;
}

async function readings(place: CliHome, quota: QuotaKey) {
  await using store = await openSqliteStore(place.dbPath, { readOnly: true });
  return (await store.readings({ quota, limit: 1000 })).map(({ at, used, limit, consumed }) => ({
    at: new Date(at).toISOString(),
    used,
    limit,
    consumed,
  }));
}

interface Answer {
  readonly imported: number;
  readonly alreadyStored: number;
  readonly taken: Readonly<Record<string, { readonly rows: number; readonly readings: number }>>;
  readonly left: Readonly<Record<string, number>>;
}

const from = (place: CliHome, tracker: string, file: string, more = "") =>
  place.json(`import --from ${tracker} ${file} --json ${more}`) as Promise<Answer>;

const TRACKER = `
  CREATE TABLE usage_snapshots (
    id INTEGER PRIMARY KEY AUTOINCREMENT, collected_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    subscription_limit INTEGER, requests_used INTEGER,
    leftover INTEGER GENERATED ALWAYS AS (subscription_limit - requests_used) STORED, renews_at TIMESTAMP);
  CREATE VIEW daily_usage AS SELECT date(collected_at) AS day FROM usage_snapshots;`;

Deno.test("the first tracker: times of every kind are ordered correctly, and three windows of a day count as three", () =>
  withCliHome(async (place) => {
    const row = (collected_at: string, requests_used: number, subscription_limit = 135) => ({
      collected_at,
      requests_used,
      subscription_limit,
      renews_at: "0001-01-01T00:00:00Z",
    });
    const file = peer(place, "usage.db", TRACKER, [["usage_snapshots", [
      // As text the first sorts last: its offset makes it 01:00 UTC.
      row("2026-11-20T04:00:00+03:00", 0),
      row("2026-11-20 04:30:00", 130),
      row("2026-11-20T02:00:00.5Z", 60),
      row("2026-11-20 09:00:00.123456789 +0000 UTC m=+12.5", 120),
      row("2026-11-20 05:30:00+00:00", 5),
      row("2026-11-20T10:00:00Z", 10),
      row("2026-11-20T13:00:00Z", 40),
      row("yesterday", 1),
      row("2026-11-20T12:00:00Z", 0, 0),
      row("2026-11-20T12:30:00Z", -5),
      row("2036-01-01T00:00:00Z", 7),
    ]]]);
    const before = await Deno.readFile(file);
    const dry = await from(place, "synthetic-tracker", file, "--dry-run");
    assertEquals([dry.imported, dry.taken.usage_snapshots?.readings], [0, 7]);
    const answer = await from(place, "synthetic-tracker", file);
    assertEquals(answer.imported, 7);
    assertEquals(answer.left, {
      "usage_snapshots: an unreadable time": 1,
      "usage_snapshots: a time in the future": 1,
      "usage_snapshots: limit and usage are both 0, which means that the metric was missing": 1,
      "usage_snapshots: a negative figure": 1,
    });
    const stored = await readings(place, "synthetic/default/subscription");
    assertEquals(stored.map(({ at, used }) => [at.slice(11, 16), used]), [
      ["01:00", 0],
      ["02:00", 60],
      ["04:30", 130],
      ["05:30", 5],
      ["09:00", 120],
      ["10:00", 10],
      ["13:00", 40],
    ]);
    // The other tracker showed 130, and 40 in another query.
    assertEquals(stored.reduce((sum, { consumed }) => sum + (consumed ?? 0), 0), 290);
    const once = await readContents(place.dbPath);
    const again = await from(place, "synthetic-tracker", file);
    assertEquals([again.imported, again.alreadyStored], [0, 7]);
    assertEquals(await readContents(place.dbPath), once);
    // It was only read, and no file is beside it.
    assertEquals(await Deno.readFile(file), before);
    assertEquals([...Deno.readDirSync(place.folder)].map(({ name }) => name).toSorted(), [
      ".syntrack",
      "usage.db",
    ]);
  }));

const SYNTRACK = (provider: string) => `
  CREATE TABLE quota_snapshots (
    id INTEGER PRIMARY KEY AUTOINCREMENT, ${provider} captured_at TEXT NOT NULL,
    sub_limit REAL NOT NULL, sub_requests REAL NOT NULL, sub_renews_at TEXT NOT NULL,
    search_limit REAL NOT NULL, search_requests REAL NOT NULL, search_renews_at TEXT NOT NULL,
    tool_limit REAL NOT NULL, tool_requests REAL NOT NULL, tool_renews_at TEXT NOT NULL);
  CREATE TABLE reset_cycles (
    id INTEGER PRIMARY KEY AUTOINCREMENT, quota_type TEXT, cycle_start TEXT, cycle_end TEXT, renews_at TEXT,
    peak_requests REAL, total_delta REAL);
  CREATE TABLE sessions (id TEXT PRIMARY KEY, started_at TEXT, ended_at TEXT, poll_interval INTEGER);
  CREATE TABLE users (username TEXT PRIMARY KEY, password_hash TEXT, updated_at TEXT);
  CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT);`;

const ZAI = `
  CREATE TABLE zai_snapshots (
    id INTEGER PRIMARY KEY AUTOINCREMENT, provider TEXT NOT NULL DEFAULT 'zai', captured_at TEXT NOT NULL,
    time_limit INTEGER, time_unit INTEGER, time_number INTEGER, time_usage REAL, time_current_value REAL,
    time_remaining REAL, time_percentage INTEGER, time_usage_details TEXT DEFAULT '',
    tokens_limit INTEGER, tokens_unit INTEGER, tokens_number INTEGER, tokens_usage REAL, tokens_current_value REAL,
    tokens_remaining REAL, tokens_percentage INTEGER, tokens_next_reset TEXT);`;

/** Polls a minute apart whose reset wobbles by seconds, like the vendor's. */
function wobbling(minutes: number) {
  return Array.from({ length: minutes }, (_, at) => ({
    captured_at: new Date(Date.UTC(2026, 10, 20, 1, at)).toISOString().replace(".000Z", at % 2 ? ".5Z" : "Z"),
    sub_limit: 135,
    sub_requests: at,
    sub_renews_at: new Date(Date.UTC(2026, 10, 20, 6, 0, at % 3)).toISOString(),
    search_limit: 0,
    search_requests: 0,
    search_renews_at: "0001-01-01T00:00:00Z",
    tool_limit: 500,
    tool_requests: 3,
    tool_renews_at: "2026-11-21T00:00:00Z",
  }));
}

Deno.test("the tracker of two vendors: wobbling resets make one cycle, and its wrong results are not imported", () =>
  withCliHome(async (place) => {
    const jitter = Array.from({ length: 30 }, (_, id) => ({
      quota_type: "subscription",
      cycle_start: new Date(Date.UTC(2026, 10, 20, 1, id)).toISOString(),
      peak_requests: id,
      total_delta: -id,
    }));
    // The oldest schema has no column for the vendor.
    const file = peer(place, "old.db", SYNTRACK("") + ZAI, [
      ["quota_snapshots", wobbling(30)],
      ["reset_cycles", jitter],
      ["sessions", [{ id: "a", started_at: "2026-11-20T01:00:00Z", poll_interval: 60000 }]],
      ["users", [{ username: "admin", password_hash: "secret", updated_at: "" }]],
      ["settings", [{ key: "a", value: "b" }]],
      ["zai_snapshots", [{
        captured_at: "2026-11-20T01:00:00Z",
        time_unit: 5,
        time_number: 1,
        time_usage: 1000,
        time_current_value: 10,
        time_remaining: 990,
        time_percentage: 1,
        tokens_unit: 3,
        tokens_number: 5,
        tokens_usage: 0,
        tokens_current_value: 0,
        tokens_remaining: 0,
        tokens_percentage: 42,
        tokens_next_reset: "2026-11-20T05:00:00Z",
      }]],
    ]);
    const answer = await from(place, "syntrack", file);
    // 30 of the subscription, 30 of tool calls, 2 of the other vendor.
    assertEquals(answer.imported, 62);
    assertEquals(answer.left, {
      "quota_snapshots: limit and usage are both 0, which means that the metric was missing": 30,
      "reset_cycles: cycles are computed from the readings": 30,
      "sessions: sessions are computed from the readings": 1,
      "settings: settings and notes of the other tracker": 1,
      "users: users, keys and logins are not imported": 1,
    });
    const { cycles } = await place.json("cycles --quota subscription --provider synthetic --json") as {
      cycles: readonly unknown[];
    };
    assertEquals(cycles.length, 1);
    assertEquals((await readings(place, "zai/default/five-hour")).map(({ used, limit }) => [used, limit]), [[
      42,
      100,
    ]]);
    assertEquals((await readings(place, "zai/default/tool-calls")).map(({ used, limit }) => [used, limit]), [[
      10,
      1000,
    ]]);
  }));

const ONWATCH = SYNTRACK("provider TEXT NOT NULL DEFAULT 'synthetic',") + ZAI + `
  CREATE TABLE anthropic_snapshots (
    id INTEGER PRIMARY KEY AUTOINCREMENT, captured_at TEXT NOT NULL, raw_json TEXT, quota_count INTEGER);
  CREATE TABLE anthropic_quota_values (
    id INTEGER PRIMARY KEY AUTOINCREMENT, snapshot_id INTEGER, quota_name TEXT, utilization REAL, resets_at TEXT);
  CREATE TABLE anthropic_reset_cycles (id INTEGER PRIMARY KEY, quota_name TEXT, cycle_start TEXT, total_delta REAL);
  CREATE TABLE codex_snapshots (
    id INTEGER PRIMARY KEY AUTOINCREMENT, captured_at TEXT, account_id INTEGER DEFAULT 1, plan_type TEXT);
  CREATE TABLE codex_quota_values (
    id INTEGER PRIMARY KEY AUTOINCREMENT, snapshot_id INTEGER, quota_name TEXT, utilization REAL, resets_at TEXT);
  CREATE TABLE copilot_snapshots (id INTEGER PRIMARY KEY AUTOINCREMENT, captured_at TEXT, reset_date TEXT);
  CREATE TABLE copilot_quota_values (
    id INTEGER PRIMARY KEY AUTOINCREMENT, snapshot_id INTEGER, quota_name TEXT, entitlement INTEGER, remaining INTEGER,
    percent_remaining REAL, unlimited INTEGER, overage_count INTEGER);
  CREATE TABLE antigravity_snapshots (id INTEGER PRIMARY KEY AUTOINCREMENT, captured_at TEXT, plan_name TEXT);
  CREATE TABLE antigravity_model_values (
    id INTEGER PRIMARY KEY AUTOINCREMENT, snapshot_id INTEGER, model_id TEXT, label TEXT, remaining_fraction REAL,
    remaining_percent REAL, reset_time TEXT);
  CREATE TABLE openrouter_snapshots (
    id INTEGER PRIMARY KEY AUTOINCREMENT, captured_at TEXT, usage REAL, credit_limit REAL, limit_remaining REAL);
  CREATE TABLE provider_accounts (id INTEGER PRIMARY KEY, provider TEXT, name TEXT, metadata TEXT);
  CREATE TABLE something_new (id INTEGER PRIMARY KEY, captured_at TEXT);`;

Deno.test("the tracker of many vendors: values of every kind of table, and several accounts of one vendor", () =>
  withCliHome(async (place) => {
    const at = "2026-11-20T10:00:00.25Z";
    const file = peer(place, "onwatch.db", ONWATCH, [
      ["quota_snapshots", wobbling(2)],
      ["anthropic_snapshots", [{ captured_at: at }, { captured_at: "2026-11-20T10:01:00Z" }]],
      ["anthropic_quota_values", [
        { snapshot_id: 1, quota_name: "five_hour", utilization: 12.5, resets_at: "2026-11-20T12:00:00Z" },
        { snapshot_id: 1, quota_name: "seven_day", utilization: 40, resets_at: null },
        { snapshot_id: 1, quota_name: "five_hour", utilization: 13, resets_at: null },
        { snapshot_id: 1, quota_name: "", utilization: 1, resets_at: null },
      ]],
      ["anthropic_reset_cycles", [{ quota_name: "five_hour", cycle_start: at, total_delta: -3 }]],
      ["provider_accounts", [
        { id: 1, provider: "codex", name: "default", metadata: "{}" },
        { id: 2, provider: "codex", name: "Work Mail", metadata: "{}" },
      ]],
      ["codex_snapshots", [
        { captured_at: at, account_id: 1, plan_type: "plus" },
        { captured_at: at, account_id: 2, plan_type: "pro" },
      ]],
      ["codex_quota_values", [
        { snapshot_id: 1, quota_name: "five_hour", utilization: 5, resets_at: null },
        { snapshot_id: 2, quota_name: "five_hour", utilization: 6, resets_at: null },
      ]],
      ["copilot_snapshots", [{ captured_at: at, reset_date: "2026-12-01" }]],
      ["copilot_quota_values", [
        {
          snapshot_id: 1,
          quota_name: "premium_interactions",
          entitlement: 300,
          remaining: 250,
          unlimited: 0,
          overage_count: 0,
        },
        { snapshot_id: 1, quota_name: "chat", entitlement: 0, remaining: 0, unlimited: 1, overage_count: 0 },
      ]],
      ["antigravity_snapshots", [{ captured_at: at, plan_name: "Pro" }]],
      ["antigravity_model_values", [
        {
          snapshot_id: 1,
          model_id: "gemini-3",
          label: "Gemini\u202e 3\n",
          remaining_fraction: 0.75,
          remaining_percent: 75,
          reset_time: null,
        },
      ]],
      ["openrouter_snapshots", [{ captured_at: at, usage: 3, credit_limit: 10, limit_remaining: 7 }]],
      ["something_new", [{ captured_at: at }]],
    ]);
    const answer = await from(place, "onwatch", file);
    for (
      const [key, used] of [
        ["anthropic/default/five-hour", 12.5],
        ["codex/default/five-hour", 5],
        ["codex/work-mail/five-hour", 6],
        ["copilot/default/premium-interactions", 50],
        ["antigravity/default/gemini-3", 25],
        ["openrouter/default/key-limit", 3],
      ] as const
    ) {
      assertEquals((await readings(place, key)).map((one) => one.used), [used], key);
    }
    // Names that the other tracker kept as a vendor gave them are one harmless line here.
    const { stdout } = await place.run("status --json --provider antigravity");
    assertEquals(JSON.parse(stdout).accounts[0].quotas[0].label, "Gemini 3");
    assertEquals(answer.left["anthropic_snapshots: no values"], 1);
    assertEquals(answer.left["anthropic_snapshots: a second figure for the same quota and time"], 1);
    assertEquals(answer.left["anthropic_snapshots: a value without a name"], 1);
    assertEquals(answer.left["copilot_snapshots: no limit"], 1);
    assertEquals(answer.left["something_new: unknown table"], 1);
    assertEquals((await from(place, "onwatch", file)).imported, 0);
  }));

const MONITOR = `
  CREATE TABLE services (
    id TEXT PRIMARY KEY, name TEXT, provider TEXT, api_key TEXT, bearer_token TEXT, base_url TEXT, enabled INTEGER,
    display_order INTEGER, created_at INTEGER, updated_at INTEGER);
  CREATE TABLE quotas (
    id TEXT PRIMARY KEY, service_id TEXT, metric TEXT, "limit" REAL, used REAL, remaining REAL, type TEXT,
    replenishment_amount REAL, replenishment_period TEXT, reset_at INTEGER, created_at INTEGER, updated_at INTEGER);
  CREATE TABLE usage_history (
    service_id TEXT, metric TEXT, ts INTEGER, value REAL, PRIMARY KEY (service_id, metric, ts));`;

Deno.test("the monitor of services: a reading for each metric of a refresh, with older history before them", () =>
  withCliHome(async (place) => {
    const second = Date.UTC(2026, 10, 20, 10) / 1000;
    const quota = (id: string, service_id: string, metric: string, used: number, after = 0) => ({
      id,
      service_id,
      metric,
      '"limit"': 100,
      used,
      remaining: 100 - used,
      type: "usage",
      reset_at: second + 86_400,
      created_at: second + after,
    });
    const file = peer(place, "ai-usage.db", MONITOR, [
      ["services", [
        { id: "s1", name: "My Zen", provider: "opencode", api_key: "sk-never" },
        { id: "s2", name: "A", provider: "openai", api_key: "sk-never" },
        { id: "s3", name: "B", provider: "openai", api_key: "sk-never" },
        { id: "s4", name: "C", provider: "nobody-knows", api_key: "sk-never" },
      ]],
      ["quotas", [
        quota("1", "s1", "monthly_requests", 10),
        quota("2", "s1", "daily_tokens", 20),
        quota("3", "s1", "monthly_requests", 30, 300),
        quota("4", "s2", "monthly_spend", 1),
        quota("5", "s3", "monthly_spend", 2),
        quota("6", "s4", "x", 2),
        quota("7", "gone", "x", 2),
      ]],
      ["usage_history", [
        { service_id: "s1", metric: "monthly_requests", ts: second - 600, value: 5 },
        { service_id: "s1", metric: "monthly_requests", ts: second, value: 10 },
      ]],
    ]);
    const answer = await from(place, "ai-usage-monitor", file);
    assertEquals((await readings(place, "opencode-zen/default/monthly-requests")).map(({ used }) => used), [
      5,
      10,
      30,
    ]);
    assertEquals((await readings(place, "openai/b/monthly-spend")).map(({ used }) => used), [2]);
    assertEquals(answer.left, {
      'quotas: unknown provider "nobody-knows"': 1,
      "quotas: the service was removed": 1,
      "services: users, keys and logins are not imported": 4,
      "usage_history: also in quotas": 1,
    });
  }));

Deno.test("a database of another kind, one of ours, and an invalid one are each refused in a sentence, and nothing is imported", () =>
  withCliHome(async (place) => {
    const other = peer(place, "other.db", "CREATE TABLE songs (id INTEGER)", []);
    const odd = peer(place, "odd.db", "CREATE TABLE usage_snapshots (id INTEGER, when_it_was TEXT)", []);
    await place.fill([["2026-11-21 12:00", 1]]);
    await Deno.writeTextFile(join(place.folder, "text.db"), "no database at all, but long enough to look at");
    const before = await readContents(place.dbPath);
    for (
      const [file, words] of [
        [other, "This is not a database of synthetic-tracker: it has none of its tables (there are: songs)"],
        [odd, 'The table "usage_snapshots" has no column "collected_at": unknown schema'],
        [place.dbPath, "is a Syntrack database"],
        [join(place.folder, "text.db"), "as a database"],
        [join(place.folder, "absent.db"), "there is no such file"],
      ] as const
    ) {
      const { code, stderr } = await place.run(`import --from synthetic-tracker ${file}`);
      assertEquals(code, 1, file);
      assertStringIncludes(stderr, words);
    }
    assertEquals(await readContents(place.dbPath), before);
  }));

Deno.test("their settings are adopted once, without those about the location of their data, and no value is shown", () =>
  withCliHome(async (place) => {
    const file = peer(place, "usage.db", TRACKER, [["usage_snapshots", [
      { collected_at: "2026-11-20 04:30:00", subscription_limit: 135, requests_used: 1 },
    ]]]);
    await Deno.mkdir(join(place.folder, ".syntrack"), { recursive: true });
    const env = join(place.folder, ".syntrack", ".env");
    await Deno.writeTextFile(env, "ZAI_API_KEY=mine", { mode: 0o600 });
    await Deno.writeTextFile(
      join(place.folder, "their.env"),
      "# theirs\nSYNTHETIC_API_KEY='syn_ never shown'\nONWATCH_POLL_INTERVAL=120\nZAI_API_KEY=theirs\nDATABASE_PATH=x.db\nODD=1\n",
    );
    const command = `import --from synthetic-tracker ${file} --with-config their.env`;
    const dry = await place.run(`${command} --dry-run`);
    assertEquals([dry.code, await Deno.readTextFile(env)], [0, "ZAI_API_KEY=mine"]);
    const { code, stdout, stderr } = await place.run(command);
    assertEquals([code, stderr], [0, ""]);
    assert(!stdout.includes("never shown"));
    assertStringIncludes(stdout, "DATABASE_PATH: not imported, a path of the other tracker's data");
    assertEquals(
      await Deno.readTextFile(env),
      "ZAI_API_KEY=mine\nSYNTHETIC_API_KEY='syn_ never shown'\nSYNTRACK_POLL_INTERVAL=120\n",
    );
    assertEquals((await place.run(command)).code, 0);
    assertEquals((await Deno.readTextFile(env)).split("SYNTHETIC").length, 2);
    assertEquals((await place.run("import x --with-config their.env")).code, 2);
    assertEquals(yamlValues('synthetic:\n  api_key: "k: 1" # a\nzai_api_key: z\nlist:\n  - a\n'), {
      SYNTHETIC_API_KEY: "k: 1",
      ZAI_API_KEY: "z",
    });
  }));

for (const index of ["", "CREATE INDEX one ON anthropic_quota_values(snapshot_id);"]) {
  Deno.test(`some thousand snapshots ${index ? "with" : "without"} an index, stored in any order, are read with their own values in time order`, () =>
    withCliHome(async (place) => {
      const count = 1_500;
      const start = Date.UTC(2026, 10, 1);
      // Each number once, far from its neighbours.
      const minutes = Array.from({ length: count }, (_, at) => (at * 1_007) % count);
      const text = (minute: number) => new Date(start + minute * 60_000).toISOString();
      const file = peer(place, "onwatch.db", ONWATCH + index, [
        ["anthropic_snapshots", minutes.map((minute, at) => ({ id: 3 * at + 1, captured_at: text(minute) }))],
        [
          "anthropic_quota_values",
          minutes.flatMap((minute, at) =>
            ["five_hour", "seven_day"].map((quota_name) => ({
              snapshot_id: 3 * at + 1,
              quota_name,
              utilization: minute / 64 + (quota_name === "seven_day" ? 20 : 0),
              resets_at: text(count),
            }))
          ),
        ],
      ]);
      const answer = await from(place, "onwatch", file);
      assertEquals([answer.imported, answer.taken.anthropic_snapshots?.rows], [2 * count, count]);
      for (const [quota, more] of [["five-hour", 0], ["seven-day", 20]] as const) {
        await using store = await openSqliteStore(place.dbPath, { readOnly: true });
        const stored = await store.readings({ quota: `anthropic/default/${quota}` });
        assertEquals(
          stored.map(({ at, used }) => [at, used]),
          stored.map((_, minute) => [start + minute * 60_000, minute / 64 + more]),
        );
        assertEquals(stored.length, count);
      }
    }));
}

Deno.test("an interrupted import from another tracker leaves the database unchanged", () =>
  withCliHome(async (place) => {
    const rows = Array.from({ length: 10_000 }, (_, at) => ({
      collected_at: new Date(Date.UTC(2026, 10, 1) + at * 60_000).toISOString(),
      subscription_limit: 135,
      requests_used: at % 100,
    }));
    const file = peer(place, "usage.db", TRACKER, [["usage_snapshots", rows]]);
    await place.fill([["2026-11-21 12:00", 1]]);
    const before = await readContents(place.dbPath);
    for (const more of ["", " --dry-run"]) {
      // Noticed only by a program that waits now and then, like a signal.
      const onStop = (stop: () => void) => void setTimeout(stop, 0);
      const ran = await place.run(`import --from synthetic-tracker ${file}${more}`, { onStop });
      assertEquals([ran.code, ran.stdout], [130, ""]);
      assertStringIncludes(ran.stderr, "Interrupted: nothing was imported");
      assertEquals(await readContents(place.dbPath), before);
    }
  }));

Deno.test("times of other trackers are read in any format", () => {
  const noon = Date.UTC(2026, 10, 20, 12);
  for (
    const same of [
      "2026-11-20T12:00:00Z",
      "2026-11-20 12:00:00",
      "2026-11-20T14:00:00+02:00",
      "2026-11-20 07:00:00 -0500 EST",
      "2026-11-20T12:00:00.000000001Z",
      "2026-11-20T12:00:00.000999999Z",
      " 2026-11-20T12:00:00.0Z ",
      noon,
      noon / 1000,
      String(noon / 1000),
      noon * 1e6,
      BigInt(noon) * 1000n,
    ]
  ) {
    assertEquals(instantOfPeer(same), noon, String(same));
  }
  for (
    const none of [
      null,
      "",
      "soon",
      "0001-01-01T00:00:00Z",
      0,
      -1,
      Number.NaN,
      "2026-13-01T00:00:00Z",
      "2026-11-20T24:30:00Z",
      "2026-11-20T12:00:00.Z",
      "2026-11-20T12:0a:00Z",
      "2026-11-20T12:00:00ZZ",
    ]
  ) {
    assertEquals(instantOfPeer(none), null, String(none));
  }
});
