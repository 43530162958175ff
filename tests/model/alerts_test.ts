import fc from "fast-check";
import { deliveryTime, parseQuietHours, quietEnd, retryDelayMs } from "../../lib/model/alerts/delivery.ts";
import { DEFAULT_ALERT_RULES } from "../../lib/model/alerts/rules.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../lib/model/duration.ts";
import type { QuotaView } from "../../lib/model/view/view.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { at, createEvaluator, cycleAt, listKinds, ZONE } from "../support/alerting.ts";
import { accountViewOf, forecastOf, quotaViewOf, READ_AT } from "../support/views.ts";

Deno.test("a threshold is reported once per cycle, however often the value fluctuates around it", () => {
  const { see } = createEvaluator();
  assertEquals(see(...at(0, 70)), []);
  const [alert] = see(...at(1, 82));
  assertEquals(alert?.title, "Acme 5-hour quota: 82% used");
  assertEquals(alert?.severity, "warning");
  assert(alert!.text.includes("resets at 16:00"), alert!.text);
  for (const [minute, used] of [[2, 79], [3, 81], [4, 79], [5, 84]] as const) {
    assertEquals(see(...at(minute, used)), []);
  }
  assertEquals(listKinds(see(...at(6, 96))), ["threshold"]);
  assertEquals(listKinds(see(...at(7, 100))), ["used-up"]);
  assertEquals(see(...at(8, 100)), []);
});

Deno.test("the first reading reports nothing, however full the quota is; later ones do", () => {
  const { see } = createEvaluator();
  assertEquals(see(...at(0, 97)), []);
  assertEquals(see(...at(1, 98)), []);
  assertEquals(listKinds(see(...at(2, 100))), ["used-up"]);
});

Deno.test("availability is reported at once after the announced reset, and otherwise after a second reading", () => {
  const due = createEvaluator();
  const resetsAt = READ_AT + 10 * MINUTE_MS;
  due.see(...at(0, 50, { resetsAt }));
  assertEquals(listKinds(due.see(...at(1, 100, { resetsAt }))), ["used-up"]);
  const next = { resetsAt: resetsAt + 5 * HOUR_MS, cycle: cycleAt(10) };
  const [back] = due.see(...at(11, 2, next));
  assertEquals([back?.kind, back?.resolves?.split("|")[0]], ["back", "used-up"]);
  assertEquals(due.see(...at(12, 2, next)), []);

  const early = createEvaluator();
  early.see(...at(0, 50));
  early.see(...at(1, 100));
  const fresh = { cycle: cycleAt(2), resetsAt: READ_AT + 5 * HOUR_MS };
  assertEquals(listKinds(early.see(...at(2, 1, fresh))), ["early-reset"]);
  assertEquals(listKinds(early.see(...at(3, 1, fresh))), ["back"]);
});

Deno.test("availability is not reported while the vendor refuses work or omits the figure", () => {
  const { see } = createEvaluator();
  const resetsAt = READ_AT + 10 * MINUTE_MS;
  see(...at(0, 50, { resetsAt }));
  see(...at(1, 100, { resetsAt }));
  const next = { resetsAt: resetsAt + 5 * HOUR_MS, cycle: cycleAt(10) };
  assertEquals(listKinds(see(...at(11, 2, { ...next, allowed: false }))), ["blocked"]);
  assertEquals(
    see(...at(12, 0, { ...next, used: null, share: null, remaining: null, status: "unknown" })),
    [],
  );
  assertEquals(listKinds(see(...at(13, 2, { ...next, allowed: true }))), ["back"]);
});

Deno.test("a reset that the vendor reverts also reverts its messages, and repeats none of the old cycle", () => {
  const { see } = createEvaluator();
  see(...at(0, 50));
  see(...at(1, 96));
  const fresh = { cycle: cycleAt(2), resetsAt: READ_AT + 5 * HOUR_MS };
  const early = see(...at(2, 1, fresh));
  see(...at(3, 1, fresh));
  const withdrawn = see(...at(4, 97));
  assertEquals(withdrawn.map(({ kind }) => kind), ["withdrawn", "withdrawn"]);
  assertEquals(withdrawn[0]?.resolves, early[0]?.id);
  assertEquals(see(...at(5, 98)), []);
});

Deno.test("running out before the reset is reported with its time, once, and only if two readings agree", () => {
  const { see, reasons } = createEvaluator();
  const emptyAt = READ_AT + 90 * MINUTE_MS;
  const forecast = forecastOf({ state: "runs-dry", emptyAt, runOutProbability: 0.8 });
  see(...at(0, 40, { forecast: forecastOf() }));
  assertEquals(see(...at(1, 45, { forecast })), []);
  const reason = reasons(...at(2, 45, { forecast: forecastOf() })).find(({ kind }) => kind === "runs-out")
    ?.reason;
  assertEquals(reason, "not-reached");
  const [alert] = see(...at(2, 47, { forecast }));
  assertEquals(alert?.kind, "runs-out");
  assert(
    alert!.text.startsWith("At this rate it runs out at 15:30 (in 1h 28m), 30m before its reset"),
    alert!.text,
  );
  assertEquals(see(...at(3, 50, { forecast })), []);
  const unlikely = createEvaluator();
  unlikely.see(...at(0, 40));
  for (const minute of [1, 2, 3]) {
    assertEquals(unlikely.see(...at(minute, 45, { forecast: { ...forecast, runOutProbability: 0.3 } })), []);
  }
});

