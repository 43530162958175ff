/** What the runtime knows of the bundle once it is built. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ensureBundled, findImports } from "../../dev/build.ts";
import { assertEquals } from "../support/assert.ts";
import { ROOT } from "../support/sources.ts";

Deno.test("after a build the runtime knows the imports of every module, so that no server parses any", async () => {
  await ensureBundled();
  const folder = join(ROOT, "_program");
  const cache = await Deno.makeTempDir();
  try {
    await findImports(folder, cache);
    using db = new DatabaseSync(join(cache, "dep_analysis_cache_v2"), { readOnly: true });
    const known = db.prepare("SELECT specifier FROM moduleinfocache").all().map(({ specifier }) =>
      String(specifier).split("/").at(-1)
    );
    const modules = Array.from(Deno.readDirSync(folder), ({ name }) => name).filter((name) =>
      name.endsWith(".js")
    );
    assertEquals(known.map((name) => decodeURIComponent(name ?? "")).toSorted(), modules.toSorted());
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
});
