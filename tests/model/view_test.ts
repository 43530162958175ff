import { emptyState } from "../../lib/model/engine/advance.ts";
import type { Outcome } from "../../lib/model/outcome.ts";
import type { Reading } from "../../lib/model/quota.ts";
import {
  type AccountView,
  accountView,
  type AccountViewInput,
  type QuotaView,
  recentRate,
  sortByTightness,
} from "../../lib/model/view/view.ts";
import { assert, assertClose, assertEquals } from "../support/assert.ts";
import {
  ACCOUNT,
  DAY_MS,
  type FakePoll,
  HOUR_MS,
  MINUTE_MS,
  reading,
  replay,
  utc,
} from "../support/readings.ts";

const START = utc("2026-11-21 10:00");

function factsAfter(polls: readonly FakePoll[], more: Partial<AccountViewInput> = {}): AccountViewInput {
  const last = polls.at(-1)?.at ?? null;
  const outcome: Outcome | null = last === null ? null : {
    account: ACCOUNT,
    at: last,
    durationMs: 120,
    kind: "ok",
    failures: 0,
    nextAt: last + MINUTE_MS,
    nextReason: "interval",
    credential: null,
  };
  return {
    account: ACCOUNT,
    state: polls.length > 0 ? replay(polls).state : emptyState(ACCOUNT),
    outcome,
    okAt: last,
    configured: true,
    providerName: "Acme",
    ...more,
  };
}

function viewAfter(polls: readonly FakePoll[], now = polls.at(-1)?.at ?? START): AccountView {
  return accountView(factsAfter(polls), now);
}

function quotaAfter(fields: Partial<Reading>): QuotaView {
  const view = viewAfter([{ at: START, readings: [reading(fields)] }]).quotas[0];
  assert(view);
  return view;
}

Deno.test("accountView() of an account that was never polled has no known values and no quotas", () => {
  const view = viewAfter([]);
  assertEquals([view.key, view.provider, view.providerName, view.name], [
    "acme/work",
    "acme",
    "Acme",
    "work",
  ]);
  assertEquals([view.at, view.plan], [null, null]);
  assertEquals(view.quotas, []);
  assertEquals(view.health.state, "new");
});

Deno.test("accountView() shows quotas in the order in which they were first seen", () => {
  const first = [reading({ quota: "weekly" }), reading({ quota: "five-hour" })];
  const view = viewAfter([
    { at: START, readings: first },
    { at: START + MINUTE_MS, readings: [...first].reverse() },
  ]);
  assertEquals(view.quotas.map((quota) => quota.quota), ["weekly", "five-hour"]);
});

Deno.test("a quota shows the reading and its open cycle", () => {
  const view = viewAfter([
    { at: START, readings: [reading({ used: 10, remaining: 90, resetsAt: START + HOUR_MS })] },
    {
      at: START + 10 * MINUTE_MS,
      readings: [reading({
        used: 27,
        remaining: 73,
        resetsAt: START + HOUR_MS,
        parts: [{ name: "search", used: 27 }],
      })],
    },
  ]);
  assertEquals(view.quotas, [{
    key: "acme/work/five-hour",
    quota: "five-hour",
    label: "Five hours",
    unit: "requests",
    window: { kind: "fixed", seconds: 18_000 },
    at: START + 10 * MINUTE_MS,
    intervalMs: 10 * MINUTE_MS,
    used: 27,
    limit: 100,
    remaining: 73,
    utilization: 0.27,
    share: 0.27,
    status: "healthy",
    resetsAt: START + HOUR_MS,
    ratePerHour: 102,
    rateSpanMs: 10 * MINUTE_MS,
    cycle: { startedAt: START, peak: 27, consumed: 17, whole: false },
    gone: false,
    parts: [{ name: "search", used: 27 }],
  }]);
});

Deno.test("a quota over its limit is full and critical, and states the excess", () => {
  const view = quotaAfter({ used: 120 });
  assertEquals([view.utilization, view.share, view.status], [1, 1.2, "critical"]);
});

Deno.test("a quota with unknown use or limit has no share and no status", () => {
  for (const fields of [{ used: null }, { limit: null }, { used: 0, limit: 0 }]) {
    const view = quotaAfter(fields);
    assertEquals([view.utilization, view.share, view.status], [null, null, "unknown"]);
  }
});

Deno.test("a quota that the provider stopped mentioning is gone, shown for a day, and then removed", () => {
  const both = [reading({ quota: "five-hour" }), reading({ quota: "old" })];
  const shown = (later: number) =>
    viewAfter([{ at: START, readings: both }, {
      at: START + later,
      readings: [reading({ quota: "five-hour" })],
    }])
      .quotas.map((quota) => [quota.quota, quota.gone]);
  assertEquals(shown(MINUTE_MS), [["five-hour", false], ["old", true]]);
  assertEquals(shown(DAY_MS), [["five-hour", false], ["old", true]]);
  assertEquals(shown(DAY_MS + 1), [["five-hour", false]]);
});

