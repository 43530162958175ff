/** When expired data is removed, and from which instant its age counts. */
import type { Clock } from "../../lib/base/clock.ts";
import { createMaintenance, findLastStored } from "../../lib/poll/maintenance.ts";
import type { AccountRecord, Store } from "../../lib/store/store.ts";
import { assertEquals } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { createMemoryLog, HOUR, MINUTE, NOW } from "./support.ts";

const DAY = 24 * HOUR;

/** A store with an account last read and last polled at these instants. */
function storeOf(...accounts: readonly (readonly [readAt: number | null, polledAt: number | null])[]) {
  const records = accounts.map(([readAt, polledAt]) => ({
    state: { at: readAt },
    outcome: polledAt === null ? null : { at: polledAt },
  }));
  return { latest: () => Promise.resolve(records as unknown as readonly AccountRecord[]) };
}

Deno.test("the last stored instant is the newest reading or poll of any account", async () => {
  assertEquals(await findLastStored(storeOf()), null);
  assertEquals(await findLastStored(storeOf([null, null])), null);
  assertEquals(await findLastStored(storeOf([5, null])), 5);
  assertEquals(await findLastStored(storeOf([null, 7])), 7);
  assertEquals(await findLastStored(storeOf([5, 7], [9, 8], [1, 1])), 9);
});

interface Setup {
  readonly store?: Partial<Pick<Store, "latest">>;
  readonly removed?: number;
  readonly compared?: NonNullable<Clock["compared"]>;
}

function open({ store = {}, removed = 0, compared }: Setup = {}) {
  const clock = Object.assign(new FakeClock(NOW), compared && { compared });
  const log = createMemoryLog();
  const prunedAt: number[] = [];
  let ranMs = 5;
  const maintain = createMaintenance({
    store: {
      ...store,
      prune: (_, now) => {
        prunedAt.push(now);
        return Promise.resolve(removed);
      },
    },
    clock,
    log,
    retention: () => Promise.resolve({ readingsMs: DAY, fiveMinutesMs: DAY, outcomesMs: DAY }),
    running: () => ranMs,
  });
  return {
    clock,
    log,
    maintain,
    pass: (ms: number) => void (ranMs += ms),
    /** How long after the start it was done since the last call. */
    done: () => prunedAt.splice(0).map((at) => at - NOW),
  };
}

Deno.test("maintenance runs at the first call, a full day after the last one, and when the clock was set back", async () => {
  const { clock, maintain, done } = open();
  await maintain();
  assertEquals(done(), [0]);
  await maintain();
  clock.jump(DAY - 1);
  await maintain();
  assertEquals(done(), []);
  clock.jump(1);
  await maintain();
  assertEquals(done(), [DAY]);
  clock.jump(-1);
  await maintain();
  assertEquals(done(), [DAY - 1]);
});

Deno.test("removed rows are logged if there are any", async () => {
  for (const [removed, told] of [[0, false], [1, true], [7, true]] as const) {
    const { maintain, log } = open({ removed });
    await maintain();
    assertEquals(log.lines.map(({ fields }) => fields.rows), told ? [removed] : []);
  }
});

Deno.test("ages count from at most a day after the last stored data and the time the program ran", async () => {
  const lastAt = NOW - 3 * DAY;
  const { maintain, clock, pass, done, log } = open({ store: storeOf([lastAt, null]) });
  const warnings = () => log.lines.splice(0).length;
  await maintain();
  assertEquals([done(), warnings()], [[-2 * DAY], 1]);
  // As if the clock were two days ahead: until the program itself ran that long, less is removed.
  clock.jump(DAY);
  pass(HOUR);
  await maintain();
  assertEquals([done(), warnings()], [[-2 * DAY + HOUR], 1]);
  clock.jump(DAY);
  pass(4 * DAY - HOUR);
  await maintain();
  assertEquals([done(), warnings()], [[2 * DAY], 0]);
});

Deno.test("what was stored less than a day before the start says nothing about the clock", async () => {
  for (const [ago, at, lines] of [[0, 0, 0], [DAY, 0, 0], [DAY + MINUTE, -MINUTE, 1]] as const) {
    const { maintain, done, log } = open({ store: storeOf([null, NOW - ago]) });
    await maintain();
    assertEquals([ago, done(), log.lines.length], [ago, [at], lines]);
  }
});

Deno.test("a clock that servers confirm is trusted, however old the last stored data is", async () => {
  const store = storeOf([NOW - 400 * DAY, null]);
  for (const [compared, at] of [[{ aheadMs: 0 }, 0], [null, -399 * DAY]] as const) {
    const { maintain, done } = open({ store, compared: () => compared });
    await maintain();
    assertEquals(done(), [at]);
  }
});
