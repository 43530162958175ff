import { firstSetting, jsonFile, openCodeKey, plainPath, textAt } from "../../lib/provider_kit/login_file.ts";
import { assertEquals, assertRejects } from "../support/assert.ts";
import { createFakeContext } from "../support/fake_context.ts";
import { kindOf } from "../support/check_readings.ts";

const PLACE = { path: "${ACME_HOME:-~/.acme}/login.json", what: "the login of Acme" };
const OPENCODE = "${XDG_DATA_HOME:-~/.local/share}/opencode/auth.json";

Deno.test("firstSetting() returns the first one that is set, with its name", () => {
  const ctx = createFakeContext({ settings: { B: "two", C: "three" } });
  assertEquals(firstSetting(ctx, ["A", "B", "C"]), {
    name: "B",
    value: "two",
    source: "B in the environment",
  });
  assertEquals(firstSetting(ctx, ["A"]), undefined);
});

Deno.test("jsonFile() treats a missing and an empty file as none, and names one that is not an object", async () => {
  const read = (text?: string) =>
    jsonFile(createFakeContext({ files: text === undefined ? {} : { [PLACE.path]: text } }), PLACE);
  assertEquals(await read(), undefined);
  assertEquals(await read(" \n"), undefined);
  assertEquals(await read('{"a":1}'), { a: 1 });
  assertEquals(await read('\ufeff{"a":1}'), { a: 1 });
  for (const text of ["{", "[]", "null", '"token"']) {
    const error = await assertRejects(() => read(text), /the login of Acme/);
    assertEquals(kindOf(error), "missing");
    assertEquals(
      Reflect.get(error as object, "hint"),
      "Look at ~/.acme/login.json: it should hold the login of Acme",
    );
  }
});

Deno.test("textAt() returns only text, and only own properties of the object", () => {
  const value = JSON.parse('{"a":{"b":" x ","c":7,"d":"  "},"__proto__":{"e":"own"}}');
  assertEquals(textAt(value, "a", "b"), "x");
  for (const names of [["a", "c"], ["a", "d"], ["a"], ["a", "b", "c"], ["constructor", "name"]]) {
    assertEquals(textAt(value, ...names), undefined, names.join("."));
  }
  assertEquals(textAt(value, "__proto__", "e"), "own");
});

Deno.test("openCodeKey() follows the order of the names, not of the file", async () => {
  const files = { [OPENCODE]: '{"b":{"key":"two"},"a":{"type":"oauth","access":"x"},"c":{"key":"three"}}' };
  assertEquals(await openCodeKey(createFakeContext({ files }), ["a", "c", "b"]), {
    name: "c",
    value: "three",
    source: 'the login "c" of OpenCode',
  });
  assertEquals(await openCodeKey(createFakeContext(), ["a"]), undefined);
});

Deno.test("plainPath() shows the path of a place if nothing moves it", () => {
  assertEquals(plainPath(PLACE.path), "~/.acme/login.json");
  assertEquals(plainPath("~/.acme/login.json"), "~/.acme/login.json");
});
