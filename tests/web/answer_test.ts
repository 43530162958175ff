import { prefersJson } from "../../lib/web/answer.ts";
import { unknownWord } from "../../lib/web/unknown_word.ts";
import { createGate } from "../../lib/web/refresh_gate.ts";
import { assert, assertEquals } from "../support/assert.ts";

Deno.test("prefersJson() respects the weights of an Accept header", () => {
  assert(prefersJson("application/json"));
  assert(prefersJson("text/html;q=0.5, application/json"));
  assert(prefersJson("Application/JSON, text/plain, */*"));
  assert(!prefersJson("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"));
  assert(!prefersJson("application/json;q=0.5, text/html"));
  assert(!prefersJson("application/json;q=0"));
  assert(!prefersJson("*/*"));
  assert(!prefersJson(""));
});

Deno.test("unknownWord() lists the allowed words and the likely one, and repeats nothing dangerous", () => {
  const error = unknownWord("provider", "synthetik", ["synthetic", "zai"]);
  assertEquals(error.status, 400);
  assertEquals(
    error.message,
    'Unknown provider "synthetik": expected one of synthetic, zai; did you mean synthetic?',
  );
  assertEquals(unknownWord("account", "x", []).message, 'Unknown account "x": there is none');
  const hostile = unknownWord("range", `\u001b[2J\u202e${"a".repeat(500)}`, ["1h"]).message;
  // deno-lint-ignore no-control-regex
  assert(hostile.length < 150 && !/[\u0000-\u001f\u202e]/.test(hostile));
  const many = Array.from({ length: 100 }, (_, index) => `account-${index}`);
  assert(unknownWord("account", "zzz", many).message.endsWith("and 76 more"));
});

Deno.test("a gate lets one through and states how long others have to wait", () => {
  const gate = createGate(5000);
  assertEquals([0, 1, 4999, 5000, 5001].map((now) => gate.pass(now)), [0, 4999, 1, 0, 4999]);
});

Deno.test("a gate opens again if the clock is set back by more than its time", () => {
  const gate = createGate(5000);
  assertEquals(gate.pass(1_000_000), 0);
  assertEquals(gate.pass(10), 0);
});
