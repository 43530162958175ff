import { termsCursor } from "../../lib/model/engine/terms.ts";
import { assertEquals } from "../support/assert.ts";

Deno.test("the terms of a reading are those valid until the next change", () => {
  const at = termsCursor([
    { until: 100, unit: null, plan: "pro" },
    { until: 200, unit: "requests", plan: null },
    { until: 300, unit: null, plan: "plus" },
  ], { unit: "credits", plan: "max" });
  assertEquals([0, 99, 100, 199, 200, 299, 300, 999].map((time) => Object.values(at(time)).join(" ")), [
    "requests pro",
    "requests pro",
    "requests plus",
    "requests plus",
    "credits plus",
    "credits plus",
    "credits max",
    "credits max",
  ]);
});

Deno.test("without changes, the current terms were always valid", () => {
  const at = termsCursor([], { unit: "usd", plan: null });
  assertEquals([at(0), at(1e15)], [{ unit: "usd", plan: null }, { unit: "usd", plan: null }]);
});
