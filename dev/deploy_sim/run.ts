/**
 * Runs the simulation from the command line.
 *
 *     deno run -A --unstable-kv dev/deploy_sim/run.ts [--kills=200] [--instances=3] [--accounts=5] [--seed=1]
 *       [--db=kv:PATH|kv:http://127.0.0.1:PORT/|PATH] [--runtime=PATH]
 *
 * A database on a server needs its token in `DENO_KV_ACCESS_TOKEN`.
 */
import { parseArgs } from "node:util";
import { join } from "node:path";
import { openDatabase } from "../../lib/app/open_store.ts";
import { simulate } from "./simulate.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "200" },
    instances: { type: "string", default: "3" },
    accounts: { type: "string", default: "5" },
    seed: { type: "string", default: "1" },
    db: { type: "string" },
    runtime: { type: "string" },
    verbose: { type: "boolean", default: false },
  },
});
const folder = await Deno.makeTempDir({ prefix: "syntrack-sim-" });
const database = values.db ?? `kv:${join(folder, "shared.kv")}`;
const began = performance.now();
try {
  const result = await simulate({
    database,
    open: () => openDatabase(database),
    kills: Number(values.kills),
    instances: Number(values.instances),
    accounts: Number(values.accounts),
    seed: Number(values.seed),
    ...values.runtime && { runtime: values.runtime },
    report: (line) =>
      values.verbose || /kills in|failed|error|cut off/i.test(line) ? console.error(line) : undefined,
  });
  console.log(
    JSON.stringify({ ...result, seconds: Math.round((performance.now() - began) / 1000) }, null, 2),
  );
  Deno.exitCode = result.differences.length === 0 ? 0 : 1;
} finally {
  await Deno.remove(folder, { recursive: true });
}
