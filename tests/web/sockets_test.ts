/** WebSockets of the service API, by real clients over real sockets. */
import { listen, type ListeningServer } from "../../lib/app/listen/listen.ts";
import type { AppContext } from "../../lib/app/context.ts";
import { LOCAL_OWNER } from "../../lib/access/principal.ts";
import { METHODS } from "../../lib/web/admit_request.ts";
import { listHosts } from "../../lib/web/hosts.ts";
import { isOwnOrigin } from "../../lib/web/origin.ts";
import { CLOSE, createSockets, GATHER_MS, PING_MS, type Socket } from "../../lib/web/sockets.ts";
import { requestInfo } from "../../lib/web/state.ts";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { type FakeServices, fakeServices } from "../support/fake_services.ts";
import { reading, utc } from "../support/readings.ts";
import { appHandler } from "../support/web_app.ts";

const AT = utc("2026-11-21 10:00");

interface House extends AsyncDisposable {
  readonly services: FakeServices;
  readonly clock: FakeClock;
  readonly port: number;
  readonly listening: ListeningServer;
}

async function house(): Promise<House> {
  const clock = new FakeClock(AT);
  const services = await fakeServices({ clock });
  await services.polled("acme/work", [reading({ used: 10 })]);
  const handler = appHandler();
  const listening = await listen({
    hostname: "127.0.0.1",
    port: 0,
    methods: METHODS,
    addHeaders: (response) => response,
    failed: () => new Response("failed", { status: 500 }),
    handler: (request, info) => handler(request, requestInfo(known, info)),
  });
  const known: AppContext = { ...services, hosts: listHosts(listening.port, ["127.0.0.1"]) };
  return {
    services,
    clock,
    port: listening.port,
    listening,
    async [Symbol.asyncDispose]() {
      services.hub.close();
      await clock.advance(GATHER_MS);
      await listening.stop();
      await services[Symbol.asyncDispose]();
    },
  };
}

interface Client {
  readonly socket: WebSocket;
  /** The next message, parsed. */
  // deno-lint-ignore no-explicit-any -- read by the names that were promised
  next(): Promise<any>;
  readonly closed: Promise<CloseEvent>;
}

function connect(port: number, path = "/"): Client {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`);
  const messages: string[] = [];
  let wake: () => void = () => {};
  const closed = Promise.withResolvers<CloseEvent>();
  socket.onmessage = ({ data }) => {
    messages.push(data);
    wake();
  };
  socket.onclose = (event) => {
    closed.resolve(event);
    wake();
  };
  socket.onerror = () => {};
  return {
    socket,
    closed: closed.promise,
    async next() {
      while (messages.length === 0) {
        assert(socket.readyState < WebSocket.CLOSING, "The socket closed while a message was awaited");
        await new Promise<void>((resolve) => wake = resolve);
      }
      return JSON.parse(messages.shift()!);
    },
  };
}

const HANDSHAKE = [
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
];

/** The response to a handshake with these headers, up to the end of the connection. */
async function handshake(port: number, headers: readonly string[], path = "/"): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const head = [`GET ${path} HTTP/1.1`, ...headers, ...HANDSHAKE, "", ""].join("\r\n");
  await connection.write(new TextEncoder().encode(head));
  const bytes = new Uint8Array(4096);
  const count = await connection.read(bytes) ?? 0;
  return new TextDecoder().decode(bytes.subarray(0, count));
}

Deno.test("a client gets the whole status at once on any path, and again after polls, computed once for many", async () => {
  await using place = await house();
  const { services, clock, port } = place;
  const clients = [connect(port), connect(port, "/usage/"), connect(port, "/deep/er?x=1")];
  for (const client of clients) {
    const { type, ts, data } = await client.next();
    assertEquals([type, ts, data.length, data[0].quotas[0].used], ["status", AT / 1000, 1, 10]);
  }
  for (const used of [20, 30]) {
    clock.jump(1);
    await services.polled("acme/work", [reading({ used })]);
  }
  await clock.advance(GATHER_MS);
  for (const client of clients) assertEquals((await client.next()).data[0].quotas[0].used, 30);
  for (const { socket } of clients) socket.close();
  await Promise.all(clients.map(({ closed }) => closed));
});

Deno.test("subscribe and rubbish do no harm, and a flood or an overlong message ends the connection", async () => {
  await using place = await house();
  const client = connect(place.port);
  await client.next();
  client.socket.send(JSON.stringify({ type: "subscribe" }));
  client.socket.send("no JSON {");
  place.clock.jump(1);
  await place.services.polled("acme/work", [reading({ used: 40 })]);
  await place.clock.advance(GATHER_MS);
  assertEquals((await client.next()).data[0].quotas[0].used, 40);
  for (let i = 0; i < 100; i++) client.socket.send("{}");
  assertEquals((await client.closed).code, CLOSE.tooMuch);
  const long = connect(place.port);
  await long.next();
  long.socket.send("x".repeat(10_000));
  assertEquals((await long.closed).code, 1009);
});

Deno.test("a foreign page and a foreign host name get no socket", async () => {
  await using place = await house();
  const { port } = place;
  const own = `Host: 127.0.0.1:${port}`;
  const origins: readonly (readonly [string, RegExp])[] = [
    [`Origin: http://127.0.0.1:${port}`, /^HTTP\/1\.1 101 /],
    [`Origin: http://127.0.0.1:${port + 1}`, /^HTTP\/1\.1 403 /],
    ["Origin: http://evil.example", /^HTTP\/1\.1 403 /],
    [`Origin: http://127.0.0.1:${port}.evil.example`, /^HTTP\/1\.1 403 /],
    ["Origin: null", /^HTTP\/1\.1 403 /],
  ];
  for (const [origin, expected] of origins) assertMatch(await handshake(port, [own, origin]), expected);
  // The host name of a rebinding page, with a matching Origin.
  const rebound = await handshake(port, [
    `Host: evil.example:${port}`,
    `Origin: http://evil.example:${port}`,
  ]);
  assertMatch(rebound, /^HTTP\/1\.1 421 /);
  assertMatch(await handshake(port, []), /^HTTP\/1\.1 400 /);
});

