import { createHub, type LiveEvent } from "../../lib/base/hub.ts";
import { assertEquals } from "../support/assert.ts";

const EVENT = { kind: "account", account: "acme/default" } as const;

async function all(stream: ReadableStream<LiveEvent>): Promise<number[]> {
  const ids: number[] = [];
  for await (const event of stream) ids.push(event.id);
  return ids;
}

Deno.test("createHub() numbers its events from one", () => {
  const hub = createHub();
  assertEquals(hub.lastId, 0);
  const heard: LiveEvent[] = [];
  hub.listen((event) => heard.push(event));
  hub.publish(EVENT);
  hub.publish({ kind: "settings", account: null });
  assertEquals(heard, [{ ...EVENT, id: 1 }, { kind: "settings", account: null, id: 2 }]);
  assertEquals(hub.lastId, 2);
});

Deno.test("hub.subscribe() yields events from now on and ends when the hub closes", async () => {
  const hub = createHub();
  hub.publish(EVENT);
  const stream = hub.subscribe();
  hub.publish(EVENT);
  hub.publish(EVENT);
  hub.close();
  assertEquals(await all(stream), [2, 3]);
});

Deno.test("hub.subscribe() yields every event to every subscriber", async () => {
  const hub = createHub();
  const streams = [hub.subscribe(), hub.subscribe()];
  hub.publish(EVENT);
  hub.close();
  assertEquals(await Promise.all(streams.map(all)), [[1], [1]]);
});

Deno.test("hub.subscribe() on a closed hub returns an ended stream", async () => {
  const hub = createHub();
  hub.close();
  assertEquals(await all(hub.subscribe()), []);
});

Deno.test("hub.publish() continues after a subscriber has left", async () => {
  const hub = createHub();
  const leaver = hub.subscribe();
  const stayer = hub.subscribe();
  await leaver.cancel();
  hub.publish(EVENT);
  hub.close();
  assertEquals(await all(stayer), [1]);
});

Deno.test("hub.publish() drops a subscriber that does not read, and the others still get events", async () => {
  const hub = createHub();
  const idle = hub.subscribe();
  const heard: number[] = [];
  hub.listen((event) => heard.push(event.id));
  for (let count = 0; count < 1_000; count++) hub.publish(EVENT);
  const kept = await all(idle);
  assertEquals(heard.length, 1_000);
  assertEquals(kept.length < 300, true, `Expected a bounded queue, got ${kept.length} events`);
});

Deno.test("hub.listen() calls back until it is stopped", () => {
  const hub = createHub();
  const heard: number[] = [];
  const stop = hub.listen((event) => heard.push(event.id));
  hub.publish(EVENT);
  stop();
  hub.publish(EVENT);
  assertEquals(heard, [1]);
});

Deno.test("hub.publish() after close() does nothing", () => {
  const hub = createHub();
  hub.close();
  hub.publish(EVENT);
  assertEquals(hub.lastId, 0);
});
