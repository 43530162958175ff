import { platformCron, type RegisterCron, startHeartbeat } from "../../lib/poll/heartbeat.ts";
import { createMaintenance } from "../../lib/poll/maintenance.ts";
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { account, ANSWER, createMemoryLog, HOUR, MINUTE, NOW, openHouse, SECOND } from "./support.ts";

/** Behaves as measured: runs each minute, skips a run while the last one lasts, and waits for it at the end. */
function fakeCron(clock: FakeClock) {
  const runs: number[] = [];
  const cron: RegisterCron = async (_name, schedule, { signal }, handler) => {
    assertEquals(schedule, "* * * * *");
    while (!signal.aborted) {
      await clock.sleep(MINUTE - clock.now() % MINUTE, signal);
      if (signal.aborted) break;
      runs.push(clock.now());
      await handler();
    }
  };
  return { cron, runs };
}

Deno.test("the heartbeat ticks at once and then every minute with the runtime's cron", async () => {
  await using house = await openHouse();
  const { clock, scheduler, log, provider } = house;
  clock.jump(30 * SECOND);
  const { cron, runs } = fakeCron(clock);
  const heartbeat = startHeartbeat({ scheduler, clock, log, cron });
  await clock.settle();
  assertEquals(provider.asked.length, 1);
  await clock.advance(5 * MINUTE);
  assertEquals(runs.length, 5);
  assertEquals(provider.asked.map(({ at }) => (at - NOW) / SECOND), [30, 90, 150, 210, 270, 330]);
  await heartbeat.stop();
  await clock.advance(5 * MINUTE);
  assertEquals([runs.length, provider.asked.length], [5, 6]);
});

Deno.test("a poll that lasts into the next minute causes no run to be skipped", async () => {
  await using house = await openHouse();
  const { clock, scheduler, log, provider } = house;
  provider.configured = [account("quick"), account("slow")];
  provider.answer = async (ask, { name }) => {
    if (name === "slow") await clock.sleep(19 * SECOND, ask.signal);
    return ANSWER;
  };
  const { cron, runs } = fakeCron(clock);
  const heartbeat = startHeartbeat({ scheduler, clock, log, cron });
  await clock.advance(10 * MINUTE);
  assertEquals(runs.length, 10);
  // The tick at the eleventh time belongs to it as well.
  assertEquals(provider.asked.filter(({ name }) => name === "quick").length, 11);
  const stopping = heartbeat.stop();
  await clock.advance(5 * SECOND);
  await stopping;
});

Deno.test("a run of the runtime's cron ends five seconds before its minute does, or as soon as its polls have", async () => {
  const clock = new FakeClock(NOW + 10 * SECOND);
  const polled: (() => void)[] = [];
  const scheduler = {
    tick: () => new Promise<void>((resolve) => void polled.push(resolve)),
    stop: () => Promise.resolve(),
  };
  let run: (() => Promise<void>) | undefined;
  const cron: RegisterCron = (_name, _schedule, _options, handler) => {
    run = handler;
    return Promise.resolve();
  };
  const heartbeat = startHeartbeat({ scheduler, clock, log: createMemoryLog(), cron });
  const ended: number[] = [];
  const begin = () => void run?.().then(() => ended.push((clock.now() - NOW) / SECOND));
  begin();
  await clock.advance(45 * SECOND - 1);
  assertEquals(ended, []);
  await clock.advance(1);
  assertEquals(ended, [55]);
  await clock.advance(6 * SECOND);
  begin();
  polled.at(-1)?.();
  await clock.settle();
  assertEquals(ended, [55, 61]);
  for (const end of polled) end();
  await heartbeat.stop();
});

Deno.test("without the runtime's cron a timer ticks every minute, with a line in the log", async () => {
  await using house = await openHouse();
  const { clock, scheduler, log, provider } = house;
  const heartbeat = startHeartbeat({ scheduler, clock, log, cron: null });
  await clock.advance(3 * MINUTE);
  assertEquals(provider.asked.length, 4);
  assert(log.lines.some(({ message }) => message.startsWith("Deno.cron is not available")));
  await heartbeat.stop();
  assertEquals(clock.sleeping, 0);
});

