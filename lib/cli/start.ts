/** The command line in the real world. `cli.ts` loads it by a computed address: a status line needs none of it. */
import { denoIo } from "./deno_io.ts";
import { main } from "./main.ts";

export async function start(args: readonly string[]): Promise<number> {
  return await main(args, denoIo());
}
