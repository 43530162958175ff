/**
 * Measures what the guard in front of all routes costs a request, and what a flood of wrong passwords costs
 * someone who reads a page meanwhile.
 *
 *     deno run -A dev/bench/access_bench.ts
 */
import { Builder } from "fresh/dev";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { Client, PresentedCredentials } from "../../lib/access/access.ts";
import { decide } from "../../lib/access/decide.ts";
import { createAccess } from "../../lib/access/service.ts";
import { LOCAL_OWNER } from "../../lib/access/principal.ts";
import { permissionFor } from "../../lib/access/routes.ts";
import { setUp } from "../../lib/app/set_up.ts";
import { systemClock } from "../../lib/base/clock.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { createApp } from "../../lib/web/app.ts";
import { listHosts } from "../../lib/web/hosts.ts";
import { requestInfo, type State } from "../../lib/web/state.ts";
import { computeMedian } from "./median.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const KEYS = 1000;
const RUNS = 20_000;
const FLOOD_S = 10;
const CLIENT = fileURLToPath(new URL("./flood.ts", import.meta.url));
const PASSWORD = "correct horse battery";
const ELSEWHERE: Client = { address: "192.0.2.7", local: false, secure: false, device: "a measurement" };

/** The clock of the limits, which can be advanced. */
const limits = { running: 0 };

await measure();

async function measure(): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "syntrack-access-bench-" });
  try {
    const db = `${folder}/bench.db`;
    const program = setUp({
      env: { SYNTRACK_DB_PATH: db, SYNTRACK_RUN_COMMANDS: "off" },
      cwd: folder,
      home: folder,
      clock: systemClock,
      flags: {},
      logLine: () => {},
    });
    await using store = await openSqliteStore(db);
    const composed = program.compose(store);
    const access = createAccess({
      docs: store.docs,
      audit: store.audit,
      clock: systemClock,
      running: () => performance.now() + limits.running,
    });
    await access.people.add({ name: "ada", role: "admin", password: PASSWORD });
    let secret = "";
    for (let at = 0; at < KEYS; at++) {
      ({ secret } = await access.keys.create({ name: `key ${at}`, scopes: ["read"] }, LOCAL_OWNER));
    }
    const signedIn = await access.signIn({ name: "ada", password: PASSWORD, client: ELSEWHERE });
    if (!("secret" in signedIn)) throw new Error("Cannot sign in");
    const nobody: PresentedCredentials = {
      client: ELSEWHERE,
      token: null,
      basic: null,
      cookie: null,
      identity: null,
    };
    for (
      const [name, shown] of [
        ["key", { ...nobody, token: secret }],
        ["cookie", { ...nobody, cookie: signedIn.secret }],
        ["nothing", nobody],
      ] as const
    ) {
      const spent: number[] = [];
      for (let run = 0; run < RUNS; run++) {
        const began = performance.now();
        const permission = permissionFor("/api/current", "GET")!;
        const found = await access.authenticate(shown);
        decide("principal" in found ? found.principal : null, permission, access.now());
        spent.push(performance.now() - began);
      }
      spent.sort((a, b) => a - b);
      console.log(
        `${name}: median ${(computeMedian(spent) * 1000).toFixed(1)} µs, 99th ${
          (spent[Math.floor(RUNS * 0.99)]! * 1000).toFixed(1)
        } µs, ${KEYS} keys`,
      );
    }

    const app = createApp();
    (await new Builder<State>({ root: ROOT }).build({ snapshot: "memory" }))(app);
    const handler = app.handler();
    const hosts = new Set<string>();
    const services = { ...composed.services(hosts), access };
    const server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      (req, info) => handler(req, requestInfo(services, info)),
    );
    for (const host of listHosts(server.addr.port, ["127.0.0.1"])) hosts.add(host);
    const address = `http://127.0.0.1:${server.addr.port}`;
    // Code that runs for the first time is compiled.
    await readBeside(address, signedIn.secret, null);
    for (const what of [null, "icon", "passwords"]) {
      // Otherwise the previous measurement would have used up the limits.
      limits.running += 60 * 60_000;
      console.log(await readBeside(address, signedIn.secret, what));
    }
    await server.shutdown();
    await composed.stop();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

interface Flooded {
  readonly perSecond: number;
  readonly statuses: Readonly<Record<string, number>>;
}

/** Measures how long a page takes during a flood. @param what null for no flood */
async function readBeside(origin: string, cookie: string, what: string | null): Promise<string> {
  const cpu = process.cpuUsage();
  const flooding = what === null ? null : start<Flooded>("flood", origin, what, FLOOD_S + 2);
  const { spent } = await start<{ readonly spent: readonly number[] }>("read", origin, cookie, FLOOD_S);
  const flooded = await flooding;
  const { user, system } = process.cpuUsage(cpu);
  const sorted = spent.toSorted((a, b) => a - b);
  const findPart = (share: number) => sorted[Math.floor(sorted.length * share)]!.toFixed(1);
  const answers = Object.entries(flooded?.statuses ?? {}).map(([status, many]) => `${many} of ${status}`);
  return [
    `a page ${what === null ? "alone" : `under 200 a second of ${what}`}: median ${findPart(0.5)} ms`,
    `95th ${findPart(0.95)} ms, 99th ${findPart(0.99)} ms of ${spent.length}`,
    `${((user + system) / 1e6).toFixed(1)} s of processor`,
    ...flooded ? [`${flooded.perSecond} a second came, answered ${answers.join(", ")}`] : [],
  ].join("; ");
}

async function start<T>(...args: readonly (string | number)[]): Promise<T> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-config", CLIENT, ...args.map(String)],
    stderr: "inherit",
  }).output();
  return JSON.parse(new TextDecoder().decode(stdout));
}
