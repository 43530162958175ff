/** Listening: requests and answers on the wire, and limits for misbehaving clients. */
import { listen, type ListeningServer, type ListenOptions } from "../../lib/app/listen/listen.ts";
import { connectionsFor, parseDescriptorLimit } from "../../lib/app/listen/limits.ts";
import { ConnectionPool, type PooledConnection } from "../../lib/app/listen/connection_pool.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "../support/assert.ts";
import { until } from "../support/until.ts";
import { readUntilEnd } from "./until_end.ts";

type Handler = ListenOptions["handler"];

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "OPTIONS"]);

interface House extends AsyncDisposable {
  readonly listening: ListeningServer;
  readonly origin: string;
  readonly failures: unknown[];
  /** Sends bytes and returns everything received until the other side ends the connection. */
  raw(bytes: string): Promise<string>;
  open(bytes?: string): Promise<Deno.TcpConn>;
}

async function house(handler: Handler, limits: ListenOptions["limits"] = {}): Promise<House> {
  const failures: unknown[] = [];
  const listening = await listen({
    hostname: "127.0.0.1",
    port: 0,
    methods: METHODS,
    handler,
    failed(error) {
      failures.push(error);
      return new Response("failed", { status: 500 });
    },
    addHeaders(response) {
      response.headers.set("x-dressed", "yes");
      return response;
    },
    limits,
  });
  const { port } = listening;
  const open = async (bytes = "") => {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    if (bytes !== "") await connection.write(new TextEncoder().encode(bytes));
    return connection;
  };
  return {
    listening,
    origin: `http://127.0.0.1:${port}`,
    failures,
    open,
    raw: async (bytes) => await readUntilEnd(await open(bytes)),
    [Symbol.asyncDispose]: () => listening.stop(),
  };
}

const echo: Handler = async (request, info) =>
  Response.json({
    method: request.method,
    url: request.url,
    headers: Object.fromEntries(request.headers),
    body: await request.text(),
    from: info.remoteAddr,
  }, { headers: [["set-cookie", "a=1"], ["set-cookie", "b=2"]] });

Deno.test("request and answer arrive unchanged", async () => {
  await using here = await house(echo);
  const body = "x".repeat(300_000);
  const answer = await fetch(`${here.origin}/a%20b?c=d&c=e`, {
    method: "POST",
    body,
    headers: { "x-a": "1" },
  });
  const seen = await answer.json();
  assertEquals([seen.method, seen.url], ["POST", `${here.origin}/a%20b?c=d&c=e`]);
  assertEquals([seen.body.length, seen.headers["x-a"], seen.from.hostname], [300_000, "1", "127.0.0.1"]);
  assertEquals(answer.headers.getSetCookie(), ["a=1", "b=2"]);
  const head = await fetch(`${here.origin}/`, { method: "HEAD" });
  assertEquals([head.status, await head.text()], [200, ""]);
});

Deno.test("an answer states its length, and arrives completely however long it is", async () => {
  const chunk = new Uint8Array(100_000).fill(97);
  await using here = await house((request) =>
    new Response(
      new ReadableStream({
        start(controller) {
          const count = Number(new URL(request.url).searchParams.get("n"));
          for (let i = 0; i < count; i++) controller.enqueue(chunk);
          controller.close();
        },
      }),
    )
  );
  const short = await fetch(`${here.origin}/?n=2`);
  assertEquals([short.headers.get("content-length"), (await short.text()).length], ["200000", 200_000]);
  assertEquals((await (await fetch(`${here.origin}/?n=50`)).text()).length, 5_000_000);
});

Deno.test("requests follow one another on a connection, and an unread body is not a request", async () => {
  const paths: string[] = [];
  await using here = await house((request) => {
    paths.push(new URL(request.url).pathname);
    return new Response("ok");
  });
  const two = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
  assertEquals((await here.raw(two)).match(/200 OK/g)?.length, 2);
  await here.raw(
    "POST /3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 30\r\n\r\nGET /4 HTTP/1.1\r\nHost: a\r\n\r\n",
  );
  assertEquals(paths, ["/1", "/2", "/3"]);
});

