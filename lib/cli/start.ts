/**
 * The command line with the real system. `cli.ts` loads it by a
 * computed address, because a status line needs none of it.
 */
import { moduleAddress } from "../base/address.ts";
import { denoIo } from "./deno_io.ts";
import { main } from "./main.ts";

export async function start(args: readonly string[]): Promise<number> {
  const io = denoIo();
  if (io.env._SYNTRACK_DAEMON === undefined) return await main(args, io);
  const { runAsChild } = await import(moduleAddress("lib/cli/child_io.ts", "child"));
  return await runAsChild(args, io);
}
