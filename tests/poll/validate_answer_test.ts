/** What is stored of an answer, at the bounds of each limit. */
import type { Part, Reading } from "../../lib/model/quota.ts";
import { answerProblem, limitAnswer } from "../../lib/poll/validate_answer.ts";
import type { Answer } from "../../lib/provider/contract.ts";
import { assertEquals } from "../support/assert.ts";
import { HOUR, MINUTE, NOW, reading } from "./support.ts";

const ELLIPSIS = "\u2026";

function bounded(answer: Partial<Answer>): Answer {
  return limitAnswer({ readings: [], ...answer }, NOW);
}

/** Texts of `count` letters, which differ at the end. */
function letters(count: number): string {
  return `${"a".repeat(count - 1)}z`;
}

Deno.test("an answer within all limits is stored as it is, with nothing reported", () => {
  const answer: Answer = {
    readings: [reading(10, NOW + HOUR)],
    plan: "Pro",
    facts: [{ key: "credits", label: "Credits", count: 1, expiresAt: null }],
    hint: "Soon",
    identity: "id-ann",
  };
  assertEquals(limitAnswer(answer, NOW), answer);
  assertEquals(bounded({}), { readings: [] });
});

Deno.test("up to 200 quotas are stored, and the others counted", () => {
  const stored = (count: number) => {
    const readings = Array.from({ length: count }, (_, index) => ({ ...reading(1), quota: `q${index}` }));
    const { readings: kept, dropped } = bounded({ readings });
    return [kept.length, dropped];
  };
  assertEquals(stored(200), [200, undefined]);
  const why = "more than 200 of one account";
  assertEquals(stored(201), [200, [{ what: "1 quota", why }]]);
  assertEquals(stored(203), [200, [{ what: "3 quotas", why }]]);
});

Deno.test("labels have up to 120 characters and plans 80, the last of a longer one an ellipsis", () => {
  const label = (text: string) => {
    const { readings, dropped } = bounded({ readings: [{ ...reading(1), label: text }] });
    return [readings[0]?.label, dropped];
  };
  assertEquals(label(letters(120)), [letters(120), undefined]);
  assertEquals(label(letters(121)), [`${"a".repeat(119)}${ELLIPSIS}`, [
    { what: "label of five-hour", why: "longer than 120 characters" },
  ]]);
  const plan = (text: string) => {
    const { plan, dropped } = bounded({ plan: text });
    return [plan, dropped];
  };
  assertEquals(plan(letters(80)), [letters(80), undefined]);
  assertEquals(plan(letters(81)), [`${"a".repeat(79)}${ELLIPSIS}`, [
    { what: "plan", why: "longer than 80 characters" },
  ]]);
  // Without anything to show there is no plan.
  assertEquals([plan(" "), plan("\u200b")], [[undefined, undefined], [undefined, undefined]]);
});

Deno.test("only a text that was cut is reported: not the vendor's own ellipsis, wide characters or invisible ones", () => {
  for (
    const [text, shown] of [
      [`Models${ELLIPSIS}`, `Models${ELLIPSIS}`],
      ["a".repeat(119) + ELLIPSIS, "a".repeat(119) + ELLIPSIS],
      ["\u{1f600}".repeat(100), "\u{1f600}".repeat(100)],
      [`Models${"\u200b".repeat(200)}`, "Models"],
    ] as const
  ) {
    const { readings, dropped } = bounded({ readings: [{ ...reading(1), label: text }] });
    assertEquals([readings[0]?.label, dropped], [shown, undefined]);
  }
});

Deno.test("the parts of a use have harmless names of up to 120 characters, and beyond 20 the smallest are added up", () => {
  const parts = (given: readonly Part[]) =>
    bounded({ readings: [{ ...reading(1), parts: given }] }).readings[0]?.parts;
  const names = ["search\u001b[2J\nweb", "\u202eredaer", letters(121), " \u200b"];
  assertEquals(parts(names.map((name, at) => ({ name, used: at }))), [
    { name: "search\ufffd[2J web", used: 0 },
    { name: "redaer", used: 1 },
    { name: `${"a".repeat(119)}${ELLIPSIS}`, used: 2 },
    { name: "Unnamed", used: 3 },
  ]);
  const models = (count: number) =>
    Array.from({ length: count }, (_, at) => ({ name: `m${at}`, used: at / 10 }));
  // 20 of them stay as they are; of 22, these three are the smallest: 0, 0.1 and 0.2.
  assertEquals(parts(models(20)), models(20));
  const kept = parts(models(22));
  assertEquals([kept?.length, kept?.[0], kept?.[18]], [20, { name: "m21", used: 2.1 }, {
    name: "m3",
    used: 0.3,
  }]);
  assertEquals(kept?.at(-1), { name: "The rest", used: 0.3 });
});