Deno.test("a low balance is reported, and again only after it was clearly topped up", () => {
  const { see } = createEvaluator();
  const purse = {
    window: { kind: "balance", seconds: null },
    unit: "usd",
    limit: null,
    share: null,
    used: null,
    resetsAt: null,
  } as const;
  const left = (minute: number, remaining: number) =>
    see(...at(minute, 0, { ...purse, remaining, status: "unknown" }));
  assertEquals(left(0, 20), []);
  const [low] = left(1, 4.9);
  assertEquals([low?.kind, low?.title], ["balance-low", "Acme 5-hour quota: $4.90 left"]);
  for (const [minute, remaining] of [[2, 5.1], [3, 4.8], [4, 5.4], [5, 4.9]] as const) {
    assertEquals(left(minute, remaining), []);
  }
  assertEquals(listKinds(left(6, 0)), ["used-up"]);
  left(7, 25);
  assertEquals(listKinds(left(8, 25)), ["back"]);
  assertEquals(listKinds(left(9, 4)), ["balance-low"]);
});

Deno.test("a changed limit is reported with both values, but not for percentages, balances or unknown values", () => {
  const changed = (before: Partial<QuotaView>, after: Partial<QuotaView>) => {
    const { see } = createEvaluator({ ...DEFAULT_ALERT_RULES, off: [] });
    see(...at(0, 10, before));
    return see(...at(1, 10, after)).filter(({ kind }) => kind === "limit-changed");
  };
  const [alert] = changed({ unit: "requests", limit: 100 }, { unit: "requests", limit: 150 });
  assertEquals(alert?.title, "Acme 5-hour quota: limit raised");
  assert(alert!.text.startsWith("From 100 to 150"), alert!.text);
  assertEquals(
    changed({ unit: "requests", limit: 100 }, { unit: "requests", limit: 50 })[0]?.title,
    "Acme 5-hour quota: limit lowered",
  );
  const limits: readonly (number | null)[] = [null, 0];
  for (const limit of limits) {
    assertEquals(changed({ unit: "requests", limit: 100 }, { unit: "requests", limit }), []);
    assertEquals(changed({ unit: "requests", limit }, { unit: "requests", limit: 100 }), []);
  }
  assertEquals(changed({ unit: "requests", limit: 100 }, { unit: "tokens", limit: 150 }), []);
  assertEquals(changed({ unit: "percent", limit: 100 }, { unit: "percent", limit: 150 }), []);
  assertEquals(changed({ unit: "requests", limit: 100 }, { unit: "requests", limit: 100.5 }), []);
});

Deno.test("a quota with only a known remainder is used up at zero", () => {
  const { see } = createEvaluator();
  const left = (minute: number, remaining: number) =>
    see(...at(minute, 0, { used: null, limit: null, share: null, remaining, status: "unknown" }));
  assertEquals(left(0, 3), []);
  assertEquals(left(1, 0.5), []);
  assertEquals(listKinds(left(2, 0)), ["used-up"]);
});

Deno.test("failing polls, an expired login and missing readings are one message per episode, and one at its end", () => {
  const { see } = createEvaluator();
  const health = { failure: null, hint: null, triedAt: READ_AT, okAt: READ_AT, nextAt: null };
  see(...at(0, 10));
  const failing = { health: { ...health, state: "failing", hint: "Acme answered with status 500" } } as const;
  assertEquals(see(...at(0, 10, {}, failing)), []);
  assertEquals(listKinds(see(accountViewOf([quotaViewOf()], failing), READ_AT + 20 * MINUTE_MS)), [
    "failing",
  ]);
  assertEquals(see(accountViewOf([quotaViewOf()], failing), READ_AT + 30 * MINUTE_MS), []);
  const [recovered] = see(...at(40, 11));
  assertEquals([recovered?.kind, recovered?.resolves?.split("|")[0]], ["recovered", "failing"]);
  const expired = { health: { ...health, state: "expired", hint: "Open Acme once" } } as const;
  const [ended] = see(...at(41, 11, {}, expired));
  assertEquals([ended?.kind, ended?.title], ["sign-in-expired", "Acme: sign in again"]);
  assertEquals(see(...at(42, 11, {}, expired)), []);
});

Deno.test("old readings and readings from the future raise nothing", () => {
  const { see, reasons } = createEvaluator();
  see(...at(0, 10));
  const [view] = at(5, 99);
  assertEquals(see(view, READ_AT + 5 * HOUR_MS), []);
  assertEquals(reasons(view, READ_AT + 5 * HOUR_MS).some(({ reason }) => reason === "reading-old"), true);
  assertEquals(see(...[at(600, 99)[0], READ_AT] as const), []);
});

