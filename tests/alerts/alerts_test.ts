import { HOUR_MS, MINUTE_MS } from "../../lib/model/duration.ts";
import { listChannelReach } from "../../lib/alerts/stored_channels.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";
import { READ_AT } from "../support/views.ts";
import { alertHouse, startReceiver } from "./support.ts";

Deno.test("a threshold is sent as one signed message, and never again", async () => {
  await using hook = startReceiver();
  await using house = await alertHouse();
  await house.add({ id: "mine", type: "webhook", values: { url: `${hook.url}/in`, secret: "s3cret" } });
  await house.see(0, 40);
  const [alert] = await house.see(1, 85);
  assertEquals(alert?.kind, "threshold");
  assertEquals(await house.deliver(), { sent: 1, failed: 0 });
  assertEquals(await house.deliver(), { sent: 0, failed: 0 });
  assertEquals(hook.received.length, 1);
  const { headers, text, path } = hook.received[0]!;
  assertEquals(path, "/in");
  assertEquals(headers.get("idempotency-key"), alert!.id);
  const key = await crypto.subtle.importKey(
    "raw",
    new TextEncoder().encode("s3cret"),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["verify"],
  );
  const signature = Uint8Array.from(
    headers.get("x-syntrack-signature")!.slice(7).match(/../g)!,
    (two) => parseInt(two, 16),
  );
  const signed = new TextEncoder().encode(`${headers.get("x-syntrack-timestamp")}.${text}`);
  assert(await crypto.subtle.verify("HMAC", key, signature, signed));
  const body = JSON.parse(text);
  assertEquals([
    body.event,
    body.provider,
    body.quota_key,
    body.account_id,
    body.utilization,
    body.limit,
    body.threshold,
  ], [
    "warning",
    "acme",
    "five-hour",
    "default",
    85,
    100,
    80,
  ]);
  assertEquals(body.alerts[0].kind, "threshold");
});

Deno.test("an alert is stored with names that turn no sentence and break no line", async () => {
  await using house = await alertHouse();
  const label = "\u202etimil \u2066weekly\u2069\nand\u001b[2J";
  await house.see(0, 40, { label });
  await house.see(1, 85, { label });
  const [stored] = await house.alerts.list();
  assertEquals(stored?.title, "Acme timil weekly and\ufffd[2J: 85% used");
});

Deno.test("alerts decided before a crash are not repeated after it, nor by a second process", async () => {
  await using hook = startReceiver();
  await using store = await openSqliteStore(":memory:");
  await using first = await alertHouse(store);
  await first.add({ id: "mine", type: "webhook", values: { url: hook.url } });
  await first.see(0, 40);
  await first.see(1, 85);
  // The memory is stored last: without it, the same is decided again.
  await store.docs.delete("alert_memory", "acme/default");
  await using second = await alertHouse(store);
  second.clock.jump(MINUTE_MS);
  await second.see(0, 40);
  await second.see(0, 85);
  await Promise.all([first.deliver(), second.deliver()]);
  assertEquals(hook.received.length, 1);
});

Deno.test("a failing channel is retried later, others are not delayed, and hopeless messages are dropped", async () => {
  await using flaky = startReceiver((count) => new Response("no", { status: count < 3 ? 503 : 200 }));
  await using good = startReceiver();
  await using gone = startReceiver(() => new Response("no", { status: 422 }));
  await using house = await alertHouse();
  await house.add({ id: "flaky", type: "webhook", values: { url: flaky.url } });
  await house.add({ id: "good", type: "webhook", values: { url: good.url } });
  await house.add({ id: "gone", type: "webhook", values: { url: gone.url } });
  await house.see(0, 40);
  await house.see(1, 85);
  assertEquals(await house.deliver(), { sent: 1, failed: 2 });
  assertEquals(good.received.length, 1);
  await house.deliver();
  assertEquals(flaky.received.length, 1, "it is not due before its time");
  house.clock.jump(31_000);
  await house.deliver();
  house.clock.jump(61_000);
  assertEquals(await house.deliver(), { sent: 1, failed: 0 });
  assertEquals([flaky.received.length, gone.received.length], [3, 1]);
  const notes = (await house.alerts.deliveries()).map(({ channel, state, note }) =>
    `${channel} ${state} ${note}`
  );
  assertEquals(notes.sort(), [
    "flaky sent ",
    "gone given-up The webhook answered with status 422",
    "good sent ",
  ]);
});

