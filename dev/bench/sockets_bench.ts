/**
 * Measures what 500 WebSockets cost a server of 20 accounts: memory each, and how long after a poll all of
 * them have received it. They are in a separate process.
 *
 *     deno run -A --v8-flags=--expose-gc dev/bench/sockets_bench.ts
 */
import { fileURLToPath } from "node:url";
import { systemClock } from "../../lib/base/clock.ts";
import { LOCAL_OWNER } from "../../lib/access/principal.ts";
import { startServer } from "../../lib/app/server.ts";
import type { AccountKey } from "../../lib/model/quota.ts";
import { fakeServices } from "../../tests/support/fake_services.ts";
import { reading } from "../../tests/support/readings.ts";
import { ensureBuilt } from "../build.ts";

const LISTENERS = 500;
const ACCOUNTS = 20;
const KEYS = 10;
const POLLS = 5;
const SELF = fileURLToPath(import.meta.url);

if (Deno.args[0] === "listen") await listen(Deno.args.slice(1));
else await measure();

async function measure(): Promise<void> {
  await ensureBuilt();
  {
    await using services = await fakeServices({ clock: systemClock });
    const accounts = Array.from({ length: ACCOUNTS }, (_, at): AccountKey => `acme/work-${at}`);
    for (const account of accounts) await services.polled(account, [reading({ used: 1 })]);
    const server = await startServer({
      port: 0,
      // All come from this machine, as they do from a proxy.
      listen: { trustedProxies: ["127.0.0.1"] },
      composed: {
        hub: services.hub,
        services: (hosts) => ({ ...services, hosts }),
        stop: () => Promise.resolve(),
      },
    });
    const keys: string[] = [];
    for (let at = 0; at < KEYS; at++) {
      keys.push(
        (await services.access.keys.create({ name: `key ${at}`, scopes: ["read"] }, LOCAL_OWNER)).secret,
      );
    }
    await (await fetch(`${server.url}/api/status`, { headers: { authorization: `Bearer ${keys[0]}` } }))
      .text();
    const before = measureMemory();
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", SELF, "listen", server.url, keys.join(",")],
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const heard = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const readLine = async () => {
      const { value, done } = await heard.read();
      if (done) throw new Error("Those who look on have gone");
      return value.trim();
    };
    const opened = await readLine();
    // All of them have received the initial messages by now.
    await pause(3000);
    const after = measureMemory();
    const times: number[] = [];
    for (let poll = 1; poll <= POLLS; poll++) {
      const from = performance.now();
      await services.polled(accounts[poll % ACCOUNTS]!, [reading({ used: 1 + poll })]);
      await readLine();
      times.push(Math.round(performance.now() - from));
      await pause(1500);
    }
    const formatEach = (bytes: number) => `${(bytes / LISTENERS / 1024).toFixed(0)} kB`;
    console.log(
      `${LISTENERS} WebSockets (${opened}): ${formatEach(after.rss - before.rss)} resident each, of which ${
        formatEach(after.heapUsed - before.heapUsed)
      } on the heap; from a poll until all have heard ${times.join(", ")} ms`,
    );
    child.kill("SIGKILL");
    await child.status;
    await server.stop();
  }
}

function measureMemory(): Deno.MemoryUsage {
  (globalThis as { gc?: () => void }).gc?.();
  return Deno.memoryUsage();
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Prints a line when all are connected, and one whenever all have received an update. */
async function listen([origin = "", keyList = ""]: readonly string[]): Promise<void> {
  const keys = keyList.split(",");
  let [open, heard] = [0, 0];
  const hear = () => {
    if (++heard % LISTENERS === 0) console.log("heard");
  };
  let allCame = false;

  function openSocket(key: string): Promise<void> {
    return new Promise((resolve, reject) => {
      // deno-lint-ignore no-explicit-any
      const one = new (WebSocket as any)(`${origin.replace("http", "ws")}/ws`, {
        headers: { authorization: `Bearer ${key}` },
      }) as WebSocket;
      one.onerror = () => reject(new Error("A WebSocket was refused"));
      // The first message is the present state.
      one.onmessage = () => {
        if (allCame) return hear();
        resolve();
      };
    });
  }

  for (let at = 0; at < LISTENERS; at++) {
    await openSocket(keys[at % keys.length]!);
    open++;
  }
  allCame = true;
  console.log(`${open} open`);
  await pause(600_000);
}
