import fc from "fast-check";
import type { Outcome, OutcomeKind } from "../../lib/model/outcome.ts";
import type { Reading } from "../../lib/model/quota.ts";
import { withDeadline } from "../../lib/poll/deadline.ts";
import { describeThrown, MAX_ANSWER_BYTES, toFailure } from "../../lib/poll/failure.ts";
import { createSlots } from "../../lib/poll/slots.ts";
import { answerProblem } from "../../lib/poll/validate_answer.ts";
import { emptyStreak, recordFailure, streakIn } from "../../lib/poll/failure_streak.ts";
import { ProviderError } from "../../lib/provider/contract.ts";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { ANSWER, NOW, reading } from "./support.ts";

const same = (text: string) => text;

Deno.test("withDeadline() returns the result of the work", async () => {
  const { signal } = new AbortController();
  const clock = new FakeClock(NOW);
  assertEquals(await withDeadline(clock, 10, signal, () => Promise.resolve(7)), { how: "done", value: 7 });
  assertEquals(clock.sleeping, 0);
});

Deno.test("withDeadline() abandons work that never ends, and signals it to stop", async () => {
  const clock = new FakeClock(NOW);
  let told = false;
  const ended = withDeadline(clock, 10, new AbortController().signal, (signal) => {
    signal.addEventListener("abort", () => told = true);
    return new Promise(() => {});
  });
  await clock.advance(10);
  assertEquals(await ended, { how: "late" });
  assertEquals(told, true);
});

Deno.test("withDeadline() ends when everything stops", async () => {
  const clock = new FakeClock(NOW);
  const controller = new AbortController();
  const ended = withDeadline(clock, 10, controller.signal, () => new Promise(() => {}));
  controller.abort();
  assertEquals(await ended, { how: "stopped" });
  assertEquals(clock.sleeping, 0);
});

Deno.test("withDeadline() starts nothing after everything has stopped", async () => {
  const work = () => Promise.reject(new Error("It began"));
  assertEquals(await withDeadline(new FakeClock(NOW), 10, AbortSignal.abort(), work), { how: "stopped" });
});

Deno.test("withDeadline() rethrows errors of the work, even before it waits for anything", async () => {
  const { signal } = new AbortController();
  await assertRejects(
    () =>
      withDeadline(new FakeClock(NOW), 10, signal, () => {
        throw new RangeError("At once");
      }),
    /At once/,
  );
});

Deno.test("withDeadline() ignores errors of late work", async () => {
  const clock = new FakeClock(NOW);
  const { signal } = new AbortController();
  const ended = withDeadline(clock, 10, signal, async () => {
    await clock.sleep(20, signal);
    throw new Error("Too late to matter");
  });
  await clock.advance(30);
  assertEquals(await ended, { how: "late" });
});

Deno.test("createSlots() limits concurrency, keeps the order, and loses no slot to an error", async () => {
  const slots = createSlots(2);
  const order: number[] = [];
  let now = 0;
  let most = 0;
  const work = (id: number) => async () => {
    most = Math.max(most, ++now);
    order.push(id);
    await Promise.resolve();
    now--;
    if (id % 2 === 0) throw new Error(`${id}`);
    return id;
  };
  const results = await Promise.allSettled([0, 1, 2, 3, 4, 5].map((id) => slots.run(work(id))));
  assertEquals([most, now], [2, 0]);
  assertEquals(order, [0, 1, 2, 3, 4, 5]);
  assertEquals(results.filter(({ status }) => status === "fulfilled").length, 3);
});

Deno.test("toFailure() uses the message of a ProviderError", () => {
  const error = new ProviderError("auth", "Acme refused the key", {
    reason: "expired",
    hint: "Make a new one",
    retryAt: 12.5,
    answer: '{"error":1}',
  });
  assertEquals(toFailure(error, same), {
    kind: "auth",
    hint: "Acme refused the key. Make a new one",
    reason: "expired",
    retryAt: 13,
    answer: '{"error":1}',
  });
});

Deno.test("toFailure() distinguishes errors by kind, not by class", () => {
  assertEquals(toFailure({ kind: "unavailable", message: "Down" }, same), {
    kind: "unavailable",
    hint: "Down",
  });
});

Deno.test("toFailure() states a text once if message and hint are the same", () => {
  assertEquals(
    toFailure({ kind: "missing", message: "Set a key", hint: "Set a key" }, same).hint,
    "Set a key",
  );
});

const STRANGE: readonly unknown[] = [
  new TypeError("x is undefined"),
  "a string",
  null,
  undefined,
  42,
  { kind: "sulking" },
  Object.create(null),
  Symbol("odd"),
];
for (const thrown of STRANGE) {
  Deno.test(`toFailure() takes ${describeThrown(thrown)} for a bad response`, () => {
    const failure = toFailure(thrown, same);
    assertEquals(failure.kind, "bad_response");
    assertStringIncludes(failure.hint, "The provider failed unexpectedly");
  });
}

Deno.test("describeThrown() names what was thrown, whatever it is", () => {
  assertEquals(STRANGE.map(describeThrown), [
    "TypeError: x is undefined",
    "a string",
    "null was thrown",
    "undefined was thrown",
    "42 was thrown",
    "Error",
    "Error",
    "Symbol(odd) was thrown",
  ]);
});

