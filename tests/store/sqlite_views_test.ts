import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import type { Reading } from "../../lib/model/quota.ts";
import { openSqliteStore, type SqliteStore } from "../../lib/store/sqlite.ts";
import { assertEquals, assertStringIncludes } from "../support/assert.ts";
import { BALANCE, DAY_MS, reading, utc } from "../support/readings.ts";
import { withFolder } from "./folder.ts";
import { commitAll, minutes, pollsOf } from "./polls.ts";

const LIMIT = 135;

/** One day of a four-hour window that was used up and restarted twice. */
const ONE_DAY: readonly (readonly [at: string, used: number, resetsAt: string])[] = [
  ["01:00", 0, "05:00"],
  ["02:00", 60, "05:00"],
  ["04:30", 130, "05:00"],
  ["05:30", 5, "09:30"],
  ["09:00", 120, "09:30"],
  ["10:00", 10, "14:00"],
  ["13:00", 40, "14:00"],
];

function subscription(used: number, resetsAt: number | null): Reading {
  return reading({
    quota: "subscription",
    used,
    limit: LIMIT,
    remaining: LIMIT - used,
    resetsAt,
    window: { kind: "fixed", seconds: 14_400 },
  });
}

async function withOneDay(
  work: (path: string, store: SqliteStore) => Promise<void> | void,
): Promise<void> {
  await withFolder(async (folder) => {
    const path = join(folder, "syntrack.db");
    await using store = await openSqliteStore(path);
    const polls = ONE_DAY.map(([at, used, resetsAt]) => ({
      at: utc(`2026-03-10 ${at}`),
      readings: [subscription(used, utc(`2026-03-10 ${resetsAt}`))],
    }));
    await commitAll(store, pollsOf(polls, "synthetic/default"));
    await work(path, store);
  });
}

function ask(path: string, sql: string): readonly Readonly<Record<string, unknown>>[] {
  using db = new DatabaseSync(path, { readOnly: true });
  return db.prepare(sql).all().map((row) => ({ ...row }));
}

Deno.test("daily_usage counts use across resets: 290 if the range of values is 130", () =>
  withOneDay((path) => {
    const rows = ask(path, "SELECT * FROM daily_usage");
    assertEquals(rows, [{
      day: "2026-03-10",
      requests_consumed: 290,
      min_leftover: 5,
      max_leftover: 135,
      avg_leftover: 82.857143,
      snapshots: 7,
      naive_max_minus_min: 130,
      provider: "synthetic",
      account: "default",
      quota: "subscription",
      unit: "requests",
    }]);
    assertEquals(Object.keys(rows[0]!).slice(0, 6), [
      "day",
      "requests_consumed",
      "min_leftover",
      "max_leftover",
      "avg_leftover",
      "snapshots",
    ]);
  }));

Deno.test("weekly_usage counts the same by week", () =>
  withOneDay((path) => {
    const [row, ...others] = ask(path, "SELECT * FROM weekly_usage");
    assertEquals(others, []);
    assertEquals([row?.week, row?.requests_consumed, row?.naive_max_minus_min], ["2026-W10", 290, 130]);
    assertEquals([row?.min_leftover, row?.max_leftover, row?.avg_leftover, row?.snapshots], [
      5,
      135,
      82.857143,
      7,
    ]);
  }));

Deno.test("usage_snapshots has the documented columns and UTC text", () =>
  withOneDay((path) => {
    const rows = ask(path, "SELECT * FROM usage_snapshots ORDER BY id");
    assertEquals(rows.length, 7);
    assertEquals(new Set(rows.map(({ id }) => id)).size, 7);
    const { id, ...first } = rows[2]!;
    assertEquals(typeof id, "number");
    assertEquals(first, {
      collected_at: "2026-03-10 04:30:00",
      subscription_limit: 135,
      requests_used: 130,
      leftover: 5,
      renews_at: "2026-03-10 05:00:00",
      provider: "synthetic",
      account: "default",
      quota: "subscription",
      unit: "requests",
    });
    const since = ask(path, "SELECT * FROM usage_snapshots WHERE collected_at >= '2026-03-10 09:00:00'");
    assertEquals(since.length, 3);
  }));

