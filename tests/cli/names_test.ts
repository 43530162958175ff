/** The order of accounts in what commands show, and in the files that programs read. */
import { assertEquals } from "../support/assert.ts";
import { fortyQuotas } from "./many_accounts.ts";
import { inPlace } from "./support.ts";

const BY_NUMBER = Array.from({ length: 14 }, (_, number) => `account-${number}`);

function namesIn(text: string): readonly string[] {
  return [...new Set(text.match(/account-\d+/g))];
}

Deno.test("commands list account-2 before account-10, as text and as JSON", () =>
  inPlace(async (place) => {
    await fortyQuotas(place);
    for (
      const args of [
        "status --long",
        "status --json",
        "forecast --json",
        "account list",
        "completion --names accounts",
      ]
    ) {
      const { stdout } = await place.run(args);
      assertEquals([args, ...namesIn(stdout)], [args, ...BY_NUMBER]);
    }
  }));

Deno.test("an export keeps the plain order of characters, which programs that merge files rely on", () =>
  inPlace(async (place) => {
    await fortyQuotas(place);
    const { stdout } = await place.run("export");
    assertEquals(namesIn(stdout), BY_NUMBER.toSorted());
  }));