Deno.test("no quota is gone while the account merely cannot be read", () => {
  const view = viewAfter([{ at: START, readings: [reading()] }], START + 30 * DAY_MS);
  assertEquals(view.quotas.map((quota) => quota.gone), [false]);
  assertEquals(view.at, START);
  assertEquals(view.health.state, "stale");
});

Deno.test("a rate needs readings that span five minutes", () => {
  const rateAfter = (...minutes: readonly number[]) =>
    viewAfter(minutes.map((minute) => ({
      at: START + minute * MINUTE_MS,
      readings: [reading({ used: minute })],
    }))).quotas[0]?.ratePerHour ?? null;
  assertEquals(rateAfter(0), null);
  assertEquals(rateAfter(0, 4), null);
  assertEquals(rateAfter(0, 5), 60);
  assertClose(rateAfter(0, 1, 2, 3, 4, 5, 6) ?? 0, 60);
  assertEquals(rateAfter(0, 45), 60);
});

Deno.test("the rate of an unused quota is 0, not unknown", () => {
  const polls = [0, 10, 20].map((minute) => ({
    at: START + minute * MINUTE_MS,
    readings: [reading({ used: 7 })],
  }));
  assertEquals(viewAfter(polls).quotas[0]?.ratePerHour, 0);
  assertEquals(recentRate({ recent: [] }), null);
});

Deno.test("a rate continues across a reset", () => {
  const polls = [
    { at: START, readings: [reading({ used: 90, resetsAt: START + 5 * MINUTE_MS })] },
    { at: START + 10 * MINUTE_MS, readings: [reading({ used: 10, resetsAt: START + 5 * HOUR_MS })] },
  ];
  assertEquals(viewAfter(polls).quotas[0]?.ratePerHour, 60);
});

Deno.test("sortByTightness() puts the fullest quota first and unknown ones last, across all accounts", () => {
  const of = (name: string, readings: readonly Reading[]): AccountView => ({
    ...viewAfter([{ at: START, readings }]),
    name,
  });
  const accounts = [
    of("one", [
      reading({ quota: "half", used: 50 }),
      reading({ quota: "unknown", used: null }),
      reading({ quota: "none" }),
    ]),
    of("two", [reading({ quota: "over", used: 130 }), reading({ quota: "far-over", used: 150 })]),
  ];
  const view = { at: START, eventId: 0, accounts, trouble: null };
  assertEquals(sortByTightness(view).map((quota) => quota.quota), [
    "far-over",
    "over",
    "half",
    "none",
    "unknown",
  ]);
  assertEquals(view.accounts[0]?.quotas[0]?.quota, "half");
});

Deno.test("a view is plain data", () => {
  const view = viewAfter([{
    at: START,
    readings: [reading({ used: 5 }), reading({ quota: "b", used: null })],
  }]);
  assertEquals(JSON.parse(JSON.stringify(view)), view);
});

Deno.test("accountView() contains other known facts about an account, and omits unknown ones", () => {
  const fact = { key: "banked-resets", label: "Banked resets", count: 2, expiresAt: null };
  const dropped = [{ what: "search", why: "no figure" }];
  const credential = { source: "login file", expiresAt: START + DAY_MS } as NonNullable<
    AccountViewInput["credential"]
  >;
  const of = (state: Partial<AccountViewInput["state"]>, more: Partial<AccountViewInput> = {}) => {
    const before = factsAfter([], more);
    return accountView({ ...before, state: { ...before.state, ...state } }, START);
  };
  const full = of({ facts: [fact], dropped, droppedTotal: 0 }, { label: "Team", credential });
  assertEquals([full.facts, full.dropped, full.droppedTotal], [[fact], dropped, 0]);
  assertEquals([full.label, full.source, full.expiresAt], ["Team", "login file", START + DAY_MS]);
  const names = ["facts", "dropped", "droppedTotal", "label", "source", "expiresAt", "paused", "hidden"];
  const bare = of({ facts: [] }, {
    credential: { source: "", expiresAt: null } as NonNullable<AccountViewInput["credential"]>,
  });
  assertEquals(names.filter((name) => name in bare), []);
  // A pollable account is paused, and an unconfigured one hidden.
  const stand = (configured: boolean, polling: boolean, hidden: boolean) => {
    const view = of({}, { configured, polling, hidden });
    return [view.paused ?? false, view.hidden ?? false];
  };
  assertEquals([stand(true, false, true), stand(true, true, true)], [[true, false], [false, false]]);
  assertEquals([stand(false, false, true), stand(false, false, false)], [[false, true], [false, false]]);
});
