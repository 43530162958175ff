import { join } from "node:path";
import mqttClient from "mqtt";
import { ChannelError } from "../../lib/alerts/channel.ts";
import { buildTopics, segment } from "../../lib/alerts/channels/home_assistant.ts";
import { createMirror } from "../../lib/alerts/mirror.ts";
import { createOutside } from "../../lib/alerts/outside.ts";
import { HOUR_MS, MINUTE_MS } from "../../lib/model/duration.ts";
import type { AccountView } from "../../lib/model/view/view.ts";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "../support/assert.ts";
import { makeAuthority } from "../support/certificates.ts";
import { MOSQUITTO, mosquittoTest, startBroker } from "../support/mqtt_broker.ts";
import { accountViewOf, forecastOf, quotaViewOf, READ_AT } from "../support/views.ts";
import { sendTrusting } from "./send_trusting.ts";
import { alertHouse } from "./support.ts";
import { freePort } from "../support/ports.ts";

const { signal } = new AbortController();
const QUOTA = quotaViewOf({
  label: "5-hour\u202e quota\n",
  forecast: forecastOf({ state: "runs-dry", emptyAt: READ_AT + HOUR_MS, runOutProbability: 0.7 }),
});

/** A mirror for the channels of a setup; `accounts` can be replaced. */
async function mirroring(values: Readonly<Record<string, string>>, accounts: AccountView[]) {
  const house = await alertHouse();
  await house.add({ id: "home", type: "mqtt", values });
  const warnings: string[] = [];
  const quiet = {
    debug() {},
    info() {},
    error() {},
    warn: (_: string, fields?: object) => void warnings.push(JSON.stringify(fields)),
  };
  const mirror = createMirror({
    docs: house.store.docs,
    channels: house.channels,
    clock: house.clock,
    log: quiet,
    outside: createOutside({ env: () => undefined }),
    accounts: () => Promise.resolve(accounts),
  });
  return {
    house,
    mirror,
    accounts,
    warnings,
    sync: () => mirror.sync(signal),
    [Symbol.asyncDispose]: () => house[Symbol.asyncDispose](),
  };
}

Deno.test("every quota is a sensor that Home Assistant discovers, its reset a timestamp, its forecast attributes", async () => {
  await using broker = startBroker();
  await using mirrored = await mirroring({ url: broker.url, user: "syn", password: "s3cret" }, [
    accountViewOf([QUOTA], { plan: "Pro" }),
  ]);
  assertEquals(await mirrored.sync(), { failed: 0 });
  assertEquals(broker.signIns, [["syn", "s3cret"]]);
  const read = (topic: string) => JSON.parse(broker.retained.get(topic) ?? "null");
  const state = read("syntrack/acme/default/five-hour/state");
  assertEquals(
    [
      state.used_percent,
      state.remaining,
      state.resets_at,
      state.forecast,
      state.runs_out_at,
      state.run_out_probability,
    ],
    [40, 60, "2026-11-19T15:00:00.000Z", "runs-dry", "2026-11-19T14:00:00.000Z", 0.7],
  );
  assertEquals(broker.retained.get("syntrack/acme/default/availability"), "online");
  const sensor = read("homeassistant/sensor/syntrack_acme_default_five-hour/config");
  assertEquals(sensor.name, "5-hour quota used");
  assertEquals(sensor.json_attributes_topic, "syntrack/acme/default/five-hour/state");
  assertEquals(sensor.availability_topic, "syntrack/acme/default/availability");
  assertEquals([sensor.device.name, sensor.device.model, sensor.expire_after], ["Acme", "Pro", 3600]);
  const reset = read("homeassistant/sensor/syntrack_acme_default_five-hour_reset/config");
  assertEquals([reset.device_class, reset.value_template], ["timestamp", "{{ value_json.resets_at }}"]);
  assertStringIncludes(
    read("homeassistant/event/syntrack_alerts/config").event_types.join(),
    "used-up",
  );
});

Deno.test("only changes are published, everything again after a while, and gone quotas are removed", async () => {
  await using broker = startBroker();
  await using mirrored = await mirroring({ url: broker.url }, [
    accountViewOf([QUOTA, quotaViewOf({ quota: "weekly", label: "Weekly" })]),
  ]);
  await mirrored.sync();
  const all = broker.published.length;
  assertEquals(all, broker.retained.size);
  await mirrored.sync();
  assertEquals(broker.published.length, all);
  mirrored.accounts.splice(0, 1, accountViewOf([quotaViewOf({ ...QUOTA, used: 41, share: 0.41 })]));
  await mirrored.sync();
  assertEquals(
    broker.published.slice(all).map(({ topic, payload }) => [topic, payload === ""]),
    [
      ["syntrack/acme/default/weekly/state", true],
      ["homeassistant/sensor/syntrack_acme_default_weekly/config", true],
      ["homeassistant/sensor/syntrack_acme_default_weekly_reset/config", true],
      ["syntrack/acme/default/five-hour/state", false],
    ],
  );
  mirrored.house.clock.jump(6 * MINUTE_MS);
  const before = broker.published.length;
  await mirrored.sync();
  assertEquals(broker.published.length - before, broker.retained.size);
  const [channel] = await mirrored.house.channels.list();
  await mirrored.mirror.retract(channel!, signal);
  assertEquals([...broker.retained.keys()], []);
});

