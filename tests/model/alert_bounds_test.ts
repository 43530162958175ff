/** The exact bound at which each alert is raised, and values just beyond it. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../lib/model/duration.ts";
import type { AlertSeverity } from "../../lib/model/alerts/alert.ts";
import { decideRelease } from "../../lib/model/alerts/decide_release.ts";
import {
  type ChannelRule,
  deliveryTime,
  parseQuietHours,
  quietEnd,
} from "../../lib/model/alerts/delivery.ts";
import { type CycleMarks, type QuotaMemory, rememberCycle } from "../../lib/model/alerts/memory.ts";
import { DEFAULT_ALERT_RULES as RULES } from "../../lib/model/alerts/rules.ts";
import type { AccountView, QuotaView } from "../../lib/model/view/view.ts";
import { at, createEvaluator, cycleAt, listKinds } from "../support/alerting.ts";
import { assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { accountViewOf, forecastOf, quotaViewOf, READ_AT } from "../support/views.ts";

/** The alerts of the second of two readings, ten minutes after the first. */
function second(before: Partial<QuotaView>, after: Partial<QuotaView>) {
  const { see } = createEvaluator();
  see(...at(0, before.used ?? 10, before));
  return see(...at(10, after.used ?? 10, after));
}

/** The alerts of an account at one time, with the state known a minute after the start. */
function ofAccount(fields: Partial<AccountView>, now: number) {
  const { see } = createEvaluator();
  see(accountViewOf([quotaViewOf()], fields), READ_AT);
  return see(accountViewOf([quotaViewOf()], fields), now);
}

const BALANCE: Partial<QuotaView> = {
  window: { kind: "balance", seconds: null },
  unit: "usd",
  limit: null,
  share: null,
  used: null,
  resetsAt: null,
  status: "unknown",
};
const ROLLING = { window: { kind: "rolling", seconds: 5 * 3600 }, resetsAt: null } as const;

Deno.test("credits are about to lapse from two days before until they do, and only if there are any", () => {
  const listRaised = (expiresAt: number | null, count = 1) => {
    const facts = [{ key: "banked-resets", label: "banked resets", count, expiresAt }];
    const { see } = createEvaluator();
    assertEquals(see(...at(-1, 10, {}, { facts })), [], "the first reading is no news");
    return see(...at(0, 10, {}, { facts }));
  };
  const [alert] = listRaised(READ_AT + 2 * DAY_MS);
  assertEquals([alert?.kind, alert?.title], ["credit-lapses", "Acme: banked resets about to expire"]);
  assertStringIncludes(alert!.text, "1 in reserve, the first expires on 2026-11-21 at 14:00");
  assertEquals(listRaised(READ_AT + 2 * DAY_MS + 1), []);
  assertEquals(listKinds(listRaised(READ_AT + 1)), ["credit-lapses"]);
  for (
    const [expiresAt, count] of [[READ_AT, 1], [READ_AT - 1, 1], [READ_AT + HOUR_MS, 0], [null, 3]] as const
  ) {
    assertEquals(listRaised(expiresAt, count), []);
  }
});

Deno.test("the last 32 announced occasions are remembered, so that what is stored stays small", () => {
  let told: readonly string[] = [];
  for (let patch = 1; patch <= 40; patch++) {
    const release = { running: "1.0.0", newest: `1.0.${patch}`, isNewer: true };
    ({ told } = decideRelease(release, told, [], READ_AT));
  }
  assertEquals([told.length, told[0], told.at(-1)], [32, "1.0.9", "1.0.40"]);
});

Deno.test("what the last four cycles raised is remembered beside the current one", () => {
  const cycle = (startedAt: number): CycleMarks => ({
    startedAt,
    marks: [`threshold:${startedAt}`],
    claims: [],
  });
  let memory: QuotaMemory = {
    at: 0,
    cycle: cycle(0),
    earlier: [],
    low: null,
    pending: [],
    limit: null,
    unit: "requests",
    resetsAt: null,
  };
  for (let startedAt = 1; startedAt <= 7; startedAt++) memory = rememberCycle(memory, cycle(startedAt));
  assertEquals([memory.cycle, ...memory.earlier], [7, 6, 5, 4, 3].map(cycle));
});

