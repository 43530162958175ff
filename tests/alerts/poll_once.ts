/**
 * A separate program for tests to kill: polls a vendor once with alerts on, and sends the due messages. It kills itself
 * with SIGKILL in place of the database change with the given number.
 */
import { setUp } from "../../lib/app/set_up.ts";
import { createFixedClock } from "../../lib/base/clock.ts";
import { createInstances } from "../../lib/app/hosted/instances.ts";
import { Secret } from "../../lib/provider/context.ts";
import { type Provider, ProviderError } from "../../lib/provider/contract.ts";
import { openKvStore } from "../../lib/store/kv/open.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import type { Store } from "../../lib/store/store.ts";
import { createTestEnvironment } from "../support/test_sandbox.ts";

export interface Run {
  readonly engine: "sqlite" | "kv";
  readonly folder: string;
  readonly at: number;
  /** Null if the vendor does not respond. */
  readonly used: number | null;
  /** Receiver of messages; adds the channel. */
  readonly url?: string;
  readonly killAt?: number;
}

const CHANGES: ReadonlySet<PropertyKey> = new Set([
  "commit",
  "note",
  "put",
  "delete",
  "change",
  "putGuarded",
]);

/** Wraps a store to run `before` before each change. */
function mortal<T extends object>(store: T, before: () => void): T {
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (name === "docs") return mortal(value as object, before);
      if (typeof value !== "function") return value;
      return (...given: unknown[]) => {
        if (CHANGES.has(name)) before();
        return value.apply(target, given);
      };
    },
  });
}

function vendor(used: number | null, at: number): Provider {
  return {
    id: "acme",
    name: "Acme",
    hosts: [],
    official: true,
    settings: [],
    accounts: () => Promise.resolve([{ name: "default", source: "a file", secret: new Secret("key") }]),
    read() {
      if (used === null) throw new ProviderError("auth", "The login ended", { reason: "expired" });
      return Promise.resolve({
        readings: [{
          quota: "five-hour",
          label: "5 hours",
          unit: "requests",
          used,
          limit: 100,
          remaining: 100 - used,
          window: { kind: "fixed", seconds: 18_000 },
          resetsAt: at - at % 18_000_000 + 36_000_000,
        }],
      });
    },
  };
}

/** Polls and sends once; with `killAt`, ends the process in between. Returns the kind of the outcome. */
export async function pollOnce({ engine, folder, at, used, url, killAt }: Run): Promise<string> {
  let changes = 0;
  const clock = createFixedClock(at);
  const path = `${folder}/test.${engine}`;
  await using opened = engine === "kv" ? await openKvStore(`kv:${path}`) : await openSqliteStore(path);
  const store: Store = mortal<Store>(opened, () => {
    if (changes++ === killAt) Deno.kill(Deno.pid, "SIGKILL");
  });
  const program = setUp({
    env: {},
    cwd: folder,
    home: folder,
    clock,
    flags: { db: path },
    logLine: () => {},
    environment: createTestEnvironment({ SYNTRACK_RUN_COMMANDS: "off" }),
    providers: [vendor(used, at)],
  });
  const key = new Uint8Array(32);
  const instances = createInstances({ docs: store.docs, clock, key, instance: crypto.randomUUID() });
  // If the host may stop it at any moment, each message is sent at most once.
  const composed = program.compose(store, engine === "kv" ? { instances } : {});
  const { alerts, channels, watch } = composed.alerting;
  watch();
  if (url) await channels.add({ id: "mine", type: "webhook", values: { url } });
  await composed.scheduler.discover();
  const [outcome] = await composed.scheduler.pollNow("acme/default", { force: true });
  await alerts.deliver(new AbortController().signal);
  await composed.stop();
  return outcome?.kind ?? "none";
}

if (import.meta.main) console.log(await pollOnce(JSON.parse(Deno.args[0]!)));
