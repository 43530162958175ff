import { createAlerts } from "../../lib/alerts/alerts.ts";
import { buildNotification } from "../../lib/alerts/channels/web_push.ts";
import { composeMessage } from "../../lib/alerts/compose_message.ts";
import { createOutside } from "../../lib/alerts/outside.ts";
import { createPushSubscriptions, type NewSubscription } from "../../lib/alerts/push_subscriptions.ts";
import { createStoredChannels, listChannelReach } from "../../lib/alerts/stored_channels.ts";
import { rotateKey } from "../../lib/accounts/stored.ts";
import { createVault } from "../../lib/accounts/vault/vault.ts";
import type { AccountView } from "../../lib/model/view/view.ts";
import { openSqliteStore } from "../../lib/store/sqlite.ts";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { browserKeys, bytesOf, decryptPush, makeBrowserKeys, pushService } from "../support/push_service.ts";
import { accountViewOf, quotaViewOf, READ_AT } from "../support/views.ts";

Deno.test("the test browser reads the example of RFC 8291", async () => {
  const browser = await browserKeys(
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "BTBZMqHH6r4Tts7J_aSIgg",
    "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94",
  );
  const body = bytesOf(
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_y" +
      "l95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN",
  );
  assertEquals(await decryptPush(body, browser), "When I grow up, I want to be a watermelon");
});

