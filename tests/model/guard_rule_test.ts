import fc from "fast-check";
import {
  checkAll,
  checkQuota,
  type GuardResult,
  type NoVerdictReason,
} from "../../lib/model/view/guard_rule.ts";
import type { Reading, Window } from "../../lib/model/quota.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { BALANCE, FIVE_HOURS, MINUTE_MS, MONTHLY, reading, ROLLING, utc } from "../support/readings.ts";

const NOW = utc("2026-11-21 13:00");
const AT = NOW - 2 * MINUTE_MS;
const asked = { now: NOW, minLeft: 0.2, maxAgeMs: 30 * MINUTE_MS, snapshotAt: AT };

function judge(fields: Partial<Reading>, over: Partial<typeof asked> & { readonly at?: number } = {}) {
  const { at = AT, ...rest } = over;
  const { verdict, doubt } = checkQuota({ reading: reading(fields), at }, { ...asked, ...rest });
  return doubt ?? verdict;
}

Deno.test("checkQuota() compares the remaining share with the required minimum", () => {
  assertEquals(judge({ used: 80 }), "enough");
  assertEquals(judge({ used: 80.1 }), "below");
  assertEquals(judge({ used: 120 }), "below");
  assertEquals(judge({ used: null, remaining: 25 }), "enough");
  assertEquals(judge({ used: 3, limit: null, remaining: 1 }), "enough");
  assertEquals(judge({ used: 100 }, { minLeft: 0 }), "enough");
});

Deno.test("shares closer together than a billionth are equal, and nothing left is enough only for nothing", () => {
  // What is left of 100 differs from the fifth that must be left by this much.
  const short = (part: number) => judge({ used: 100 * (0.8 + part) });
  assertEquals([short(0.8e-9), short(1.5e-9)], ["enough", "below"]);
  assertEquals([judge({ used: 100 }, { minLeft: 0 }), judge({ used: 100 }, { minLeft: 1e-9 })], [
    "enough",
    "below",
  ]);
});

Deno.test("a refusal is distinguished from too little, and what is left is a share of the limit", () => {
  const checked = (fields: Partial<Reading>) => checkQuota({ reading: reading(fields), at: AT }, asked);
  assertEquals(checked({ used: 10, allowed: false }), {
    verdict: "below",
    doubt: null,
    left: 0.9,
    blocked: true,
  });
  assertEquals("blocked" in checked({ used: 90 }), false);
  assertEquals([-5, 0, 100, 130].map((used) => checked({ used }).left), [1, 1, 0, 0]);
});

Deno.test("checkQuota() treats missing, old, gone and outdated figures as unknown", () => {
  assertEquals(judge({ used: null }), "no-figure");
  assertEquals(judge({ used: 5, limit: null }), "no-limit");
  assertEquals(judge({ used: 0, limit: 0 }), "no-limit");
  assertEquals(judge({ used: null, limit: 0 }), "no-limit");
  assertEquals(judge({ used: null, limit: 1 }), "no-figure");
  assertEquals(judge({ used: 1, limit: 0 }), "below");
  assertEquals(judge({ used: 5 }, { at: NOW - 31 * MINUTE_MS, snapshotAt: NOW - 31 * MINUTE_MS }), "stale");
  assertEquals(judge({ used: 5 }, { at: AT - MINUTE_MS }), "gone");
  assertEquals(judge({ used: 95, resetsAt: NOW - MINUTE_MS }), "reset-passed");
  assertEquals(judge({ used: 5, resetsAt: NOW }), "reset-passed");
  // Read after it, or of a window that only slides.
  assertEquals(judge({ used: 95, resetsAt: AT - MINUTE_MS }), "below");
  assertEquals(judge({ used: 5, resetsAt: NOW - MINUTE_MS, window: ROLLING }), "enough");
  assertEquals(judge({ used: null, remaining: 9, limit: null, window: BALANCE }), "no-limit");
});

Deno.test("checkAll() never says enough unless every quota that can be checked has enough", () => {
  const kinds: readonly GuardResult[] = [
    { verdict: "enough", doubt: null, left: 0.9 },
    { verdict: "below", doubt: null, left: 0.1 },
    { verdict: "unknown", doubt: "stale", left: 0.9 },
    { verdict: "unknown", doubt: "no-limit", left: null },
    { verdict: "unknown", doubt: "gone", left: 0.1 },
    { verdict: "unknown", doubt: "allocation", left: 0.9 },
  ];
  fc.assert(fc.property(fc.array(fc.constantFrom(...kinds), { maxLength: 6 }), (all) => {
    const verdict = checkAll(all);
    const below = all.some((one) => one.verdict === "below");
    assertEquals(verdict === "below", below);
    if (verdict !== "enough") return;
    assert(all.some((one) => one.verdict === "enough"));
    assert(all.every(({ doubt }) => doubt === null || ["no-limit", "gone", "allocation"].includes(doubt)));
  }));
  assertEquals(checkAll([]), "unknown");
  assertEquals(checkAll(kinds.slice(3)), "unknown");
});

