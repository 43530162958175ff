import { readingUtilization } from "../../lib/model/quota.ts";
import {
  balanceReading,
  countFigures,
  createAnswer,
  createGathering,
  ONE_DAY,
  percentReading,
} from "../../lib/provider_kit/readings.ts";
import { assert, assertEquals, assertThrows } from "../support/assert.ts";
import { checkReadings } from "../support/check_readings.ts";

Deno.test("dollars have a unit, other money counts as credits and keeps its code", () => {
  const purses = [balanceReading("a", "A", 1.5), balanceReading("b", "B", -2, "CNY")];
  checkReadings(purses);
  assertEquals(purses.map(({ unit, currency, remaining }) => [unit, currency, remaining]), [
    ["usd", "USD", 1.5],
    ["credits", "CNY", -2],
  ]);
  assertEquals(readingUtilization(balanceReading("a", "A", 0)), null);
});

Deno.test("a percentage may exceed 100, is unknown below zero, and may be unknown", () => {
  const readings = [120.1 + 0.2, -3, null].map((used, index) =>
    percentReading(`q${index}`, "Q", used, ONE_DAY, null)
  );
  checkReadings(readings);
  assertEquals(readings.map(({ used, remaining }) => [used, remaining]), [[120.3, 0], [null, null], [
    null,
    null,
  ]]);
});

Deno.test("of two figures of one quota the one with less left is fuller, and an unknown one never is", () => {
  const share = (used: number | null, limit: number | null, remaining: number | null = null) =>
    countFigures({ used, limit, remaining });
  assert(share(50, 100) < share(8, 10));
  assert(share(null, 100) < share(0, 100));
  assertEquals(share(null, null, 0), 1);
  assertEquals([share(0, 0), share(3, 0)], [0, 1]);
});

Deno.test("of two values for one quota the fuller counts wherever it is, and the other is reported once", () => {
  const reading = (used: number | null, resetsAt: number | null = null) =>
    percentReading("weekly", "Weekly", used, ONE_DAY, resetsAt);
  for (const claims of [[reading(10, 5), reading(99)], [reading(99), reading(10, 5)]]) {
    const gathering = createGathering();
    for (const claim of [...claims, ...claims]) gathering.add(claim, "limits.weekly");
    assertEquals(gathering.readings.map(({ used, resetsAt }) => [used, resetsAt]), [[99, 5]]);
    assertEquals(gathering.dropped.map(({ what }) => what), ["limits.weekly"]);
  }
  const twins = createGathering();
  twins.add(reading(33));
  twins.add(reading(33.4));
  assertEquals(twins.dropped, []);
  const refused = createGathering();
  refused.add({ ...reading(2), allowed: false });
  refused.add(reading(80));
  assertEquals(refused.readings.map(({ allowed, used }) => [allowed, used]), [[false, 2]]);
});

Deno.test("an answer without any understood part is no success, and an empty one is", () => {
  const gathering = createGathering();
  assertEquals(createAnswer("Acme", {}, gathering, { plan: "pro" }), { readings: [], plan: "pro" });
  gathering.drop("used_percentage", "an unknown field");
  assertThrows(() => createAnswer("Acme", {}, gathering), /used_percentage/);
});
