import type { Health } from "../../lib/model/outcome.ts";
import type { AccountView, QuotaView } from "../../lib/model/view/view.ts";
import { instantText, momentText } from "../../lib/ui/dates.ts";
import {
  accountTitle,
  describeExpectation,
  fullTitle,
  hasPace,
  hasRate,
  hasReset,
  healthWord,
  isStale,
  outlookText,
  planText,
  resetState,
} from "../../lib/ui/words.ts";
import type { ForecastState } from "../../lib/model/forecast/forecast.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { BALANCE, ROLLING } from "../support/readings.ts";
import { accountViewOf, forecastOf, quotaViewOf } from "../support/views.ts";

const MINUTE = 60_000;
const NOW = Date.parse("2026-11-19T13:17:21Z");
const FRESH: Health = {
  state: "fresh",
  failure: null,
  hint: null,
  triedAt: NOW,
  okAt: NOW,
  nextAt: NOW + MINUTE,
};

function account(health: Partial<Health> = {}, fields: Partial<AccountView> = {}): AccountView {
  return {
    key: "acme/default",
    provider: "acme",
    providerName: "Acme",
    name: "default",
    plan: null,
    health: { ...FRESH, ...health },
    at: NOW,
    quotas: [],
    ...fields,
  };
}

Deno.test("an account becomes stale when due polls do not arrive", () => {
  assertEquals(isStale(account(), NOW + 3 * MINUTE), false);
  assertEquals(isStale(account(), NOW + 3 * MINUTE + 1), true);
  assertEquals(healthWord(account(), NOW), "Up to date");
  assertEquals(healthWord(account(), NOW + 4 * MINUTE), "Stale");
});

Deno.test("an account polled hourly is not stale before two and a half hours", () => {
  const hourly = account({ nextAt: NOW + 60 * MINUTE });
  assertEquals(isStale(hourly, NOW + 150 * MINUTE), false);
  assertEquals(isStale(hourly, NOW + 151 * MINUTE), true);
});

Deno.test("a failing account has stale figures after three minutes, and none before its first", () => {
  const failing = { state: "failing", failure: "unavailable" } as const;
  assertEquals(isStale(account(failing), NOW + MINUTE), false);
  assertEquals(isStale(account(failing), NOW + 4 * MINUTE), true);
  assertEquals(isStale(account(failing, { at: null }), NOW + 4 * MINUTE), false);
  assertEquals(healthWord(account(failing), NOW + 4 * MINUTE), "Vendor unreachable");
});

Deno.test("an unconfigured account is always stale, a new one never", () => {
  assertEquals(isStale(account({ state: "off" }), NOW), true);
  assertEquals(isStale(account({ state: "new" }, { at: null }), NOW + 99 * MINUTE), false);
});

Deno.test("external texts are cut and cleaned before they are shown", () => {
  assertEquals(accountTitle(account()), "Acme");
  assertEquals(accountTitle(account({}, { name: "work" })), "Acme work");
  assertEquals(accountTitle(account({}, { providerName: "\u202e\u200b" })), "acme");
  assert(accountTitle(account({}, { name: "n".repeat(300) })).length <= 80);
  assertEquals(planText(account({}, { plan: "pro\u202e\u0007" })), "pro\ufffd");
  assertEquals(planText(account({}, { plan: " \u00ad" })), "");
});

Deno.test("times are as short as possible, in the zone", () => {
  const zone = "Europe/Berlin";
  assertEquals(instantText(NOW + 60 * MINUTE, NOW, zone), "15:17");
  assertEquals(instantText(NOW + 20 * 60 * MINUTE, NOW, zone), "Fri 10:17");
  assertEquals(instantText(NOW + 8 * 24 * 60 * MINUTE, NOW, zone), "27 Nov 14:17");
  assertEquals(momentText(NOW, zone), "Thu 19 Nov 14:17");
});

Deno.test("a card shows the forecast of its quota, and nothing without one", () => {
  const heading = (state: ForecastState, emptyAt: number | null = null) =>
    outlookText(quotaViewOf({ forecast: forecastOf({ state, emptyAt }) }), NOW, "UTC");
  assertEquals(heading("runs-dry", NOW + 60 * MINUTE), "runs out at 14:17");
  assertEquals(heading("tight"), "tight until its reset");
  assertEquals(heading("lasts"), "lasts until its reset");
  assertEquals(heading("exhausted"), "used up");
  assertEquals(heading("runs-dry", NOW - MINUTE), "about to run out");
  for (const state of ["idle", "analysing", "unknown"] as const) assertEquals(heading(state), "");
  assertEquals(heading("blocked"), "blocked by its vendor");
  assertEquals(outlookText(quotaViewOf(), NOW, "UTC"), "");
  const doubtful = forecastOf({ state: "runs-dry", emptyAt: NOW + 60 * MINUTE, runOutProbability: 0.47 });
  assertEquals(outlookText(quotaViewOf({ forecast: doubtful }), NOW, "UTC"), "may run out at 14:17");
});