/** The statement of a reading, and guard's verdict if the reading itself is fine. */
const STATES: Readonly<Record<string, Partial<Reading>>> = {
  "much left": { used: 10 },
  "too little left": { used: 90 },
  "used up": { used: 100 },
  "overdrawn": { used: 130 },
  "nothing left, without figures": { used: null, limit: null, remaining: 0 },
  "nothing left beside a figure": { used: 10, remaining: 0 },
  "much left, as only the rest says": { used: null, remaining: 90 },
  "unknown": { used: null },
  "nothing stated": { used: null, limit: null },
  "without limit": { used: 10, limit: null },
};
const KINDS: Readonly<Record<string, Window>> = {
  fixed: FIVE_HOURS,
  calendar: MONTHLY,
  rolling: ROLLING,
  balance: BALANCE,
  allocation: { kind: "allocation", seconds: null },
};
/** When it was read, beside which snapshot, and the verdict from that alone. */
const TIMES:
  readonly (readonly [name: string, at: number, wholeAt: number, doubt: NoVerdictReason | null])[] = [
    ["just read", NOW, NOW, null],
    ["read before a feed that did not name it", AT, AT, null],
    ["as old as it may be", NOW - 30 * MINUTE_MS, NOW - 30 * MINUTE_MS, null],
    ["older than it may be", NOW - 30 * MINUTE_MS - 1, NOW - 30 * MINUTE_MS - 1, "stale"],
    ["ahead by what two clocks may differ", NOW + 5_000, NOW + 5_000, null],
    ["in the future", NOW + 5_001, NOW + 5_001, "future"],
    ["no longer mentioned", AT, AT + 1, "gone"],
  ];

function expected(state: string, kind: string, blocked: boolean, doubt: NoVerdictReason | null): string {
  if (doubt !== null) return doubt;
  if (blocked) return "below";
  if (kind === "allocation") return "allocation";
  if (state.startsWith("much left")) return "enough";
  if (state === "unknown") return "no-figure";
  if (state === "nothing stated" || state === "without limit") return "no-limit";
  return "below";
}

for (const [state, fields] of Object.entries(STATES)) {
  for (const [kind, window] of Object.entries(KINDS)) {
    for (const blocked of [false, true]) {
      Deno.test(`guard's verdict on a ${kind} quota, ${state}${blocked ? ", blocked" : ""}`, () => {
        for (const [name, at, snapshotAt, doubt] of TIMES) {
          const own = { ...fields, window, ...blocked && { allowed: false } };
          const wanted = expected(state, kind, blocked, doubt);
          assertEquals([name, judge(own, { at, snapshotAt })], [name, wanted]);
          // Alone it decides, and others never turn too little into enough.
          const one = checkQuota({ reading: reading(own), at }, { ...asked, snapshotAt });
          const other: GuardResult = { verdict: "enough", doubt: null, left: 0.9 };
          assertEquals(checkAll([one]), wanted === "enough" || wanted === "below" ? wanted : "unknown");
          const silent = ["no-limit", "gone", "allocation"].includes(wanted);
          assertEquals(checkAll([one, other]), silent ? "enough" : checkAll([one]));
        }
      });
    }
  }
}

Deno.test("only readings from before a passed reset are doubtful because of it", () => {
  for (const [kind, window] of Object.entries(KINDS)) {
    const ends = kind === "fixed" || kind === "calendar";
    const otherwise = kind === "allocation" ? "allocation" : "enough";
    assertEquals([kind, judge({ used: 5, window, resetsAt: AT + 1 })], [
      kind,
      ends ? "reset-passed" : otherwise,
    ]);
    assertEquals([kind, judge({ used: 5, window, resetsAt: AT })], [kind, otherwise]);
    assertEquals([kind, judge({ used: 5, window, resetsAt: NOW + 1 })], [kind, otherwise]);
    assertEquals(judge({ allowed: false, window, resetsAt: AT + 1 }), ends ? "reset-passed" : "below");
  }
});
