/** The command-line parser must not load Node's modules with every command. */
import EventEmitter from "events";
import { EventEmitter as NodeEmitter } from "node:events";
import { stripVTControlCharacters } from "node:util";
import stripAnsi from "strip-ansi";
import { lightenCommander } from "../../dev/lighten_commander.ts";
import { assertEquals, assertStringIncludes, assertThrows } from "../support/assert.ts";

const MARK = "// ../cache/commander/15.1.0/lib/command.js\n";

Deno.test("imports of Node become packages, or load when they are used", async () => {
  const light = lightenCommander(
    `${MARK}import { EventEmitter } from "node:events";
import path from "node:path";
import { stripVTControlCharacters as strip2 } from "node:util";
`,
  );
  assertStringIncludes(light, 'import EventEmitter from "events";');
  assertStringIncludes(light, 'import strip2 from "strip-ansi";');
  const [line] = /^const path .*$/m.exec(light) ?? [];
  const url = `data:text/javascript,${
    encodeURIComponent(`${line}\nexport default path.join("a", "..", "b");`)
  }`;
  assertEquals((await import(url)).default, "b");
});

Deno.test("a new import of Node in commander stops the build, and other modules stay as they are", () => {
  assertThrows(() => lightenCommander(`${MARK}import os from "node:os";\n`), /more of Node: .*node:os/);
  const other = 'import os from "node:os";\nimport path from "node:path";\n';
  assertEquals(lightenCommander(other), other);
});

Deno.test("the packages do what Node's modules do for commander", () => {
  const heard = [EventEmitter, NodeEmitter].map((Emitter) => {
    const emitter = new Emitter();
    const calls: unknown[] = [];
    emitter.on("option:db", (...values: unknown[]) => calls.push(values));
    return [
      emitter.emit("option:db", "a", 1),
      emitter.emit("none"),
      emitter.listenerCount("option:db"),
      calls,
    ];
  });
  assertEquals(heard[0], heard[1]);
  for (
    const text of [
      "plain",
      "\x1b[1mbold\x1b[22m",
      "\x1b]8;;https://a.b\x07link\x1b]8;;\x07",
      "\x1b[38;5;1mü\x1b[0m",
    ]
  ) {
    assertEquals(stripAnsi(text), stripVTControlCharacters(text));
  }
});
