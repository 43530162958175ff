/**
 * The demo as a test environment: the whole program as `syntrack demo` composes it, served by the real
 * server from the real build, with 30 hours of history from a fixed seed. Its clock stands still until
 * the test moves it, and accounts are polled only when the test says so.
 */
import { HOUR_MS, MINUTE_MS } from "../../lib/model/duration.ts";
import { ensureBuiltOnce } from "./build_once.ts";
import type { Composed } from "../../lib/app/compose.ts";
import { openStore } from "../../lib/app/compose.ts";
import { setUp } from "../../lib/app/set_up.ts";
import { prepareDemo, type Scenario } from "../../lib/demo/mod.ts";
import type { Trouble, TroubleKind } from "../../lib/demo/trouble.ts";
import type { Outcome } from "../../lib/model/outcome.ts";
import { type RunningServer, startServer } from "../../lib/app/server.ts";
import { providers } from "../../providers/mod.ts";
import { FakeClock } from "./fake_clock.ts";
import { bindAgain } from "./ports.ts";
import { shareInRun } from "./share_in_run.ts";

/** A Thursday afternoon, in the middle of work. */
export const ANCHOR = Date.parse("2026-11-19T13:17:21.000Z");
export const ZONE = "Europe/Berlin";
/** The vendors whose figures change continuously. */
export const BUSY: readonly string[] = ["synthetic", "zai"];

export interface DemoSiteOptions {
  /** Length of the history in milliseconds; 30 hours by default. */
  readonly spanMs?: number;
  readonly seed?: number;
  /** Ids of the vendors; by default the two whose figures change continuously. */
  readonly vendors?: readonly string[];
  readonly scenario?: Scenario;
  /** Keeps the default troubles of the month; without it, everything works until a test changes that. */
  readonly troubles?: "usual";
}

export interface DemoSite extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`; does not change with `stop` and `start`. */
  readonly origin: string;
  readonly clock: FakeClock;
  readonly composed: Composed;
  /** Lets `afterMs` pass (by default a minute) and polls all accounts, or those of one provider. */
  poll(afterMs?: number, provider?: string): Promise<readonly Outcome[]>;
  /** Makes a vendor answer with trouble, for an hour or until `calm`. */
  trouble(kind: TroubleKind, vendor: string): void;
  calm(): void;
  /** Stops the server as the program does; the data stay. */
  stop(): Promise<void>;
  /** Starts the program again on the same data and port. */
  start(): Promise<void>;
}

/** Filled databases by their options: filling one takes longer than most page tests. */
const filled = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();

export async function openDemoSite(options: DemoSiteOptions = {}): Promise<DemoSite> {
  const { spanMs = 30 * HOUR_MS, seed = 1, vendors = BUSY, scenario } = options;
  await ensureBuiltOnce();
  const clock = new FakeClock(ANCHOR);
  // The story reads this list whenever a vendor is polled.
  const troubles: Trouble[] = [];
  const demo = await prepareDemo({
    clock,
    providers,
    seed,
    zone: ZONE,
    vendors,
    ...scenario ? { scenario } : {},
    ...options.troubles === "usual" ? {} : { troubles },
  });
  const program = setUp({
    env: {},
    cwd: demo.folder,
    home: demo.folder,
    clock,
    environment: demo.environment,
    flags: { db: demo.dbPath, timezone: ZONE },
    quietLevel: "error",
    logLine() {},
  });
  const fill = async () => {
    const empty = await openStore(program.config);
    await demo.fill(empty, { spanMs });
    await empty[Symbol.asyncDispose]();
    return await Deno.readFile(demo.dbPath);
  };
  // A scenario contains functions, which no key can distinguish.
  if (scenario !== undefined) await fill();
  else {
    const key = JSON.stringify([spanMs, seed, vendors, options.troubles ?? null]);
    const filling = filled.get(key) ?? shareInRun(`demo ${key}`, fill);
    filled.set(key, filling);
    await Deno.writeFile(demo.dbPath, await filling, { mode: 0o600 });
  }
  const store = await openStore(program.config);

  let composed: Composed;
  let server: RunningServer | null = null;
  let port = 0;

  async function start() {
    composed = program.compose(store, { demo: true });
    await composed.scheduler.discover();
    server = await bindAgain(() => startServer({ composed, port }));
    port = server.port;
  }

  async function stop() {
    await server?.stop();
    server = null;
  }

  await start();
  return {
    origin: `http://127.0.0.1:${port}`,
    clock,
    get composed() {
      return composed;
    },
    async poll(afterMs = MINUTE_MS, provider) {
      clock.jump(afterMs);
      return await composed.scheduler.pollNow(provider);
    },
    trouble(kind, vendor) {
      troubles.push({ kind, vendor, from: clock.now(), to: clock.now() + 60 * MINUTE_MS });
    },
    calm() {
      troubles.length = 0;
    },
    stop,
    start,
    async [Symbol.asyncDispose]() {
      await stop();
      await store[Symbol.asyncDispose]();
      await demo.close();
    },
  };
}

/** Shares one site between all tests of a file; the first that needs it opens it. */
export function sharedDemoSite(options: DemoSiteOptions = {}): () => Promise<DemoSite> {
  let site: Promise<DemoSite> | undefined;
  Deno.test.afterAll(async () => {
    await (await site)?.[Symbol.asyncDispose]();
  });
  return () => site ??= openDemoSite(options);
}
