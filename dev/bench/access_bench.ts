/**
 * Measures what the guard in front of all routes costs a request, and what a flood of wrong passwords costs whoever reads
 * a page meanwhile.
 *
 *     deno run -A dev/bench/access_bench.ts
 */
import { Builder } from "fresh/dev";
import { fileURLToPath } from "node:url";
import type { Client, Presented } from "../../lib/access/access.ts";
import { decide } from "../../lib/access/decide.ts";
import { LOCAL_OWNER } from "../../lib/access/principal.ts";
import { permissionFor } from "../../lib/access/routes.ts";
import { setUp } from "../../lib/app/set_up.ts";
import { systemClock } from "../../lib/base/clock.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { createApp } from "../../lib/web/app.ts";
import { hostsOf } from "../../lib/web/hosts.ts";
import { requestInfo, type State } from "../../lib/web/state.ts";
import { median } from "./median.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const KEYS = 1000;
const RUNS = 20_000;
const FLOOD_A_SECOND = 200;
const FLOOD_MS = 10_000;
const PASSWORD = "correct horse battery";
const ELSEWHERE: Client = { address: "192.0.2.7", local: false, secure: false, device: "a measurement" };

const [part, origin] = Deno.args;
if (part === "flood" && origin !== undefined) await flood(origin);
else await measure();

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
    const { access } = composed;
    await access.people.add({ name: "ada", role: "admin", password: PASSWORD });
    let secret = "";
    for (let at = 0; at < KEYS; at++) {
      ({ secret } = await access.keys.create({ name: `key ${at}`, scopes: ["read"] }, LOCAL_OWNER));
    }
    const signedIn = await access.signIn({ name: "ada", password: PASSWORD, client: ELSEWHERE });
    if (!("secret" in signedIn)) throw new Error("Cannot sign in");
    const nobody: Presented = { client: ELSEWHERE, token: null, basic: null, cookie: null, identity: null };
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
        `${name}: median ${(median(spent) * 1000).toFixed(1)} µs, 99th ${
          (spent[Math.floor(RUNS * 0.99)]! * 1000).toFixed(1)
        } µs, ${KEYS} keys`,
      );
    }

    const app = createApp();
    (await new Builder<State>({ root: ROOT }).build({ snapshot: "memory" }))(app);
    const handler = app.handler();
    const hosts = new Set<string>();
    const services = composed.services(hosts);
    const server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      (req, info) => handler(req, requestInfo(services, info)),
    );
    for (const host of hostsOf(server.addr.port, ["127.0.0.1"])) hosts.add(host);
    const address = `http://127.0.0.1:${server.addr.port}`;
    await read(address, signedIn.secret, 2000);
    console.log(`a page alone: ${await read(address, signedIn.secret, FLOOD_MS)}`);
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", import.meta.filename!, "flood", address],
      cwd: ROOT,
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const during = await read(address, signedIn.secret, FLOOD_MS);
    const { stdout } = await child.output();
    console.log(`the same under the flood: ${during}`);
    console.log(new TextDecoder().decode(stdout).trim());
    await server.shutdown();
    await composed.stop();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Reads a page 20 times a second. */
async function read(address: string, secret: string, forMs: number): Promise<string> {
  const spent: number[] = [];
  const until = performance.now() + forMs;
  while (performance.now() < until) {
    const began = performance.now();
    const answer = await fetch(`${address}/sessions`, { headers: { cookie: `syntrack_session=${secret}` } });
    await answer.text();
    if (answer.status !== 200) throw new Error(`The page answers ${answer.status}`);
    const took = performance.now() - began;
    spent.push(took);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, 50 - took)));
  }
  spent.sort((a, b) => a - b);
  return `median ${median(spent).toFixed(1)} ms, 99th ${
    spent[Math.floor(spent.length * 0.99)]!.toFixed(1)
  } ms of ${spent.length}`;
}

/** Wrong passwords of ever other names, 200 a second. */
async function flood(address: string): Promise<void> {
  const statuses = new Map<number, number>();
  const open: Promise<void>[] = [];
  const began = performance.now();
  const count = FLOOD_A_SECOND * FLOOD_MS / 1000;
  for (let at = 0; at < count; at++) {
    open.push((async () => {
      const answer = await fetch(`${address}/login`, {
        method: "POST",
        body: new URLSearchParams({ name: `n${at}`, password: "wrong wrong" }),
      });
      await answer.body?.cancel();
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    })());
    const due = began + (at + 1) * 1000 / FLOOD_A_SECOND;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
  }
  await Promise.all(open);
  const seconds = (performance.now() - began) / 1000;
  const all = [...statuses].map(([status, many]) => `${many} of ${status}`).join(", ");
  console.log(`the flood: ${(count / seconds).toFixed(0)} attempts a second, answered ${all}`);
}
