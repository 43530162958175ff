/** The program: arguments -> one command -> exit code. `syntrack --help` lists the commands. */
import { denoIo } from "./lib/cli/deno_io.ts";
import { main } from "./lib/cli/main.ts";

if (import.meta.main) Deno.exitCode = await main(Deno.args, denoIo());
