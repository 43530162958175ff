import { encodeCurrent, encodeHistory, encodeProviders } from "../../lib/formats/quota_api.ts";
import { type Forecast, forecast } from "../../lib/model/forecast/forecast.ts";
import type { Reading } from "../../lib/model/quota.ts";
import type { AccountState } from "../../lib/model/engine/state.ts";
import { samplesFromReadings } from "../../lib/model/history/samples.ts";
import { type AccountView, accountView } from "../../lib/model/view/view.ts";
import { type ListedQuota, type NamedQuota, namedQuota } from "../../lib/formats/quota_api_figures.ts";
import { assert, assertClose, assertEquals } from "../support/assert.ts";
import { assertGolden } from "../support/golden.ts";
import {
  BALANCE,
  type FakePoll,
  HOUR_MS,
  MINUTE_MS,
  MONTHLY,
  ONE_HOUR,
  ONE_WEEK,
  reading,
  replay,
  ROLLING,
  utc,
} from "../support/readings.ts";

const AT = utc("2026-11-21 10:00");

function viewOf(key: AccountView["key"], polls: readonly FakePoll[], now: number): AccountView {
  const { state } = replay(polls);
  const outcome = {
    account: key,
    at: polls.at(-1)?.at ?? now,
    durationMs: 1,
    kind: "ok",
    failures: 0,
    nextAt: null,
    nextReason: "interval",
    credential: null,
  } as const;
  const okAt = state.at;
  return accountView({
    account: key,
    state,
    outcome,
    okAt,
    configured: true,
    providerName: "A vendor",
    forecasts: forecastsOf(state, now),
  }, now);
}

function forecastsOf(state: AccountState, now: number): ReadonlyMap<string, Forecast> {
  return new Map(
    Object.values(state.quotas).map(({ reading, at, cycle, recent }) => {
      const { quota, window, used, limit, remaining, resetsAt } = reading;
      const windowMs = window.seconds === null ? null : window.seconds * 1000;
      const { kind } = window;
      return [
        quota,
        forecast({ now, kind, windowMs, resetsAt, at, used, limit, remaining, cycle, recent, past: [] }),
      ];
    }),
  );
}

/** Readings half an hour ago and now, so that there is a rate. */
function polls(before: readonly Reading[], after: readonly Reading[]): readonly FakePoll[] {
  return [{ at: AT - 30 * MINUTE_MS, readings: before }, { at: AT, readings: after }];
}

const RENEWS = AT + 4 * HOUR_MS + 16 * MINUTE_MS + 30_000;

function subscription(used: number): Reading {
  return reading({ quota: "subscription", label: "Subscription", used, limit: 135, resetsAt: RENEWS });
}

function search(used: number | null): Reading {
  return reading({ quota: "search", label: "Search", used, limit: 250, window: ONE_HOUR });
}

function toolCalls(used: number): Reading {
  return reading({
    quota: "tool-calls",
    label: "Tool calls",
    used,
    limit: 1000,
    window: MONTHLY,
    resetsAt: AT - 1000,
    parts: [{ name: "search-prime", used: 30 }, { name: "web-reader", used: 11 }],
  });
}

Deno.test("the quota API states the three quotas of Synthetic", async () => {
  const account = viewOf(
    "synthetic/default",
    polls([subscription(40), search(null), toolCalls(10)], [
      subscription(49.5),
      search(null),
      toolCalls(980),
    ]),
    AT,
  );
  await assertGolden("quota_api_current_synthetic", encodeCurrent("synthetic", account, ["default"], AT));
});

Deno.test("the quota API states a missing quota of Synthetic as null, and newer ones in camel case", async () => {
  const fiveHour = reading({
    quota: "five-hour",
    label: "Rolling",
    used: 138.5,
    limit: 1000,
    window: ROLLING,
  });
  const credits = reading({
    quota: "weekly-credits",
    label: "Weekly credits",
    unit: "usd",
    used: 48 - 35.16,
    limit: 48,
    window: { kind: "rolling", seconds: 604_800 },
  });
  const account = viewOf("synthetic/default", [{ at: AT, readings: [fiveHour, credits] }], AT);
  await assertGolden(
    "quota_api_current_synthetic_newer",
    encodeCurrent("synthetic", account, ["default"], AT),
  );
});

Deno.test("the quota API states tokens, time and tools of Z.ai", async () => {
  const tokens = (used: number) => reading({ unit: "percent", used, resetsAt: AT + 90 * MINUTE_MS });
  const weekly = reading({ quota: "weekly", label: "Weekly", unit: "percent", used: 8, window: ONE_WEEK });
  const account = viewOf(
    "zai/default",
    polls([tokens(20), weekly, toolCalls(41)], [tokens(61), weekly, toolCalls(41)]),
    AT,
  );
  await assertGolden("quota_api_current_zai", encodeCurrent("zai", account, ["default"], AT));
});

Deno.test("the quota API lists the quotas of every other provider", async () => {
  const seen = [
    reading({ used: 120, limit: 100, resetsAt: AT + HOUR_MS }),
    reading({
      quota: "balance",
      label: "Balance",
      unit: "usd",
      used: null,
      limit: null,
      remaining: 12.5,
      window: BALANCE,
    }),
  ];
  const account = viewOf(
    "acme/work",
    polls([reading({ used: 100, resetsAt: AT + HOUR_MS }), seen[1]!], seen),
    AT,
  );
  await assertGolden("quota_api_current_listed", encodeCurrent("acme", account, ["home", "work"], AT));
});

