/** One run of the cron: what it leaves after a failure, and what it never removes. */
import { createCronRun, type CronRunParts, readRun } from "../../../lib/app/hosted/cron_run.ts";
import { openKvStore } from "../../../lib/store/kv/open.ts";
import type { Retention, Store } from "../../../lib/store/store.ts";
import { DAY_MS, MINUTE_MS } from "../../../lib/model/duration.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const START = Date.UTC(2026, 10, 2, 8);
const log = { debug() {}, info() {}, warn() {}, error() {} };
const nothing = () => Promise.resolve();

interface World extends Partial<Pick<CronRunParts, "scheduler" | "alerts">> {
  /** The newest stored time. */
  readonly newest?: () => number;
  readonly prune?: (instant: number) => Promise<number>;
}

async function cron({ newest = () => START, prune = () => Promise.resolve(0), ...parts }: World = {}) {
  const opened = await openKvStore("kv::memory:");
  const clock = new FakeClock(START);
  const store = {
    docs: opened.docs,
    latest: () => Promise.resolve([{ state: { at: newest() }, outcome: null }]),
    prune: (_: Retention, instant: number) => prune(instant),
  } as unknown as Store;
  const run = createCronRun({
    store,
    clock,
    log,
    instance: "a",
    instances: { pull: nothing, settle: nothing },
    scheduler: { tick: nothing },
    alerts: { tick: () => Promise.resolve(true), send: nothing },
    retention: () => Promise.resolve({} as Retention),
    ...parts,
  });
  return {
    clock,
    run,
    record: async () => (await readRun({ docs: opened.docs }, clock.now()))!,
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
}

Deno.test("a clock a year ahead removes no more than a day's worth, although its polls were stored with its time", async () => {
  let newest = START;
  const removed: number[] = [];
  await using host = await cron({
    newest: () => newest,
    prune: (instant) => Promise.resolve(removed.push(instant)),
    scheduler: { tick: () => Promise.resolve(void (newest = host.clock.now())) },
  });
  host.clock.jump(365 * DAY_MS);
  await host.run();
  assertEquals(removed, [START + DAY_MS]);
});

Deno.test("a failed removal is retried by the next run, and a complete one a day later", async () => {
  let removals = 0;
  await using host = await cron({
    prune: () => ++removals === 1 ? Promise.reject(new Error("away")) : Promise.resolve(0),
  });
  await host.run();
  const first = await host.record();
  assertEquals([first.step, first.prunedAt], ["done", null]);
  host.clock.jump(MINUTE_MS);
  await host.run();
  assertEquals((await host.record()).prunedAt, START + MINUTE_MS);
  host.clock.jump(MINUTE_MS);
  await host.run();
  assertEquals(removals, 2);
});

Deno.test("two concurrent runs are detected, even if the first one ends later", async () => {
  const [begun, polled] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  await using host = await cron({ scheduler: { tick: () => (begun.resolve(), polled.promise) } });
  const first = host.run();
  await begun.promise;
  await host.run();
  polled.resolve();
  await first;
  const { step, twiceAt } = await host.record();
  assertEquals([step, twiceAt], ["done", START]);
});

Deno.test("a run that threw has ended: it is not reported as interrupted, and its work is not repeated", async () => {
  let [evaluations, fails] = [0, true];
  await using host = await cron({
    alerts: { tick: () => Promise.resolve(++evaluations > 0), send: nothing },
    newest: () => {
      if (!fails) return START;
      throw new Error("away");
    },
  });
  await host.run();
  const failed = await host.record();
  assertEquals([failed.step, failed.endedAt, failed.cutAt], ["failed", START, null]);
  fails = false;
  host.clock.jump(MINUTE_MS);
  await host.run();
  const next = await host.record();
  assertEquals([next.step, next.cutAt], ["done", null]);
  assert(evaluations === 1);
});

Deno.test("alerts that could not be evaluated are evaluated by the next run, and others five minutes later", async () => {
  let [evaluations, sends] = [0, 0];
  await using host = await cron({
    alerts: {
      tick: () => Promise.resolve(++evaluations > 1),
      send: () => Promise.resolve(void sends++),
    },
  });
  for (let minute = 0; minute < 6; minute++) {
    await host.run();
    host.clock.jump(MINUTE_MS);
  }
  assertEquals([evaluations, sends], [2, 4]);
  await host.run();
  assertEquals([evaluations, sends], [3, 4]);
});
