/**
 * One instance of the hosted program in a simulation: a process that may be killed at any moment. Every request carries
 * the time, and `/__cron` fires the cron.
 */
import { systemClock } from "../../lib/base/clock.ts";
import { Secret } from "../../lib/provider/context.ts";
import type { Provider } from "../../lib/provider/contract.ts";
import { createHosted } from "../../lib/app/hosted/hosted.ts";
import { WINDOW_MS } from "./vendor.ts";
import { countingDocs, type Counts } from "./count_store.ts";
import { openDatabase } from "../../lib/app/open_store.ts";

const env = Deno.env.toObject();
const vendor = env.SIM_VENDOR!;
const counts: Counts = {};
let setAt = Number(env.SIM_NOW);
let clockBase = Number(env.SIM_NOW) - performance.now();

// The next poll of an account is planned with some randomness, which must not affect a comparison.
if (env.SIM_FROZEN) Math.random = () => 0.5;

const provider: Provider = {
  id: "acme",
  name: "Acme",
  hosts: [],
  official: true,
  settings: [{ name: "ACME_KEY", secret: true, help: "A key of the simulated vendor" }],
  accounts: () =>
    Promise.resolve(
      Array.from({ length: Number(env.SIM_ACCOUNTS) }, (_, place) => ({
        name: `a${place}`,
        source: "the simulation",
        secret: new Secret(`key-of-a${place}-0123456789`),
        identity: `owner-${place}`,
      })),
    ),
  async read(_ctx, account) {
    const response = await fetch(`${vendor}/usage/${account.name}`);
    const { used, limit, resetsAt } = await response.json();
    return {
      readings: [{
        quota: "window",
        label: "The window",
        unit: "requests",
        used,
        limit,
        remaining: limit - used,
        window: { kind: "fixed", seconds: WINDOW_MS / 1000 },
        resetsAt,
      }],
    };
  },
};

const hosted = createHosted({
  env,
  clock: {
    // A test that compares answers stops it between requests.
    now: () => env.SIM_FROZEN ? setAt : Math.floor(clockBase + performance.now()),
    sleep: systemClock.sleep,
  },
  providers: [provider],
  logLine: (line) => console.error(line),
  open: async (name) => countingDocs(await openDatabase(name), counts),
});

Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  onListen: ({ port }) => console.log(port),
}, async (request, info) => {
  const now = request.headers.get("x-sim-now");
  if (now !== null) {
    setAt = Number(now);
    clockBase = setAt - performance.now();
  }
  const { pathname } = new URL(request.url);
  if (pathname === "/__counts") return Response.json(counts);
  if (pathname !== "/__cron") return await hosted.handle(request, info);
  await hosted.run();
  return new Response("done");
});
