import { createFixedClock } from "../../lib/base/clock.ts";
import { createLog, type LogOptions } from "../../lib/base/log.ts";
import { createRedactor } from "../../lib/base/redact.ts";
import { assert, assertEquals } from "../support/assert.ts";

const NOON = Date.parse("2026-11-21T12:00:00.000Z");

function logOf(options: Partial<LogOptions> = {}) {
  const lines: string[] = [];
  const redactor = createRedactor();
  redactor.learn("planted-secret");
  const log = createLog({
    level: "debug",
    format: "text",
    clock: createFixedClock(NOON),
    redactor,
    sink: (line) => lines.push(line),
    ...options,
  });
  return { log, lines };
}

Deno.test("the log writes readable lines", () => {
  const { log, lines } = logOf();
  log.info("Poll ended", {
    account: "synthetic/default",
    ms: 12,
    ok: true,
    hint: "two words",
    gone: undefined,
    no: null,
  });
  log.error("Failed");
  assertEquals(lines, [
    '2026-11-21T12:00:00.000Z info  Poll ended account=synthetic/default ms=12 ok=true hint="two words" no=null',
    "2026-11-21T12:00:00.000Z error Failed",
  ]);
});

Deno.test("the log writes JSON, with its own fields in their places", () => {
  const { log, lines } = logOf({ format: "json" });
  log.warn("Poll ended", { ms: 12, level: "none", time: "never" });
  assertEquals(JSON.parse(lines[0] ?? ""), {
    time: "2026-11-21T12:00:00.000Z",
    level: "warn",
    message: "Poll ended",
    ms: 12,
  });
});

Deno.test("the log omits messages below its level", () => {
  const { log, lines } = logOf({ level: "warn" });
  log.debug("a");
  log.info("b");
  log.warn("c");
  log.error("d");
  assertEquals(lines.map((line) => line.at(-1)), ["c", "d"]);
});

for (const format of ["text", "json"] as const) {
  Deno.test(`the log never shows a secret in its ${format} format`, () => {
    const { log, lines } = logOf({ format });
    log.info("Got planted-secret", {
      url: "https://x/?key=planted-secret",
      apiKey: "other",
      "planted-secret": "x",
    });
    log.info("Authorization: Bearer zzzzzz", { cookie: "zzzzzz" });
    const text = lines.join("\n");
    for (const secret of ["planted-secret", "other", "zzzzzz"]) assert(!text.includes(secret), text);
  });

  Deno.test(`no input makes the log write a second line or a terminal command in its ${format} format`, () => {
    const { log, lines } = logOf({ format });
    log.info("one\ntwo\x1b[2J", { field: "a\r\nb\u202e", "na\nme": "x" });
    assertEquals(lines.length, 1);
    // deno-lint-ignore no-control-regex
    assert(!/[\u0000-\u001f\u202e]/.test(lines[0] ?? ""), lines[0]);
  });
}

Deno.test("the log survives a sink that fails", () => {
  const { log } = logOf({
    sink: () => {
      throw new Error("Disk full");
    },
  });
  log.error("Nobody hears this");
});

Deno.test("the log cuts endless messages", () => {
  const { log, lines } = logOf();
  log.info("a ".repeat(100_000));
  assert((lines[0] ?? "").length < 2100);
});
