/** Which alerts are open: those whose condition holds, each once. */
import fc from "fast-check";
import type { Alert } from "../../lib/model/alerts/alert.ts";
import { openAlerts } from "../../lib/model/alerts/open.ts";
import type { AccountView, QuotaView } from "../../lib/model/view/view.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { HOUR_MS, MINUTE_MS } from "../support/readings.ts";
import { accountViewOf, forecastOf, quotaViewOf, READ_AT } from "../support/views.ts";

const AT = READ_AT;
const account = (quota: Partial<QuotaView> = {}, fields: Partial<AccountView> = {}) =>
  accountViewOf([
    quotaViewOf({ at: AT, share: 0.96, used: 96, limit: 100, resetsAt: AT + HOUR_MS, ...quota }),
  ], {
    at: AT,
    ...fields,
  });
const { key, quotas: [{ quota: quotaId }] } = account() as AccountView & { quotas: [QuotaView] };

function alert(fields: Partial<Alert> = {}): Alert {
  return {
    id: `${fields.kind ?? "threshold"}|${fields.figures?.threshold ?? ""}|${fields.at ?? AT}`,
    kind: "threshold",
    severity: "warning",
    account: key,
    quota: quotaId,
    at: AT,
    title: "x",
    text: "",
    details: "",
    expiresAt: AT + HOUR_MS,
    figures: {
      used: 96,
      limit: 100,
      remaining: 4,
      share: 0.96,
      unit: "requests",
      resetsAt: null,
      threshold: 0.95,
    },
    ...fields,
  };
}
const kinds = (raised: readonly Alert[], view = account(), now = AT) =>
  openAlerts(raised, [view], [], now).map(({ kind }) => kind);

Deno.test("a threshold is open while the quota is over it, in the cycle in which it was crossed, until its reset", () => {
  assertEquals(kinds([alert()]), ["threshold"]);
  assertEquals(kinds([alert()], account({ share: 0.5 })), []);
  assertEquals(kinds([alert()], account(), AT + HOUR_MS), [], "the reset has passed");
  const next = account({ cycle: { startedAt: AT + 1, peak: null, consumed: null, whole: true } });
  assertEquals(kinds([alert()], next), [], "another cycle has begun");
  assertEquals(kinds([alert()], account({ gone: true })), []);
});

Deno.test("of one quota only the most severe level is open, and none that another alert ended", () => {
  const used = alert({ kind: "used-up", severity: "critical", at: AT + MINUTE_MS });
  const full = account({ share: 1, used: 100, remaining: 0 });
  assertEquals(kinds([used, alert()], full), ["used-up"]);
  const back = alert({ kind: "back", severity: "info", resolves: used.id });
  assertEquals(kinds([back, used, alert()], full), []);
});

Deno.test("an episode of an account is open as long as the account is in that state", () => {
  const failing = alert({ kind: "failing", severity: "critical", quota: null, expiresAt: AT });
  const of = (state: AccountView["health"]["state"]) =>
    account({}, { health: { ...account().health, state } });
  assertEquals(
    kinds([failing], of("failing"), AT + 48 * HOUR_MS),
    ["failing"],
    "also when it is no news any more",
  );
  assertEquals(kinds([failing], of("fresh")), []);
  assertEquals(kinds([failing], account({}, { hidden: true, health: of("failing").health })), []);
  assertEquals(openAlerts([failing], [], [], AT), [], "an account that is gone needs nobody");
});

Deno.test("a snoozed alert is not open until the snooze ends", () => {
  const snooze = { target: key, until: AT + MINUTE_MS } as const;
  assertEquals(openAlerts([alert()], [account()], [snooze], AT), []);
  assertEquals(openAlerts([alert()], [account()], [snooze], AT + MINUTE_MS).length, 1);
  assertEquals(openAlerts([alert()], [account()], [{ ...snooze, kind: "failing" }], AT).length, 1);
});

const nextCycle = (startedAt: number) =>
  account({ cycle: { startedAt, peak: null, consumed: null, whole: true } });

Deno.test("an alert raised by the first reading of a cycle is about that cycle", () => {
  assertEquals(kinds([alert()], nextCycle(AT)), ["threshold"]);
  assertEquals(kinds([alert()], nextCycle(AT + 1)), []);
});

Deno.test("a blocked quota is open while the vendor says so, in a verdict or as its state", () => {
  const blocked = alert({ kind: "blocked", severity: "critical" });
  const of = (quota: Partial<QuotaView>) => kinds([blocked], account(quota)).length;
  assertEquals(of({ allowed: false, status: "critical" }), 1);
  assertEquals(of({ status: "blocked" }), 1);
  assertEquals(of({ allowed: true, status: "critical" }), 0);
});

