/** On-call services, with a receiver on loopback: what opens an incident there, and what closes it. */
import { HOUR_MS } from "../../lib/model/duration.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { READ_AT } from "../support/views.ts";
import { alertHouse, type Received, startReceiver } from "./support.ts";

interface Event {
  readonly event_action: string;
  readonly dedup_key: string;
  readonly payload: { readonly severity: string; readonly summary: string };
}

function eventsOf(received: readonly Received[]): readonly Event[] {
  return received.map(({ text }) => JSON.parse(text));
}

/** The keys that are open after all events. */
function openKeys(received: readonly Received[]): readonly string[] {
  const open = new Set<string>();
  for (const { event_action, dedup_key } of eventsOf(received)) {
    if (event_action === "resolve") open.delete(dedup_key);
    else open.add(dedup_key);
  }
  return [...open];
}

Deno.test("no incident stays open after its cause ends, whatever opened it", async () => {
  await using service = startReceiver();
  await using house = await alertHouse();
  await house.add({ id: "duty", type: "pagerduty", values: { key: "k", server: service.url } });
  await house.see(0, 40);
  await house.see(1, 85);
  await house.deliver();
  assertEquals(openKeys(service.received).length, 1);
  await house.see(1, 96);
  await house.see(1, 100);
  await house.deliver();
  await house.see(1, 100);
  await house.deliver();
  const [open, ...others] = openKeys(service.received);
  assertEquals(others, [], "of one quota the most severe alone is open");
  assert(open!.startsWith("used-up|"), open);
  const next = {
    resetsAt: READ_AT + 9 * HOUR_MS,
    cycle: { startedAt: READ_AT + 2 * HOUR_MS, peak: null, consumed: null, whole: true },
  };
  await house.see(150, 1, next);
  await house.deliver();
  await house.see(1, 1, next);
  await house.deliver();
  assertEquals(openKeys(service.received), []);
  const before = service.received.length;
  for (let minute = 0; minute < 3; minute++) {
    await house.see(1, 2, next);
    await house.deliver();
  }
  assertEquals(service.received.length, before, "each is closed once");
});

Deno.test("a warning incident is closed at its reset, which has no message", async () => {
  await using service = startReceiver();
  await using house = await alertHouse();
  await house.add({ id: "genie", type: "opsgenie", values: { key: "k", server: service.url } });
  await house.see(0, 40);
  await house.see(1, 85);
  await house.deliver();
  const { alias } = JSON.parse(service.received[0]!.text);
  const next = {
    resetsAt: READ_AT + 9 * HOUR_MS,
    cycle: { startedAt: READ_AT + 2 * HOUR_MS, peak: null, consumed: null, whole: true },
  };
  await house.see(150, 1, next);
  await house.deliver();
  assertEquals(service.received.map(({ path }) => decodeURIComponent(path)), [
    "/v2/alerts",
    `/v2/alerts/${alias}/close`,
  ]);
});

Deno.test("the incident of an account that cannot be read is closed a day after the account is no longer configured", async () => {
  await using service = startReceiver();
  await using house = await alertHouse();
  await house.add({ id: "duty", type: "pagerduty", values: { key: "k", server: service.url } });
  await house.see(0, 40);
  await house.see(1, 41);
  await house.turn(1, { state: "failing", failure: "unavailable", triedAt: house.clock.now() });
  await house.turn(24 * 60, {});
  await house.deliver();
  assertEquals(openKeys(service.received).length, 1);
  const gone = { state: "off", nextAt: null, triedAt: house.clock.now() } as const;
  // Its login may be back in a moment.
  for (const minutes of [1, 24 * 60 - 1]) {
    await house.turn(minutes, gone);
    await house.deliver();
    assertEquals(openKeys(service.received).length, 1);
  }
  for (let minute = 0; minute < 3; minute++) {
    await house.turn(1, gone);
    await house.deliver();
  }
  assertEquals(openKeys(service.received), []);
  assertEquals(eventsOf(service.received).length, 2, "it is closed once");
});

Deno.test("each incident of a digest has its own severity and text", async () => {
  await using service = startReceiver();
  await using house = await alertHouse();
  await house.add({ id: "duty", type: "pagerduty", values: { key: "k", server: service.url } });
  await house.alerts.setRules({ thresholds: [0.5, 0.6, 0.7, 0.95] });
  await house.see(0, 40);
  for (const used of [55, 65, 75, 97]) await house.see(1, used);
  await house.deliver();
  const told = eventsOf(service.received).filter(({ event_action }) => event_action === "trigger");
  assertEquals(told.map(({ payload }) => payload.severity), ["warning", "warning", "warning", "critical"]);
  assertEquals(told.map(({ payload }) => /(\d+)% used/.exec(payload.summary)?.[1]), ["55", "65", "75", "97"]);
});

Deno.test("a receiver that answers 200 but rejects the message counts as failing, and is retried", async () => {
  let lies = true;
  await using service = startReceiver(() =>
    lies ? Response.json({ ok: false, description: "chat not found" }) : Response.json({ ok: true })
  );
  await using house = await alertHouse();
  await house.add({ id: "chat", type: "mattermost", values: { url: service.url } });
  await house.see(0, 40);
  await house.see(1, 85);
  assertEquals(await house.deliver(), { sent: 0, failed: 1 });
  const [told] = await house.alerts.deliveries();
  assertEquals([told!.state, told!.note], [
    "waiting",
    "Mattermost answered that it did not accept the message",
  ]);
  lies = false;
  house.clock.jump(31_000);
  assertEquals(await house.deliver(), { sent: 1, failed: 0 });
});
