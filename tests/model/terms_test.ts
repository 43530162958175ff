import { termsCursor, unitAt } from "../../lib/model/engine/terms.ts";
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

Deno.test("the unit at an instant is that of the next change of unit, or else the current one", () => {
  const past = [
    { until: 100, unit: null, plan: "pro" },
    { until: 200, unit: "requests", plan: null },
    { until: 300, unit: "tokens", plan: "plus" },
    { until: 400, unit: null, plan: "max" },
  ] as const;
  assertEquals([0, 100, 199, 200, 299, 300, 399, 400].map((at) => unitAt(past, "credits", at)), [
    "requests",
    "requests",
    "requests",
    "tokens",
    "tokens",
    "credits",
    "credits",
    "credits",
  ]);
});

Deno.test("where only the plan changed, the unit at an instant was always the current one", () => {
  const plans = [{ until: 100, unit: null, plan: "pro" }, { until: 200, unit: null, plan: "plus" }];
  assertEquals([unitAt(plans, "usd", 0), unitAt(plans, "usd", 150), unitAt([], "usd", 0)], [
    undefined,
    undefined,
    undefined,
  ]);
});