Deno.test("sensors published before a crash are removed after it", async () => {
  await using broker = startBroker();
  await using mirrored = await mirroring({ url: broker.url }, [accountViewOf([QUOTA])]);
  await mirrored.sync();
  // Another process starts with the same database and without the account.
  const other = createMirror({
    docs: mirrored.house.store.docs,
    channels: mirrored.house.channels,
    clock: mirrored.house.clock,
    log: { debug() {}, info() {}, warn() {}, error() {} },
    outside: createOutside({ env: () => undefined }),
    accounts: () => Promise.resolve([]),
  });
  assertEquals(await other.sync(signal), { failed: 0 });
  assertEquals(broker.retained.size, 0);
});

Deno.test("a broker in the local network is not contacted for a channel added from elsewhere", async () => {
  await using broker = startBroker();
  await using mirrored = await mirroring({ url: broker.url }, [accountViewOf([QUOTA])]);
  await mirrored.house.add({ id: "home", type: "mqtt", values: { url: broker.url }, publicOnly: true });
  assertEquals(await mirrored.sync(), { failed: 1 });
  assertStringIncludes(mirrored.warnings.join(), "is in a private network");
  assertEquals(broker.signIns, []);
});

Deno.test("a broker that disconnects meanwhile is retried later, from the beginning", async () => {
  let acks = 2;
  await using broker = startBroker({ acks: () => acks-- > 0 });
  await using mirrored = await mirroring({ url: broker.url }, [accountViewOf([QUOTA])]);
  assertEquals(await mirrored.sync(), { failed: 1 });
  assertStringIncludes(mirrored.warnings.join(), "did not accept the message");
  acks = 100;
  assertEquals(await mirrored.sync(), { failed: 0 }, "it is not due yet");
  assertEquals(broker.signIns.length, 1);
  mirrored.house.clock.jump(MINUTE_MS);
  assertEquals(await mirrored.sync(), { failed: 0 });
  assert(broker.retained.has("homeassistant/sensor/syntrack_acme_default_five-hour/config"));
});

Deno.test("alerts are events without retention, and wait behind a rejected sign-in", async () => {
  await using broker = startBroker({ connack: (count) => count === 2 ? 5 : 0 });
  await using house = await alertHouse();
  await house.add({ id: "home", type: "mqtt", values: { url: broker.url, prefix: "home/ai" } });
  await house.see(0, 40);
  await house.see(1, 85);
  assertEquals(await house.deliver(), { sent: 1, failed: 0 });
  const [event] = broker.published;
  assertEquals([event!.topic, event!.retain], ["home/ai/alerts", false]);
  const body = JSON.parse(event!.payload);
  assertEquals([body.event_type, body.account, body.figures.share], ["threshold", "acme/default", 0.85]);
  await house.see(1, 96);
  await house.deliver();
  const [last] = (await house.alerts.deliveries()).slice(-1);
  assertEquals([last!.state, last!.note], [
    "waiting",
    `The MQTT broker 127.0.0.1:${broker.port} refused the sign-in: check user and password`,
  ]);
});

Deno.test("invalid broker addresses are rejected, and a public broker is not contacted unencrypted", async () => {
  await using house = await alertHouse();
  const wrong = async (values: Record<string, string>) =>
    (await assertRejects(() => house.add({ id: "x", type: "mqtt", values })) as Error).message;
  assertStringIncludes(await wrong({ url: "http://x" }), "url is not an address such as mqtts://");
  assertStringIncludes(await wrong({ url: "mqtt://a:b@x" }), "set user and password instead");
  assertStringIncludes(await wrong({ url: "mqtt://x", prefix: "a/#" }), "prefix is not a topic");
  for (
    const [url, words] of [["mqtt://8.8.8.8", "an unencrypted connection"], [
      "mqtts://169.254.169.254",
      "never contacted",
    ]]
  ) {
    await house.add({ id: "home", type: "mqtt", values: { url: url! } });
    const error = await assertRejects(async () =>
      house.alerts.test((await house.channels.list())[0]!, signal)
    ) as ChannelError;
    assertStringIncludes(error.message, words!);
  }
});

