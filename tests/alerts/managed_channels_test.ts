/** Removing a channel on the dashboard leaves nothing behind, here or at its receiver. */
import { createManagedChannels } from "../../lib/alerts/managed_channels.ts";
import { createMirror } from "../../lib/alerts/mirror.ts";
import { createOutside } from "../../lib/alerts/outside.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { startBroker } from "../support/mqtt_broker.ts";
import { accountViewOf, quotaViewOf } from "../support/views.ts";
import { alertHouse } from "./support.ts";

const { signal } = new AbortController();

async function dashboard(url: string) {
  const house = await alertHouse();
  await house.add({
    id: "home",
    type: "mqtt",
    rule: { summaries: { daily: { minute: 0 } } },
    values: { url },
  });
  const mirror = createMirror({
    docs: house.store.docs,
    channels: house.channels,
    clock: house.clock,
    log: { debug() {}, info() {}, warn() {}, error() {} },
    outside: createOutside({ env: () => undefined }),
    accounts: () => Promise.resolve([accountViewOf([quotaViewOf({})])]),
  });
  const managed = createManagedChannels({
    stored: house.channels,
    alerts: house.alerts,
    mirror,
    now: () => house.clock.now(),
    os: "linux",
    isGranted: () => true,
    closed: null,
  });
  return { house, mirror, managed, [Symbol.asyncDispose]: () => house[Symbol.asyncDispose]() };
}

Deno.test("removing a channel removes its sensors and its stored summaries", async () => {
  await using broker = startBroker();
  await using home = await dashboard(broker.url);
  const remembered = async () =>
    (await home.house.store.docs.list("alert_memory", home.house.clock.now())).map(({ id }) => id);
  await home.mirror.sync(signal);
  await home.house.alerts.evaluate();
  assert(broker.retained.size > 0);
  assertEquals(await remembered(), ["mirror:home", "summary:home"]);
  // A poll ends during the removal.
  const [removed] = await Promise.all([home.managed.remove("home"), home.mirror.sync(signal)]);
  assert(removed);
  await home.mirror.sync(signal);
  assertEquals([...broker.retained.keys()], []);
  assertEquals(await remembered(), []);
  assertEquals(await home.house.channels.list(), []);
  assertEquals(await home.managed.remove("home"), false);
});

Deno.test("a channel can be removed even if its broker rejects the sign-in, or its secrets cannot be decrypted", async () => {
  await using broker = startBroker({ connack: (count) => count > 1 ? 5 : 0 });
  await using home = await dashboard(broker.url);
  await home.mirror.sync(signal);
  const { docs } = home.house.store;
  const stored = await docs.get<object>("channels", "home", home.house.clock.now());
  assert(await home.managed.remove("home"));
  assertEquals(await home.house.channels.list(), []);
  const password = { v: 1, key: "lost", nonce: "AAAA", text: "AAAA" };
  await docs.put("channels", "home", { ...stored, values: { password } }, home.house.clock.now());
  assertEquals((await home.house.channels.list()).map(({ secrets }) => secrets), [["password"]]);
  assert(await home.managed.remove("home"));
  assertEquals(await home.house.channels.list(), []);
});
