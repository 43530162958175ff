import { nearest } from "../../lib/base/nearest.ts";
import { assertEquals } from "../support/assert.ts";

const COMMANDS = ["collect", "config", "query", "serve", "providers", "prune"];

Deno.test("nearest() finds the intended word", () => {
  assertEquals(nearest("colect", COMMANDS), "collect");
  assertEquals(nearest("cofnig", COMMANDS), "config");
  assertEquals(nearest("SERVE", COMMANDS), "serve");
  assertEquals(nearest("provider", COMMANDS), "providers");
  assertEquals(nearest("querry", COMMANDS), "query");
});

Deno.test("nearest() returns nothing if no word is near", () => {
  assertEquals(nearest("upgrade", COMMANDS), null);
  assertEquals(nearest("", COMMANDS), null);
  assertEquals(nearest("xy", COMMANDS), null);
  assertEquals(nearest("serve", []), null);
});

Deno.test("nearest() prefers fewer typos, and the first among equals", () => {
  assertEquals(nearest("cat", ["car", "cat"]), "cat");
  assertEquals(nearest("caz", ["car", "cat"]), "car");
});