const BROKEN: readonly (readonly [string, RegisterCron])[] = [
  ["throws", () => {
    throw new TypeError("Cron with this name already exists");
  }],
  ["rejects", () => Promise.reject(new TypeError("Cron with this name already exists"))],
];
for (const [how, cron] of BROKEN) {
  Deno.test(`a cron that ${how} is replaced by a timer, with its reason in the log`, async () => {
    await using house = await openHouse();
    const { clock, scheduler, log, provider } = house;
    const heartbeat = startHeartbeat({ scheduler, clock, log, cron });
    await clock.advance(3 * MINUTE);
    assertEquals(provider.asked.length, 4);
    const warning = log.lines.find(({ level }) => level === "warn");
    assertStringIncludes(String(warning?.fields.error), "already exists");
    await heartbeat.stop();
  });
}

Deno.test("a tick that fails does not end the heartbeat", async () => {
  const clock = new FakeClock(NOW);
  const log = createMemoryLog();
  let ticks = 0;
  const scheduler = {
    tick: () => Promise.reject(new Error(`Broken ${++ticks}`)),
    stop: () => Promise.resolve(),
  };
  const { cron } = fakeCron(clock);
  const heartbeat = startHeartbeat({ scheduler, clock, log, cron });
  await clock.advance(2 * MINUTE);
  assertEquals(ticks, 3);
  assertEquals(log.lines.filter(({ level }) => level === "error").length, 3);
  await heartbeat.stop();
});

Deno.test("stop() resolves after running polls, which get five seconds", async () => {
  await using house = await openHouse();
  const { clock, scheduler, log, provider } = house;
  provider.answer = () => new Promise(() => {});
  const { cron } = fakeCron(clock);
  const heartbeat = startHeartbeat({ scheduler, clock, log, cron });
  await clock.advance(SECOND);
  let stopped = false;
  const stopping = heartbeat.stop().then(() => stopped = true);
  await clock.advance(4_999);
  assertEquals(stopped, false);
  await clock.advance(1);
  await stopping;
  assertEquals(clock.sleeping, 0);
});

Deno.test("the runtime's cron ends when the heartbeat stops, and its name can be reused", async () => {
  assert(platformCron() !== null, "Expected Deno.cron: deno.json names it under unstable");
  for (let round = 0; round < 2; round++) {
    const log = createMemoryLog();
    const scheduler = { tick: () => Promise.resolve(), stop: () => Promise.resolve() };
    const heartbeat = startHeartbeat({ scheduler, clock: new FakeClock(NOW), log });
    await heartbeat.stop();
    assertEquals(log.lines, []);
  }
});

Deno.test("maintenance runs after the first minute and then once a day", async () => {
  await using house = await openHouse();
  const { clock, scheduler, log } = house;
  const pruned: number[] = [];
  const retention = { readingsMs: 90 * 24 * HOUR, fiveMinutesMs: 0, outcomesMs: 0 };
  const store = {
    prune: (keep: typeof retention, now: number) => {
      assertEquals(keep, retention);
      pruned.push((now - NOW) / MINUTE);
      return Promise.resolve(7);
    },
  };
  const maintain = createMaintenance({ store, clock, log, retention: () => Promise.resolve(retention) });
  const { cron } = fakeCron(clock);
  const heartbeat = startHeartbeat({ scheduler, clock, log, cron, maintain });
  await clock.advance(25 * HOUR);
  assertEquals(pruned, [1, 1_441]);
  assertEquals(log.lines.filter(({ fields }) => fields.rows === 7).length, 2);
  await heartbeat.stop();
});

Deno.test("failed maintenance is reported and retried the next day", async () => {
  const clock = new FakeClock(NOW);
  const log = createMemoryLog();
  let tries = 0;
  const store = { prune: () => Promise.reject(new Error(`The database is locked ${++tries}`)) };
  const maintain = createMaintenance({
    store,
    clock,
    log,
    retention: () => Promise.resolve({ readingsMs: 0, fiveMinutesMs: 0, outcomesMs: 0 }),
  });
  await maintain();
  await maintain();
  await clock.advance(24 * HOUR);
  await maintain();
  assertEquals(tries, 2);
  assertEquals(log.lines.filter(({ level }) => level === "warn").length, 2);
});