Deno.test("a low balance is open below its amount, and while one of the two is unknown", () => {
  const figures = { used: null, limit: null, remaining: 4, share: null, unit: "usd", resetsAt: null };
  const of = (remaining: number | null, threshold?: number) => {
    const low = alert({
      kind: "balance-low",
      figures: { ...figures, ...threshold !== undefined && { threshold } },
    });
    const window = { kind: "balance", seconds: null } as const;
    return kinds([low], account({ window, remaining, resetsAt: null })).length;
  };
  assertEquals([of(4.99, 5), of(5, 5), of(5.01, 5)], [1, 0, 0]);
  assertEquals([of(null, 5), of(100)], [1, 1]);
});

Deno.test("running out is open until its time, unless it is used up or is expected to last", () => {
  const dry = alert({ kind: "runs-out", expiresAt: AT + 10 });
  const half = { share: 0.5, used: 50, remaining: 50, resetsAt: null };
  const of = (quota: Partial<QuotaView>, now = AT) =>
    kinds([dry], account({ ...half, ...quota }), now).length;
  assertEquals([of({}, AT + 9), of({}, AT + 10)], [1, 0]);
  assertEquals([of({ share: 1, used: 100, remaining: 0 })], [0]);
  const states = ["runs-dry", "tight", "analysing", "lasts"] as const;
  assertEquals(states.map((state) => of({ forecast: forecastOf({ state }) })), [1, 1, 1, 0]);
});

Deno.test("an expiring login is open until it expires, or until another one has its place", () => {
  const expiring = alert({ kind: "sign-in-expires", quota: null, expiresAt: AT + 10 });
  const of = (now: number, expiresAt?: number) =>
    kinds([expiring], account({}, expiresAt === undefined ? {} : { expiresAt }), now).length;
  assertEquals([of(AT + 9), of(AT + 10)], [1, 0]);
  assertEquals([of(AT, AT + 10), of(AT, AT + 11)], [1, 0]);
});

Deno.test("an expiring credit is open until it expires, while one with that time is in reserve", () => {
  const lapsing = alert({ kind: "credit-lapses", quota: null, expiresAt: AT + 10 });
  const fact = (count: number, expiresAt: number) => ({ key: "resets", label: "Resets", count, expiresAt });
  const of = (facts: AccountView["facts"], now = AT) =>
    kinds([lapsing], account({}, facts && { facts }), now).length;
  assertEquals([of([fact(1, AT + 10)], AT + 9), of([fact(1, AT + 10)], AT + 10)], [1, 0]);
  assertEquals([of([fact(3, AT + 99), fact(1, AT + 10)]), of([fact(3, AT + 99), fact(0, AT + 10)])], [1, 0]);
  assertEquals([of([fact(0.5, AT + 10)]), of([fact(1, AT + 99)]), of([]), of(undefined)], [1, 0, 0, 0]);
});

Deno.test("other alerts, and those of kinds that a later version added, are open until they expire", () => {
  const until = (fields: Partial<Alert>) => {
    const given = [alert({ expiresAt: AT + 10, ...fields })];
    return [AT + 9, AT + 10].map((now) => kinds(given, account({ resetsAt: null }), now).length);
  };
  assertEquals(until({ kind: "over-budget", quota: null }), [1, 0]);
  assertEquals(until({ kind: "on-fire" as Alert["kind"] }), [1, 0]);
});

Deno.test("a threshold of a rolling window is open until use is clearly below it", () => {
  const window = { kind: "rolling", seconds: 5 * 3600 } as const;
  const of = (share: number) => kinds([alert()], account({ window, share, resetsAt: null })).length;
  // 95% was crossed: 86% is not a tenth below it, 84% is.
  assertEquals([of(0.95), of(0.86), of(0.84)], [1, 1, 0]);
});

Deno.test("whatever was raised, a quota has at most one open level, and no mere information is open", () => {
  const kind = fc.constantFrom<Alert["kind"]>(
    "threshold",
    "used-up",
    "blocked",
    "balance-low",
    "back",
    "runs-out",
  );
  const severity = fc.constantFrom<Alert["severity"]>("info", "warning", "critical");
  const one = fc.record({ kind, severity, at: fc.integer({ min: AT - 1000, max: AT }) }).map((fields) =>
    alert(fields)
  );
  fc.assert(fc.property(fc.array(one), fc.double({ min: 0, max: 2, noNaN: true }), (raised, share) => {
    const open = openAlerts(raised, [account({ share, allowed: share < 1 })], [], AT);
    assert(open.every(({ severity }) => severity !== "info"));
    assert(open.filter((one) => one.kind !== "runs-out" && one.kind !== "back").length <= 1);
  }));
});
