/** Facts of an account that are no quotas, in words. */
import { factText } from "../../lib/model/view/fact_text.ts";
import { assertEquals } from "../support/assert.ts";
import { DAY_MS, HOUR_MS, utc } from "../support/readings.ts";

const NOW = utc("2026-11-21 10:00");

Deno.test("a fact states its count, and when the first of several expires", () => {
  const say = (count: number, expiresAt: number | null) =>
    factText({ key: "banked-resets", label: "Banked resets", count, expiresAt }, NOW);
  const soon = NOW + 9 * DAY_MS + 20 * HOUR_MS;
  assertEquals(say(3, soon), "Banked resets: 3, the first expires in 9d 20h");
  assertEquals(say(2, soon), "Banked resets: 2, the first expires in 9d 20h");
  assertEquals(say(1, soon), "Banked resets: 1, it expires in 9d 20h");
  assertEquals(say(1234, null), "Banked resets: 1,234");
  // None can expire.
  assertEquals(say(0, soon), "Banked resets: 0");
});

Deno.test("a fact expires until its time, and has expired from then on", () => {
  const say = (inMs: number) =>
    factText({ key: "credits", label: "Credits", count: 1, expiresAt: NOW + inMs }, NOW);
  assertEquals(say(1), "Credits: 1, it expires in 0s");
  assertEquals(say(1000), "Credits: 1, it expires in 1s");
  assertEquals([say(0), say(-HOUR_MS)], ["Credits: 1, it has expired", "Credits: 1, it has expired"]);
});