Deno.test("20 facts are stored, each with a label of up to 120 characters, or its key", () => {
  const fact = (label: string) => ({ key: "credits", label, count: 1, expiresAt: null });
  const facts = (count: number) => bounded({ facts: Array(count).fill(fact("Credits")) }).facts?.length;
  assertEquals([facts(20), facts(21)], [20, 20]);
  assertEquals(bounded({ facts: Array(23).fill(fact("Credits")) }).dropped, [
    { what: "3 facts", why: "more than 20 of one account" },
  ]);
  const labels = bounded({ facts: [letters(120), letters(121), " ", "\u200b"].map(fact) }).facts
    ?.map(({ label }) => label);
  assertEquals(labels, [letters(120), `${"a".repeat(119)}${ELLIPSIS}`, "credits", "credits"]);
});

Deno.test("a hint has up to 400 characters", () => {
  assertEquals(bounded({ hint: letters(400) }).hint, letters(400));
  assertEquals(bounded({ hint: letters(401) }).hint, `${"a".repeat(399)}${ELLIPSIS}`);
});

Deno.test("50 dropped parts are reported, first those that were cut off here, in up to 120 characters", () => {
  const part = { what: letters(121), why: letters(121) };
  const dropped = (count: number) => bounded({ dropped: Array(count).fill(part) }).dropped;
  assertEquals([dropped(50)?.length, dropped(51)?.length], [50, 50]);
  const cut = `${"a".repeat(119)}${ELLIPSIS}`;
  assertEquals(dropped(1), [{ what: cut, why: cut }]);
  const both = bounded({ plan: letters(81), dropped: [{ what: "limits.fable", why: "no figure" }] }).dropped;
  assertEquals(both?.map(({ what }) => what), ["plan", "limits.fable"]);
});

/** The reset that is stored for a window of so many seconds, which is stated so far ahead of its length. */
function resetOf(window: Reading["window"], lateMs: number): "kept" | "dropped" {
  const resetsAt = NOW + (window.seconds ?? 0) * 1000 + lateMs;
  const { readings, dropped } = bounded({ readings: [{ ...reading(1, resetsAt), window }] });
  const [stored] = readings;
  if (stored?.resetsAt === resetsAt) {
    assertEquals(dropped, undefined);
    return "kept";
  }
  assertEquals(stored?.resetsAt, null);
  assertEquals(dropped, [{ what: "reset of five-hour", why: "further ahead than its window is long" }]);
  return "dropped";
}

Deno.test("a reset is at most the length of its window ahead, and ten minutes or five percent of it", () => {
  const fixed = (seconds: number) => ({ kind: "fixed", seconds }) as const;
  // Of an hour five percent are three minutes, of a day 72.
  const hour = fixed(3600);
  assertEquals([resetOf(hour, 10 * MINUTE), resetOf(hour, 10 * MINUTE + 1)], ["kept", "dropped"]);
  const day = fixed(86_400);
  assertEquals([resetOf(day, 72 * MINUTE), resetOf(day, 72 * MINUTE + 1)], ["kept", "dropped"]);
  // Only a window of a fixed length says how far its reset may be.
  for (const kind of ["calendar", "rolling"] as const) {
    assertEquals([kind, resetOf({ kind, seconds: 3600 }, 24 * HOUR)], [kind, "kept"]);
  }
  assertEquals(resetOf({ kind: "fixed", seconds: null }, 24 * HOUR), "kept");
  // A billing period lasts up to a year; money and reserved capacity may end in several.
  for (
    const [kind, late] of [["calendar", "dropped"], ["rolling", "dropped"], ["balance", "kept"], [
      "allocation",
      "kept",
    ]] as const
  ) {
    assertEquals(resetOf({ kind, seconds: null }, 400 * 24 * HOUR), "kept");
    assertEquals([kind, resetOf({ kind, seconds: null }, 400 * 24 * HOUR + 1)], [kind, late]);
  }
  assertEquals(bounded({ readings: [reading(1, null)] }), { readings: [reading(1, null)] });
});

Deno.test("answerProblem() takes only whole milliseconds for the bounds of a window", () => {
  const problem = (fields: Partial<Reading>) => answerProblem({ readings: [{ ...reading(1), ...fields }] });
  assertEquals(problem({ startedAt: NOW, resetsAt: NOW + HOUR }), null);
  const unusable = "The provider gave an unusable reading:";
  for (const instant of [12.5, NaN, Infinity]) {
    assertEquals(
      problem({ startedAt: instant }),
      `${unusable} "startedAt" of "five-hour" is not whole milliseconds`,
    );
    assertEquals(
      problem({ resetsAt: instant }),
      `${unusable} "resetsAt" of "five-hour" is neither whole milliseconds nor null`,
    );
  }
});
