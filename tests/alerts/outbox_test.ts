/** Two processes share an outbox: neither touches what the other has claimed. */
import { type Claim, createOutbox } from "../../lib/alerts/outbox.ts";
import { channelHealth } from "../../lib/model/alerts/channel_health.ts";
import { MINUTE_MS } from "../../lib/model/duration.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { READ_AT } from "../support/views.ts";
import { alertHouse, overtakeStore, rejectDocs, startReceiver } from "./support.ts";

Deno.test("a message that another process sent after it was listed here is not sent again", async () => {
  await using hook = startReceiver();
  await using store = await openSqliteStore(":memory:");
  await using first = await alertHouse(store);
  await first.add({ id: "mine", type: "webhook", values: { url: hook.url } });
  await first.see(0, 40);
  await first.see(1, 85);
  await using second = await alertHouse(overtakeStore(store, () => first.deliver()));
  second.clock.jump(MINUTE_MS);
  assertEquals(await second.deliver(), { sent: 0, failed: 0 });
  assertEquals(hook.received.length, 1);
  assertEquals((await first.alerts.deliveries()).map(({ state, attempts }) => [state, attempts]), [[
    "sent",
    1,
  ]]);
});

Deno.test("a message that another process failed to send after it was listed here waits for its next attempt", async () => {
  await using hook = startReceiver(() => new Response("no", { status: 503 }));
  await using store = await openSqliteStore(":memory:");
  await using first = await alertHouse(store);
  await first.add({ id: "mine", type: "webhook", values: { url: hook.url } });
  await first.see(0, 40);
  await first.see(1, 85);
  await using second = await alertHouse(overtakeStore(store, () => first.deliver()));
  second.clock.jump(MINUTE_MS);
  assertEquals(await second.deliver(), { sent: 0, failed: 0 });
  assertEquals(hook.received.length, 1);
  assertEquals((await first.alerts.deliveries()).map(({ attempts }) => attempts), [1]);
});

Deno.test("a message sent by another process is not dropped because its channel was removed meanwhile", async () => {
  await using hook = startReceiver();
  await using store = await openSqliteStore(":memory:");
  await using first = await alertHouse(store);
  await first.add({ id: "mine", type: "webhook", values: { url: hook.url } });
  await first.see(0, 40);
  await first.see(1, 85);
  const channels = await first.channels.list();
  await using second = await alertHouse(overtakeStore(store, async () => {
    if ((await first.channels.list()).length > 0) return;
    await first.add({ id: "mine", type: "webhook", values: await channels[0]!.open() });
    await first.deliver();
  }));
  second.clock.jump(MINUTE_MS);
  await first.channels.remove("mine");
  await second.deliver();
  assertEquals((await first.alerts.deliveries()).map(({ state }) => state), ["sent"]);
});

Deno.test("messages too late for a paused channel say nothing about the channel", async () => {
  await using hook = startReceiver();
  await using house = await alertHouse();
  await house.add({ id: "mine", type: "webhook", rule: {}, values: { url: hook.url } });
  const resetsAt = READ_AT + 10 * MINUTE_MS;
  await house.see(0, 40, { resetsAt });
  await house.see(1, 85, { resetsAt });
  await house.channels.setEnabled("mine", false);
  house.clock.jump(60 * MINUTE_MS);
  assertEquals(await house.deliver(), { sent: 0, failed: 0 });
  const deliveries = await house.alerts.deliveries();
  assertEquals(deliveries.map(({ state, note, attempts }) => [state, note, attempts]), [
    ["given-up", "Too late to be sent", 0],
  ]);
  assertEquals(channelHealth("mine", deliveries).state, "new");
  const [counts] = (await house.alerts.counts()).channels;
  assertEquals([counts!.givenUp, counts!.failed], [1, 0]);
});

Deno.test("the end of an expired claim leaves the claim of the next process", async () => {
  await using store = await openSqliteStore(":memory:");
  const outbox = createOutbox(store.docs);
  const late = await outbox.claim(["one"], READ_AT) as Claim;
  assertEquals(await outbox.claim(["one"], READ_AT + MINUTE_MS), null);
  const then = READ_AT + 60 * MINUTE_MS;
  const next = await outbox.claim(["one"], then) as Claim;
  await outbox.release(late, then);
  assertEquals(await outbox.claim(["one"], then), null);
  await outbox.release(next, then);
  assert(await outbox.claim(["one"], then));
});

Deno.test("a claim lasts longer than a digest whose messages each take the maximum time", async () => {
  await using store = await openSqliteStore(":memory:");
  const outbox = createOutbox(store.docs);
  const ids = Array.from({ length: 50 }, (_, place) => `message ${place}`);
  await outbox.claim(ids, READ_AT);
  assertEquals(await outbox.claim(["message 49"], READ_AT + 50 * 15_000), null);
});

for (const once of [false, true]) {
  Deno.test(`an accepted message is not sent again if that cannot be stored (${once ? "hosted" : "one process"})`, async () => {
    await using hook = startReceiver();
    await using opened = await openSqliteStore(":memory:");
    let isAway = false;
    const store = rejectDocs(opened, (doc) => isAway && (doc as { state?: string }).state === "sent");
    await using house = await alertHouse(store, { once });
    await house.add({ id: "mine", type: "webhook", values: { url: hook.url } });
    await house.see(0, 40);
    await house.see(1, 85);
    isAway = true;
    assertEquals(await house.deliver(), { sent: 1, failed: 0 });
    await using other = await alertHouse(opened, { once });
    house.clock.jump(MINUTE_MS);
    other.clock.jump(2 * MINUTE_MS);
    await house.deliver();
    await other.deliver();
    isAway = false;
    await house.deliver();
    house.clock.jump(60 * MINUTE_MS);
    await house.deliver();
    assertEquals(hook.received.length, 1);
    assertEquals((await house.alerts.deliveries()).map(({ state, attempts }) => [state, attempts]), [
      ["sent", 1],
    ]);
  });
}
