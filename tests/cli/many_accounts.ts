/** Readings of several accounts, tight and relaxed, with realistic names, for tests of what users see. */
import type { AccountKey, Reading } from "../../lib/model/quota.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { commitAll, pollsOf } from "../store/polls.ts";
import { reading, utc } from "../support/readings.ts";
import { type CliHome, NOW } from "./support.ts";

const HOUR = 3_600_000;
const FIVE_HOURS = { kind: "fixed", seconds: 18_000 } as const;
const WEEK = { kind: "fixed", seconds: 604_800 } as const;

type Filled = readonly [account: string, used: readonly number[], fields: Partial<Reading>];

/** A five-hour window in percent that resets in three hours. */
export const percentOf = (quota: string, label: string, fields: Partial<Reading> = {}): Partial<Reading> => ({
  quota,
  label,
  unit: "percent",
  limit: 100,
  remaining: null,
  window: FIVE_HOURS,
  resetsAt: NOW + 3 * HOUR,
  ...fields,
});

const ROWS: readonly Filled[] = [
  ["anthropic/default", [60, 61, 62, 63], percentOf("five-hour", "5-hour session")],
  ["anthropic/work", [95, 98, 100, 100], percentOf("five-hour", "5-hour session")],
  ["zai/default", [20, 45, 70, 88], percentOf("five-hour", "5-hour quota")],
  ["codex/a-very-long-name-of-an-account-at-some-company", [1, 1, 2, 2], {
    ...percentOf("seven-day", "Weekly limit <b>&amp; #[fg=red]#(touch x) $(id) `id` %{F#f00} | color=red", {
      window: WEEK,
    }),
    resetsAt: NOW + 90 * HOUR,
  }],
  ["openrouter/default", [80, 82, 83, 84], {
    quota: "credits",
    label: "Account credits",
    unit: "usd",
    limit: 100,
    remaining: null,
    window: { kind: "balance", seconds: null },
    resetsAt: null,
  }],
  ["copilot/default", [10, 12, 14, 15], {
    quota: "premium-requests",
    label: "\u9ad8\u7ea7\u8bf7\u6c42 Premium \u{1f680} requests",
    unit: "requests",
    limit: 300,
    remaining: null,
    window: { kind: "calendar", seconds: null },
    resetsAt: utc("2026-12-01 00:00"),
  }],
];

export async function manyAccounts(place: CliHome): Promise<void> {
  for (const [account, used, fields] of ROWS) {
    const minutes = ["12:13", "12:28", "12:43", "12:58"];
    await place.fill(
      used.map((value, at) => [`2026-11-21 ${minutes[at]}`, value] as const),
      fields,
      account as AccountKey,
    );
  }
}

/** Three quotas for each of fourteen accounts, from unused to 93 %. */
export async function fortyQuotas(place: CliHome): Promise<void> {
  await using store = await openSqliteStore(place.dbPath);
  for (let account = 0; account < 14; account++) {
    const key: AccountKey = `acme/account-${account}`;
    const readings = [0, 1, 2].map((quota) =>
      reading({
        quota: `q${quota}`,
        label: `Quota ${quota}`,
        unit: "percent",
        used: account * 7 + quota,
        limit: 100,
        remaining: null,
      })
    );
    const polls = pollsOf([{ at: utc("2026-11-21 12:59"), readings }], key, await store.recall(key));
    await commitAll(store, polls);
  }
}
