/**
 * Measures answers as a database ages: every route in this process, and every command as a process.
 *
 *     deno run -A dev/bench/age_bench.ts [routes|commands] FILE ...
 *
 * One column for each database, as `year.ts` makes them. For routes, the median of requests with no change
 * since the last one, and of those right after a poll. Modifies the databases: it adds polls.
 */
import { Builder } from "fresh/dev";
import { fileURLToPath } from "node:url";
import { setUp } from "../../lib/app/set_up.ts";
import { systemClock } from "../../lib/base/clock.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { createApp } from "../../lib/web/app.ts";
import { requestInfo, type State } from "../../lib/web/state.ts";
import { computeMedian } from "./median.ts";
import { pollAgain } from "./poll_again.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const [what, ...files] = Deno.args;
const PROVIDER = "demo";
const LOCAL: Deno.ServeHandlerInfo = {
  remoteAddr: { transport: "tcp", hostname: "127.0.0.1", port: 50_000 },
  completed: Promise.resolve(),
};
const ROUTES: readonly string[] = [
  "/api/current?provider=all",
  `/api/history?provider=${PROVIDER}&range=24h`,
  `/api/history?provider=${PROVIDER}&range=30d`,
  `/api/cycles?provider=${PROVIDER}`,
  `/api/summary?provider=${PROVIDER}`,
  `/api/sessions?provider=${PROVIDER}`,
  `/api/insights?provider=${PROVIDER}&range=30d`,
  `/api/cycle-overview?provider=${PROVIDER}`,
  `/api/logging-history?provider=${PROVIDER}`,
  "/api/settings",
  "/api/providers",
  "/api/health",
  "/api/openapi.json",
  "/api/v1/snapshot",
  "/api/v1/series?range=24h",
  "/api/v1/series?range=30d",
  "/api/v1/cycles",
  "/api/v1/sessions",
  "/api/v1/forecasts",
  "/api/v1/insights",
  "/metrics",
  "/",
];
const INSTANT = new Date(Date.now() - 3 * 86_400_000).toISOString();
const COMMANDS: readonly string[] = [
  "query current",
  "query burn-rate",
  "query daily",
  "query summary",
  "guard --min-remaining 1%",
  "status",
  "stats",
  "history -d 1",
  "forecast",
  "insights",
  "cycles",
  "sessions",
  `forecast --now ${INSTANT}`,
  `insights --now ${INSTANT}`,
  "backtest",
  "db size",
];

if (what === "routes") await measure(ROUTES, readRoutes);
else if (what === "commands") await measure(COMMANDS, readCommands);
else throw new Error("Name what to measure, routes or commands, and the databases");

type Measured = ReadonlyMap<string, string>;

async function measure(names: readonly string[], of: (file: string) => Promise<Measured>): Promise<void> {
  const columns: Measured[] = [];
  for (const file of files) columns.push(await of(file));
  for (const name of names) {
    console.log(
      `${name.padEnd(48)} ${columns.map((column) => (column.get(name) ?? "-").padEnd(24)).join(" ")}`,
    );
  }
}

async function readRoutes(file: string): Promise<Measured> {
  const hand = await new Builder<State>({ root: ROOT }).build({ snapshot: "memory" });
  const app = createApp();
  hand(app);
  const handler = app.handler();
  await using store = await openSqliteStore(file);
  const program = setUp({
    env: {},
    cwd: ROOT,
    home: null,
    clock: systemClock,
    flags: { db: file },
    logLine: () => {},
  });
  const composed = program.compose(store, {});
  const services = composed.services(new Set(["localhost:9211"]));
  const ask = async (path: string) => {
    const request = new Request(new URL(path, "http://localhost:9211"), {
      headers: { host: "localhost:9211" },
    });
    const began = performance.now();
    const response = await handler(request, requestInfo(services, LOCAL));
    await response.arrayBuffer();
    const ms = performance.now() - began;
    if (response.status !== 200) throw new Error(`${path} answers ${response.status}`);
    return ms;
  };
  const account = (await store.latest())[0]!.account;
  const measured = new Map<string, string>();
  for (const route of ROUTES) {
    for (let i = 0; i < 20; i++) await ask(route);
    const quiet: number[] = [];
    for (let i = 0; i < 100; i++) quiet.push(await ask(route));
    const polled: number[] = [];
    for (let i = 0; i < 40; i++) {
      await pollAgain(store, composed.hub, account);
      polled.push(await ask(route));
    }
    measured.set(route, `${computeMedian(quiet).toFixed(2)} / ${computeMedian(polled).toFixed(2)}`);
  }
  await composed.stop();
  return measured;
}

async function readCommands(file: string): Promise<Measured> {
  const measured = new Map<string, string>();
  for (const command of COMMANDS) {
    const times: number[] = [];
    for (let i = 0; i < 3; i++) {
      const began = performance.now();
      const args = ["run", "-A", "cli.ts", ...command.split(" "), "--db", file];
      const { stderr, code } = await new Deno.Command(Deno.execPath(), { args, cwd: ROOT, stdout: "piped" })
        .output();
      // A guard may legitimately report that too little is left.
      if (code > 1) throw new Error(`${command}: ${new TextDecoder().decode(stderr)}`);
      times.push(performance.now() - began);
    }
    measured.set(command, `${computeMedian(times).toFixed(0)} ms`);
    console.error(file, command, measured.get(command));
  }
  return measured;
}
