import fc from "fast-check";
import * as v from "valibot";
import {
  amountOrNull,
  camelNames,
  computeRest,
  computeUsed,
  decode,
  instant,
  instantOrNull,
  lenientNumber,
  limitOrNull,
  member,
  moneyText,
  slug,
  tidy,
  unknownFigures,
} from "../../lib/provider_kit/decode.ts";
import { assert, assertEquals, assertMatch, assertThrows } from "../support/assert.ts";
import { kindOf } from "../support/check_readings.ts";

function read<Schema extends v.GenericSchema>(schema: Schema, value: unknown): unknown {
  const result = v.safeParse(schema, value);
  return result.success ? result.output : "refused";
}

Deno.test("lenientNumber accepts numbers and numeric text, and nothing similar", () => {
  const cases: readonly [unknown, number | "refused"][] = [
    [12.5, 12.5],
    ["12.5", 12.5],
    [" -3 ", -3],
    [".5", 0.5],
    ["1e3", 1000],
    [0, 0],
    ["", "refused"],
    ["12 requests", "refused"],
    ["0x10", "refused"],
    ["Infinity", "refused"],
    ["1e400", "refused"],
    [1e16, "refused"],
    [Number.NaN, "refused"],
    [Infinity, "refused"],
    [null, "refused"],
    [true, "refused"],
    [[1], "refused"],
    [{}, "refused"],
  ];
  for (const [value, expected] of cases) assertEquals(read(lenientNumber, value), expected, String(value));
});

Deno.test("moneyText reads dollars with sign, separators and currency", () => {
  const cases: readonly [unknown, number | "refused"][] = [
    ["$24.00", 24],
    ["$1,048.50", 1048.5],
    ["-$3.20", -3.2],
    ["$-3.20", -3.2],
    ["US$5", 5],
    ["7.25 USD", 7.25],
    [".96", 0.96],
    [12, 12],
    ["", "refused"],
    ["$", "refused"],
    ["free", "refused"],
    ["-$-1", "refused"],
    ["24.00 EUR", "refused"],
    [null, "refused"],
  ];
  for (const [value, expected] of cases) assertEquals(read(moneyText, value), expected, String(value));
});

Deno.test("instant reads ISO 8601, seconds and milliseconds, cut to milliseconds and taken for UTC", () => {
  const noon = Date.parse("2026-11-21T12:00:00.000Z");
  const cases: readonly [unknown, number | "refused"][] = [
    ["2026-11-21T12:00:00Z", noon],
    ["2026-11-21T12:00:00", noon],
    ["2026-11-21 12:00:00", noon],
    ["2026-11-21T12:00Z", noon],
    ["2026-11-21", Date.parse("2026-11-21T00:00:00.000Z")],
    ["2026-11-21T12:00:00.1239999Z", noon + 123],
    ["2026-11-21T13:00:00+01:00", noon],
    ["2026-11-21T13:00:00+0100", noon],
    ["2026-11-21T13:00:00+01", noon],
    ["2026-11-21t12:00:00z", noon],
    [noon, noon],
    [noon / 1000, noon],
    [String(noon), noon],
    [noon / 1000 + 0.5, noon + 500],
    [0, "refused"],
    [-1, "refused"],
    ["", "refused"],
    ["tomorrow", "refused"],
    ["2026-13-45T00:00:00Z", "refused"],
    ["9999-01-01T00:00:00Z", "refused"],
    [8.64e15, "refused"],
    [null, "refused"],
  ];
  for (const [value, expected] of cases) assertEquals(read(instant, value), expected, String(value));
});

Deno.test("negative amounts are unknown, negative limits are none, and unknown stays unknown", () => {
  assertEquals(read(amountOrNull, -3), null);
  assertEquals(Object.is(read(amountOrNull, -0), 0), true);
  assertEquals(read(amountOrNull, "many"), null);
  assertEquals(read(amountOrNull, undefined), null);
  assertEquals(read(limitOrNull, -1), null);
  assertEquals(read(limitOrNull, 0), 0);
  assertEquals(read(instantOrNull, 0), null);
});

Deno.test("restOf() is never negative and keeps unknown values", () => {
  assertEquals(computeRest(48, 35.16), 12.84);
  assertEquals(computeRest(100, 162), 0);
  assertEquals(computeRest(null, 1), null);
  assertEquals(computeRest(1, null), null);
  assertEquals(computeRest(1, 0.9999995), 5e-7);
  assertEquals(computeRest(1e6, 1e6 - 0.1 - 0.2 + 0.3), 0);
});

Deno.test("rounding removes the error of a calculation and keeps small amounts", () => {
  assertEquals([tidy(0.1 + 0.2), tidy(100 / 3), tidy(4e-7), tidy(-1.5e-9)], [0.3, 33.333333, 4e-7, -1.5e-9]);
  assertEquals(Object.is(tidy(0.1 + 0.2 - 0.3, 0.3), 0), true);
  assertEquals(Object.is(tidy(0.3 - 0.1 - 0.2), 0), true);
});

Deno.test("use is unknown if more is left than there was", () => {
  assertEquals([computeUsed(100, 30), computeUsed(100, 120), computeUsed(null, 3), computeUsed(3, null)], [
    70,
    null,
    null,
    null,
  ]);
});