Deno.test("a message that could not be delivered while it was useful is dropped", async () => {
  await using down = startReceiver(() => new Response("no", { status: 500 }));
  await using house = await alertHouse();
  await house.add({ id: "down", type: "webhook", values: { url: down.url } });
  const resetsAt = READ_AT + 10 * MINUTE_MS;
  await house.see(0, 40, { resetsAt });
  await house.see(1, 85, { resetsAt });
  for (let minute = 0; minute < 30; minute++) {
    await house.deliver();
    house.clock.jump(MINUTE_MS);
  }
  const [delivery] = await house.alerts.deliveries();
  assertEquals(delivery?.state, "given-up");
  assert(down.received.length < 8, "it backs off");
});

Deno.test("quiet hours hold back alerts that are not critical, which are then sent as one digest", async () => {
  await using hook = startReceiver();
  await using house = await alertHouse();
  const quiet = { from: 13 * 60, to: 15 * 60 };
  await house.add({ id: "mine", type: "webhook", rule: { quiet }, values: { url: hook.url } });
  await house.see(0, 40);
  await house.alerts.setRules({ thresholds: [0.5, 0.6, 0.7, 0.75, 0.99] });
  for (const used of [52, 63, 72, 76]) await house.see(1, used);
  assertEquals(await house.deliver(), { sent: 0, failed: 0 });
  house.clock.jump(HOUR_MS);
  assertEquals(await house.deliver(), { sent: 4, failed: 0 });
  assertEquals(hook.received.length, 1);
  assert(JSON.parse(hook.received[0]!.text).title.startsWith("4 alerts: "));
});

Deno.test("snoozed alerts are not sent, and explain says why", async () => {
  await using hook = startReceiver();
  await using house = await alertHouse();
  await house.add({ id: "mine", type: "webhook", values: { url: hook.url } });
  await house.alerts.snooze({ target: "acme/default", until: READ_AT + HOUR_MS });
  await house.see(0, 40);
  await house.see(1, 85);
  assertEquals(await house.deliver(), { sent: 0, failed: 0 });
  assertEquals((await house.alerts.deliveries())[0]?.note, "snoozed");
  assertEquals(await house.alerts.unsnooze(), 1);
  await house.see(1, 40);
  const why = (await house.alerts.explain()).find(({ kind, quota }) =>
    kind === "threshold" && quota === "five-hour"
  );
  assertEquals(why?.reason, "not-reached");
});

Deno.test("hundreds of messages through a channel that fails every third time are sent once each", async () => {
  const ids = new Set<string>();
  let twice = 0;
  await using hook = startReceiver((count) => new Response("", { status: count % 3 === 0 ? 503 : 200 }));
  await using house = await alertHouse();
  await house.add({ id: "mine", type: "webhook", values: { url: hook.url } });
  await house.see(0, 40);
  await house.alerts.setRules({ thresholds: Array.from({ length: 300 }, (_, index) => (index + 100) / 500) });
  for (let used = 21; used < 79; used += 0.2) await house.see(0.01, used);
  for (let round = 0; round < 40; round++) {
    await house.deliver();
    house.clock.jump(MINUTE_MS);
  }
  const states = (await house.alerts.deliveries()).map(({ state }) => state);
  assert(states.length > 250);
  assertEquals(states.filter((state) => state !== "sent"), []);
  const taken = hook.received.filter((_, index) => (index + 1) % 3 !== 0);
  for (const { text } of taken) {
    for (const { id } of JSON.parse(text).alerts) {
      if (ids.has(id)) twice++;
      ids.add(id);
    }
  }
  assertEquals([twice, ids.size], [0, states.length]);
});

Deno.test("secrets of channels are stored encrypted, and invalid settings are rejected by name", async () => {
  await using house = await alertHouse();
  await house.add({ id: "phone", type: "ntfy", values: { topic: "very-secret-topic" } });
  const stored = JSON.stringify(await house.store.docs.list("channels", READ_AT));
  assert(!stored.includes("very-secret-topic"));
  assertEquals((await (await house.channels.list())[0]!.open()).topic, "very-secret-topic");
  const wrong = async (type: string, values: Record<string, string>) =>
    (await assertRejects(() => house.add({ id: "x", type, values })) as Error).message;
  assertEquals(await wrong("ntfy", {}), "The channel was not stored: ntfy needs topic");
  assertEquals(
    await wrong("ntfy", { topic: "a b" }),
    "The channel was not stored: topic may contain letters, digits, - and _, at most 64",
  );
  assertEquals(
    await wrong("webhook", { url: "ftp://x" }),
    "The channel was not stored: url is not an http or https address",
  );
  assertEquals(
    await wrong("hook", { command: "/bin/true" }),
    'Your own command can only be set in the config file: add [hooks.x], and on the next line command = "/absolute/path"',
  );
});

