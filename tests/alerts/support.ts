/** A receiver on the loopback address, and alerts with an in-memory store. */
import { type AlertsParts, createAlerts } from "../../lib/alerts/alerts.ts";
import { createOutside } from "../../lib/alerts/outside.ts";
import { type Delivery, deliveryDoc } from "../../lib/alerts/outbox.ts";
import type { HookSettings } from "../../lib/alerts/hook_settings.ts";
import { createStoredChannels, type NewChannel } from "../../lib/alerts/stored_channels.ts";
import { createVault } from "../../lib/accounts/vault/vault.ts";
import type { AccountView, QuotaView } from "../../lib/model/view/view.ts";
import type { SummaryPeriod } from "../../lib/model/alerts/summary.ts";
import type { SummaryFacts } from "../../lib/model/alerts/summary_text.ts";
import { MINUTE_MS } from "../../lib/model/duration.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import type { Store } from "../../lib/store/store.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { accountViewOf, quotaViewOf, READ_AT } from "../support/views.ts";

const silentLog = { debug() {}, info() {}, warn() {}, error() {} };

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly text: string;
}

/** Answers each request with `answer`, and keeps the requests. */
export function startReceiver(answer: (count: number) => Response = () => new Response("ok")) {
  const received: Received[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname } = new URL(request.url);
    received.push({
      method: request.method,
      path: pathname,
      headers: request.headers,
      text: await request.text(),
    });
    return answer(received.length);
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    received,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Wraps a store to run `between` after the outbox is listed, as if another process were faster. */
export function overtakeStore(store: Store, between: () => Promise<unknown>): Store {
  const docs: Store["docs"] = {
    get: (...asked) => store.docs.get(...asked),
    all: (...asked) => store.docs.all(...asked),
    put: (...asked) => store.docs.put(...asked),
    delete: (...asked) => store.docs.delete(...asked),
    change: (...asked) => store.docs.change(...asked),
    putGuarded: (...asked) => store.docs.putGuarded(...asked),
    async list<T>(kind: Parameters<Store["docs"]["list"]>[0], now: number) {
      const listed = await store.docs.list<T>(kind, now);
      if (kind === "outbox") await between();
      return listed;
    },
  };
  return new Proxy(store, {
    get(target, name) {
      if (name === "docs") return docs;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** Wraps a store to reject the documents that `refuses` selects. */
export function rejectDocs(store: Store, refuses: (doc: unknown) => boolean): Store {
  const docs: Store["docs"] = {
    get: (...asked) => store.docs.get(...asked),
    all: (...asked) => store.docs.all(...asked),
    put: (...asked) =>
      refuses(asked[2]) ? Promise.reject(new Error("the store is away")) : store.docs.put(...asked),
    delete: (...asked) => store.docs.delete(...asked),
    change: (...asked) => store.docs.change(...asked),
    putGuarded: (...asked) => store.docs.putGuarded(...asked),
    list: (...asked) => store.docs.list(...asked),
  };
  return new Proxy(store, {
    get(target, name) {
      if (name === "docs") return docs;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** Stores a message to send. */
export async function addDelivery(
  { docs }: Pick<Store, "docs">,
  delivery: Delivery,
  now: number,
): Promise<void> {
  const { kind, id, doc, expiresAt } = deliveryDoc(delivery, now);
  await docs.put(kind, id, doc, now, { expiresAt: expiresAt! });
}

export interface HouseOptions {
  /** Whether each message is sent at most once. */
  readonly once?: boolean;
  /** The environment of channel commands; by default that of this process. */
  readonly env?: (name: string) => string | undefined;
  readonly os?: string;
  /** What is known about newer versions. */
  readonly release?: AlertsParts["release"];
}

export async function alertHouse(store?: Store, { env, os, release, once = false }: HouseOptions = {}) {
  const folder = await Deno.makeTempDir();
  const own = store ?? await openSqliteStore(":memory:");
  const clock = new FakeClock(READ_AT);
  const vault = createVault(`${folder}/key`);
  const hooks = new Map<string, HookSettings>();
  const channels = createStoredChannels({
    docs: own.docs,
    vault,
    now: () => clock.now(),
    hooks: () => hooks,
  });
  let views: readonly AccountView[] = [];
  let spent: number | null = null;
  let facts: SummaryFacts = { quotas: [], alerts: [], plans: [] };
  const asked: SummaryPeriod[] = [];
  const alerts = createAlerts({
    store: own,
    channels,
    clock,
    log: silentLog,
    zone: () => "Europe/Berlin",
    outside: createOutside({ env: env ?? ((name) => Deno.env.get(name)), ...os !== undefined && { os } }),
    accounts: () => Promise.resolve(views),
    ...release && { release },
    once,
    spend: () =>
      Promise.resolve(spent === null ? null : { month: "2026-11", amount: spent, currency: "USD" }),
    summary: (period) => (asked.push(period), Promise.resolve(facts)),
  });
  const { signal } = new AbortController();
  return {
    store: own,
    clock,
    alerts,
    channels,
    /** The `[hooks]` of the config file. */
    hooks,
    add: (channel: NewChannel) => channels.add(channel),
    /** Processes a reading of the only quota after some minutes. */
    async see(minutes: number, used: number, fields: Partial<QuotaView> = {}) {
      clock.jump(minutes * MINUTE_MS);
      views = [accountViewOf([quotaViewOf({ at: clock.now(), used, ...fields })], { at: clock.now() })];
      return await alerts.evaluate();
    },
    /** Evaluates the account of the last reading with another health after some minutes. */
    async turn(minutes: number, health: Partial<AccountView["health"]>) {
      clock.jump(minutes * MINUTE_MS);
      views = views.map((one) => ({ ...one, health: { ...one.health, ...health } }));
      return await alerts.evaluate();
    },
    /** Sets what the account has spent this month. */
    spends(amount: number) {
      spent = amount;
    },
    /** Sets what summaries find. */
    summarizes(found: Partial<SummaryFacts>) {
      facts = { ...facts, ...found };
    },
    /** The periods of the written summaries. */
    asked,
    deliver: () => alerts.deliver(signal),
    async [Symbol.asyncDispose]() {
      if (!store) await own[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}
