/** Thresholds as shares and amounts, of use or remainder, and which rule applies. */
import fc from "fast-check";
import { DEFAULT_ALERT_RULES, ruleFor } from "../../lib/model/alerts/rules.ts";
import {
  compareThresholds,
  crossedWords,
  isClear,
  isCrossed,
  parseThreshold,
  sortThresholds,
  type Threshold,
  thresholdId,
  thresholdText,
} from "../../lib/model/alerts/threshold.ts";
import { openAlerts } from "../../lib/model/alerts/open.ts";
import { windowKey, windowTitle } from "../../lib/model/alerts/window_key.ts";
import type { Window } from "../../lib/model/quota.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { at, createEvaluator } from "../support/alerting.ts";

const COUNTED = { unit: "requests", limit: 2000 } as const;
/** A reading of a quota of 2,000 requests. */
const requests = (minute: number, used: number) =>
  at(minute, used, { ...COUNTED, remaining: 2000 - used, share: used / 2000 });

Deno.test("thresholds are entered in everyday forms", () => {
  const read: readonly (readonly [string, Threshold | null])[] = [
    ["80", 0.8],
    ["80%", 0.8],
    ["80% used", 0.8],
    ["120", 1.2],
    ["20% left", { of: "left", share: 0.2 }],
    ["500 used", { of: "used", amount: 500 }],
    ["$5 left", { of: "left", amount: 5 }],
    ["200k left", { of: "left", amount: 200_000 }],
    ["1.5M used", { of: "used", amount: 1_500_000 }],
    ["2bn left", { of: "left", amount: 2_000_000_000 }],
    ["0.5 left", { of: "left", amount: 0.5 }],
    ["1 left", { of: "left", amount: 1 }],
    ["1000000bn used", { of: "used", amount: 1e15 }],
    ["1000001bn used", null],
    ["1000", 10],
    ["0.5", 0.005],
    ["0% left", null],
    ["0.1% left", { of: "left", share: 0.001 }],
    ["99.9% left", { of: "left", share: 0.999 }],
    ["0", null],
    ["0 left", null],
    ["100% left", null],
    ["1001", null],
    ["200k", null],
    ["$5", null],
    ["most", null],
    ["", null],
  ];
  for (const [text, line] of read) assertEquals(parseThreshold(text), line, text);
});

Deno.test("a threshold is crossed when it is reached, and clear a tenth away, or half way if it is near zero", () => {
  const figures = (used: number) => ({ used, limit: 1000, remaining: 1000 - used, share: used / 1000 });
  // The use at which each is crossed, and the use just before; the same for being clear.
  const cases: readonly (readonly [line: Threshold, crossed: readonly number[], clear: readonly number[]])[] =
    [
      [0.8, [800, 799], [701, 699]],
      [{ of: "used", share: 0.8 }, [800, 799], [701, 699]],
      [{ of: "left", share: 0.1 }, [900, 899], [800, 799]],
      [{ of: "used", amount: 500 }, [500, 499], [450, 449]],
      [{ of: "left", amount: 100 }, [900, 899], [890, 889]],
      [0.05, [50, 49], [25, 24]],
      [0.2, [200, 199], [100, 99]],
    ];
  for (const [line, [at, before], [near, away]] of cases) {
    const text = thresholdText(line);
    assertEquals([isCrossed(line, figures(at!)), isCrossed(line, figures(before!))], [true, false], text);
    assertEquals([isClear(line, figures(near!)), isClear(line, figures(away!))], [false, true], text);
  }
});

Deno.test("a threshold on an unknown figure is neither crossed nor clear", () => {
  const known = { share: 0.5, used: 500, limit: 1000, remaining: 500 };
  const cases: readonly (readonly [Threshold, keyof typeof known])[] = [
    [0.8, "share"],
    [{ of: "left", share: 0.2 }, "share"],
    [{ of: "used", amount: 800 }, "used"],
    [{ of: "left", amount: 200 }, "remaining"],
  ];
  for (const [line, figure] of cases) {
    assertEquals([isCrossed(line, known), isClear(line, known)], [false, true]);
    const figures = { ...known, [figure]: null };
    assertEquals([isCrossed(line, figures), isClear(line, figures)], [null, false]);
  }
});

