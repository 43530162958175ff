/** Browser subscriptions to notifications, over HTTP. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { fakeServices, ORIGIN } from "../support/fake_services.ts";
import { bytesOf, makeBrowserKeys, pushService } from "../support/push_service.ts";
import { READ_AT } from "../support/views.ts";
import { askApp } from "../support/web_app.ts";

async function site(status?: (count: number) => number, keyFile?: string) {
  const folder = await Deno.makeTempDir();
  const service = pushService(await makeBrowserKeys(), status);
  const services = await fakeServices({
    clock: new FakeClock(READ_AT),
    keyFile: keyFile ?? `${folder}/key`,
    outside: service.outside,
  });
  const ask = askApp(services);
  const { endpoint, p256dh, auth } = service.subscription;
  const call = async (method: string, body?: unknown) => {
    const response = await ask("/api/v1/push", {
      method,
      headers: { origin: ORIGIN, "sec-fetch-site": "same-origin", "content-type": "application/json" },
      ...body !== undefined && { body: JSON.stringify(body) },
    });
    return [response.status, await response.json()] as const;
  };
  return {
    service,
    services,
    ask,
    call,
    subscription: { endpoint, keys: { p256dh, auth }, browser: "Firefox on Linux" },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

Deno.test("a browser gets the key, subscribes, receives a first notification, and unsubscribes", async () => {
  await using home = await site();
  const [, { publicKey }] = await home.call("GET");
  assertEquals(bytesOf(publicKey).length, 65);
  assertEquals(await home.call("POST", home.subscription), [200, {
    channel: "firefox-on-linux",
    problem: null,
  }]);
  const [first] = home.service.taken;
  assertEquals([first!.data.title, first!.data.snooze], ["Syntrack: test message", null]);
  assertMatch(String(first!.claims.sub), /^mailto:/);
  assertStringIncludes(await (await home.ask("/alerts")).text(), "firefox-on-linux");
  assertEquals(await home.call("DELETE", { endpoint: home.subscription.endpoint }), [200, { removed: true }]);
  assertEquals(await home.call("DELETE", { endpoint: home.subscription.endpoint }), [200, {
    removed: false,
  }]);
});

Deno.test("an invalid subscription is refused in a sentence, and a failing service is reported", async () => {
  await using home = await site(() => 503);
  const [status, { detail }] = await home.call("POST", {
    ...home.subscription,
    endpoint: "https://127.0.0.1/push",
  });
  assertEquals(status, 422);
  assertStringIncludes(
    detail,
    "endpoint is at 127.0.0.1, which is not the push service of a known browser",
  );
  assertEquals((await home.call("POST", { endpoint: 1 }))[0], 422);
  const [, answer] = await home.call("POST", home.subscription);
  assertEquals(answer, {
    channel: "firefox-on-linux",
    problem: "The push service answered with status 503",
  });
});

Deno.test("another site cannot subscribe a browser, and no secrets are shown", async () => {
  await using home = await site();
  await home.call("POST", home.subscription);
  const page = await (await home.ask("/alerts")).text();
  assert(!page.includes("wpush") && !page.includes(home.subscription.keys.auth));
  const response = await home.ask("/api/v1/push", {
    method: "POST",
    headers: {
      origin: "https://evil.example",
      "sec-fetch-site": "cross-site",
      "content-type": "application/json",
    },
    body: JSON.stringify(home.subscription),
  });
  assertEquals(response.status, 403);
});
