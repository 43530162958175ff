/**
 * Lays out the contents of a container image on top of its base: in `root` the runtime and the program, which do not belong
 * to the user that runs them, in `own` an empty folder for their data.
 *
 *     deno run -A dev/image.ts FOLDER
 */
import { join } from "node:path";
import { copyTree } from "./copy_tree.ts";
import { ensureBundled } from "./build.ts";

const ROOT = new URL("../", import.meta.url);

/** Runs one command of the program, in a container without a shell: `docker exec NAME syntrack status`. */
const LAUNCHER = `#!/usr/bin/deno -A
const { start } = await import("file:///app/_program/start.js");
Deno.exitCode = await start(Deno.args);
`;

/** A script's first line has room for only one flag, so the others are in a config file that the runtime finds beside it. */
const RUNTIME = { unstable: ["cron", "kv"], lock: false };

export async function layOutImage(folder: string): Promise<void> {
  await ensureBundled();
  const root = join(folder, "root");
  for (const name of ["app", "usr/bin", "usr/local/bin"]) {
    await Deno.mkdir(join(root, name), { recursive: true });
  }
  await Deno.mkdir(join(folder, "own/data"), { recursive: true, mode: 0o700 });
  await Deno.copyFile(Deno.execPath(), join(root, "usr/bin/deno"));
  await copyTree(new URL("_program/", ROOT), join(root, "app/_program"));
  await copyTree(new URL("_fresh/static/", ROOT), join(root, "app/_fresh/static"));
  await Deno.copyFile(new URL("LICENSE", ROOT), join(root, "app/LICENSE"));
  await Deno.writeTextFile(join(root, "usr/local/bin/syntrack"), LAUNCHER, { mode: 0o755 });
  await Deno.writeTextFile(join(root, "usr/local/bin/deno.json"), JSON.stringify(RUNTIME));
}

if (import.meta.main) {
  const [folder] = Deno.args;
  if (folder === undefined) throw new Error("Name the folder to lay the image out in");
  await layOutImage(folder);
}