Deno.test("topics consist of letters, digits, - and _ only, and different names give different topics", () => {
  for (const name of ["a/b", "a#b", "a+b", "a b", "ä", "\u202e", "$SYS"]) {
    assert(/^[A-Za-z0-9_-]+$/.test(segment(name)), segment(name));
  }
  assert(segment("a/b") !== segment("a#b"));
  assertEquals(segment("five-hour"), "five-hour");
  const topics = buildTopics([accountViewOf([QUOTA], { name: "+/#" })], {
    prefix: "syntrack",
    discovery: null,
  });
  assertEquals([...topics.keys()].map((topic) => topic.split("/").length), [4, 5]);
});

mosquittoTest(
  "mosquitto accepts a message over TLS with a sign-in, and only with a trusted certificate",
  async () => {
    const folder = await Deno.makeTempDir();
    const port = freePort();
    await using mirrored = await mirroring({
      url: `mqtts://localhost:${port}`,
      user: "syn",
      password: "s3cret",
    }, [
      accountViewOf([QUOTA]),
    ]);
    const authority = await makeAuthority(folder, "broker-ca");
    await authority.issue(join(folder, "server.pem"), join(folder, "server.key"));
    await new Deno.Command("mosquitto_passwd", { args: ["-b", "-c", join(folder, "users"), "syn", "s3cret"] })
      .output();
    await Deno.writeTextFile(
      join(folder, "mosquitto.conf"),
      [
        `listener ${port} 127.0.0.1`,
        `certfile ${join(folder, "server.pem")}`,
        `keyfile ${join(folder, "server.key")}`,
        `password_file ${join(folder, "users")}`,
        "allow_anonymous false",
        "persistence false",
        // Otherwise it would drop root for a user who cannot read the folder.
        ...Deno.uid() === 0 ? ["user root"] : [],
      ].join("\n"),
    );
    const broker = new Deno.Command(MOSQUITTO!, {
      args: ["-c", join(folder, "mosquitto.conf")],
      stdout: "null",
      stderr: "piped",
    }).spawn();
    try {
      await running(broker);
      const untrusted = await mirrored.sync();
      assertEquals(untrusted, { failed: 1 });
      assertStringIncludes(mirrored.warnings[0]!, "certificate of the MQTT broker localhost");
      const ca = join(folder, "ca.pem");
      await Deno.writeTextFile(ca, authority.ca);
      const values = { url: `mqtts://localhost:${port}`, user: "syn", password: "s3cret" };
      assertEquals(await sendTrusting(ca, "mqtt", values), "sent");
      assertStringIncludes(
        await sendTrusting(ca, "mqtt", { ...values, password: "wrong" }),
        "refused the sign-in: check user and password",
      );
    } finally {
      broker.kill();
      await broker.stderr.cancel().catch(() => {});
      await broker.status;
      await Deno.remove(folder, { recursive: true });
    }
  },
);

mosquittoTest(
  "mosquitto shows the sensors to later clients, and none after they are removed",
  async () => {
    const folder = await Deno.makeTempDir();
    const port = freePort();
    await Deno.writeTextFile(
      join(folder, "mosquitto.conf"),
      `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\n`,
    );
    const broker = new Deno.Command(MOSQUITTO!, {
      args: ["-c", join(folder, "mosquitto.conf")],
      stdout: "null",
      stderr: "piped",
    }).spawn();
    try {
      await running(broker);
      await using mirrored = await mirroring({ url: `mqtt://127.0.0.1:${port}` }, [accountViewOf([QUOTA])]);
      assertEquals(await mirrored.sync(), { failed: 0 }, mirrored.warnings.join());
      const seen = await retainedOf(port);
      assertEquals(JSON.parse(seen.get("syntrack/acme/default/five-hour/state")!).used_percent, 40);
      assert(seen.has("homeassistant/sensor/syntrack_acme_default_five-hour_reset/config"));
      const [channel] = await mirrored.house.channels.list();
      await mirrored.mirror.retract(channel!, signal);
      assertEquals((await retainedOf(port)).size, 0);
    } finally {
      broker.kill();
      await broker.stderr.cancel().catch(() => {});
      await broker.status;
      await Deno.remove(folder, { recursive: true });
    }
  },
);

/** Waits for the line that reports it. */
async function running(broker: Deno.ChildProcess): Promise<void> {
  const reader = broker.stderr.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = ""; !/running/.test(text);) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`mosquitto did not start: ${text}`);
    text += value;
  }
  reader.releaseLock();
}

/** What a broker sends to a subscriber of everything: our own message marks the end. */
async function retainedOf(port: number): Promise<ReadonlyMap<string, string>> {
  const client = await mqttClient.connectAsync(`mqtt://127.0.0.1:${port}`);
  const seen = new Map<string, string>();
  const { promise, resolve } = Promise.withResolvers<void>();
  client.on("message", (topic, payload) => {
    if (topic === "end") resolve();
    else seen.set(topic, payload.toString());
  });
  await client.subscribeAsync("#");
  await client.publishAsync("end", "now");
  await promise;
  await client.endAsync();
  return seen;
}