Deno.test("an invalid Host header is refused without calling the handler", async () => {
  let asked = 0;
  await using here = await house(() => {
    asked++;
    return new Response("ok");
  });
  const hosts = [
    "localhost:1,evil",
    "::1:1",
    ":1",
    "",
    "a b",
    "[::1",
    "a:99999",
    "me@a:1",
    "me:you@a:1",
    "a:1,a:1",
    "<a>",
    "%zz",
  ];
  for (const host of hosts) {
    const answer = await here.raw(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    assertMatch(answer, /^HTTP\/1\.1 400 /, host);
  }
  for (const target of ["*", "ftp://a/", "http://", "http://me:you@a/"]) {
    const answer = await here.raw(`OPTIONS ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    assertMatch(answer, /^HTTP\/1\.1 400 /, target);
  }
  assertMatch(await here.raw("GET / HTTP/1.1\r\nConnection: close\r\n\r\n"), /^HTTP\/1\.1 400 /);
  assertEquals([asked, here.failures], [0, []]);
});

Deno.test("an unsupported method is refused with the allowed ones", async () => {
  await using here = await house((request) =>
    new Response(null, {
      status: request.method === "OPTIONS" ? 204 : 200,
      headers: { allow: "GET, PUT, OPTIONS" },
    })
  );
  for (const method of ["TRACE", "QUERY", "PROPFIND"]) {
    const answer = await here.raw(`${method} / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    assertMatch(answer, /^HTTP\/1\.1 405 /);
    assertMatch(answer, /\r\nallow: GET, PUT, OPTIONS\r\n/i);
    assertMatch(answer, /\r\nx-dressed: yes\r\n/i);
  }
  assertMatch(await here.raw("BREW / HTTP/1.1\r\nHost: a\r\n\r\n"), /^HTTP\/1\.1 501 /);
});

Deno.test("a failing handler gets an error answer, and the next request works normally", async () => {
  await using here = await house((request) => {
    if (new URL(request.url).pathname === "/bad") throw new Error("bad");
    return new Response("ok");
  });
  assertEquals([await (await fetch(`${here.origin}/bad`)).text(), here.failures.length], ["failed", 1]);
  assertEquals(await (await fetch(here.origin)).text(), "ok");
});

Deno.test("an interrupted answer does not look complete", async () => {
  await using here = await house(() =>
    new Response(
      new ReadableStream({
        pull(controller) {
          controller.enqueue(new Uint8Array(400_000));
          controller.error(new Error("broken"));
        },
      }, { highWaterMark: 0 }),
      { headers: { "content-type": "text/event-stream" } },
    )
  );
  await assertRejects(async () => await (await fetch(here.origin)).text());
});

Deno.test("a disconnected client aborts its handler", async () => {
  const gone = Promise.withResolvers<void>();
  await using here = await house(() =>
    new Response(
      new ReadableStream({ start: (c) => c.enqueue(new Uint8Array(1)), cancel: () => gone.resolve() }),
      {
        headers: { "content-type": "text/event-stream" },
      },
    )
  );
  const answer = await fetch(here.origin);
  const reader = answer.body!.getReader();
  await reader.read();
  await reader.cancel();
  await gone.promise;
});

Deno.test("half a header, an endless header, and silence are cut off", async () => {
  await using here = await house(echo, { headMs: 60 });
  for (const bytes of ["", "GET / HT", "GET / HTTP/1.1\r\nHost: a\r\nX-a: b\r\n"]) {
    assertEquals(await here.raw(bytes), "", JSON.stringify(bytes));
  }
});

Deno.test("a missing body is cut off, and its reader gets an error", async () => {
  const told = Promise.withResolvers<string>();
  await using here = await house(async (request) => {
    await request.text().catch((error) => told.resolve(String(error)));
    return new Response("late");
  }, { bodyMs: 60 });
  const answer = await here.raw("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n ");
  assertEquals(answer, "");
  assert(await told.promise);
  assertEquals(here.failures, []);
});

Deno.test("an idle connection is closed, a slow answer is not", async () => {
  const slow = Promise.withResolvers<void>();
  let asked = 0;
  await using here = await house(async () => {
    asked++;
    await slow.promise;
    return new Response("ok");
  }, { headMs: 40, idleMs: 80 });
  // On a busy machine even a whole header may be late: then another client asks.
  const ask = async (): Promise<string> => {
    const text = await here.raw("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    return asked === 0 ? await ask() : text;
  };
  const idle = ask();
  await until("the request", () => asked > 0);
  // Longer than a header may take; another silent client has come and gone meanwhile.
  assertEquals(await here.raw(""), "");
  assertEquals(await here.raw(""), "");
  slow.resolve();
  assertMatch(await idle, /200 OK[^]*ok$/);
});

Deno.test("a client that does not read its answer is cut off, and the handler is notified", async () => {
  const stopped = Promise.withResolvers<void>();
  await using here = await house(() =>
    new Response(
      new ReadableStream({
        pull: (controller) => controller.enqueue(new Uint8Array(1_000_000)),
        cancel: () => stopped.resolve(),
      }),
    ), { unreadMs: 80 });
  const connection = await here.open("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  await stopped.promise;
  connection.close();
});

Deno.test("at the limit the oldest least active connection is closed, and new ones are accepted", async () => {
  await using here = await house(() => new Response("ok"), { connections: 4 });
  const held: Deno.TcpConn[] = [];
  for (let i = 0; i < 12; i++) held.push(await here.open(i % 2 === 0 ? "GET / HT" : ""));
  const answer = await here.raw("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  assertMatch(answer, /200 OK/);
  // The oldest were cut; the newest are still there.
  assertEquals(await readUntilEnd(held.shift()!), "");
  assert(here.listening.connections <= 4);
  for (const connection of held) connection.close();
});

Deno.test("waiting connections are closed before sending ones, and those before answering ones", () => {
  const left: string[] = [];
  const pool = new ConnectionPool(3);
  const take = (name: string, phase: PooledConnection["phase"]) =>
    pool.add({ phase, close: () => void left.push(name) });
  take("answer", "answered");
  take("body", "sending");
  take("old", "waiting");
  take("new", "waiting");
  assertEquals(left, ["old"]);
  take("busy", "answered");
  assertEquals(left, ["old", "new"]);
  // A new connection has sent nothing yet, and is not the one to close.
  take("newest", "waiting");
  assertEquals(left, ["old", "new", "body"]);
  take("busier", "answered");
  take("busiest", "answered");
  assertEquals(left, ["old", "new", "body", "newest", "answer"]);
});

Deno.test("a port in use is reported as such", async () => {
  await using here = await house(echo);
  const taken = { hostname: "127.0.0.1", port: here.listening.port, methods: METHODS, handler: echo };
  const error = await assertRejects(() =>
    listen({ ...taken, failed: () => new Response(), addHeaders: (response) => response })
  );
  assert(error instanceof Deno.errors.AddrInUse, String(error));
});

Deno.test("a stop lets running answers end, and aborts those that do not", async () => {
  const release = Promise.withResolvers<void>();
  const began = Promise.withResolvers<void>();
  const here = await house(async () => {
    began.resolve();
    await release.promise;
    return new Response("whole");
  });
  const idle = await here.open();
  const answer = fetch(here.origin).then((response) => response.text());
  await began.promise;
  const stopped = here.listening.stop();
  release.resolve();
  assertEquals(await answer, "whole");
  await stopped;
  assertEquals(await readUntilEnd(idle), "");

  const endless = await house(() => new Promise<Response>(() => {}), { stopMs: 50 });
  const waiting = endless.raw("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  while (endless.listening.connections === 0) await new Promise((resolve) => setTimeout(resolve, 0));
  await endless.listening.stop();
  assertEquals(await waiting, "");
});

Deno.test("fewer file descriptors allow fewer connections, and leave some for everything else", () => {
  assertEquals(connectionsFor(null), 1024);
  assertEquals(connectionsFor(1_048_576), 1024);
  assertEquals(connectionsFor(120), 40);
  assertEquals(connectionsFor(20), 8);
  const text = "Limit                     Soft Limit           Hard Limit           Units     \n" +
    "Max open files            1024                 524288               files     \n";
  assertEquals(parseDescriptorLimit(text), 1024);
  assertEquals(
    parseDescriptorLimit("Max open files            unlimited            unlimited            files\n"),
    null,
  );
});
