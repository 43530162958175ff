import fc from "fast-check";
import { decideAlerts } from "../../lib/model/alerts/decide.ts";
import type { AlertMemory } from "../../lib/model/alerts/memory.ts";
import { quietEnd } from "../../lib/model/alerts/delivery.ts";
import { openAlerts } from "../../lib/model/alerts/open.ts";
import type { Alert } from "../../lib/model/alerts/alert.ts";
import { DEFAULT_ALERT_RULES } from "../../lib/model/alerts/rules.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../lib/model/duration.ts";
import { wallTime } from "../../lib/model/time.ts";
import type { AccountView, QuotaView } from "../../lib/model/view/view.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { at, createEvaluator, cycleAt, listKinds, ZONE } from "../support/alerting.ts";
import { accountViewOf, quotaViewOf, READ_AT } from "../support/views.ts";

const PURSE = {
  window: { kind: "balance", seconds: null },
  unit: "usd",
  limit: null,
  share: null,
  used: null,
  resetsAt: null,
  status: "unknown",
} as const;

Deno.test("a balance that fluctuates around zero is reported as empty once, until it is clearly topped up", () => {
  const { see } = createEvaluator();
  const left = (minute: number, remaining: number) =>
    listKinds(see(...at(minute, 0, { ...PURSE, remaining })));
  assertEquals(left(0, 4), []);
  assertEquals(left(1, 0), ["used-up"]);
  const teeters = [0.01, 0, 0.02, 0.02, 0, 0.3, 0.3, 0];
  assertEquals(teeters.flatMap((remaining, place) => left(2 + place, remaining)), []);
  assertEquals([...left(20, 2), ...left(21, 2)], ["back"]);
  assertEquals(left(22, 0), ["used-up"]);
});

Deno.test("a threshold near zero is reported again in a rolling window, after use was clearly below it", () => {
  const rules = { ...DEFAULT_ALERT_RULES, thresholds: [0.05, { of: "left", share: 0.94 } as const] };
  const { see } = createEvaluator(rules);
  const rolling: Partial<QuotaView> = { window: { kind: "rolling", seconds: 3600 } };
  const told = [2, 5.5, 4.8, 5.5, 1, 5.5, 4].map((used, minute) =>
    see(...at(minute, used, { ...rolling, share: used / 100 })).map(({ title }) => title)
  );
  assertEquals(told.map((one) => one.length), [0, 1, 0, 0, 0, 1, 0], JSON.stringify(told));
});

Deno.test("availability is not reported while a vendor that had given a verdict gives none", () => {
  const { see, reasons } = createEvaluator();
  const resetsAt = READ_AT + 10 * MINUTE_MS;
  see(...at(0, 50, { resetsAt }));
  assertEquals(listKinds(see(...at(1, 60, { resetsAt, allowed: false, status: "blocked" }))), ["blocked"]);
  const next = { resetsAt: resetsAt + 5 * HOUR_MS, cycle: cycleAt(10) };
  assertEquals([...see(...at(11, 2, next)), ...see(...at(12, 2, next))], []);
  const why = reasons(...at(13, 2, next)).find(({ kind }) => kind === "back");
  assertEquals(why?.reason, "verdict-unknown");
  assertEquals(listKinds(see(...at(14, 2, { ...next, allowed: true }))), ["back"]);
});

Deno.test("after a reverted reset, ended alerts are open again, and close when the real reset comes", () => {
  const { see } = createEvaluator();
  const raised: Alert[] = [];
  const collectNews = (...[view, now]: ReturnType<typeof at>) => {
    const news = see(view, now);
    raised.unshift(...news);
    return listKinds(news);
  };
  const resetsAt = READ_AT + 90 * MINUTE_MS;
  collectNews(...at(0, 50, { resetsAt }));
  assertEquals(collectNews(...at(1, 100, { resetsAt })), ["used-up"]);
  const early = { cycle: cycleAt(2), resetsAt: READ_AT + 5 * HOUR_MS };
  assertEquals([...collectNews(...at(2, 1, early)), ...collectNews(...at(3, 1, early))], [
    "early-reset",
    "back",
  ]);
  assertEquals(collectNews(...at(4, 100, { resetsAt })), ["withdrawn", "withdrawn"]);
  const [view, now] = at(4, 100, { resetsAt });
  assertEquals(listKinds(openAlerts(raised, [view], [], now)), ["used-up"]);
  const next = { cycle: cycleAt(90), resetsAt: resetsAt + 5 * HOUR_MS };
  assertEquals(collectNews(...at(91, 1, next)), ["back"]);
  assertEquals(
    new Set(raised.map(({ id }) => id)).size,
    raised.length,
    "each can be stored beside the others",
  );
});

