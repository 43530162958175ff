/** Limits for one visitor: connections, streams, and lines of the log. */
import { LOCAL_OWNER } from "../../lib/access/principal.ts";
import { ConnectionPool, type PooledConnection } from "../../lib/app/listen/connection_pool.ts";
import { limitLines } from "../../lib/base/limit_lines.ts";
import { createLiveStreams, MIN_STAY_MS } from "../../lib/web/live.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeServices } from "../support/fake_services.ts";

Deno.test("a client with too many connections loses its own, not those of others", () => {
  const left: string[] = [];
  const pool = new ConnectionPool(6, 2);
  const take = (name: string, group: string | null, phase: PooledConnection["phase"] = "waiting") =>
    pool.add({ group, phase, close: () => void left.push(name) });
  assertEquals(take("a1", "203.0.113.7", "answered"), null);
  assertEquals(take("b1", "203.0.113.8"), null);
  assertEquals(take("a2", "203.0.113.7"), null);
  assertEquals(take("a3", "203.0.113.7", "answered"), "share");
  assertEquals(left, ["a2"]);
  assertEquals(take("a4", "203.0.113.7"), "share");
  assertEquals(left, ["a2", "a1"]);
  // A proxy represents many clients, and has as many connections.
  for (const name of ["p1", "p2", "p3"]) assertEquals(take(name, null, "answered"), null);
  assertEquals(take("p4", null), "full");
  assertEquals(left, ["a2", "a1", "b1"]);
});

Deno.test("a closed connection does not count any more", () => {
  const pool = new ConnectionPool(10, 1);
  for (let i = 0; i < 5; i++) {
    const connection: PooledConnection = {
      group: "203.0.113.7",
      phase: "answered",
      close: () => assert(false),
    };
    assertEquals(pool.add(connection), null);
    pool.remove(connection);
  }
  assertEquals(pool.connections, []);
});

Deno.test("the same message is logged ten times a minute, and then counted", () => {
  const clock = new FakeClock(0);
  const lines: string[] = [];
  const write = (message: string, fields = {}) => void lines.push(`${message} ${JSON.stringify(fields)}`);
  const limited = limitLines({ debug: write, info: write, warn: write, error: write }, clock);
  for (let i = 0; i < 500; i++) limited.warn("Connections were closed", { peer: `203.0.113.${i % 256}` });
  limited.error("A request failed", { peer: "203.0.113.7" });
  assertEquals(lines.length, 11);
  clock.jump(60_000);
  limited.warn("Connections were closed", { peer: "203.0.113.1" });
  assertEquals(lines.at(-1), 'Connections were closed {"peer":"203.0.113.1","notWritten":490}');
});

Deno.test("the streams of one credential are limited, and leave room for those of others", async () => {
  const clock = new FakeClock(1_000_000);
  await using services = await fakeServices({ clock });
  const streams = createLiveStreams(10, 2);
  const by = (credentialId: string) => streams.connect(services, null, { ...LOCAL_OWNER, credentialId });
  const first = by("proxy:ann")!;
  const second = by("proxy:ann")!;
  assertEquals(by("proxy:ann"), null);
  const other = by("proxy:bob");
  assert(other !== null);
  await clock.advance(MIN_STAY_MS);
  const third = by("proxy:ann");
  assert(third !== null);
  // The oldest of the same credential was closed.
  assert((await new Response(first).text()).includes("retry: "));
  assertEquals(streams.open, 3);
  for (const stream of [second, third, other]) await stream.cancel();
  assertEquals(streams.open, 0);
});
