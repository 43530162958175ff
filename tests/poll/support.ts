/** A setup with a real store and a fake vendor, for tests of polling. */
import { type Log, type LogFields, type ProviderContext, Secret } from "../../lib/provider/context.ts";
import { createHub, type Hub, type LiveEvent } from "../../lib/base/hub.ts";
import type { Reading } from "../../lib/model/quota.ts";
import { createScheduler, type Scheduler, type SchedulerParts } from "../../lib/poll/scheduler.ts";
import { DEFAULT_SCHEDULE } from "../../lib/poll/schedule.ts";
import { type Account, type Answer, type Provider, ProviderError } from "../../lib/provider/contract.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import type { Store } from "../../lib/store/store.ts";
import { FakeClock } from "../support/fake_clock.ts";

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
/** The start of a minute. */
export const NOW = Date.parse("2026-03-02T12:00:00Z");

export function reading(used: number, resetsAt: number | null = null): Reading {
  return {
    quota: "five-hour",
    label: "5 hours",
    unit: "requests",
    used,
    limit: 100,
    remaining: 100 - used,
    window: { kind: "fixed", seconds: 18_000 },
    resetsAt,
  };
}

export const ANSWER: Answer = { readings: [reading(10)] };

export function account(name = "default", secret = "key-of-acme"): Account {
  return { name, source: "ACME_API_KEY in ./.env", secret: new Secret(secret) };
}

export interface FakeProvider extends Provider {
  /** The accounts it finds. */
  configured: Account[];
  /** Its answers. */
  answer: (ctx: ProviderContext, account: Account) => Promise<Answer>;
  /** Times and accounts of its polls. */
  readonly asked: { readonly at: number; readonly name: string }[];
  /** Current and maximum number of concurrent reads. */
  readonly load: { now: number; most: number };
}

export function fakeProvider(id = "acme", everyMs?: number): FakeProvider {
  const provider: FakeProvider = {
    id,
    name: id === "acme" ? "Acme" : id,
    hosts: [],
    official: true,
    settings: [],
    ...(everyMs === undefined ? {} : { everyMs }),
    configured: [account()],
    answer: () => Promise.resolve(ANSWER),
    asked: [],
    load: { now: 0, most: 0 },
    accounts: () => Promise.resolve(provider.configured),
    async read(ask, account) {
      provider.asked.push({ at: ask.now(), name: account.name });
      provider.load.most = Math.max(provider.load.most, ++provider.load.now);
      try {
        return await provider.answer(ask, account);
      } finally {
        provider.load.now--;
      }
    },
  };
  return provider;
}

export function failWith(...args: ConstructorParameters<typeof ProviderError>): () => Promise<never> {
  return () => Promise.reject(new ProviderError(...args));
}

export interface LogLine {
  readonly level: keyof Log;
  readonly message: string;
  readonly fields: LogFields;
}

export function createMemoryLog(): Log & { readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const write = (level: keyof Log) => (message: string, fields: LogFields = {}) => {
    lines.push({ level, message, fields });
  };
  return { lines, debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
}

export function createTestContext(clock: FakeClock, signal: AbortSignal): ProviderContext {
  return {
    fetch: () => Promise.reject(new TypeError("No network in tests")),
    now: () => clock.now(),
    env: () => undefined,
    find: () => undefined,
    readText: () => Promise.resolve(null),
    readRows: () => Promise.resolve(null),
    run: () => Promise.resolve(null),
    memory: new Map<string, unknown>(),
    lastReadings: () => Promise.resolve([]),
    os: "linux",
    log: createMemoryLog(),
    signal,
  };
}

export interface House extends AsyncDisposable {
  readonly clock: FakeClock;
  readonly store: Store;
  readonly hub: Hub;
  readonly events: LiveEvent[];
  readonly log: ReturnType<typeof createMemoryLog>;
  readonly provider: FakeProvider;
  readonly scheduler: Scheduler;
  readonly parts: SchedulerParts;
  /** Lets minutes pass, with a tick at the start of each, as the heartbeat does. */
  minutes(count: number): Promise<void>;
  /** Creates another scheduler on the same store, as after a restart. */
  restart(changes?: Partial<SchedulerParts>): Scheduler;
}

/** Uses the middle of the jitter, so that intervals are exact to the millisecond. */
export async function openHouse(
  changes: Partial<SchedulerParts> = {},
  provider: FakeProvider = fakeProvider(),
): Promise<House> {
  const clock = new FakeClock(NOW);
  const hub = createHub();
  const events: LiveEvent[] = [];
  hub.listen((event) => events.push(event));
  const log = createMemoryLog();
  const store = changes.store ?? await openSqliteStore(":memory:");
  const parts: SchedulerParts = {
    providers: [provider],
    createContext: (_, signal, { memory = new Map() } = {}) => ({
      ...createTestContext(clock, signal),
      memory,
    }),
    scheduleOf: () => DEFAULT_SCHEDULE,
    store,
    hub,
    clock,
    random: () => 0.5,
    log,
    redact: (text) => text,
    ...changes,
  };
  let scheduler = createScheduler(parts);
  const { signal } = new AbortController();
  return {
    clock,
    store,
    hub,
    events,
    log,
    provider,
    parts,
    get scheduler() {
      return scheduler;
    },
    async minutes(count) {
      for (let minute = 0; minute < count; minute++) {
        const ticking = scheduler.tick(signal);
        await clock.advance(MINUTE);
        void ticking;
      }
    },
    restart(again = {}) {
      scheduler = createScheduler({ ...parts, ...again });
      return scheduler;
    },
    async [Symbol.asyncDispose]() {
      const stopped = scheduler.stop();
      await clock.advance(MINUTE);
      await stopped;
      await store[Symbol.asyncDispose]();
    },
  };
}