Deno.test("what a card says of a window does not depend on the clock, so the card rests between two readings", () => {
  const clock = {
    get value(): number {
      throw new Error("The clock was read");
    },
  };
  for (const kind of ["fixed", "calendar", "rolling", "allocation"] as const) {
    const quota = quotaViewOf({
      window: { kind, seconds: 18_000 },
      forecast: forecastOf(),
      refillPerHour: 3,
    });
    describeExpectation(quota, "used", clock);
  }
});

Deno.test("a card shows the possible outcomes of its kind of window, and omits impossible ones", () => {
  const card = (fields: Partial<QuotaView>) => {
    const quota = quotaViewOf(fields);
    const { name, text } = describeExpectation(quota, "used", { value: NOW }) ?? { name: null, text: null };
    return [name, text, hasReset(quota), hasRate(quota), hasPace(quota)];
  };
  const forecast = forecastOf();
  assertEquals(card({ forecast }), ["Forecast at reset", "about 60% used", true, true, true]);
  assertEquals(card({}), ["Forecast at reset", null, true, true, true]);
  const balance = { window: BALANCE, resetsAt: null, limit: null, used: null, remaining: 12.5, share: null };
  const emptyAt = NOW + 9 * 24 * 60 * MINUTE;
  assertEquals(card({ ...balance, forecast: forecastOf({ projectedShare: null, emptyAt }) }), [
    "Empty",
    "lasts about 9 days",
    false,
    true,
    false,
  ]);
  const rolling = { window: ROLLING, resetsAt: null, refillPerHour: 83 };
  assertEquals(card({ ...rolling, forecast }), ["Refills", "83 requests/h", true, true, false]);
  const allocation = { window: { kind: "allocation", seconds: null }, resetsAt: null } as const;
  assertEquals(card({ ...allocation, forecast: forecastOf({ state: "unknown" }) }), [
    null,
    null,
    false,
    false,
    false,
  ]);
  // A counter without limit, a used-up quota without figures, and a blocked one.
  assertEquals(card({ limit: null, share: null, forecast }), [null, null, true, true, false]);
  assertEquals(card({ used: null, limit: null, remaining: 0, share: 1 }).slice(3), [false, true]);
  assertEquals(card({ allowed: false, forecast })[0], null);
  // "0%/h" beside "used up" says nothing; that it is still being used does.
  const full = { used: 100, limit: 100, remaining: 0, share: 1 };
  assertEquals([0, 4].map((ratePerHour) => card({ ...full, ratePerHour })[3]), [false, true]);
});

Deno.test("a reset read after it had passed is overdue, and one that passed since waits for a reading", () => {
  const state = (resetsAt: number | null, at: number) => resetState(quotaViewOf({ resetsAt, at }), NOW);
  assertEquals(state(null, NOW), "none");
  assertEquals(state(NOW + 1, NOW), "ahead");
  assertEquals(state(NOW, NOW - 1), "passed");
  assertEquals(state(NOW, NOW), "overdue");
  assertEquals(state(NOW - MINUTE, NOW - MINUTE + 1), "overdue");
});

Deno.test("a reading from the future is stale, because its age is unknown", () => {
  assertEquals(isStale(accountViewOf([], { at: NOW + MINUTE }), NOW), true);
  assertEquals(isStale(accountViewOf([], { at: NOW + 4000 }), NOW), false);
});

Deno.test("a vendor that prefixes its quotas with its name is not named twice", () => {
  const named = (fields: Partial<AccountView>, label: string) =>
    fullTitle(accountViewOf([], { providerName: "Grok", ...fields }), quotaViewOf({ label }));
  assertEquals(named({}, "Grok credits"), "Grok credits");
  assertEquals(named({ name: "work" }, "grok credits"), "Grok work credits");
  assertEquals(named({ label: "At home" }, "Grok credits"), "At home Grok credits");
  assertEquals(named({}, "Grokking"), "Grok Grokking");
  assertEquals(named({}, "Grok"), "Grok Grok");
  assertEquals(named({}, "Weekly"), "Grok Weekly");
});
