/** The decisions: one short file each, and a complete index. */
import { assert, assertEquals, assertMatch } from "./support/assert.ts";

const FOLDER = new URL("../docs/decisions/", import.meta.url);

interface Decision {
  readonly file: string;
  readonly title: string;
  readonly date: string;
  readonly status: string;
}

async function decisions(): Promise<readonly Decision[]> {
  const files = [...Deno.readDirSync(FOLDER)].map(({ name }) => name).filter((name) => name !== "README.md");
  return await Promise.all(
    files.sort().map(async (file) => {
      const text = await Deno.readTextFile(new URL(file, FOLDER));
      const [, number = "", title = ""] = /^# (\d+)\. (.+)\n/.exec(text) ?? [];
      const [, date = "", status = ""] = /^Date: (\d{4}-\d\d-\d\d)\. Status: (.+)\.$/m.exec(text) ?? [];
      assertEquals(Number(file.slice(0, 4)), Number(number), file);
      return { file, title, date, status };
    }),
  );
}

Deno.test("each decision has a unique number, a title, a date and a status", async () => {
  const all = await decisions();
  assertEquals(all.map(({ file }) => Number(file.slice(0, 4))), all.map((_, index) => index + 1));
  for (const { file, title, date, status } of all) {
    assertMatch(file, /^\d{4}-[a-z0-9-]+\.md$/);
    assert(title !== "" && date !== "", file);
    assertMatch(status, /^(accepted|(changed|extended|superseded) by \[\d{4}\]\(\S+\.md\))$/, file);
  }
});

Deno.test("the index of decisions lists each, with its title, date and status", async () => {
  const index = await Deno.readTextFile(new URL("README.md", FOLDER));
  const rows = [...index.matchAll(/^\| \[(\d{4})\]\((\S+)\) +\| (.+?) +\| (\S+) +\| (.+?) +\|$/gm)];
  assertEquals(
    rows.map(([, number, file, title, date, status]) => ({ number, file, title, date, status })),
    (await decisions()).map((one) => ({ number: one.file.slice(0, 4), ...one })),
  );
});
