import fc from "fast-check";
import { cookieValue } from "../../lib/provider_kit/cookie.ts";
import { assertEquals } from "../support/assert.ts";

Deno.test("a cookie is found in a header, alone, and as a bare value", () => {
  const cases: readonly [text: string, value: string | undefined][] = [
    ["session=abc", "abc"],
    ["Cookie: theme=dark; session=abc; x=y", "abc"],
    [' session="abc" ', "abc"],
    ["abc", "abc"],
    ["YWJj==", "YWJj=="],
    ["Fe26.2**abc*def", "Fe26.2**abc*def"],
    ["session=Fe26.2**abc==", "Fe26.2**abc=="],
    ["theme=dark", undefined],
    ["theme=dark; mode=x", undefined],
    ["mysession=abc", undefined],
    ["session=", undefined],
    ["session=a\r\nb", undefined],
    ["a b", undefined],
    ["", undefined],
  ];
  for (const [text, value] of cases) assertEquals(cookieValue(text, "session"), value, text);
});

Deno.test("the result is a part of the input, and fits into one header", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const value = cookieValue(text, "session");
    assertEquals(value === undefined || (text.includes(value) && /^[\x21-\x7e]+$/.test(value)), true);
  }));
});