Deno.test("a client without permission gets 4401, even with a token in the URL, and so does one that loses it", async () => {
  await using place = await house();
  const { services, port } = place;
  const { key, secret } = await services.access.keys.create({ name: "wall", scopes: ["read"] }, LOCAL_OWNER);
  const { secret: other } = await services.access.keys.create(
    { name: "x", scopes: ["metrics"] },
    LOCAL_OWNER,
  );
  for (const path of ["/", "/?token=wrong", `/?token=${secret}0`]) {
    const { code, reason } = await connect(port, path).closed;
    assertEquals([code, reason], [4401, "Sign in first: the token is missing or no longer valid"], path);
  }
  const scopeless = await handshake(port, [`Host: 127.0.0.1:${port}`], `/?token=${other}`);
  assertMatch(scopeless, /^HTTP\/1\.1 403 [\s\S]*"read"/);
  const client = connect(port, `/?token=${secret}`);
  assertEquals((await client.next()).type, "status");
  assert(!services.logged.join("\n").includes(secret), "The log holds the token");
  await services.access.keys.revoke(key.id);
  assertEquals((await client.closed).code, CLOSE.ended);
});

Deno.test("a request without a handshake is told so, and another offered protocol is ignored", async () => {
  await using place = await house();
  const plain = await fetch(`http://127.0.0.1:${place.port}/api/socket`);
  assertEquals([plain.status, await plain.json()], [426, { error: "Open this address as a WebSocket" }]);
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: place.port });
  const head =
    `GET /health HTTP/1.1\r\nHost: 127.0.0.1:${place.port}\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n`;
  await connection.write(new TextEncoder().encode(head));
  const answer = await new Response(connection.readable).text();
  assertMatch(answer, /^HTTP\/1\.1 200 [\s\S]*"status":"ok"/);
});

Deno.test("a stop closes sockets with a reason, and a broken handshake leaves nothing behind", async () => {
  const place = await house();
  const client = connect(place.port);
  await client.next();
  place.services.hub.close();
  assertEquals((await client.closed).code, CLOSE.stopping);
  const broken = await handshake(place.port, [`Host: 127.0.0.1:${place.port}`, "Sec-WebSocket-Key: x"]);
  assertMatch(broken, /^HTTP\/1\.1 400 /);
  await place[Symbol.asyncDispose]();
  assertEquals(place.listening.connections, 0);
});

