import { DEFAULT_ALERT_RULES } from "../../lib/model/alerts/rules.ts";
import { HOUR_MS, MINUTE_MS } from "../../lib/model/duration.ts";
import type { QuotaView } from "../../lib/model/view/view.ts";
import { assertEquals } from "../support/assert.ts";
import { at, considering, cycleAt, kinds } from "../support/alerting.ts";
import { READ_AT } from "../support/views.ts";

const PURSE = {
  window: { kind: "balance", seconds: null },
  unit: "usd",
  limit: null,
  share: null,
  used: null,
  resetsAt: null,
  status: "unknown",
} as const;

Deno.test("a balance that teeters around nothing is empty once, until it is clearly topped up", () => {
  const { see } = considering();
  const left = (minute: number, remaining: number) => kinds(see(...at(minute, 0, { ...PURSE, remaining })));
  assertEquals(left(0, 4), []);
  assertEquals(left(1, 0), ["used-up"]);
  const teeters = [0.01, 0, 0.02, 0.02, 0, 0.3, 0.3, 0];
  assertEquals(teeters.flatMap((remaining, place) => left(2 + place, remaining)), []);
  assertEquals([...left(20, 2), ...left(21, 2)], ["back"]);
  assertEquals(left(22, 0), ["used-up"]);
});

Deno.test("a line near nothing used is told again in a rolling window, after use was clearly below it", () => {
  const rules = { ...DEFAULT_ALERT_RULES, thresholds: [0.05, { of: "left", share: 0.94 } as const] };
  const { see } = considering(rules);
  const rolling: Partial<QuotaView> = { window: { kind: "rolling", seconds: 3600 } };
  const told = [2, 5.5, 4.8, 5.5, 1, 5.5, 4].map((used, minute) =>
    see(...at(minute, used, { ...rolling, share: used / 100 })).map(({ title }) => title)
  );
  assertEquals(told.map((one) => one.length), [0, 1, 0, 0, 0, 1, 0], JSON.stringify(told));
});

Deno.test("back is not told while a vendor that gave a verdict gives none", () => {
  const { see, reasons } = considering();
  const resetsAt = READ_AT + 10 * MINUTE_MS;
  see(...at(0, 50, { resetsAt }));
  assertEquals(kinds(see(...at(1, 60, { resetsAt, allowed: false, status: "blocked" }))), ["blocked"]);
  const next = { resetsAt: resetsAt + 5 * HOUR_MS, cycle: cycleAt(10) };
  assertEquals([...see(...at(11, 2, next)), ...see(...at(12, 2, next))], []);
  const why = reasons(...at(13, 2, next)).find(({ kind }) => kind === "back");
  assertEquals(why?.reason, "verdict-unknown");
  assertEquals(kinds(see(...at(14, 2, { ...next, allowed: true }))), ["back"]);
});

Deno.test("a vendor that alternates between two limits is told of once in a cycle", () => {
  const { see } = considering({ ...DEFAULT_ALERT_RULES, off: [] });
  const told = [100, 50, 100, 50, 100, 50].flatMap((limit, minute) =>
    see(...at(minute, 10, { unit: "requests", limit })).filter(({ kind }) => kind === "limit-changed")
  );
  assertEquals(told.map(({ title }) => title.split(": ")[1]), ["limit lowered", "limit raised"]);
});

Deno.test("what a clock that was ahead made it remember does not keep it from telling of what is so now", () => {
  const { see } = considering();
  see(...at(0, 40));
  // Three hours ahead, and right again: the store has set its readings right meanwhile.
  see(...at(180, 45));
  assertEquals(kinds(see(...at(5, 85))), ["threshold"]);
  assertEquals(see(...at(6, 86)), []);
});