Deno.test("unknown figures of an answer are reported by name, wherever they are", () => {
  const known = {
    five_hour: { utilization: true, resets_at: true },
    limits: { kind: true, percent: true },
  } as const;
  const strangers = unknownFigures({
    five_hour: { used_percentage: 95, resets_at: "2026-11-21T13:00:00Z", note: "words" },
    limits: [{ kind: "daily", percent: 3 }, { kind: "x", pct: "88 %" }, { pct: 12 }],
    seven_weeks: { utilization: 99 },
    motto: "nothing to count",
    idle: null,
  }, known);
  assertEquals(strangers.map(({ what }) => what), ["five_hour.used_percentage", "limits.pct", "seven_weeks"]);
  assertEquals(unknownFigures({ any: { a: 1, b: { c: 2 } } }, { "*": { a: true } }).map(({ what }) => what), [
    "any.b",
  ]);
  assertEquals(
    unknownFigures(Object.fromEntries(Array.from({ length: 99 }, (_, i) => [`n${i}`, i])), {}).length,
    20,
  );
});

Deno.test("camelNames() renames at every depth and prefers a name that is already right", () => {
  const renamed = camelNames({
    renews_at: 1,
    rolling_five_hour_limit: { tick_percent: [{ a_b: 2 }] },
    renewsAt: 3,
    __private: 4,
  });
  assertEquals(
    JSON.stringify(renamed),
    '{"rollingFiveHourLimit":{"tickPercent":[{"aB":2}]},"renewsAt":3,"__private":4}',
  );
});

Deno.test("fields called __proto__ pollute nothing", () => {
  const hostile = JSON.parse(
    '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"a":1}',
  );
  const renamed = camelNames(hostile);
  assertEquals(Reflect.get({}, "polluted"), undefined);
  assertEquals(member(renamed, "polluted"), undefined);
  assertEquals(member(renamed, "a"), 1);
  assertEquals(member(JSON.parse('{"a":1}'), "toString"), undefined);
  assertEquals(member([], "length"), 0);
  assertEquals(member("text", "length"), undefined);
});

Deno.test("camelNames() cuts too deep nesting instead of overflowing", () => {
  const depth = 100_000;
  const hostile = JSON.parse("[".repeat(depth) + "]".repeat(depth));
  assert(Array.isArray(camelNames(hostile)));
});

Deno.test("decode() names where an answer does not fit, and keeps it", () => {
  const schema = v.object({ limits: v.array(v.object({ type: v.string() })) });
  assertEquals(decode(schema, { limits: [{ type: "a", more: 1 }] }), { limits: [{ type: "a" }] });
  const error = assertThrows(() => decode(schema, { limits: [{ type: "a" }, { type: 5 }] }));
  assertEquals(kindOf(error), "bad_response");
  assert(error instanceof Error);
  assertEquals(
    error.message,
    `The answer's "limits.1.type" does not fit: expected string, got a value of type number`,
  );
  assertEquals(Reflect.get(error, "answer"), '{"limits":[{"type":"a"},{"type":5}]}');
});

Deno.test("decode() never shows the mismatched value", () => {
  const error = assertThrows(() =>
    decode(v.object({ a: v.object({ b: lenientNumber }) }), { a: { b: "syn_secret" } })
  );
  assertMatch(error instanceof Error ? error.message : "", /"a\.b" does not fit: expected a finite number$/);
});

Deno.test("the schemas give finite numbers or refuse, for any input", () => {
  fc.assert(fc.property(fc.oneof(fc.anything(), fc.string(), fc.double(), fc.date()), (value) => {
    for (const schema of [lenientNumber, moneyText, instant]) {
      const result = read(schema, value);
      assert(result === "refused" || Number.isFinite(result), String(result));
    }
    camelNames(value);
  }));
});

Deno.test("instant reads any time of this century from each of its notations", () => {
  const span = { min: 946_684_800_000, max: 4_102_444_799_999 };
  fc.assert(fc.property(fc.integer(span), (at) => {
    assertEquals(read(instant, at), at);
    assertEquals(read(instant, new Date(at).toISOString()), at);
    assertEquals(read(instant, Math.floor(at / 1000)), Math.floor(at / 1000) * 1000);
  }));
});

Deno.test("slug() keeps names apart in any script, and gives only what an id may hold", () => {
  assertEquals(slug("GPT-9 Spark"), "gpt-9-spark");
  // Accents and signs are no other letters.
  assertEquals(slug("\u00c9quipe Pro\u2122"), "equipe-pro");
  assertEquals(slug("E\u0301quipe Pro"), "equipe-pro");
  assertEquals(slug("\u{1f680} __"), "");
  const names = [
    "\u9ad8\u7ea7",
    "\u6807\u51c6",
    "\u9ad8\u7ea7 Pro",
    "\u6807\u51c6 Pro",
    "\u043f\u0440\u043e",
    `${"a".repeat(59)}\u9ad8`,
  ];
  assertEquals(new Set(names.map(slug)).size, names.length);
  for (const name of [...names, "\u9ad8".repeat(300), "x".repeat(300)]) {
    assertMatch(slug(name), /^(?=.{1,60}$)[a-z0-9]+(?:-[a-z0-9]+)*$/, name);
  }
  assertMatch(slug("\u9ad8\u7ea7 Pro"), /^pro-/);
});
