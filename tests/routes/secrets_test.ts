import { Secret } from "../../lib/provider/context.ts";
import { assert, assertStringIncludes } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { type FakeServices, fakeServices, providerStatus } from "../support/fake_services.ts";
import { reading, utc } from "../support/readings.ts";
import { routePaths } from "../support/routes.ts";
import { askApp } from "../support/web_app.ts";

const KEY = "syn_planted0123456789abcdef";

/** Services in which every field that may contain a key, and is not meant for people, does. */
async function planted(clock: FakeClock): Promise<FakeServices> {
  const services = await fakeServices({
    clock,
    providers: ["synthetic", "zai", "acme"].map((id) => ({
      ...providerStatus({ id }),
      secret: new Secret(KEY),
      key: KEY,
    })),
  });
  await services.polled("synthetic/default", [reading({ quota: "subscription", used: 4 })]);
  await services.polled("acme/work", [reading()]);
  await services.failed("zai/default", {
    kind: "auth",
    hint: "Key refused by Z.ai: check ZAI_API_KEY",
    credential: KEY,
    answer: `{"key":"${KEY}"}`,
  });
  await services.store.docs.put("keys", "one", { key: KEY }, clock.now());
  return services;
}

Deno.test("no answer contains a key, wherever one is stored", async () => {
  const clock = new FakeClock(utc("2026-11-21 10:00"));
  await using services = await planted(clock);
  const ask = askApp({
    ...services,
    pollNow: async () => (await services.store.outcomes({ account: "zai/default", limit: 5 })),
  });
  const paths = [
    ...routePaths().filter((path) => path !== "/api/live" && path !== "/api/refresh"),
    "/api/current?provider=all",
    "/api/history?provider=all",
    "/api/current?provider=zai",
    "/nowhere",
    `/api/current?provider=${KEY.slice(0, 4)}`,
  ];
  let seen = "";
  for (const path of paths) {
    const answer = await ask(path);
    seen += JSON.stringify([...answer.headers]) + await answer.text();
  }
  const refresh = await ask("/api/refresh", {
    method: "POST",
    body: "{}",
    headers: { "content-type": "application/json" },
  });
  seen += await refresh.text();

  const live = await ask("/api/live");
  const reader = live.body!.pipeThrough(new TextDecoderStream()).getReader();
  while (!seen.includes("event: view")) seen += (await reader.read()).value;
  await services.failed("zai/default", { kind: "auth", hint: "Key refused", answer: KEY, credential: KEY });
  while (!seen.includes("event: account")) seen += (await reader.read()).value;
  await reader.cancel();

  assertStringIncludes(seen, "Key refused by Z.ai");
  assert(!seen.includes("planted"), "Expected no key in any answer");
});
