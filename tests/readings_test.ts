import { readingUtilization } from "../lib/model/quota.ts";
import { balanceReading, fullnessOf, ONE_DAY, percentReading } from "../lib/readings.ts";
import { assert, assertEquals } from "./support/assert.ts";
import { checkReadings } from "./support/sound.ts";

Deno.test("dollars have a unit, other money counts in credits and keeps its code", () => {
  const purses = [balanceReading("a", "A", 1.5), balanceReading("b", "B", -2, "CNY")];
  checkReadings(purses);
  assertEquals(purses.map(({ unit, currency, remaining }) => [unit, currency, remaining]), [
    ["usd", "USD", 1.5],
    ["credits", "CNY", -2],
  ]);
  assertEquals(readingUtilization(balanceReading("a", "A", 0)), null);
});

Deno.test("a percentage may lie above all there is, never below nothing, and may be unknown", () => {
  const readings = [120.1 + 0.2, -3, null].map((used, index) =>
    percentReading(`q${index}`, "Q", used, ONE_DAY, null)
  );
  checkReadings(readings);
  assertEquals(readings.map(({ used, remaining }) => [used, remaining]), [[120.3, 0], [0, 100], [
    null,
    null,
  ]]);
});

Deno.test("of two figures of one quota the one with less left is fuller, and an unknown one is never", () => {
  const share = (used: number | null, limit: number | null, remaining: number | null = null) =>
    fullnessOf({ used, limit, remaining });
  assert(share(50, 100) < share(8, 10));
  assert(share(null, 100) < share(0, 100));
  assertEquals(share(null, null, 0), 1);
  assertEquals([share(0, 0), share(3, 0)], [0, 1]);
});
