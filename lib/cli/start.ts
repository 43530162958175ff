/**
 * The command line with the real system. `cli.ts` loads it by a computed address, because a status line needs
 * none of it.
 */
import { moduleAddress } from "../base/address.ts";
import { denoIo } from "./deno_io.ts";
import type { Io } from "./io.ts";
import { main } from "./main.ts";

/**
 * @param around replaces what the system reports: a wrapper of this program knows the file it is started by
 */
export async function start(
  args: readonly string[],
  around: Partial<Pick<Io, "executable">> = {},
): Promise<number> {
  const io = { ...denoIo(), args, ...around };
  if (io.env._SYNTRACK_DAEMON === undefined) return await main(args, io);
  const { runAsChild } = await import(moduleAddress("lib/cli/child_io.ts", "child"));
  return await runAsChild(args, io);
}