Deno.test("the quota API is null for a provider without an account", () => {
  const head = { capturedAt: null, health: null, plan: null };
  assertEquals(encodeCurrent("synthetic", null, [], AT), {
    ...head,
    subscription: null,
    search: null,
    toolCalls: null,
  });
  assertEquals(encodeCurrent("zai", null, [], AT), {
    ...head,
    tokensLimit: null,
    timeLimit: null,
    toolCalls: null,
  });
  assertEquals(encodeCurrent("acme", null, [], AT), { ...head, quotas: [] });
  assertEquals(encodeCurrent("constructor", null, [], AT), { ...head, quotas: [] });
});

Deno.test("the quota API omits quotas that the provider no longer mentions", () => {
  const account = viewOf("synthetic/default", polls([subscription(4), search(1)], [search(2)]), AT);
  const current = encodeCurrent("synthetic", account, ["default"], AT);
  assertEquals(current.subscription, null);
  assert(current.search !== null);
});

Deno.test("the quota API never lets a quota replace another field", () => {
  const readings = ["plan", "captured-at", "subscription-limit", "__proto__"].map((quota) =>
    reading({ quota })
  );
  const account = viewOf("synthetic/default", [{ at: AT, readings }], AT);
  const current = encodeCurrent("synthetic", account, ["default"], AT);
  assertEquals(current.plan, null);
  assertEquals(current.capturedAt, "2026-11-21T10:00:00.000Z");
  assertEquals(Object.getPrototypeOf(current), Object.prototype);
  const [row] = encodeHistory(
    "synthetic",
    readings.map(({ quota }) => quota),
    samplesFromReadings([{ quota: "subscription-limit", readings: [{ at: AT, used: 7, limit: 9 }] }]),
  );
  assertEquals(row!.subscriptionLimit, null);
  assertEquals(row!.subscriptionLimitQuota, 7);
});

Deno.test("the quota API returns the history as rows with the promised names of each provider", async () => {
  const samples = samplesFromReadings([
    {
      quota: "subscription",
      readings: [{ at: AT, used: 40, limit: 135 }, { at: AT + 60_000, used: 45, limit: 135 }],
    },
    { quota: "five-hour", readings: [{ at: AT, used: 23, limit: 100 }] },
    { quota: "tool-calls", readings: [{ at: AT + 60_000, used: 41, limit: null }] },
  ]);
  const quotas = ["subscription", "five-hour", "tool-calls"];
  await assertGolden("quota_api_history", {
    synthetic: encodeHistory("synthetic", quotas, samples),
    zai: encodeHistory("zai", ["five-hour", "tool-calls"], samples),
    acme: encodeHistory("acme", quotas, samples),
  });
  assertEquals(encodeHistory("synthetic", quotas, []), []);
});

Deno.test("the quota API offers all providers together only if there are several", () => {
  const one = { id: "acme", name: "Acme" };
  assertEquals(encodeProviders([], null), { providers: [], current: null, provider_labels: {} });
  assertEquals(encodeProviders([one], "acme"), {
    providers: ["acme"],
    current: "acme",
    provider_labels: { acme: "Acme" },
  });
  assertEquals(encodeProviders([one, { id: "idle", name: "Idle" }], "acme"), {
    providers: ["acme", "idle", "both"],
    current: "acme",
    provider_labels: { acme: "Acme", idle: "Idle", both: "All" },
  });
});

Deno.test("the quota API states the unit of every figure of other providers, and caps no projection", () => {
  // $6 of $10 in the last half hour, four hours before the reset.
  const spend = (used: number) => reading({ quota: "spend", unit: "usd", used, limit: 10, resetsAt: RENEWS });
  const account = viewOf("acme/default", polls([spend(0)], [spend(6)]), AT);
  const [quota] = encodeCurrent("acme", account, ["default"], AT).quotas as ListedQuota[];
  const { unit, used, ratePerHour, currentRate, currentRateUnit, projectedUsage, projectedUtil } = quota!;
  assertEquals([unit, used, ratePerHour], ["usd", 6, 12]);
  assertEquals([currentRate, currentRateUnit], [120, "percent"]);
  assert(projectedUsage! > 10);
  assertClose(projectedUtil!, projectedUsage! * 10, 1e-6);
  const named = viewOf("synthetic/default", polls([subscription(0)], [subscription(81)]), AT);
  const { subscription: one } = encodeCurrent("synthetic", named, ["default"], AT) as unknown as {
    subscription: NamedQuota;
  };
  assertEquals([one.unit, one.currentRate], ["requests", 162]);
  assert(one.projectedUsage! > 135);
});

Deno.test("the description of a balance names its currency", () => {
  const describe = (fields: Partial<Reading>) => {
    const purse = reading({
      used: null,
      limit: null,
      remaining: 4.9,
      window: BALANCE,
      resetsAt: null,
      ...fields,
    });
    const [quota] = viewOf("deepseek/default", [{ at: AT, readings: [purse] }], AT).quotas;
    return namedQuota(quota!, AT, { insight: false, details: false }).description;
  };
  assertEquals(describe({ unit: "credits", currency: "CNY" }), "Money in CNY left on the account");
  assertEquals(describe({ unit: "usd" }), "US dollars left on the account");
  assertEquals(describe({ unit: "credits" }), "Credits left on the account");
});
