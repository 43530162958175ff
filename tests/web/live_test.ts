import { LOCAL_OWNER } from "../../lib/access/principal.ts";
import type { Context } from "fresh";
import { createGate } from "../../lib/web/refresh_gate.ts";
import type { State } from "../../lib/web/state.ts";
import { handlers } from "../../routes/api/live.ts";
import { createSockets } from "../../lib/web/sockets.ts";
import { createLiveStreams, HEARTBEAT_MS, MAX_UNREAD_MS, MIN_STAY_MS } from "../../lib/web/live.ts";
import { MAX_LIVE_STREAMS_EACH } from "../../lib/web/app.ts";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import type { AccountKey } from "../../lib/model/quota.ts";
import { readEvents } from "../support/events.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { type FakeServices, fakeServices } from "../support/fake_services.ts";
import { reading, utc } from "../support/readings.ts";
import { until } from "../support/until.ts";
import { askApp, serveApp } from "../support/web_app.ts";

const AT = utc("2026-11-21 10:00");

async function twoAccounts(clock: FakeClock): Promise<FakeServices> {
  const services = await fakeServices({ clock });
  await services.polled("acme/home", [reading({ used: 4 })]);
  await services.polled("acme/work", [reading({ used: 40 })]);
  return services;
}

Deno.test("a live stream sends the whole view first, and then each account that changes", async () => {
  const clock = new FakeClock(AT);
  await using services = await twoAccounts(clock);
  await using served = serveApp(services);
  const response = await fetch(`${served.origin}/api/live`);
  assertEquals(response.status, 200);
  assertMatch(response.headers.get("content-type")!, /^text\/event-stream/);
  assertEquals(response.headers.get("cache-control"), "no-store");
  const events = readEvents(response);

  assertEquals((await events.next())?.retry, "2000");
  const first = await events.next();
  assertEquals([first?.event, first?.id], ["view", "run-1:2"]);
  assertEquals(
    JSON.parse(first!.data),
    JSON.parse(JSON.stringify({ ...await services.dashboard(), version: services.version })),
  );

  clock.jump(60_000);
  await services.polled("acme/work", [reading({ used: 41 })]);
  const second = await events.next();
  assertEquals([second?.event, second?.id], ["account", "run-1:3"]);
  const { at, eventId, account } = JSON.parse(second!.data);
  assertEquals([at, eventId, account.key, account.quotas[0].used], [AT + 60_000, 3, "acme/work", 41]);

  await services.failed("acme/home", { hint: "Try later" });
  const third = JSON.parse((await events.next())!.data);
  assertEquals([third.account.key, third.account.health.state], ["acme/home", "failing"]);
  await events.leave();
});

/** An open stream waits for its next comment, and checks from time to time whether its credential is still valid. */
const WAITING = 2;

Deno.test("a quiet live stream is kept open by a comment", async () => {
  const clock = new FakeClock(AT);
  await using services = await twoAccounts(clock);
  await using served = serveApp(services);
  const events = readEvents(await fetch(`${served.origin}/api/live`));
  await events.next();
  await events.next();
  for (const _ of [1, 2]) {
    await until("the stream to wait", () => clock.sleeping === WAITING);
    await clock.advance(HEARTBEAT_MS - 1);
    assertEquals(clock.sleeping, WAITING);
    await clock.advance(1);
    assertEquals((await events.next())?.event, "comment");
  }
  await events.leave();
});

Deno.test("a listener that missed nothing of the same run gets no view again", async () => {
  const clock = new FakeClock(AT);
  await using services = await twoAccounts(clock);
  await using served = serveApp(services);
  const connect = async (id: string) => {
    const events = readEvents(await fetch(`${served.origin}/api/live`, { headers: { "last-event-id": id } }));
    await events.next();
    return events;
  };

  const back = await connect("run-1:2");
  await services.polled("acme/work", [reading({ used: 50 })]);
  // The store ignores a second poll of the same time, but an event is an event.
  assertEquals((await back.next())?.event, "account");
  await back.leave();

  for (const id of ["run-1:2", "run-1:4", "run-0:3", "3", "run-1:"]) {
    const late = await connect(id);
    assertEquals((await late.next())?.event, "view", id);
    await late.leave();
  }
});

Deno.test("a live stream leaves the hub and stops waiting when its listener disconnects", async () => {
  const clock = new FakeClock(AT);
  await using services = await twoAccounts(clock);
  await using served = serveApp(services);
  const events = readEvents(await fetch(`${served.origin}/api/live`));
  await events.next();
  await events.next();
  await until("the stream to wait", () => clock.sleeping === WAITING);
  await events.leave();
  await until("the stream to be cancelled", () => clock.sleeping === 0);
});