Deno.test("a login expires soon from two days before until it does, unless it is valid for less than three", () => {
  const listRaised = (lifeMs: number, leftMs: number) =>
    listKinds(ofAccount({ expiresAt: READ_AT + lifeMs }, READ_AT + lifeMs - leftMs));
  assertEquals(listRaised(3 * DAY_MS, 2 * DAY_MS), ["sign-in-expires"]);
  assertEquals(listRaised(3 * DAY_MS, 2 * DAY_MS + 1), []);
  assertEquals(listRaised(3 * DAY_MS, 1), ["sign-in-expires"]);
  assertEquals(listRaised(3 * DAY_MS, 0), []);
  assertEquals(listRaised(3 * DAY_MS - 1, DAY_MS), []);
});

Deno.test("polls count as failing after a quarter of an hour, counted from the last reading", () => {
  const health = { failure: null, hint: null, triedAt: READ_AT, nextAt: null };
  const listRaised = (minutes: number, okAt: number | null) => {
    const { see } = createEvaluator();
    see(...at(0, 10));
    const failing = { health: { ...health, okAt, state: "failing" } } as const;
    see(...at(1, 10, {}, failing));
    return listKinds(see(accountViewOf([quotaViewOf()], failing), READ_AT + minutes * MINUTE_MS));
  };
  assertEquals(listRaised(15, READ_AT), ["failing"]);
  assertEquals(listRaised(14.9, READ_AT), []);
  assertEquals(listRaised(16, null), ["failing"]);
  assertEquals(listRaised(15.9, null), []);
});

Deno.test("a threshold is crossed when it is reached, and the message contains the forecast", () => {
  const { resetsAt } = quotaViewOf();
  const outlook = (emptyAt: number) =>
    second({ used: 10 }, { used: 80, forecast: forecastOf({ state: "runs-dry", emptyAt }) })[0]!.text;
  assertEquals(second({ used: 10 }, { used: 79.9 }), []);
  assertMatch(outlook(resetsAt! - HOUR_MS), /^80% used, over 80%, .*, expected to run out at 15:00/);
  // Past and present events are not expected.
  const now = READ_AT + 10 * MINUTE_MS;
  for (const emptyAt of [now, now - 1]) {
    assertEquals(outlook(emptyAt), "80% used, over 80%, resets at 16:00 (in 1h 50m).");
  }
  const lasting = second({ used: 10 }, { used: 95, forecast: forecastOf() })[0]!;
  assertEquals([lasting.severity, lasting.figures?.threshold], ["critical", 0.95]);
  assertStringIncludes(lasting.text, "it should last until then");
});

Deno.test("messages about critical or run-out quotas contain advice, others do not", () => {
  const advice = (used: number, state?: "runs-dry") =>
    second({ used: 10 }, { used, forecast: forecastOf(state && { state }) }).find(({ kind }) =>
      kind === "threshold"
    )!
      .details;
  assertEquals([advice(80), advice(95)], [
    "80 of 100 requests used, 20 left.",
    "95 of 100 requests used, 5 left.",
  ]);
  assertStringIncludes(advice(80, "runs-dry"), "Slow down, or switch to another account");
  const [blocked] = second({ used: 10 }, { used: 20, allowed: false });
  assertStringIncludes(blocked!.details, "Wait until the vendor allows work again");
  const [low] = second({ ...BALANCE, remaining: 20 }, { ...BALANCE, remaining: 1 });
  assertStringIncludes(low!.details, "Top it up");
});

Deno.test("an alert states amounts of money in the code of their currency, unless it is dollars", () => {
  const unitOf = (fields: Partial<QuotaView>) => {
    const { see } = createEvaluator();
    const left = {
      window: { kind: "balance", seconds: null },
      used: null,
      limit: null,
      share: null,
      ...fields,
    } as const;
    see(...at(0, 0, { ...left, remaining: 20 }));
    return see(...at(1, 0, { ...left, remaining: 2 }))[0]?.figures?.unit;
  };
  assertEquals(unitOf({ unit: "credits", currency: "CNY" }), "CNY");
  assertEquals([unitOf({ unit: "credits" }), unitOf({ unit: "usd" })], ["credits", "usd"]);
});

