/** `--limit` says how many, wherever the output goes and whichever quotas are selected. */
import { assertEquals } from "../support/assert.ts";
import { type CliHome, withCliHome } from "./support.ts";

/** Five quotas of one account, the last one the fullest. */
async function fiveQuotas(place: CliHome): Promise<void> {
  for (let i = 1; i <= 5; i++) {
    await place.fill(
      [["2026-11-21 12:00", i * 10], ["2026-11-21 13:00", i * 20]],
      { quota: `quota-${i}` },
      `acme/${i}`,
    );
  }
}

Deno.test("status: a number that was asked for holds in every form, and a wrong one is refused in every form", () =>
  withCliHome(async (place) => {
    await fiveQuotas(place);
    const rows: Readonly<Record<string, (name: number) => RegExp>> = {
      "": (name) => new RegExp(`acme \\(${name}\\) {2}`),
      "--plain": (name) => new RegExp(`acme/${name}/`),
      "--long": (name) => new RegExp(`acme \\(${name}\\) {2}`),
      "--json": (name) => new RegExp(`"account": "${name}"`),
    };
    for (const [form, row] of Object.entries(rows)) {
      const { stdout } = await place.run(`status --limit 2 ${form}`);
      assertEquals([form, [1, 2, 3, 4, 5].filter((name) => row(name).test(stdout))], [form, [4, 5]], stdout);
      const wrong = await place.run(`status --limit few ${form}`);
      assertEquals([form, wrong.code, wrong.stdout], [form, 2, ""]);
    }
  }));

interface Listed {
  readonly quotas: readonly { readonly key: string }[];
}

for (
  const [command, titles] of [
    ["stats", /^.* {2}acme\/\d\/quota-\d$/gm],
    ["chart", /^.* {2}acme\/\d\/quota-\d$/gm],
    ["chart --type daily", /^.* {2}acme\/\d\/quota-\d$/gm],
  ] as const
) {
  Deno.test(`${command}: a number that was asked for holds on a terminal, in a pipe, in JSON and for a selection`, () =>
    withCliHome(async (place) => {
      await fiveQuotas(place);
      const counts: Record<string, number> = {};
      for (const selection of ["", "--provider acme"]) {
        for (const isTty of [true, false]) {
          const { stdout } = await place.run(`${command} --limit 2 --no-color ${selection}`, {
            isTty,
            columns: 100,
          });
          counts[`${selection} ${isTty}`] = stdout.match(titles)?.length ?? 0;
        }
        const { quotas } = await place.json(`${command} --limit 2 --json ${selection}`) as Listed;
        counts[`${selection} json`] = quotas.length;
        // The fullest come first.
        assertEquals(quotas[0]?.key, "quota-5");
        const all = await place.json(`${command} --json ${selection}`) as Listed;
        assertEquals(all.quotas.length, 5);
      }
      assertEquals(new Set(Object.values(counts)), new Set([2]), JSON.stringify(counts));
    }));
}