Deno.test("a server stops at once while live streams are open, when the hub is closed first", async () => {
  const clock = new FakeClock(AT);
  await using services = await twoAccounts(clock);
  await using served = serveApp(services);
  const streams = await Promise.all([1, 2, 3].map(async () => {
    const events = readEvents(await fetch(`${served.origin}/api/live`));
    await events.next();
    await events.next();
    return events;
  }));
  services.hub.close();
  await served.server.shutdown();
  for (const events of streams) assertEquals(await events.next(), null);
  assertEquals(clock.sleeping, 0);
});

Deno.test("the number of live streams is limited, and one that ends makes room", async () => {
  const clock = new FakeClock(AT);
  await using services = await twoAccounts(clock);
  const ask = askApp(services);
  const open = await Promise.all(Array.from({ length: MAX_LIVE_STREAMS_EACH }, () => ask("/api/live")));
  assert(open.every(({ status }) => status === 200));

  const refused = await ask("/api/live");
  assertEquals(refused.status, 503);
  assertMatch(refused.headers.get("retry-after")!, /^\d+$/);
  assertMatch((await refused.json()).error, /Too many/);

  await open[0]!.body!.cancel();
  const next = await ask("/api/live");
  assertEquals(next.status, 200);
  for (const { body } of [...open.slice(1), next]) await body!.cancel();
});

Deno.test("unread streams block no one: the oldest is closed, and reconnects later", async () => {
  const clock = new FakeClock(AT);
  await using services = await twoAccounts(clock);
  const ask = askApp(services);
  const open = await Promise.all(Array.from({ length: MAX_LIVE_STREAMS_EACH }, () => ask("/api/live")));
  await clock.settle();
  clock.jump(MIN_STAY_MS - 1);
  assertEquals((await ask("/api/live")).status, 503);
  clock.jump(1);
  const next = await ask("/api/live");
  assertEquals(next.status, 200);
  const told = await open[0]!.text();
  assert(told.endsWith("retry: 30000\n\n"), told.slice(-100));
  // The second makes room for the next, and the newest stay.
  const another = await ask("/api/live");
  assertEquals(another.status, 200);
  await open[1]!.text();
  for (const { body } of [...open.slice(2), next, another]) await body!.cancel();
  assertEquals(clock.sleeping, 0);
});

Deno.test("a stream whose messages are not read ends", async () => {
  const clock = new FakeClock(AT);
  await using services = await twoAccounts(clock);
  const streams = createLiveStreams(2);
  const idle = streams.connect(services, null)!;
  const events = readEvents(new Response(streams.connect(services, null)));
  await events.next();
  await events.next();
  for (let beat = 0; beat < 3; beat++) {
    await until("the heartbeat of one and the patience with the other", () => clock.sleeping === 2);
    await clock.advance(MAX_UNREAD_MS / 3);
    assertEquals((await events.next())?.event, "comment");
  }
  assertEquals(streams.open, 1);
  assertMatch(await new Response(idle).text(), /retry: 2000\n\n$/);
  await events.leave();
  assertEquals([streams.open, clock.sleeping], [0, 0]);
});

Deno.test("a HEAD request for a live stream opens none", async () => {
  const clock = new FakeClock(AT);
  await using services = await twoAccounts(clock);
  const live = createLiveStreams(1);
  const ctx: Partial<Context<State>> = {
    req: new Request("http://127.0.0.1:9211/api/live", { method: "HEAD" }),
    state: {
      services,
      live,
      sockets: createSockets(0),
      peer: null,
      identity: null,
      client: { address: null, local: true, secure: false, device: "" },
      principal: LOCAL_OWNER,
      preferences: { zone: null, density: null },
      refreshGate: createGate(0),
    },
  };
  const answer = await handlers(ctx as Context<State>);
  assertEquals([answer.status, answer.body, live.open], [200, null, 0]);
  assertMatch(answer.headers.get("content-type")!, /^text\/event-stream/);
});

Deno.test("a live stream reports an account once, however many of its events are waiting", async () => {
  const clock = new FakeClock(AT);
  await using services = await twoAccounts(clock);
  const streams = createLiveStreams(1);
  const events = readEvents(new Response(streams.connect(services, null)));
  await events.next();
  await events.next();
  await clock.settle();
  for (const account of ["acme/work", "acme/home", "acme/work", "acme/work"] as const) {
    services.hub.publish({ kind: "account", account });
  }
  const told: string[] = [];
  for (let i = 0; i < 2; i++) {
    const { event, id, data } = (await events.next())!;
    told.push(`${event} ${id} ${event === "account" ? JSON.parse(data).account.key : ""}`);
  }
  assertEquals(told, ["account run-1:4 acme/home", "account run-1:6 acme/work"]);

  services.hub.publish({ kind: "account", account: "acme/work" });
  services.hub.publish({ kind: "settings", account: null });
  const { event, id } = (await events.next())!;
  assertEquals([event, id], ["view", "run-1:8"]);
  await events.leave();
  assertEquals(streams.open, 0);
});