Deno.test("a balance is low below the set amount, and the message says how long it will last", () => {
  const listRaised = (remaining: number, emptyAt: number | null = null) =>
    second({ ...BALANCE, remaining: 20 }, {
      ...BALANCE,
      remaining,
      forecast: forecastOf({ state: "runs-dry", emptyAt }),
    }).filter(({ kind }) => kind === "balance-low");
  const now = READ_AT + 10 * MINUTE_MS;
  assertEquals(listRaised(5), []);
  assertStringIncludes(listRaised(4.99, now + 3 * HOUR_MS)[0]!.text, "at this rate it lasts about 3 hours");
  for (const emptyAt of [null, now, now - HOUR_MS]) {
    assertEquals(listRaised(4.99, emptyAt)[0]!.text, "The balance is below $5.00.");
  }
});

Deno.test("a reset is early if more than half an hour was left", () => {
  const next = { cycle: cycleAt(65), resetsAt: READ_AT + 9 * HOUR_MS };
  const listRaised = (leftMinutes: number) =>
    second({ resetsAt: READ_AT + (10 + leftMinutes) * MINUTE_MS }, next).filter(({ kind }) =>
      kind === "early-reset"
    );
  assertEquals(listRaised(30), []);
  assertStringIncludes(listRaised(30.5)[0]!.text, "It reset 30m before the announced time");
  assertEquals(
    second({ ...ROLLING, resetsAt: READ_AT + 5 * HOUR_MS }, { ...ROLLING, cycle: cycleAt(65) }),
    [],
  );
});

Deno.test("availability is announced by the first reading at or after the announced reset, not before", () => {
  const listRaised = (minute: number) => {
    const { see } = createEvaluator();
    const resetsAt = READ_AT + 10 * MINUTE_MS;
    see(...at(0, 50, { resetsAt }));
    see(...at(1, 100, { resetsAt }));
    return listKinds(see(...at(minute, 2, { resetsAt: resetsAt + 5 * HOUR_MS, cycle: cycleAt(65) })));
  };
  assertEquals(listRaised(10), ["back"]);
  assertEquals(listRaised(9.9), []);
});

Deno.test("a limit of zero without use is not a quota, and so not used up", () => {
  const none = { used: 0, limit: 0, remaining: 0, share: null } as const;
  assertEquals(second({}, { ...none, status: "unknown" }), []);
  assertEquals(listKinds(second({}, { ...none, used: 1, share: 1 })), ["used-up"]);
});

Deno.test("a changed limit is reported from one percent on", () => {
  const listRaised = (limit: number) => {
    const { see } = createEvaluator({ ...RULES, off: [] });
    see(...at(0, 10, { limit: 200 }));
    return listKinds(see(...at(1, 10, { limit })));
  };
  assertEquals(listRaised(202), ["limit-changed"]);
  assertEquals(listRaised(198), ["limit-changed"]);
  assertEquals(listRaised(201.9), []);
  assertEquals(listRaised(198.1), []);
});

Deno.test("running out is likely from the set probability on, or without one if the forecast is confident enough", () => {
  const listRaised = (forecast: Parameters<typeof forecastOf>[0]) => {
    const { see } = createEvaluator();
    const emptyAt = READ_AT + 90 * MINUTE_MS;
    const fields = { forecast: forecastOf({ state: "runs-dry", emptyAt, ...forecast }) };
    see(...at(0, 40));
    see(...at(1, 45, fields));
    return see(...at(2, 45, fields));
  };
  assertStringIncludes(listRaised({ runOutProbability: 0.6 })[0]!.text, "probability 60%");
  assertEquals(listRaised({ runOutProbability: 0.59 }), []);
  assertEquals(listKinds(listRaised({ confidence: "medium" })), ["runs-out"]);
  assertEquals(listRaised({ confidence: "low" }), []);
  assertEquals(listRaised({ emptyAt: READ_AT + 2 * MINUTE_MS }), []);
  const late = listRaised({ emptyAt: READ_AT + 2 * HOUR_MS })[0]!;
  assertMatch(late.text, /^At this rate it runs out at 16:00 \(in 1h 58m\), 45% used\.$/);
});

Deno.test("a reading raises alerts until it is an hour old, or three reading intervals", () => {
  const listRaised = (ageMs: number, intervalMs?: number) => {
    const { see } = createEvaluator();
    see(...at(0, 10));
    const [view, now] = at(5, 99, intervalMs === undefined ? {} : { intervalMs });
    return listKinds(see(view, now + ageMs));
  };
  assertEquals(listRaised(HOUR_MS), ["threshold"]);
  assertEquals(listRaised(HOUR_MS + 1), []);
  assertEquals(listRaised(3 * HOUR_MS, HOUR_MS), ["threshold"]);
  assertEquals(listRaised(3 * HOUR_MS + 1, HOUR_MS), []);
});

