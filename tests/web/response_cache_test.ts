import { assertEquals, assertRejects } from "../support/assert.ts";
import type { Context } from "fresh";
import { createHub } from "../../lib/base/hub.ts";
import type { AccountKey } from "../../lib/model/quota.ts";
import type { AppContext } from "../../lib/app/context.ts";
import { answerCachedJson } from "../../lib/web/response_cache.ts";
import type { State } from "../../lib/web/state.ts";

function server() {
  const hub = createHub();
  const time = { now: 600_000 };
  const services = { hub, clock: { now: () => time.now } } as unknown as AppContext;
  let made = 0;
  const ask = async (path: string) => {
    const ctx = { url: new URL(path, "http://localhost"), state: { services } } as Context<State>;
    const response = await answerCachedJson(ctx, () => Promise.resolve({ path, made: ++made }));
    return (await response.json()).made as number;
  };
  return { hub, time, services, ask };
}

Deno.test("an answer is cached by its path and query until an event", async () => {
  const { hub, ask } = server();
  assertEquals(await ask("/api/cycles?type=a"), 1);
  assertEquals(await ask("/api/cycles?type=a"), 1);
  assertEquals(await ask("/api/cycles?type=b"), 2);
  assertEquals(await ask("/api/sessions?type=a"), 3);
  hub.publish({ kind: "account", account: "demo/one" as AccountKey });
  assertEquals(await ask("/api/cycles?type=a"), 4);
});

Deno.test("an answer is not cached beyond its minute", async () => {
  const { time, ask } = server();
  assertEquals(await ask("/api/cycles"), 1);
  time.now += 59_999;
  assertEquals(await ask("/api/cycles"), 1);
  time.now += 1;
  assertEquals(await ask("/api/cycles"), 2);
});

Deno.test("two servers never share cached answers", async () => {
  const one = server();
  const other = server();
  assertEquals(await one.ask("/api/cycles"), 1);
  assertEquals(await one.ask("/api/sessions"), 2);
  assertEquals(await other.ask("/api/sessions"), 1);
});

Deno.test("a failure is not cached", async () => {
  const { services, ask } = server();
  const ctx = { url: new URL("http://localhost/api/cycles"), state: { services } } as Context<State>;
  await assertRejects(() => answerCachedJson(ctx, () => Promise.reject(new Error("no disk"))), /no disk/);
  assertEquals(await ask("/api/cycles"), 1);
});