Deno.test("a view older than an evaluated attempt decides nothing, unless a wrong clock dated that attempt", () => {
  const { see, reasons } = createEvaluator();
  const seen = (minute: number, state: "fresh" | "expired") => {
    const triedAt = READ_AT + minute * MINUTE_MS;
    const failure = state === "fresh" ? null : "auth" as const;
    const health = { state, failure, hint: null, triedAt, okAt: READ_AT, nextAt: null };
    return at(minute, 10, {}, { health });
  };
  see(...seen(0, "fresh"));
  see(...seen(20, "fresh"));
  const [late] = seen(10, "expired");
  assertEquals(reasons(late, READ_AT + 21 * MINUTE_MS), []);
  // The clock that was ahead by then is right again.
  assertEquals(listKinds(see(...seen(15, "expired"))), ["sign-in-expired"]);
});

Deno.test("property: no sequence of readings reports one kind twice in a cycle, and a replay gives the same", () => {
  const step = fc.record({
    used: fc.integer({ min: 0, max: 110 }),
    cycle: fc.integer({ min: 0, max: 2 }),
    runs: fc.boolean(),
    allowed: fc.constantFrom(true, false, undefined),
    state: fc.constantFrom("fresh", "failing", "stale", "expired"),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const run = () => {
        const { see } = createEvaluator();
        return steps.flatMap(({ used, cycle, runs, allowed, state }, minute) => {
          const [view, now] = at(minute * 5, used, {
            cycle: cycleAt(cycle * 30),
            forecast: forecastOf(
              runs ? { state: "runs-dry", emptyAt: READ_AT + DAY_MS, runOutProbability: 1 } : {},
            ),
            ...allowed !== undefined && { allowed },
          }, {
            health: {
              state: state as "fresh",
              failure: null,
              hint: null,
              triedAt: READ_AT,
              okAt: READ_AT,
              nextAt: null,
            },
          });
          return see(view, now);
        });
      };
      const alerts = run();
      const once = alerts.filter(({ kind }) => ["threshold", "used-up", "blocked", "runs-out"].includes(kind))
        .map(({ id }) => id);
      assertEquals(once.length, new Set(once).size);
      assertEquals(run(), alerts);
    }),
    { numRuns: 300 },
  );
});

Deno.test("quiet hours delay messages that are not urgent until they end, across midnight and clock changes", () => {
  const quiet = parseQuietHours("22:00-07:00")!;
  const night = Date.parse("2026-11-19T22:30:00+01:00");
  assertEquals(new Date(quietEnd(quiet, night, ZONE)!).toISOString(), "2026-11-20T06:00:00.000Z");
  assertEquals(quietEnd(quiet, Date.parse("2026-11-19T12:00:00+01:00"), ZONE), null);
  // The night in which clocks go back has an additional hour.
  assertEquals(
    new Date(quietEnd(quiet, Date.parse("2026-10-24T23:00:00+02:00"), ZONE)!).toISOString(),
    "2026-10-25T06:00:00.000Z",
  );
  const alert = {
    kind: "threshold",
    severity: "warning",
    account: "acme/default",
    quota: "five-hour",
    expiresAt: night + DAY_MS,
  } as const;
  assertEquals(deliveryTime(alert, { quiet }, [], night, ZONE).reason, "quiet-hours");
  assertEquals(deliveryTime({ ...alert, severity: "critical" }, { quiet }, [], night, ZONE), {
    at: night,
    reason: "now",
  });
  assertEquals(
    deliveryTime({ ...alert, severity: "critical" }, { quiet, urgent: "none" }, [], night, ZONE).reason,
    "quiet-hours",
  );
  for (const wrong of ["25:00-07:00", "22:60-07:00", "22:00-07:60"]) {
    assertEquals(parseQuietHours(wrong), null);
  }
  assertEquals(parseQuietHours("22:59-24:00"), { from: 22 * 60 + 59, to: 0 });
});

Deno.test("a snooze applies to its quota, account or kind until it ends; late messages are not sent", () => {
  const alert = {
    kind: "threshold",
    severity: "warning",
    account: "acme/default",
    quota: "five-hour",
    expiresAt: READ_AT + HOUR_MS,
  } as const;
  const reason = (target: string, until = READ_AT + 1, kind?: "back") =>
    deliveryTime(alert, {}, [{ target: target as "*", until, ...kind && { kind } }], READ_AT, ZONE).reason;
  assertEquals(reason("acme/default/five-hour"), "snoozed");
  assertEquals(reason("acme/default"), "snoozed");
  assertEquals(reason("*"), "snoozed");
  assertEquals(reason("acme/default/weekly"), "now");
  assertEquals(reason("*", READ_AT), "now");
  assertEquals(reason("*", READ_AT + 1, "back"), "now");
  assertEquals(deliveryTime(alert, {}, [], READ_AT + HOUR_MS, ZONE).reason, "expired");
  assertEquals(deliveryTime(alert, { least: "critical" }, [], READ_AT, ZONE).reason, "not-wanted");
  assertEquals([1, 2, 3, 20].map(retryDelayMs), [30_000, 60_000, 120_000, 3_600_000]);
});