Deno.test("a message is worth sending until the reset, or for six hours if there is none ahead", () => {
  const until = (resetsAt: number | null) => second({}, { used: 85, resetsAt })[0]!.expiresAt;
  const now = READ_AT + 10 * MINUTE_MS;
  assertEquals(until(now + 1), now + 1);
  assertEquals([now, now - 1, null].map(until), Array(3).fill(now + 6 * HOUR_MS));
});

Deno.test("a rolling quota is re-armed a tenth below its threshold, and a used-up one when a tenth is free", () => {
  const again = (between: number, high: number) => {
    const { see } = createEvaluator();
    [10, high, between].forEach((used, minute) => see(...at(minute, used, ROLLING)));
    return listKinds(see(...at(3, high, ROLLING)));
  };
  assertEquals(again(71, 85), []);
  assertEquals(again(69, 85), ["threshold"]);
  assertEquals(again(91, 100), []);
  assertEquals(again(89, 100), ["used-up"]);
});

Deno.test("a quota is used up at its limit, by share or by remainder, and the reset is named while it is ahead", () => {
  const bare = { used: null, limit: null, share: null, remaining: null, status: "unknown" } as const;
  assertEquals(listKinds(second({}, { ...bare, share: 1 })), ["used-up"]);
  assertEquals(listKinds(second({}, { ...bare, share: 0.99 })), ["threshold"]);
  assertEquals(listKinds(second({}, { ...bare, remaining: 0 })), ["used-up"]);
  assertEquals(listKinds(second({}, { ...bare, remaining: 0.1 })), []);
  const text = (resetsAt: number) => second({}, { used: 100, resetsAt })[0]!.text;
  const now = READ_AT + 10 * MINUTE_MS;
  assertEquals(text(now), "Nothing is left.");
  assertEquals(text(now + MINUTE_MS), "Nothing is left, resets at 14:11 (in 1m).");
});

Deno.test("a channel gets messages of its minimum severity, and during quiet hours only urgent ones", () => {
  const zone = "Europe/Berlin";
  const quiet = { from: 13 * 60, to: 15 * 60 };
  const reason = (severity: AlertSeverity, rule: ChannelRule, now = READ_AT) =>
    deliveryTime(
      { kind: "threshold", severity, account: "acme/default", quota: null, expiresAt: now + 1 },
      rule,
      [],
      now,
      zone,
    ).reason;
  const all = (rule: ChannelRule) =>
    (["info", "warning", "critical"] as const).map((severity) => reason(severity, rule));
  assertEquals(all({ least: "warning" }), ["not-wanted", "now", "now"]);
  assertEquals(all({ quiet }), ["quiet-hours", "quiet-hours", "now"]);
  assertEquals(all({ quiet, urgent: "warning" }), ["quiet-hours", "now", "now"]);
  assertEquals(all({ quiet, urgent: "none" }), Array(3).fill("quiet-hours"));
  assertEquals(all({ kinds: ["back"] }), Array(3).fill("not-wanted"));
  assertEquals(all({ kinds: ["threshold"] }), Array(3).fill("now"));
});

Deno.test("quiet hours include their first minute, exclude their last, and may span midnight", () => {
  const at = (time: string) => Date.parse(`2026-11-19T${time}:00Z`);
  const end = (text: string, time: string) => {
    const found = quietEnd(parseQuietHours(text)!, at(time), "UTC");
    return found === null ? null : new Date(found).toISOString().slice(8, 16);
  };
  assertEquals(["12:59", "13:00", "14:59", "15:00"].map((time) => end("13:00-15:00", time)), [
    null,
    "19T15:00",
    "19T15:00",
    null,
  ]);
  assertEquals(
    ["21:59", "22:00", "23:59", "00:00", "06:29", "06:30"].map((time) => end("22:00-06:30", time)),
    [
      null,
      "20T06:30",
      "20T06:30",
      "19T06:30",
      "19T06:30",
      null,
    ],
  );
  assertEquals(end("09:00-09:00", "09:00"), null);
});
