/** Messages that wait in the outbox: failing channels, quiet hours, timestamps of a wrong clock. */
import { channelHealth } from "../../lib/model/alerts/channel_health.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../lib/model/duration.ts";
import type { QuotaView } from "../../lib/model/view/view.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { READ_AT } from "../support/views.ts";
import { alertHouse, startReceiver } from "./support.ts";

const WEEKLY: Partial<QuotaView> = { resetsAt: READ_AT + 6 * DAY_MS };

function titlesOf(received: readonly { readonly text: string }[]): readonly string[] {
  return received.map(({ text }) => JSON.parse(text).title);
}

Deno.test("a channel that answers 500 for a day loses no message that is still useful", async () => {
  let status = 500;
  await using hook = startReceiver(() => new Response("no", { status }));
  await using house = await alertHouse();
  await house.add({ id: "mine", type: "webhook", values: { url: hook.url } });
  await house.see(0, 40, WEEKLY);
  await house.see(1, 85, WEEKLY);
  for (let tries = 0; tries < 24 * 6; tries++) {
    await house.deliver();
    house.clock.jump(10 * MINUTE_MS);
  }
  const before = hook.received.length;
  assert(before > 24 && before < 40, `it backs off to an hour: ${before}`);
  status = 200;
  house.clock.jump(HOUR_MS);
  assertEquals(await house.deliver(), { sent: 1, failed: 0 });
  assertEquals((await house.alerts.deliveries()).map(({ state }) => state), ["sent"]);
});

Deno.test("messages held back by a wrong password are retried now and then, and sent as soon as the channel works", async () => {
  await using hook = startReceiver();
  await using refuses = startReceiver(() => new Response("no", { status: 401 }));
  await using house = await alertHouse();
  const rule = { kinds: ["threshold"] } as const;
  await house.add({ id: "mine", type: "webhook", rule, values: { url: refuses.url } });
  await house.see(0, 40, WEEKLY);
  await house.see(1, 85, WEEKLY);
  assertEquals(await house.deliver(), { sent: 0, failed: 1 });
  for (let minute = 0; minute < 59; minute++) {
    await house.deliver();
    house.clock.jump(MINUTE_MS);
  }
  assertEquals(refuses.received.length, 1, "nobody is locked out");
  const health = channelHealth("mine", await house.alerts.deliveries());
  assertEquals([health.state, health.waiting], ["trouble", 1]);
  assertEquals(health.problem, "The webhook refused the sign-in (status 401): check its token");
  await house.add({ id: "mine", type: "webhook", values: { url: hook.url } });
  assertEquals(await house.deliver(), { sent: 1, failed: 0 });
  assertEquals(channelHealth("mine", await house.alerts.deliveries()).state, "well");
  assertEquals((await house.channels.list())[0]?.rule, rule, "it takes what it took before");
});

Deno.test("messages rejected by a receiver ended then, and none waits for a removed channel", async () => {
  await using rejects = startReceiver(() => new Response("no", { status: 422 }));
  await using refuses = startReceiver(() => new Response("no", { status: 401 }));
  await using house = await alertHouse();
  await house.add({ id: "rejects", type: "webhook", values: { url: rejects.url } });
  await house.add({ id: "refuses", type: "webhook", values: { url: refuses.url } });
  await house.see(0, 40, WEEKLY);
  await house.see(1, 85, WEEKLY);
  await house.deliver();
  const [answer] = channelHealth("rejects", await house.alerts.deliveries()).answers;
  assertEquals([answer?.state, answer?.at], ["given-up", house.clock.now()]);
  await house.channels.remove("refuses");
  await house.deliver();
  assertEquals((await house.alerts.deliveries()).map(({ state }) => state), ["given-up", "given-up"]);
});

