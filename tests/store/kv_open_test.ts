/** Whatever is at the path of a key-value database is inspected before it is touched, as for SQLite. */
import { join } from "node:path";
import { openKvStore } from "../../lib/store/kv/open.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { assertEquals, assertRejects, assertStringIncludes } from "../support/assert.ts";
import { withFolder } from "./folder.ts";

interface Refusal {
  readonly kind?: string;
  readonly message: string;
  readonly hint?: string;
}

async function refusal(path: string): Promise<Refusal> {
  return await assertRejects(() => openKvStore(`kv:${path}`)) as Refusal;
}

Deno.test("a file that is no key-value database is refused with its actual type, and left unchanged", () =>
  withFolder(async (folder) => {
    const [text, sqlite] = [join(folder, "text"), join(folder, "some.db")];
    Deno.writeTextFileSync(text, "SQLite format 2, and more\n".repeat(10));
    await (await openSqliteStore(sqlite))[Symbol.asyncDispose]();
    const before = [text, sqlite].map((path) => Deno.readFileSync(path));
    assertStringIncludes((await refusal(text)).message, "is not a key-value database");
    assertStringIncludes((await refusal(sqlite)).message, "is a SQLite database, not a key-value one");
    assertStringIncludes((await refusal(folder)).message, "is a folder, not a file");
    assertEquals([text, sqlite].map((path) => Deno.readFileSync(path)), before);
  }));

Deno.test({
  name: "a symbolic link is refused with its target, even if the target does not exist yet",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withFolder(async (folder) => {
      const [file, link] = [join(folder, "own.kv"), join(folder, "link.kv")];
      Deno.symlinkSync(file, link);
      assertStringIncludes((await refusal(link)).message, "is a symbolic link");
      assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["link.kv"]);
      await (await openKvStore(`kv:${file}`))[Symbol.asyncDispose]();
      const { kind, hint } = await refusal(link);
      assertEquals(kind, "unwritable");
      assertStringIncludes(hint ?? "", Deno.realPathSync(file));
    }),
});
