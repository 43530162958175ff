import { createFixedClock, systemClock } from "../../lib/base/clock.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";

Deno.test("systemClock.sleep() resolves at once if its signal is already aborted", async () => {
  await systemClock.sleep(60_000, AbortSignal.abort());
});

Deno.test("systemClock.sleep() resolves when its signal is aborted, without leaving a timer", async () => {
  const controller = new AbortController();
  const slept = systemClock.sleep(60_000, controller.signal);
  controller.abort();
  await slept;
});

Deno.test("systemClock.sleep() resolves after its time", async () => {
  await systemClock.sleep(0, new AbortController().signal);
});

Deno.test("systemClock.now() is the epoch time in milliseconds", () => {
  const before = Date.now();
  const now = systemClock.now();
  assert(now >= before && now <= Date.now());
});

Deno.test("createFixedClock() stays at its time", () => {
  assertEquals(createFixedClock(1_234).now(), 1_234);
});

Deno.test("FakeClock wakes sleepers at their times, in order", async () => {
  const clock = new FakeClock(1_000);
  const woken: [string, number][] = [];
  const { signal } = new AbortController();
  clock.sleep(30, signal).then(() => woken.push(["late", clock.now()]));
  clock.sleep(10, signal).then(() => woken.push(["early", clock.now()]));
  clock.sleep(99, signal).then(() => woken.push(["never", clock.now()]));
  await clock.advance(50);
  assertEquals(woken, [["early", 1_010], ["late", 1_030]]);
  assertEquals(clock.now(), 1_050);
});

Deno.test("FakeClock.jump() moves the wall clock and wakes no sleeper", async () => {
  const clock = new FakeClock(0);
  let woken = false;
  clock.sleep(10, new AbortController().signal).then(() => woken = true);
  clock.jump(1_000);
  await clock.settle();
  assertEquals(woken, false);
  await clock.advance(10);
  assertEquals([woken, clock.now()], [true, 1_010]);
});