Deno.test("unsent messages are sent before new ones, and neither while a receiver asked to wait", async () => {
  let answer = () => new Response("no", { status: 503 });
  await using hook = startReceiver(() => answer());
  await using house = await alertHouse();
  await house.add({ id: "mine", type: "webhook", values: { url: hook.url } });
  await house.see(0, 40, WEEKLY);
  await house.see(1, 85, WEEKLY);
  for (let tries = 0; tries < 6; tries++) {
    await house.deliver();
    house.clock.jump(10 * MINUTE_MS);
  }
  answer = () => new Response("no", { status: 429, headers: { "retry-after": "7200" } });
  house.clock.jump(30 * MINUTE_MS);
  await house.deliver();
  const asked = hook.received.length;
  answer = () => new Response("ok");
  await house.see(1, 96, WEEKLY);
  assertEquals(await house.deliver(), { sent: 0, failed: 0 });
  assertEquals(hook.received.length, asked);
  house.clock.jump(2 * HOUR_MS);
  assertEquals(await house.deliver(), { sent: 2, failed: 0 });
  assertEquals(titlesOf(hook.received.slice(asked)), [
    "Acme 5-hour quota: 85% used",
    "Acme 5-hour quota: 96% used",
  ]);
});

Deno.test("two messages held back by quiet hours are sent as one", async () => {
  await using hook = startReceiver();
  await using house = await alertHouse();
  const quiet = { from: 13 * 60, to: 15 * 60 };
  await house.add({
    id: "mine",
    type: "webhook",
    rule: { quiet, urgent: "none" },
    values: { url: hook.url },
  });
  await house.see(0, 40, WEEKLY);
  await house.see(1, 85, WEEKLY);
  await house.see(1, 96, WEEKLY);
  assertEquals(await house.deliver(), { sent: 0, failed: 0 });
  house.clock.jump(HOUR_MS);
  assertEquals(await house.deliver(), { sent: 2, failed: 0 });
  assertEquals(titlesOf(hook.received), ["2 alerts: Acme 5-hour quota: 96% used"]);
});

Deno.test("messages held back by a clock that was days ahead are sent once it is right", async () => {
  await using hook = startReceiver();
  await using house = await alertHouse();
  const quiet = { from: 13 * 60, to: 15 * 60 };
  await house.add({ id: "mine", type: "webhook", rule: { quiet }, values: { url: hook.url } });
  await house.see(0, 40, WEEKLY);
  house.clock.jump(3 * DAY_MS);
  await house.see(1, 85, WEEKLY);
  assertEquals(await house.deliver(), { sent: 0, failed: 0 });
  house.clock.jump(-3 * DAY_MS);
  assertEquals(await house.deliver(), { sent: 1, failed: 0 });
  assertEquals(titlesOf(hook.received), ["Acme 5-hour quota: 85% used"]);
});

Deno.test({
  name: "a hanging receiver and an endless command do not keep the program from stopping",
  // Windows has no named pipes of this kind, and no /bin/sh.
  ignore: Deno.build.os === "windows",
  async fn() {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const folder = await Deno.makeTempDir();
    const [begun, end] = [`${folder}/begun`, `${folder}/end`];
    try {
      await new Deno.Command("mkfifo", { args: [begun, end] }).output();
      await using house = await alertHouse();
      const url = `http://127.0.0.1:${listener.addr.port}`;
      await house.add({ id: "hangs", type: "webhook", values: { url } });
      const args = JSON.stringify(["-c", `echo > ${begun}; read line < ${end}`]);
      house.hooks.set("mine", { command: "/bin/sh", args });
      await house.see(0, 40, WEEKLY);
      await house.see(1, 85, WEEKLY);
      const stop = new AbortController();
      const delivering = house.alerts.deliver(stop.signal);
      const connection = await listener.accept();
      await Deno.readTextFile(begun);
      stop.abort();
      assertEquals(await delivering, { sent: 0, failed: 0 });
      assertEquals((await house.alerts.deliveries()).map(({ state, attempts }) => [state, attempts]), [
        ["waiting", 0],
        ["waiting", 0],
      ]);
      await Deno.writeTextFile(end, "\n");
      connection.close();
    } finally {
      listener.close();
      await Deno.remove(folder, { recursive: true });
    }
  },
});