Deno.test("toFailure() redacts and neutralises external text", () => {
  const redact = (text: string) => text.replaceAll("hunter2", "[hidden]");
  const error = { kind: "bad_response", message: "got hunter2\u001b[31m\nred", answer: "hunter2\u001b[2J" };
  const failure = toFailure(error, redact);
  assertEquals(failure.hint, "got [hidden]\ufffd[31m red");
  assertEquals(failure.answer, "[hidden]\ufffd[2J");
});

Deno.test("toFailure() redacts before cutting, so that no half secret remains", () => {
  const secret = "0123456789abcdef";
  const answer = "x".repeat(MAX_ANSWER_BYTES - 8) + secret;
  const redact = (text: string) => text.replaceAll(secret, "[hidden]");
  assert(!toFailure({ kind: "bad_response", answer }, redact).answer?.includes("01234567"));
});

Deno.test("toFailure() keeps at most 2 KiB of an answer and cuts no character", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme", minLength: 0, maxLength: 3_000 }), (text) => {
    const answer = toFailure({ kind: "bad_response", answer: text.repeat(4) }, same).answer ?? "";
    assert(new TextEncoder().encode(answer).length <= MAX_ANSWER_BYTES);
    assert(answer.isWellFormed());
  }));
});

Deno.test("toFailure() looks at no more than the first 8 KiB of an answer, and skips what shows nothing", () => {
  const shown = (skipped: number) =>
    toFailure({ kind: "bad_response", answer: `${"\u200b".repeat(skipped)}ab` }, same).answer;
  assertEquals([shown(8190), shown(8191), shown(8192)], ["ab", "a", ""]);
});

Deno.test("toFailure() cuts an endless hint", () => {
  const hint = (length: number) => toFailure({ kind: "auth", message: "a".repeat(length) }, same).hint;
  assertEquals([hint(400), hint(401)], ["a".repeat(400), `${"a".repeat(399)}\u2026`]);
  assertEquals(hint(100_000), hint(401));
});

for (const retryAt of [NaN, Infinity, "soon", 1e300, null]) {
  Deno.test(`toFailure() omits a retryAt of ${retryAt}`, () => {
    assertEquals("retryAt" in toFailure({ kind: "rate_limited", message: "Wait", retryAt }, same), false);
  });
}

Deno.test("answerProblem() accepts a valid answer, including unknown values", () => {
  assertEquals(answerProblem(ANSWER), null);
  assertEquals(answerProblem({ readings: [] }), null);
  assertEquals(
    answerProblem({ readings: [{ ...reading(1), used: null, limit: null, remaining: null }] }),
    null,
  );
});

const UNSOUND: readonly (readonly [string, unknown, string])[] = [
  ["nothing", undefined, "no list"],
  ["no list", { readings: {} }, "no list"],
  ["a hole in the list", { readings: [null] }, "kebab-case"],
  ["two of a kind", { readings: [reading(1), reading(2)] }, 'two readings of "five-hour"'],
  ["a slash in an id", { readings: [{ ...reading(1), quota: "five/hour" }] }, "kebab-case"],
  ["no label", { readings: [{ ...reading(1), label: undefined }] }, "no label"],
  ["an unknown unit", { readings: [{ ...reading(1), unit: "bananas" }] }, "unit"],
  ["an unknown window", { readings: [{ ...reading(1), window: { kind: "bay" } }] }, "window"],
  ["no window", { readings: [{ ...reading(1), window: undefined }] }, "window"],
  ["not a number", { readings: [reading(NaN)] }, '"used"'],
  ["a missing value", { readings: [{ ...reading(1), limit: undefined }] }, '"limit"'],
  ["a broken instant", { readings: [reading(1, 12.5)] }, '"resetsAt"'],
];
for (const [name, answer, part] of UNSOUND) {
  Deno.test(`answerProblem() refuses ${name}`, () => {
    assertStringIncludes(answerProblem(answer as { readings: readonly Reading[] }) ?? "", part);
  });
}

function outcomes(...kinds: readonly OutcomeKind[]): readonly Outcome[] {
  return kinds.map((kind, index) => ({
    account: "acme/default",
    at: NOW - index,
    durationMs: 0,
    kind,
    failures: kind === "ok" ? 0 : kinds.slice(index).findIndex((one) => one === "ok"),
    nextAt: null,
    nextReason: "",
    credential: index < 5 ? "new" : "old",
  }));
}

Deno.test("streakIn() counts the failures since the last success by kind", () => {
  const streak = streakIn(
    outcomes("rate_limited", "unavailable", "rate_limited", "ok", "rate_limited"),
    "new",
  );
  assertEquals(streak, { credential: "new", failures: 3, countByKind: { rate_limited: 2, unavailable: 1 } });
});

Deno.test("streakIn() ignores failures of another credential", () => {
  const kinds: OutcomeKind[] = ["auth", "auth", "auth", "auth", "auth", "auth", "ok"];
  assertEquals(streakIn(outcomes(...kinds), "new").countByKind, { auth: 5 });
  assertEquals(streakIn(outcomes(...kinds), "newer"), emptyStreak("newer"));
});

Deno.test("recordFailure() adds one failure and increments the streak of its kind", () => {
  const streak = recordFailure(recordFailure(emptyStreak("a"), "auth"), "unavailable");
  assertEquals(streak, { credential: "a", failures: 2, countByKind: { auth: 1, unavailable: 1 } });
});
