/** An in-memory KV Connect server for `kv_bench.ts`: prints its name for `--db`, and runs until it is killed. */
import { startKvConnect } from "../../tests/support/kv_connect.ts";

console.log(startKvConnect(Deno.env.get("DENO_KV_ACCESS_TOKEN")).name);
