import type { Clock } from "../../lib/base/clock.ts";
import { LIVE_EVERY_MS, pollForever } from "../../lib/demo/live.ts";
import { assertEquals, assertRejects } from "../support/assert.ts";

Deno.test("pollForever() polls at its interval until it is stopped", async () => {
  const stop = new AbortController();
  const polled: number[] = [];
  let now = 0;
  const clock: Clock = {
    now: () => now,
    sleep(ms) {
      now += ms;
      if (polled.length === 3) stop.abort();
      return Promise.resolve();
    },
  };
  const pollNow = () => Promise.resolve(polled.push(now));
  await pollForever({ pollNow, clock, signal: stop.signal });
  assertEquals(polled, [0, LIVE_EVERY_MS, 2 * LIVE_EVERY_MS]);
  await pollForever({ pollNow, clock, signal: stop.signal });
  assertEquals(polled.length, 3);
});

Deno.test("pollForever() passes on the reason why it cannot poll", async () => {
  const clock: Clock = { now: () => 0, sleep: () => Promise.resolve() };
  const pollNow = () => Promise.reject(new Error("The store is closed"));
  await assertRejects(() => pollForever({ pollNow, clock, signal: new AbortController().signal }), /closed/);
});
