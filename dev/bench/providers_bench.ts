/**
 * Measures the cost of polling over real sockets: the memory of a server that polls every provider compared
 * with two, and the processor time for many accounts.
 *
 *     deno run -A dev/bench/providers_bench.ts [--seconds 120] [--accounts 200] [--only memory|accounts]
 *
 * A vendor on the loopback address answers every provider with its fixture.
 */
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { createTestEnvironment } from "../../tests/support/test_sandbox.ts";
import { exchangesOf, filesOf, type Fixture, fixturesOf, outcomeOf } from "../../tests/support/exchange.ts";
import { resolvePlace } from "../../lib/sandbox/places.ts";
import { baseUrlVariables } from "../../lib/provider/contract.ts";
import { providers } from "../../providers/mod.ts";
import { ensureBuilt } from "../build.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: {
    seconds: { type: "string", default: "120" },
    accounts: { type: "string", default: "200" },
    only: { type: "string" },
  },
});
const ROOT = new URL("../../", import.meta.url);
const SECONDS = Number(values.seconds);
/** Clock ticks per second in /proc on Linux. */
const TICKS = 100;

await ensureBuilt();
const fixtures = new Map(providers.map(({ id }) => [id, findNormal(id)]));
let asked = 0;
const vendor = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
  asked++;
  const { pathname } = new URL(request.url);
  for (const fixture of fixtures.values()) {
    const exchange = exchangesOf(fixture).find(({ request: { path, method } }) => {
      return method === request.method && path.split("?")[0] === pathname;
    });
    if (!exchange) continue;
    const { status, headers, body } = exchange.response;
    return new Response(typeof body === "string" ? body : JSON.stringify(body), {
      status,
      headers: { ...headers },
    });
  }
  return new Response("{}", { status: 404 });
});
const origin = `http://127.0.0.1:${vendor.addr.port}`;

if (values.only !== "accounts") {
  // The first two of the registry.
  for (const ids of [[...fixtures.keys()].slice(0, 2), [...fixtures.keys()]]) {
    const { memory } = await measureServer(await environmentWith(ids), 10);
    console.log(`${ids.length} providers polled every ten seconds for ${SECONDS} s: ${memory} MB resident`);
  }
}
if (values.only !== "memory") {
  const count = Number(values.accounts);
  const [first = ""] = fixtures.keys();
  const provider = providers.find(({ id }) => id === first);
  const secret = provider?.settings.find((setting) => setting.secret)?.name ?? "";
  const env: Record<string, string> = { ...(await environmentWith([first])) };
  for (let number = 2; number <= count; number++) env[`${secret}_${number}`] = `key-${number}`;
  const { memory, processor, polls } = await measureServer(env, 60);
  console.log(
    `${count} accounts polled every minute for ${SECONDS} s: ${processor} percent of one core, ` +
      `${polls} requests, ${memory} MB resident`,
  );
}
await vendor.shutdown();

function findNormal(id: string): Fixture {
  const all = fixturesOf(id).filter((fixture) => outcomeOf(fixture) === "ok");
  const found = all.find(({ name }) => name.startsWith("normal")) ?? all[0];
  if (!found) throw new Error(`No fixture of ${id}`);
  return found;
}

/** Returns the settings for exactly these providers, with a separate home. */
async function environmentWith(ids: readonly string[]): Promise<Record<string, string>> {
  const home = await Deno.makeTempDir({ prefix: "syntrack-bench-" });
  const env: Record<string, string> = { HOME: home };
  for (const provider of providers) {
    const { id } = provider;
    if (!ids.includes(id)) {
      env[`SYNTRACK_${id.toUpperCase().replaceAll("-", "_")}_ENABLED`] = "false";
      continue;
    }
    const fixture = fixtures.get(id);
    if (!fixture) continue;
    env[`SYNTRACK_${id.toUpperCase().replaceAll("-", "_")}_ENABLED`] = "true";
    Object.assign(env, fixture.settings);
    const [variable = ""] = baseUrlVariables(provider);
    env[variable] = origin;
    const environment = createTestEnvironment(env);
    for (const [place, text] of Object.entries(filesOf(fixture))) {
      const path = resolvePlace(place, { environment, find: (name) => environment.find(name) });
      if (path === null) continue;
      const own = path.replace("/home/ann", home);
      await Deno.mkdir(dirname(own), { recursive: true });
      await Deno.writeTextFile(own, text);
    }
  }
  return env;
}

/** Runs a server with these settings and returns its cost. */
async function measureServer(env: Readonly<Record<string, string>>, interval: number) {
  const before = asked;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--v8-flags=--max-semi-space-size=1", "cli.ts", "serve", "--port", "0"],
    cwd: ROOT,
    clearEnv: true,
    env: {
      PATH: Deno.env.get("PATH") ?? "",
      DENO_DIR: Deno.env.get("DENO_DIR") ?? join(Deno.env.get("HOME") ?? "", ".cache", "deno"),
      SYNTRACK_RUN_COMMANDS: "off",
      SYNTRACK_POLL_INTERVAL: String(interval),
      SYNTRACK_LOG_LEVEL: "error",
      ...env,
    },
    stdout: "null",
    stderr: "null",
  }).spawn();
  // Startup and the first discovery are not measured.
  await wait(20);
  const began = processorSeconds(child.pid);
  await wait(SECONDS);
  const took = processorSeconds(child.pid) - began;
  const memory = residentMb(child.pid);
  child.kill("SIGTERM");
  await child.status;
  await Deno.remove(env.HOME ?? "", { recursive: true });
  return { memory: memory.toFixed(1), processor: (took / SECONDS * 100).toFixed(1), polls: asked - before };
}

function wait(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

function residentMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(Deno.readTextFileSync(`/proc/${pid}/status`))?.[1] ?? 0) / 1024;
}

function processorSeconds(pid: number): number {
  // The program's name may contain spaces; the fields after it do not.
  const fields = Deno.readTextFileSync(`/proc/${pid}/stat`).split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}
