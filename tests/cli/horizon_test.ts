/** `horizon`: the chart of the next hours in characters, its sentences for programs, and what it does not claim. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { fortyQuotas, manyAccounts } from "./many_accounts.ts";
import { withCliHome } from "./support.ts";

interface HorizonAnswer {
  readonly plan: string;
  readonly range: string;
  readonly more: number;
  readonly idle: unknown;
  readonly lanes: readonly {
    readonly quota: string;
    readonly state: string;
    readonly text: string;
    readonly resetsAt: string | null;
    readonly left: readonly { readonly at: string; readonly share: number }[];
  }[];
}

Deno.test("a used-up quota is empty until its reset, and nothing is drawn after it", () =>
  withCliHome(async (place) => {
    await manyAccounts(place);
    const { stdout } = await place.run("horizon", {
      isTty: true,
      columns: 140,
      rows: 40,
      env: { NO_COLOR: "1" },
    });
    const line = stdout.split("\n").find((text) => text.includes("(work)"))!;
    assertMatch(line, /^Claude \(work\) 5-hour session +\u254c+\u2502 +used up, reset \d\d:\d\d$/);
    assertMatch(stdout, /^Work with /);
    // A day of history is not a week.
    assertStringIncludes(stdout.replaceAll("\n", " "), "Idle hours are still unknown");
  }));

Deno.test("programs get every lane as points and as a sentence, and unknown as null", () =>
  withCliHome(async (place) => {
    await manyAccounts(place);
    const answer = await place.json("horizon --range 7d --json") as HorizonAnswer;
    assertEquals([answer.range, answer.more, answer.idle], ["7d", 0, null]);
    const [first] = answer.lanes;
    assertEquals([first?.quota, first?.state, first?.left.map(({ share }) => share)], [
      "anthropic/work/five-hour",
      "used-up",
      [0],
    ]);
    for (const { text, left } of answer.lanes) {
      assertMatch(text, /\.$/);
      for (const { share } of left) assert(share >= 0 && share <= 1);
    }
    const credits = answer.lanes.find(({ quota }) => quota === "openrouter/default/credits");
    assertEquals(credits?.resetsAt, null);
  }));

Deno.test("forty quotas are limited with a sentence, and by --limit", () =>
  withCliHome(async (place) => {
    await fortyQuotas(place);
    const text = (await place.run("horizon")).stdout.replaceAll("\n", " ");
    assertMatch(
      text,
      /30 more quotas are not drawn: these are the 11 most urgent, and one quota of the best account\./,
    );
    assertEquals((await place.json("horizon --json --limit 40") as HorizonAnswer).lanes.length, 40);
    const plain = (await place.run("horizon --plain --limit 2")).stdout.trimEnd().split("\n");
    assertEquals(plain.map((line) => line.split("\t").length), [6, 6]);
  }));

Deno.test("without readings the Horizon says what to do, and an unknown range is named", () =>
  withCliHome(async (place) => {
    assertMatch((await place.run("horizon")).stdout, /syntrack collect/);
    const { code, stderr } = await place.run("horizon --range 30d");
    assertEquals(code, 2);
    assertMatch(stderr, /--range.*24h.*7d/s);
  }));
