/** What takes long to make and is the same for all groups of tests of one run, which `dev/test.ts` starts. */
import { createHash } from "node:crypto";
import { join } from "node:path";

/** The folder that `dev/test.ts` makes for it. */
const FOLDER_VARIABLE = "SYNTRACK_TEST_SHARED";

/**
 * Returns what an earlier group of this run has made under this name, or makes it. Without a run there is nothing to share.
 *
 * @param name states everything that the result depends on, apart from the sources
 */
export async function shareInRun(
  name: string,
  make: () => Promise<Uint8Array<ArrayBuffer>>,
): Promise<Uint8Array<ArrayBuffer>> {
  const folder = Deno.env.get(FOLDER_VARIABLE);
  if (folder === undefined) return await make();
  const path = join(folder, createHash("sha256").update(name).digest("hex"));
  using file = await Deno.open(path, { read: true, write: true, create: true, mode: 0o600 });
  // Groups that begin together need the same: one of them makes it, and the others wait.
  await file.lock(true);
  if ((await file.stat()).size > 0) return await Deno.readFile(path);
  const made = await make();
  await Deno.writeFile(path, made);
  return made;
}
