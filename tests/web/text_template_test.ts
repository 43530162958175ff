/** Templates that are compressed once and filled often. */
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { TextTemplate } from "../../lib/web/text_template.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";

const TEXT = fc.string({ unit: "grapheme", maxLength: 300 });

Deno.test("a template is the same in gzip as in plain text, whatever fills it", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(TEXT, { minLength: 1, maxLength: 6 }), fc.array(TEXT), async (parts, words) => {
      const template = new TextTemplate(parts);
      for (const word of words) {
        const text = new TextEncoder().encode(parts.join(word));
        assertEquals(template.fill(word), text);
        assertEquals(new Uint8Array(gunzipSync(await template.fillGzipped(word))), text);
      }
    }),
  );
});

Deno.test("a long text is smaller in gzip, and a word that fits in no block is refused", async () => {
  const template = new TextTemplate(["a quota is an allowance; ".repeat(5000), "the end"]);
  const plain = template.fill("word");
  assert((await template.fillGzipped("word")).byteLength < plain.byteLength / 50);
  const longest = "w".repeat(0xffff);
  assertEquals(gunzipSync(await template.fillGzipped(longest)).byteLength, plain.byteLength - 4 + 0xffff);
  await assertRejects(() => template.fillGzipped(`${longest}w`), /at most 65535 bytes/);
});