/** Alerts of an account whose messages are sent by a push service. */
async function house(status?: (count: number) => number) {
  const folder = await Deno.makeTempDir();
  const store = await openSqliteStore(":memory:");
  const clock = new FakeClock(READ_AT);
  const parts = { docs: store.docs, vault: createVault(`${folder}/key`), now: () => clock.now() };
  const channels = createStoredChannels(parts);
  const push = createPushSubscriptions({ ...parts, channels });
  const service = pushService(await makeBrowserKeys(), status);
  let views: readonly AccountView[] = [];
  const alerts = createAlerts({
    store,
    channels,
    clock,
    log: { debug() {}, info() {}, warn() {}, error() {} },
    zone: () => "Europe/Berlin",
    outside: createOutside({ env: () => undefined, ...service.outside }),
    accounts: () => Promise.resolve(views),
    spend: () => Promise.resolve(null),
    summary: () => Promise.resolve({ quotas: [], alerts: [], plans: [] }),
  });
  const { signal } = new AbortController();
  const subscribe = (fields: Partial<NewSubscription> = {}) =>
    push.subscribe({
      ...service.subscription,
      browser: "Firefox on Linux",
      subject: "https://usage.example",
      ...fields,
    });
  return {
    store,
    parts,
    channels,
    push,
    service,
    alerts,
    subscribe,
    async see(used: number) {
      clock.jump(60_000);
      views = [accountViewOf([quotaViewOf({ at: clock.now(), used })], { at: clock.now() })];
      await alerts.evaluate();
      return await alerts.deliver(signal);
    },
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

Deno.test("an alert reaches a browser encrypted for it and signed by its subscription's key", async () => {
  await using home = await house();
  const channel = await home.subscribe();
  assertEquals([channel.id, channel.type], ["firefox-on-linux", "web-push"]);
  await home.see(40);
  assertEquals(await home.see(96), { sent: 1, failed: 0 });
  const [message] = home.service.taken;
  assertEquals(message!.path, "/wpush/v2/abc");
  assertEquals(
    [message!.claims.aud, message!.claims.sub],
    ["https://updates.push.services.mozilla.com", "https://usage.example"],
  );
  const { headers, data } = message!;
  assertEquals([headers.get("urgency"), headers.get("content-encoding")], ["high", "aes128gcm"]);
  assert(Number(headers.get("ttl")) > 60);
  assert(/^[\w-]{24}$/.test(headers.get("topic")!));
  assertStringIncludes(headers.get("authorization")!, `k=${await home.push.publicKey()}`);
  assertEquals(
    [data.title, data.path, data.snooze, data.severity],
    ["Acme 5-hour quota: 96% used", "/accounts/acme/default?quota=five-hour", "acme/default", "critical"],
  );
});

Deno.test("a subscription withdrawn by the browser is removed, and an unavailable service is retried", async () => {
  for (const code of [404, 410]) {
    await using home = await house(() => code);
    await home.subscribe();
    await home.see(40);
    assertEquals(await home.see(96), { sent: 0, failed: 1 });
    assertEquals(await home.channels.list(), []);
    const [delivery] = await home.alerts.deliveries();
    assertEquals([delivery!.state, delivery!.note], [
      "given-up",
      "The browser has withdrawn its subscription",
    ]);
  }
  await using home = await house(() => 503);
  await home.subscribe();
  await home.see(40);
  await home.see(96);
  assertEquals((await home.channels.list()).length, 1);
  assertEquals((await home.alerts.deliveries())[0]!.state, "waiting");
});

Deno.test("the key is created once, encrypted, and stays the same when the vault gets a new key", async () => {
  await using home = await house();
  const key = await home.push.publicKey();
  assertEquals(bytesOf(key).length, 65);
  await home.subscribe();
  await rotateKey(home.parts);
  assertEquals(await home.push.publicKey(), key);
  const stored = JSON.stringify(await home.store.docs.list("channels", READ_AT));
  assert(!stored.includes("updates.push") && !stored.includes(home.service.subscription.auth), stored);
  await home.see(40);
  assertEquals(await home.see(96), { sent: 1, failed: 0 });
});

Deno.test("an unusable key is created again", async () => {
  await using home = await house();
  const key = await home.push.publicKey();
  const [stored] = await home.store.docs.list<{ readonly values: object }>("channels", READ_AT);
  await home.store.docs.put("channels", stored!.id, { ...stored!.doc, values: { privateKey: 5 } }, READ_AT);
  const next = await home.push.publicKey();
  assert(next !== key);
  assertEquals(await home.push.publicKey(), next);
});

Deno.test("the key is not listed among the channels", async () => {
  await using home = await house();
  await home.push.publicKey();
  const add = (place: number) => home.channels.add({ id: `c${place}`, type: "desktop", values: {} });
  for (let place = 1; place <= 32; place++) await add(place);
  assertStringIncludes(
    (await assertRejects(() => add(33)) as Error).message,
    "There are 32 channels already",
  );
});

Deno.test("a browser has one subscription however often it subscribes, keeps its rule, and can unsubscribe", async () => {
  await using home = await house();
  await home.subscribe();
  await home.channels.setRule("firefox-on-linux", { least: "critical" });
  await home.subscribe();
  const other = await makeBrowserKeys();
  await home.subscribe({
    ...other,
    endpoint: "https://fcm.googleapis.com/fcm/send/x",
    browser: "Firefox on Linux",
  });
  assertEquals((await home.channels.list()).map(({ id, rule }) => [id, rule]), [
    ["firefox-on-linux", { least: "critical" }],
    ["firefox-on-linux-2", {}],
  ]);
  assertEquals(await listChannelReach(await home.channels.list(), "linux"), {
    hosts: ["updates.push.services.mozilla.com", "fcm.googleapis.com"],
    commands: [],
  });
  assertEquals(await home.push.unsubscribe("https://fcm.googleapis.com/fcm/send/x"), true);
  assertEquals(await home.push.unsubscribe("https://fcm.googleapis.com/fcm/send/x"), false);
});

Deno.test("an endpoint outside known push services is rejected by name", async () => {
  await using home = await house();
  const wrong = async (fields: Partial<NewSubscription>) =>
    (await assertRejects(() => home.subscribe(fields)) as Error).message;
  for (
    const endpoint of [
      "http://updates.push.services.mozilla.com/x",
      "https://127.0.0.1/x",
      "https://169.254.169.254/x",
      "https://evil.example/fcm.googleapis.com",
      "https://fcm.googleapis.com.evil.example/x",
      "https://a.b.push.apple.com.evil.example/",
      "https://fcm.googleapis.com:8443/x",
      "https://user@fcm.googleapis.com/x",
      "no address",
    ]
  ) assertStringIncludes(await wrong({ endpoint }), "The subscription was not stored: endpoint is");
  assertStringIncludes(await wrong({ p256dh: "short" }), "p256dh is not a public key");
  assertStringIncludes(await wrong({ auth: "short" }), "auth is not a secret of 16 bytes");
  assertEquals(await home.channels.list(), []);
});

Deno.test("a notification contains no control characters of a hostile name, and leads to our own path", () => {
  const base = { kind: "threshold", severity: "info", at: READ_AT, details: "", expiresAt: READ_AT } as const;
  const told = buildNotification(composeMessage([{
    ...base,
    id: "1",
    account: "acme/a b",
    quota: "a&b#c",
    title: "Acme \u202eevil\u0007\r\nname",
    text: "first\nsecond\u0007",
  }], READ_AT));
  assertEquals([told.title, told.body], ["Acme evil\ufffd name", "first\nsecond\ufffd"]);
  assertEquals(told.path, "/accounts/acme/a%20b?quota=a%26b%23c");
});

Deno.test("a notification of long names in any script fits what push services take", () => {
  const name = "\u9ad8\u7ea7".repeat(64);
  const one = {
    kind: "threshold",
    severity: "info",
    at: READ_AT,
    details: "",
    expiresAt: READ_AT,
    id: `threshold|acme/${name}/five-hour|0.8`,
    account: `acme/${name}`,
    quota: "five-hour",
    title: `Acme (${name}): 80% used`,
    text: `"${name}" `.repeat(20),
  } as const;
  const told = buildNotification(composeMessage([one], READ_AT));
  // RFC 8291: a record of 4096 bytes holds 3993 of text.
  const bytes = new TextEncoder().encode(JSON.stringify(told)).length;
  assert(bytes <= 3993, String(bytes));
  assert(
    told.body.length > 100 && told.body.startsWith(`"${name.slice(0, 80)}`) && told.body.endsWith("\u2026"),
  );
  assertEquals(told.snooze, one.account);
});
