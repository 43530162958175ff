/**
 * Measures the figures of `docs/performance.md`, one part after another.
 *
 *     deno run -A dev/bench.ts [part ...]
 */
const ROOT = new URL("../", import.meta.url);

const PARTS: Readonly<Record<string, readonly string[]>> = {
  startup: ["run", "-A", "dev/bench/startup_bench.ts"],
  weight: ["run", "-A", "dev/bench/page_weight.ts"],
  browser: ["run", "-A", "dev/bench/browser_bench.ts"],
  size: ["run", "-A", "dev/bench/store_size.ts"],
  // With minute steps the history takes minutes to build; with
  // five-minute steps the queries see as many buckets.
  server: ["run", "-A", "--v8-flags=--max-semi-space-size=4", "dev/bench/server_bench.ts", "--step", "300"],
  access: ["run", "-A", "dev/bench/access_bench.ts"],
  sockets: ["run", "-A", "--v8-flags=--expose-gc", "dev/bench/sockets_bench.ts"],
  import: ["run", "-A", "dev/bench/import_bench.ts"],
  peers: ["run", "-A", "dev/bench/peer_bench.ts"],
  daemon: ["run", "-A", "dev/bench/daemon_bench.ts"],
  store: ["bench", "-A", "dev/bench/store_bench.ts"],
  kv: ["run", "-A", "--unstable-kv", "dev/bench/kv_bench.ts"],
  providers: ["run", "-A", "dev/bench/providers_bench.ts"],
  alerts: ["run", "-A", "dev/bench/alerts_bench.ts"],
  "alerts-polls": ["run", "-A", "dev/bench/alerts_poll_bench.ts"],
  backtest: ["run", "-A", "dev/bench/backtest_bench.ts"],
};

const wanted = Deno.args.length > 0 ? Deno.args : Object.keys(PARTS);
const unknown = wanted.filter((part) => !Object.hasOwn(PARTS, part));
if (unknown.length > 0) {
  console.error(`Unknown part "${unknown[0]}": there is ${Object.keys(PARTS).join(", ")}`);
  Deno.exit(2);
}
let failed = false;
for (const part of wanted) {
  console.log(`\n== ${part}`);
  const { success } = await new Deno.Command(Deno.execPath(), { args: [...PARTS[part] ?? []], cwd: ROOT })
    .spawn()
    .status;
  failed ||= !success;
}
Deno.exit(failed ? 1 : 0);