Deno.test("thresholds are ordered by when they are crossed: with a limit across all kinds, without one among amounts", () => {
  const texts = (lines: readonly Threshold[], limit: number | null) =>
    lines.toSorted((a, b) => compareThresholds(a, b, limit)).map(thresholdText);
  // Of 1,000: at 950, 900, 800, 500 and 1,200 used.
  const lines: readonly Threshold[] = [
    0.95,
    { of: "left", amount: 100 },
    { of: "left", share: 0.2 },
    { of: "used", amount: 500 },
    1.2,
  ];
  assertEquals(texts(lines, 1000), ["500 used", "20% left", "100 left", "95", "120"]);
  // Of 2,000 the amounts are at 1,900 and 500, and the shares at 1,900 and 1,600.
  assertEquals(texts(lines.slice(1, 4), 2000), ["500 used", "20% left", "100 left"]);
  assertEquals(texts(lines.slice(1, 4), 120), ["100 left", "20% left", "500 used"]);
  const amounts = (of: "used" | "left") => [5, 0.5, 500, 2e9, 1].map((amount) => ({ of, amount }));
  for (const limit of [null, 0]) {
    assertEquals(
      texts(amounts("used"), limit),
      ["0.5", "1", "5", "500", "2000000000"].map((one) => `${one} used`),
    );
    assertEquals(
      texts(amounts("left"), limit),
      ["2000000000", "500", "5", "1", "0.5"].map((one) => `${one} left`),
    );
  }
  // A limit of one, as of an amount of money.
  assertEquals(texts([0.3, { of: "used", amount: 0.5 }], 1), ["30", "0.5 used"]);
  assertEquals(texts([0.7, { of: "used", amount: 0.5 }], 1), ["0.5 used", "70"]);
});

Deno.test("a crossed threshold is stated with up to two decimals", () => {
  const words = [0.985, 0.98765, { of: "left", share: 0.125 } as const].map((one) =>
    crossedWords(one, "requests")
  );
  assertEquals(words, ["over 98.5%", "over 98.77%", "no more than 12.5% left"]);
});

const share = fc.integer({ min: 1, max: 9999 }).map((one) => one / 10_000);
const of = fc.constantFrom<"used" | "left">("used", "left");
const line: fc.Arbitrary<Threshold> = fc.oneof(
  share,
  share.map((one) => ({ of: "left" as const, share: one })),
  fc.tuple(of, fc.integer({ min: 1, max: 1_000_000 })).map(([of, amount]) => ({ of, amount })),
);

Deno.test("property: a threshold is written as it is entered, and different ones are written differently", () => {
  fc.assert(fc.property(line, line, (one, other) => {
    assertEquals(parseThreshold(thresholdText(one)), one);
    assertEquals(thresholdId(one) === thresholdId(other), JSON.stringify(one) === JSON.stringify(other));
  }));
});

Deno.test("property: a crossed threshold stays crossed while more is used, and is never clear", () => {
  const used = fc.integer({ min: 0, max: 3000 });
  fc.assert(fc.property(line, used, used, (one, a, b) => {
    const figures = (used: number) => ({
      used,
      limit: 2000,
      remaining: Math.max(0, 2000 - used),
      share: used / 2000,
    });
    const [less, more] = [Math.min(a, b), Math.max(a, b)];
    if (isCrossed(one, figures(less))) assert(isCrossed(one, figures(more)), JSON.stringify(one));
    if (isCrossed(one, figures(a))) assert(!isClear(one, figures(a)));
  }));
});

Deno.test("property: thresholds are sorted by when they are crossed, whatever their input order", () => {
  fc.assert(fc.property(fc.array(share.map((one): Threshold => ({ of: "left", share: one }))), (lines) => {
    const shares = sortThresholds(lines).map((one) =>
      typeof one === "object" && "share" in one ? one.share : 0
    );
    assertEquals(shares, [...new Set(shares)].sort((a, b) => b - a));
  }));
});