Deno.test("metadata addresses of clouds are never requested, and redirects are not followed", async () => {
  await using away = startReceiver(() =>
    new Response(null, { status: 302, headers: { location: "http://127.0.0.1:1/" } })
  );
  await using house = await alertHouse();
  await house.add({ id: "meta", type: "webhook", values: { url: "http://169.254.169.254/latest" } });
  await house.add({ id: "away", type: "webhook", values: { url: away.url } });
  const { signal } = new AbortController();
  for (const [id, words] of [["meta", "never contacted"], ["away", "redirect"]] as const) {
    const channel = (await house.channels.list()).find((one) => one.id === id)!;
    const error = await assertRejects(() => house.alerts.test(channel, signal)) as Error;
    assert(error.message.includes(words), error.message);
  }
});

Deno.test("the reach of channels names hosts and commands, and a mail server by its addresses as well", async () => {
  await using house = await alertHouse();
  await house.add({ id: "lan", type: "gotify", values: { server: "http://10.0.0.7:8080", token: "x" } });
  await house.add({
    id: "post",
    type: "mail",
    values: { host: "mail.example", to: "a@b.c", from: "a@b.c", encryption: "tls" },
  });
  house.hooks.set("own", { command: "/opt/told" });
  const resolve = () => Promise.resolve(["192.0.2.1", "2001:db8::1"]);
  assertEquals(await listChannelReach(await house.channels.list(), "linux", resolve), {
    hosts: ["10.0.0.7:8080", "mail.example", "192.0.2.1:465", "[2001:db8::1]:465"],
    commands: ["/opt/told"],
  });
});

Deno.test("lasting alerts are repeated if the rules request it, once, by the first process", async () => {
  await using hook = startReceiver();
  await using store = await openSqliteStore(":memory:");
  await using first = await alertHouse(store);
  await first.add({ id: "mine", type: "webhook", values: { url: hook.url } });
  await first.alerts.setRules({ repeatEveryMs: HOUR_MS, repeatMost: 1 });
  const lasting = { resetsAt: READ_AT + 40 * HOUR_MS };
  await first.see(0, 40, lasting);
  const [told] = await first.see(1, 96, lasting);
  assertEquals(await first.see(30, 97, lasting), []);
  const [decision] = (await first.alerts.explain()).filter(({ reason }) => reason === "repeat-later");
  assertEquals(decision!.kind, "threshold");
  await using second = await alertHouse(store);
  second.clock.jump(61 * MINUTE_MS);
  const raised = await Promise.all([first.see(30, 98, lasting), second.see(0, 98, lasting)]);
  assertEquals(raised.flat().map(({ repeats }) => repeats), [told!.id]);
  await first.see(90, 98, lasting);
  await Promise.all([first.deliver(), second.deliver()]);
  const bodies = hook.received.map(({ text }) => JSON.parse(text));
  assertEquals(bodies.map(({ title }) => title), [
    "Acme 5-hour quota: 96% used",
    "Acme 5-hour quota: still 98% used",
  ]);
  assertEquals(bodies[1].alerts[0].repeats, told!.id);
});

Deno.test("an evaluation reads the rules once, and earlier alerts only for accounts with repetitions", async () => {
  await using own = await openSqliteStore(":memory:");
  const asked: string[] = [];
  const { docs } = own;
  const store = new Proxy(own, {
    get(target, name) {
      if (name === "docs") {
        return {
          get: (...of: Parameters<typeof docs.get>) => (asked.push(of[1]), docs.get(...of)),
          put: docs.put.bind(docs),
          list: (...of: Parameters<typeof docs.list>) => (asked.push(of[0]), docs.list(...of)),
          change: docs.change.bind(docs),
          putGuarded: docs.putGuarded.bind(docs),
        };
      }
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  await using house = await alertHouse(store);
  const lasting = { resetsAt: READ_AT + 40 * HOUR_MS };
  await house.see(0, 40, lasting);
  const count = async (name: string, used: number) => {
    asked.length = 0;
    await house.see(1, used, lasting);
    return asked.filter((one) => one === name).length;
  };
  assertEquals(await count("alert-rules", 41), 1);
  await house.alerts.setRules({ only: { "acme/other": { repeatEveryMs: HOUR_MS } } });
  assertEquals(await count("alerts", 42), 0);
  await house.alerts.setRules({ only: { "acme/default": { repeatEveryMs: HOUR_MS } } });
  assertEquals(await count("alerts", 43), 1);
});