Deno.test("weekly_usage numbers weeks like strftime %W, newest first", () =>
  withFolder(async (folder) => {
    const path = join(folder, "syntrack.db");
    await using store = await openSqliteStore(path);
    const labels = {
      "2026-01-01": "2026-W00",
      "2026-01-04": "2026-W00",
      "2026-01-05": "2026-W01",
      "2026-03-10": "2026-W10",
      "2026-12-31": "2026-W52",
      "2027-01-03": "2027-W00",
    };
    const days = Object.keys(labels);
    await commitAll(store, pollsOf(days.map((day) => ({ at: utc(day), readings: [subscription(1, null)] }))));
    const weeks = ask(path, "SELECT week FROM weekly_usage").map(({ week }) => week);
    assertEquals(weeks, [...new Set(Object.values(labels))].reverse());
    const daily = ask(path, "SELECT day FROM daily_usage").map(({ day }) => day);
    assertEquals(daily, days.toReversed());
  }));

Deno.test("the views distinguish quotas and leave unknown values empty", () =>
  withFolder(async (folder) => {
    const path = join(folder, "syntrack.db");
    await using store = await openSqliteStore(path);
    const credits = { quota: "credits", unit: "usd", used: null, limit: null, window: BALANCE } as const;
    const at = utc("2026-03-10 12:00");
    await commitAll(
      store,
      pollsOf([
        {
          at,
          readings: [
            reading({ used: 12.5, unit: "percent" }),
            reading({ ...credits, remaining: 10 }),
            reading({ ...credits, quota: "unknown" }),
          ],
        },
        {
          at: at + 1,
          readings: [reading({ used: 12.8, unit: "percent" }), reading({ ...credits, remaining: 9.7 })],
        },
      ], "acme/o'work"),
    );
    assertEquals(
      ask(
        path,
        "SELECT quota, unit, account, requests_consumed, max_leftover, naive_max_minus_min FROM daily_usage",
      ),
      [
        {
          quota: "five-hour",
          unit: "percent",
          account: "o'work",
          requests_consumed: 0.3,
          max_leftover: null,
          naive_max_minus_min: 0.3,
        },
        {
          quota: "credits",
          unit: "usd",
          account: "o'work",
          requests_consumed: 0.3,
          max_leftover: 10,
          naive_max_minus_min: null,
        },
        {
          quota: "unknown",
          unit: "usd",
          account: "o'work",
          requests_consumed: 0,
          max_leftover: null,
          naive_max_minus_min: null,
        },
      ],
    );
    assertEquals(ask(path, "SELECT avg_leftover FROM weekly_usage WHERE quota = 'unknown'"), [{
      avg_leftover: null,
    }]);
  }));

Deno.test("daily_usage stays complete when the readings are removed", () =>
  withOneDay(async (path, store) => {
    const before = ask(path, "SELECT * FROM daily_usage");
    await store.prune({ readingsMs: 1, fiveMinutesMs: 1, outcomesMs: 1 }, utc("2026-03-10") + 400 * DAY_MS);
    assertEquals(ask(path, "SELECT * FROM daily_usage"), before);
    assertEquals(ask(path, "SELECT * FROM usage_snapshots").length, 1);
  }));

function sqlite3(...args: readonly string[]): { readonly code: number; readonly out: string } | null {
  try {
    const result = new Deno.Command("sqlite3", { args: [...args], stdout: "piped", stderr: "piped" })
      .outputSync();
    const text = new TextDecoder();
    return { code: result.code, out: text.decode(result.stdout) + text.decode(result.stderr) };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

const present = sqlite3("-version") !== null;

Deno.test({
  name: `sqlite3 reads daily_usage while the store writes${present ? "" : " (skipped: no sqlite3 here)"}`,
  ignore: !present,
  fn: () =>
    withOneDay(async (path, store) => {
      const asked = sqlite3(path, "SELECT * FROM daily_usage;");
      assertEquals(asked, {
        code: 0,
        out: "2026-03-10|290|5|135|82.857143|7|130|synthetic|default|subscription|requests\n",
      });
      await commitAll(store, minutes([1], "acme/next"));
      const again = sqlite3(path, "SELECT count(*) FROM daily_usage; SELECT week FROM weekly_usage LIMIT 1;");
      assertStringIncludes(again?.out ?? "", "2\n2026-W10");
    }),
});
