import fc from "fast-check";
import { parseEnv } from "node:util";
import { parseEnvText } from "../../lib/config/env_text.ts";
import { assertEquals } from "../support/assert.ts";

const CASES: readonly (readonly [name: string, text: string, values: Record<string, string>])[] = [
  ["plain values", "A=1\nB = two words \n", { A: "1", B: "two words" }],
  ["export in front", "export KEY=value", { KEY: "value" }],
  ["comments", "# A=1\nB=2 # two\n  # C=3", { B: "2" }],
  ["quotes of three kinds", `A="x y"\nB='x # y'\nC=\`it's\``, { A: "x y", B: "x # y", C: "it's" }],
  ["line ends within double quotes", `A="one\\ntwo"\nB='one\\ntwo'`, { A: "one\ntwo", B: "one\\ntwo" }],
  ["quotes over several lines", `A="one\ntwo"\nB=3`, { A: "one\ntwo", B: "3" }],
  ["an empty value", "A=\nB=''\nC=3", { A: "", B: "", C: "3" }],
  ["Windows line ends", "A=1\r\nB=2\r\n", { A: "1", B: "2" }],
  ["a value with equal signs", "A=b=c==", { A: "b=c==" }],
  ["the last entry of a name", "A=1\nA=2", { A: "2" }],
  ["lines that are no entries", "hello\n=x\nA=1", { A: "1" }],
];

for (const [name, text, values] of CASES) {
  Deno.test(`a .env file is read with ${name}`, () => assertEquals({ ...parseEnvText(text) }, values));
}

Deno.test("a .env file is read as the runtime does, except for omitted values", () => {
  // There the runtime continues on the next line.
  const value = fc.stringMatching(/^[A-Za-z0-9_./:@%+=-]*$/);
  const line = fc.tuple(
    fc.constantFrom("", "export ", "  "),
    fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,8}$/),
    fc.constantFrom("=", " = ", "= "),
    fc.constantFrom("", '"', "'", "`"),
    value,
    fc.constantFrom("", " ", " # comment"),
  ).filter(([, , , quote, text]) => quote !== "" || text !== "").map((
    [front, name, equals, quote, text, end],
  ) => `${front}${name}${equals}${quote}${text}${quote}${end}`);
  fc.assert(fc.property(fc.array(line, { maxLength: 6 }), (lines) => {
    const text = lines.join("\n");
    assertEquals({ ...parseEnvText(text) }, { ...parseEnv(text) } as Record<string, string>);
  }));
});