Deno.test("many changes at once are sent together at the end of the second", async () => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  const accounts = Array.from({ length: 12 }, (_, i) => `acme/a${i}` as AccountKey);
  for (const account of accounts) await services.polled(account, [reading({ used: 4 })]);
  const events = readEvents(new Response(createLiveStreams(1).connect(services, null)));
  await events.next();
  await events.next();
  clock.jump(60_250);
  for (const account of accounts) services.hub.publish({ kind: "account", account });
  await clock.settle();
  await clock.advance(500);
  for (const account of accounts.slice(0, 2)) await services.polled(account, [reading({ used: 6 })]);
  await clock.advance(250);
  const told = new Map<string, number>();
  for (const _ of accounts) {
    const { account } = JSON.parse((await events.next())!.data);
    assertEquals(told.has(account.key), false);
    told.set(account.key, account.quotas[0].used);
  }
  assertEquals([...told.values()].sort(), [...Array(10).fill(4), 6, 6]);

  clock.jump(1000);
  await services.polled(accounts[5]!, [reading({ used: 7 })]);
  const next = JSON.parse((await events.next())!.data);
  assertEquals([next.account.key, next.account.quotas[0].used], [accounts[5], 7]);
  await events.leave();
});

Deno.test("a change is rendered once for all listeners", async () => {
  const clock = new FakeClock(AT);
  await using services = await twoAccounts(clock);
  const streams = createLiveStreams(8);
  const made = new Set<unknown>();
  const watched = {
    ...services,
    async dashboard() {
      const view = await services.dashboard();
      made.add(view);
      return view;
    },
    present: {
      ...services.present,
      async account(key: AccountKey) {
        const one = await services.present.account(key);
        made.add(one);
        return one;
      },
    },
  };
  const listeners = Array.from({ length: 8 }, () => readEvents(new Response(streams.connect(watched, null))));
  for (const events of listeners) {
    await events.next();
    assertEquals((await events.next())?.event, "view");
  }
  assertEquals(made.size, 1);
  await services.polled("acme/work", [reading({ used: 41 })]);
  const messages = await Promise.all(listeners.map((events) => events.next()));
  assertEquals(new Set(messages.map((message) => JSON.stringify(message))).size, 1);
  assertEquals(made.size, 2);
  for (const events of listeners) await events.leave();
});

Deno.test("a live stream sends the whole view when an account is gone", async () => {
  const clock = new FakeClock(AT);
  await using services = await twoAccounts(clock);
  const events = readEvents(new Response(createLiveStreams(1).connect(services, null)));
  await events.next();
  await events.next();
  services.hub.publish({ kind: "account", account: "acme/removed" });
  assertEquals((await events.next())?.event, "view");
  await events.leave();
});

Deno.test("an account renamed by another process leaves no ghost: the next event sends the whole view", async () => {
  const clock = new FakeClock(AT);
  await using services = await twoAccounts(clock);
  const events = readEvents(new Response(createLiveStreams(1).connect(services, null)));
  await events.next();
  assertEquals((await events.next())?.event, "view");
  // Another process: there is no event here until the account is polled under its new name.
  await services.store.forget("acme/work");
  clock.jump(60_000);
  await services.polled("acme/renamed", [reading({ used: 41 })]);
  const next = await events.next();
  assertEquals(next?.event, "view");
  const { accounts }: { accounts: { key: string }[] } = JSON.parse(next!.data);
  assertEquals(accounts.map(({ key }) => key).sort(), ["acme/home", "acme/renamed"]);
  clock.jump(60_000);
  await services.polled("acme/renamed", [reading({ used: 42 })]);
  assertEquals((await events.next())?.event, "account");
  await events.leave();
});

Deno.test("a live stream ends if the view cannot be read, with the reason only in the log", async () => {
  const clock = new FakeClock(AT);
  await using services = await twoAccounts(clock);
  let works = true;
  const streams = createLiveStreams(1);
  const broken = {
    ...services,
    dashboard: () => works ? services.dashboard() : Promise.reject(new Error("disk gone")),
    present: {
      ...services.present,
      account: (key: AccountKey) =>
        works ? services.present.account(key) : Promise.reject(new Error("disk gone")),
    },
  };
  const events = readEvents(new Response(streams.connect(broken, null)));
  await events.next();
  await events.next();
  works = false;
  services.hub.publish({ kind: "account", account: "acme/work" });
  assertEquals(await events.next(), null);
  assertEquals(streams.open, 0);
  assertMatch(services.logged.join("\n"), /live stream ended early.*disk gone/);

  const second = readEvents(new Response(streams.connect(broken, null)));
  assertEquals((await second.next())?.retry, "2000");
  assertEquals(await second.next(), null);
  assertEquals(streams.open, 0);
});