/** A socket whose other side does nothing on its own. */
function silentSocket() {
  const sent: string[] = [];
  const closed: [number, string][] = [];
  const listeners: Record<string, (text: string) => void> = {};
  const waiting: [number, () => void][] = [];
  const state = { unreadBytes: 0, terminated: false, pings: 0 };
  const socket: Socket = {
    send(text) {
      sent.push(text);
      for (const [count, resolve] of waiting) if (sent.length >= count) resolve();
    },
    ping: () => void state.pings++,
    close: (code, reason) => void closed.push([code, reason]),
    terminate() {
      if (state.terminated) return;
      state.terminated = true;
      listeners.close?.("");
    },
    get unreadBytes() {
      return state.unreadBytes;
    },
    onMessage: (listener) => void (listeners.message = listener),
    onPong: (listener) => void (listeners.pong = () => listener()),
    onClose: (listener) => void (listeners.close = () => listener()),
  };
  /** Resolves once this many messages were sent: a store takes its time. */
  const got = (count: number) =>
    sent.length >= count
      ? Promise.resolve()
      : new Promise<void>((resolve) => void waiting.push([count, resolve]));
  return { socket, sent, closed, state, got, pong: () => listeners.pong?.("") };
}

Deno.test("a client that answers no ping, reads nothing, or loses its credential is disconnected", async () => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  const sockets = createSockets(3);
  const [well, silent, slow] = [silentSocket(), silentSocket(), silentSocket()];
  let end = () => {};
  sockets.connect(services, well.socket, (ended) => {
    end = ended;
    return () => {};
  });
  sockets.connect(services, silent.socket);
  sockets.connect(services, slow.socket);
  await Promise.all([well, silent, slow].map((one) => one.got(1)));
  assertEquals([sockets.open, sockets.full, well.sent.length, well.state.pings], [3, true, 1, 1]);
  for (const one of [well, slow]) one.pong();
  await clock.advance(PING_MS);
  assertEquals([silent.state.terminated, well.state.terminated, sockets.open], [true, false, 2]);
  slow.state.unreadBytes = 2_000_000;
  await services.polled("acme/work", [reading()]);
  await clock.advance(GATHER_MS);
  await well.got(2);
  assertEquals([slow.state.terminated, slow.sent.length, well.sent.length, sockets.open], [true, 1, 2, 1]);
  end();
  assertEquals(well.closed, [[CLOSE.ended, "The sign-in or key has ended"]]);
  await services.polled("acme/work", [reading({ used: 5 })]);
  await clock.advance(GATHER_MS);
  assertEquals([well.sent.length, well.state.terminated, sockets.open], [2, true, 0]);
});

Deno.test("an unreadable status is reported as an error, and the next one is read again", async () => {
  const clock = new FakeClock(AT);
  await using services = await fakeServices({ clock });
  let broken = true;
  const failing: AppContext = {
    ...services,
    providers: () => broken ? Promise.reject(new Error("The disk is gone")) : services.providers(),
  };
  const one = silentSocket();
  createSockets(1).connect(failing, one.socket);
  await one.got(1);
  assertEquals(one.sent.map((text) => JSON.parse(text)), [{
    type: "error",
    error: "Failed to fetch status",
  }]);
  broken = false;
  await services.polled("acme/work", [reading()]);
  await clock.advance(GATHER_MS);
  await one.got(2);
  assertEquals(JSON.parse(one.sent.at(-1)!).type, "status");
});

Deno.test("only an origin the server was started for is its own", () => {
  const hosts = listHosts(80, ["a.example", "::1"]);
  const verdicts = [
    null,
    "http://a.example",
    "http://a.example:80",
    "http://[::1]",
    "https://a.example",
    "http://a.example/",
    "http://b.a.example",
    "null",
    "",
    "file://a.example",
    "http://u@a.example",
  ]
    .map((origin) => isOwnOrigin(origin, hosts));
  assertEquals(verdicts, [true, true, false, true, false, false, false, false, false, false, false]);
});