Deno.test("a threshold on the remainder, and one on an amount, are reported once per cycle, in their own terms", () => {
  const rules = {
    ...DEFAULT_ALERT_RULES,
    thresholds: [{ of: "used", amount: 1500 }, { of: "left", share: 0.2 }, {
      of: "left",
      amount: 100,
    }] as const,
  };
  const { see } = createEvaluator(rules);
  assertEquals(see(...requests(0, 1000)), []);
  const listRaised = (minute: number, used: number) =>
    see(...requests(minute, used)).map(({ severity, title, text, figures }) => ({
      severity,
      title,
      text: text.split(", ").slice(0, 2).join(", "),
      line: [figures?.threshold, figures?.thresholdOf],
    }));
  assertEquals(listRaised(5, 1501), [{
    severity: "warning",
    title: "Acme 5-hour quota: 1,501 requests used",
    text: "1,501 requests used, over 1,500 requests",
    line: [1500, "used"],
  }]);
  assertEquals(listRaised(10, 1590), []);
  assertEquals(listRaised(15, 1600), [{
    severity: "warning",
    title: "Acme 5-hour quota: 20% left",
    text: "20% left, no more than 20% left",
    line: [0.8, undefined],
  }]);
  assertEquals(listRaised(20, 1950), [{
    severity: "critical",
    title: "Acme 5-hour quota: 50 requests left",
    text: "50 requests left, no more than 100 requests left",
    line: [100, "left"],
  }]);
  assertEquals(listRaised(25, 1951), []);
});

Deno.test("a message names the crossed threshold as it was entered", () => {
  const words = (text: string) => crossedWords(parseThreshold(text)!, "requests");
  assertEquals(["98.5", "80", "2.5% left", "500 used"].map(words), [
    "over 98.5%",
    "over 80%",
    "no more than 2.5% left",
    "over 500 requests",
  ]);
});

Deno.test("an alert on an amount is open while it applies", () => {
  const rules = { ...DEFAULT_ALERT_RULES, thresholds: [{ of: "left", amount: 100 }] as const };
  const { see } = createEvaluator(rules);
  see(...requests(0, 1000));
  const [account, now] = requests(5, 1950);
  const raised = see(account, now);
  assertEquals(openAlerts(raised, [account], [], now).length, 1);
  const [later, then] = requests(10, 1850);
  assertEquals(openAlerts(raised, [later], [], then).length, 0);
});

Deno.test("the most specific rule applies: of the quota, the account, the kind of window, or everything", () => {
  const fixed = (seconds: number): Window => ({ kind: "fixed", seconds });
  const key = "acme/work/five-hour" as const;
  const rule = (only: object) =>
    ruleFor({ ...DEFAULT_ALERT_RULES, only: only as never }, { key, window: fixed(18_000) });
  const lines = (...thresholds: number[]) => ({ thresholds });
  assertEquals(rule({}).thresholds, [0.8, 0.95]);
  assertEquals(rule({ "*/5h": lines(0.5) }).thresholds, [0.5]);
  assertEquals(rule({ "*/7d": lines(0.5) }).thresholds, [0.8, 0.95]);
  assertEquals(rule({ "*/5h": lines(0.5), "acme/work": lines(0.6) }).thresholds, [0.6]);
  assertEquals(rule({ "*/5h": lines(0.5), "acme/work": lines(0.6), [key]: lines(0.7) }).thresholds, [0.7]);
  assertEquals(rule({ "*/5h": { off: ["back"] }, "acme/work": lines(0.6) }).off, ["back"]);
});

Deno.test("windows are named by their length", () => {
  const named = (
    kind: Window["kind"],
    seconds: number | null,
  ) => [windowKey({ kind, seconds }), windowTitle({ kind, seconds })];
  assertEquals(named("fixed", 18_000), ["*/5h", "Windows of 5 h"]);
  assertEquals(named("rolling", 604_800), ["*/7d", "Windows of 7 days"]);
  assertEquals(named("calendar", null), ["*/calendar", "Calendar months and other periods"]);
  assertEquals(named("balance", null), ["*/balance", "Balances"]);
  assertEquals([
    windowKey({ kind: "fixed", seconds: null }),
    windowKey({ kind: "allocation", seconds: null }),
  ], [null, null]);
});