Deno.test("a machine that wakes before its network raises nothing, until polls fail for a quarter of an hour", () => {
  const { see } = createEvaluator();
  see(...at(0, 10));
  const woken = (minute: number, state: "failing" | "fresh") => {
    const triedAt = READ_AT + minute * MINUTE_MS;
    const okAt = state === "fresh" ? triedAt : READ_AT;
    const health = {
      state,
      failure: state === "fresh" ? null : "network",
      hint: null,
      triedAt,
      okAt,
      nextAt: null,
    };
    return listKinds(
      see(accountViewOf([quotaViewOf()], { health: health as AccountView["health"] }), triedAt),
    );
  };
  assertEquals([480, 481, 482].flatMap((minute) => woken(minute, "failing")), []);
  assertEquals(woken(483, "fresh"), []);
  assertEquals([960, 965, 969].flatMap((minute) => woken(minute, "failing")), []);
  assertEquals(woken(975, "failing"), ["failing"]);
});

Deno.test("a vendor that alternates between two limits is reported once per cycle", () => {
  const { see } = createEvaluator({ ...DEFAULT_ALERT_RULES, off: [] });
  const told = [100, 50, 100, 50, 100, 50].flatMap((limit, minute) =>
    see(...at(minute, 10, { unit: "requests", limit })).filter(({ kind }) => kind === "limit-changed")
  );
  assertEquals(told.map(({ title }) => title.split(": ")[1]), ["limit lowered", "limit raised"]);
});

Deno.test("what alerts remember does not grow with each new limit a vendor states", () => {
  let memory: AlertMemory | null = null;
  const sizes = Array.from({ length: 60 }, (_, minute) => {
    const [account, now] = at(minute, 10, { unit: "requests", limit: 100 + 10 * minute });
    ({ memory } = decideAlerts({ account, memory, rules: DEFAULT_ALERT_RULES, now, zone: ZONE }));
    return JSON.stringify(memory).length;
  });
  assertEquals(sizes[20], sizes[59]);
});

Deno.test("what a fast clock recorded does not suppress current alerts", () => {
  const { see } = createEvaluator();
  see(...at(0, 40));
  // Three hours ahead, then right again: the store has repaired its readings meanwhile.
  see(...at(180, 45));
  assertEquals(listKinds(see(...at(5, 85))), ["threshold"]);
  assertEquals(see(...at(6, 86)), []);
});

Deno.test("property: quiet hours end within a day at their stated hour, in any night of any zone", () => {
  const zones = [ZONE, "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"];
  fc.assert(fc.property(
    fc.constantFrom(...zones),
    // A year around both clock changes.
    fc.integer({ min: 0, max: 366 * 24 * 60 }),
    fc.integer({ min: 18 * 60, max: 24 * 60 - 1 }),
    fc.integer({ min: 4 * 60, max: 10 * 60 }),
    (zone, minutes, from, to) => {
      const now = Date.parse("2026-11-01T00:00:00Z") + minutes * MINUTE_MS;
      const end = quietEnd({ from, to }, now, zone);
      const wall = wallTime(now, zone);
      const minute = wall.hour * 60 + wall.minute;
      assertEquals(end !== null, minute >= from || minute < to);
      if (end === null) return;
      assert(end > now && end - now <= DAY_MS - (from - to) * MINUTE_MS + HOUR_MS, "it is the next morning");
      const then = wallTime(end, zone);
      assertEquals(then.hour * 60 + then.minute, to);
    },
  ));
});

Deno.test("the night in which clocks go forward ends on its own morning", () => {
  const quiet = { from: 22 * 60, to: 7 * 60 };
  const end = quietEnd(quiet, Date.parse("2027-03-27T23:30:00+01:00"), ZONE);
  assertEquals(new Date(end!).toISOString(), "2027-03-28T05:00:00.000Z");
});

Deno.test("quiet hours whose end the clock skips are over when the clock is past it", () => {
  const quiet = { from: 22 * 60, to: 2 * 60 + 30 };
  // In that night 01:59 is followed by 03:00.
  assertEquals(quietEnd(quiet, Date.parse("2027-03-28T03:00:00+02:00"), ZONE), null);
  assertEquals(quietEnd(quiet, Date.parse("2027-03-28T03:10:00+02:00"), ZONE), null);
});
