import { emptyState } from "../../lib/model/engine/advance.ts";
import { createForecastWithout } from "../../lib/model/forecast/parts.ts";
import type { Outcome } from "../../lib/model/outcome.ts";
import type { Reading } from "../../lib/model/quota.ts";
import {
  type AccountView,
  accountView,
  type AccountViewInput,
  type DashboardView,
  findTightest,
  type QuotaView,
  recentIntervalMs,
  recentRate,
  sortByTightness,
  withoutHidden,
} from "../../lib/model/view/view.ts";
import { assert, assertClose, assertEquals } from "../support/assert.ts";
import {
  ACCOUNT,
  BALANCE,
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

Deno.test("a quota that is no longer reported is not the tightest, and comes last", () => {
  const [full, half] = [reading({ quota: "full", used: 100 }), reading({ quota: "half", used: 50 })];
  const then = { at: START, readings: [full, half] };
  const accounts = [viewAfter([then, { at: START + MINUTE_MS, readings: [half] }])];
  assertEquals(sortByTightness({ accounts }).map(({ quota }) => quota), ["half", "full"]);
  assertEquals(findTightest({ accounts })?.quota, "half");
  const gone = accounts.map((account) => ({ ...account, quotas: account.quotas.filter(({ gone }) => gone) }));
  assertEquals([findTightest({ accounts: gone }), findTightest(null)], [undefined, undefined]);
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

Deno.test("a view without its hidden accounts has the others in their order, and is itself if none is hidden", () => {
  const named = (name: string, hidden?: true) => ({ ...viewAfter([]), name, ...hidden && { hidden } });
  const of = (...accounts: readonly AccountView[]) => ({ at: START, accounts }) as unknown as DashboardView;
  const mixed = of(named("a"), named("b", true), named("c"));
  assertEquals(withoutHidden(mixed), of(named("a"), named("c")));
  assertEquals(withoutHidden(of(named("b", true))), of());
  const plain = of(named("a"), named("c"));
  assert(withoutHidden(plain) === plain);
});

Deno.test("an account that is not configured is hidden only if a user hid it", () => {
  const unconfigured = (more: Partial<AccountViewInput>) =>
    accountView(factsAfter([], { configured: false, ...more }), START);
  assertEquals(["hidden" in unconfigured({}), unconfigured({ hidden: true }).hidden], [false, true]);
});

Deno.test("an account is off while its polling is, or while it has no credential", () => {
  const polls = [{ at: START, readings: [reading()] }];
  const stand = (configured: boolean, polling: boolean) => {
    const { state, nextAt } = accountView(factsAfter(polls, { configured, polling }), START).health;
    return [state, nextAt];
  };
  assertEquals([stand(true, true), stand(true, false), stand(false, true)], [
    ["fresh", START + MINUTE_MS],
    ["off", null],
    ["off", null],
  ]);
});

Deno.test("the status of a balance is that of its forecast; without a limit no other quota has one", () => {
  const status = (fields: Partial<Reading>) => {
    const polls = [{ at: START, readings: [reading({ used: null, limit: null, remaining: 9, ...fields })] }];
    const forecasts = new Map([["five-hour", createForecastWithout("lasts", "room-left")]]);
    return accountView(factsAfter(polls, { forecasts }), START).quotas[0]?.status;
  };
  assertEquals([status({ window: BALANCE }), status({})], ["healthy", "unknown"]);
});

Deno.test("what a cycle consumed is unknown while no amount was stated in it, except for levels", () => {
  const consumed = (fields: Partial<Reading>, ...before: readonly (number | null)[]) => {
    const polls = [...before.map((used) => ({ used })), fields].map((stated, place) => ({
      at: START + place * MINUTE_MS,
      readings: [reading({ limit: null, ...fields, ...stated })],
    }));
    return viewAfter(polls).quotas[0]?.cycle.consumed;
  };
  const unstated = { used: null, remaining: 0 };
  assertEquals([consumed(unstated), consumed(unstated, null)], [null, null]);
  // What was counted before stays counted.
  assertEquals([consumed(unstated, 4, 5), consumed(unstated, 4, 9)], [1, 5]);
  assertEquals([consumed({ used: 5 }), consumed({ used: 5 }, 3)], [0, 2]);
  const level = { used: null, window: { kind: "rolling", seconds: 60 } } as const;
  assertEquals(consumed(level), 0);
});

Deno.test("the interval of an account is the shortest of the quotas in its last reading", () => {
  const quota = (at: number, intervalMs?: number) =>
    ({ at, ...intervalMs !== undefined && { intervalMs } }) as QuotaView;
  const interval = (...quotas: readonly QuotaView[]) => recentIntervalMs({ at: START, quotas });
  assertEquals(interval(quota(START, 600_000), quota(START, 60_000), quota(START, 300_000)), 60_000);
  // A quota that is gone, or new, says nothing.
  assertEquals(interval(quota(START - 1, 1000), quota(START, 60_000), quota(START)), 60_000);
  assertEquals([interval(), interval(quota(START - 1, 1000)), interval(quota(START))], [null, null, null]);
});
