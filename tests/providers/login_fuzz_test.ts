/** Vendor tools' files in any state: an account is found, or none, or the problem is reported. */
import fc from "fast-check";
import { providers } from "../../providers/mod.ts";
import { assert, assertMatch } from "../support/assert.ts";
import { fixturesOf } from "../support/exchange.ts";
import { createFakeContext } from "../support/fake_context.ts";
import { kindOf } from "../support/check_readings.ts";

/** Names of fields in the files of a provider's fixtures. */
function namesIn(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => [
    ...Array.isArray(value) ? [] : [name],
    ...namesIn(member),
  ]);
}

for (const provider of providers) {
  const places = provider.places ?? [];
  if (places.length === 0) continue;
  const files = fixturesOf(provider.id).map((fixture) => fixture.files ?? {});
  const names = [...new Set(files.flatMap((some) => Object.values(some).flatMap(namesIn)))];

  Deno.test(`${provider.id} accepts files of any content: an account, none, or a known kind of failure`, async () => {
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom<unknown>(
          "",
          " ",
          "oauth",
          "sk-ant-api03",
          "gho_x",
          "a.b.c",
          "\u2028",
          0,
          -1,
          1e300,
          null,
          true,
        ),
        fc.integer({ min: 1.7e9, max: 1.9e12 }),
        fc.array(tie("tree"), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...names, "__proto__", "key", "x"), tie("tree"), { maxKeys: 6 }),
      ),
    }));
    const text = fc.oneof(tree.map((value) => JSON.stringify(value)), fc.json(), fc.string());
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: places.length }), async (texts) => {
        const content = Object.fromEntries(
          places.map(({ path }, index) => [path, texts[index % texts.length] ?? ""]),
        );
        const rows = Object.fromEntries(
          places.map((
            { path },
            index,
          ) => [path, [{ key: "cursorAuth/accessToken", value: texts[index % texts.length] ?? "" }]]),
        );
        const ctx = createFakeContext({
          now: "2026-11-21T12:00:00Z",
          files: content,
          rows,
          answer: () => new Response("{}"),
        });
        try {
          for (const account of await provider.accounts(ctx)) {
            assertMatch(account.name, /^[^/\s][^/]{0,127}$/);
            assert(account.expiresAt === undefined || Number.isSafeInteger(account.expiresAt));
            await provider.read(ctx, account);
          }
        } catch (error) {
          assert(!kindOf(error).startsWith("none"), `${kindOf(error)} for ${JSON.stringify(content)}`);
        }
      }),
      { numRuns: 300 },
    );
  });
}
