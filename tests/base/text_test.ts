import fc from "fast-check";
import { plain, roundAmount } from "../../lib/base/text.ts";
import { assert, assertEquals } from "../support/assert.ts";

Deno.test("plain() leaves normal text of any script alone", () => {
  for (const text of ["GLM Coding Plan", "操作成功", "Größe 50 %", "👩‍💻 café", "שלום", "فارسی می‌خوانم"]) {
    assertEquals(plain(text), text);
  }
});

Deno.test("plain() removes terminal commands", () => {
  assertEquals(plain("\x1b[31mred\x1b[0m"), "\ufffd[31mred\ufffd[0m");
  assertEquals(plain("\x1b]52;c;ZXZpbA==\x07"), "\ufffd]52;c;ZXZpbA==\ufffd");
  assertEquals(plain("\u009b2J\u0090q"), "\ufffd2J\ufffdq");
  assertEquals(plain("a\0b\x7fc"), "a\ufffdb\ufffdc");
});

Deno.test("plain() joins several lines to one", () => {
  assertEquals(plain("a\nb\r\nc\td\u2028e\u2029f\u0085g"), "a b c d e f g");
});

Deno.test("plain() removes characters that reverse or hide text", () => {
  assertEquals(plain("pro\u202efdp.exe\u202c"), "profdp.exe");
  assertEquals(plain("\u2066a\u2069\u200e\u200f\u061c"), "a");
  assertEquals(plain("a\u200bb\ufeffc\u00add\u2060e\u{e0041}"), "abcde");
});

Deno.test("plain() repairs broken surrogates", () => {
  assertEquals(plain("a\ud800b"), "a\ufffdb");
});

Deno.test("plain() cuts between user-perceived characters", () => {
  assertEquals(plain("five-hour", 9), "five-hour");
  assertEquals(plain("five-hour", 5), "five…");
  assertEquals(plain("👩‍💻👩‍💻👩‍💻", 2), "👩‍💻…");
  assertEquals(plain("abc", 1), "…");
  assertEquals(plain("abc", 0), "");
});

Deno.test("plain() limits text whose characters consist of endless marks", () => {
  const zalgo = "a" + "\u0301".repeat(100_000);
  assert(plain(zalgo, 10).length <= 90);
});

Deno.test("plain() is idempotent and returns nothing a terminal would execute", () => {
  const hostile = fc.string({ unit: "binary" });
  fc.assert(fc.property(hostile, fc.option(fc.nat(40), { nil: undefined }), (text, max) => {
    const safe = plain(text, max);
    // deno-lint-ignore no-control-regex
    assert(!/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.test(safe));
    assert(safe.isWellFormed());
    assertEquals(plain(safe), safe);
  }));
});

Deno.test("amounts are rounded to millionths, and smaller ones are kept", () => {
  const rounded = [0.1 + 0.2, 100 / 3, 4.2e-7, -1.5e-8, 0.3 - 0.1 - 0.2].map(roundAmount);
  assertEquals(rounded.map((value) => value || 0), [0.3, 33.333333, 4.2e-7, -1.5e-8, 0]);
});
