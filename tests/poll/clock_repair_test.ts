/** When stored data counts as dated by a wrong clock, and when this clock is as likely to be wrong. */
import type { Clock } from "../../lib/base/clock.ts";
import { createHub } from "../../lib/base/hub.ts";
import { emptyState } from "../../lib/model/engine/advance.ts";
import type { AccountState, QuotaState } from "../../lib/model/engine/state.ts";
import { ClockDoubt, createClockRepair, pastFailure } from "../../lib/poll/clock_repair.ts";
import type { RewindingStore } from "../../lib/poll/rewind_account.ts";
import type { ReadingsQuery, Rewind } from "../../lib/store/store.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { createMemoryLog, MINUTE, NOW } from "./support.ts";

const KEY = "acme/default";

interface Setup {
  readonly present?: number;
  /** How far servers say the clock is ahead; null when none was reached. */
  readonly aheadMs?: number | null;
  /** When the quota was read. */
  readonly readAt?: readonly number[];
  /** Another process has already repaired it. */
  readonly isRepaired?: boolean;
}

function stateAt(at: number | null): AccountState {
  return { ...emptyState(KEY), at, quotas: { "five-hour": { at: at ?? 0 } as QuotaState } };
}

function open({ present, aheadMs = null, readAt = [], isRepaired = false }: Setup = {}) {
  let ahead = aheadMs;
  const clock: Clock = Object.assign(new FakeClock(NOW), {
    ...present !== undefined && { present: () => present },
    compared: () => ahead === null ? null : { aheadMs: ahead },
  });
  const log = createMemoryLog();
  const rewinds: Rewind[] = [];
  const removed: string[] = [];
  const history = {
    readings: ({ from = -Infinity, to = Infinity, limit = Infinity }: ReadingsQuery) =>
      Promise.resolve(readAt.filter((at) => at >= from && at < to).slice(0, limit)),
    rewind(rewind: Rewind) {
      rewinds.push(rewind);
      return Promise.resolve(isRepaired ? null : 3);
    },
  } as unknown as RewindingStore;
  const stored = stateAt(NOW - 7);
  const repair = createClockRepair({
    store: { recall: () => Promise.resolve(stored) },
    history,
    clock,
    hub: createHub(),
    log,
    removed: (account) => void removed.push(account),
  });
  return {
    ...repair,
    log,
    rewinds,
    removed,
    stored,
    setAhead: (ms: number | null) => void (ahead = ms),
  };
}

Deno.test("data more than a minute ahead is wrong, even of a clock that stands still", () => {
  const isAhead = (at: number | null, setup: Setup = {}) => open(setup).isAhead(at);
  assertEquals([isAhead(null), isAhead(NOW + MINUTE), isAhead(NOW + MINUTE + 1)], [false, false, true]);
  // A time given for one command may be long past: what is stored until the present is right.
  const fixed = { present: NOW + 60 * MINUTE };
  assertEquals([isAhead(NOW + 61 * MINUTE, fixed), isAhead(NOW + 61 * MINUTE + 1, fixed)], [false, true]);
  assertEquals(isAhead(NOW + MINUTE + 1, { present: NOW - 1 }), true);
});

/** Instants `from`, `from + 1` and so on. */
function instants(from: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}

const MANY = [
  ["100 readings after, none before", instants(NOW + 1, 100), false],
  ["100 after and one now", instants(NOW, 101), false],
  ["101 after, none before", instants(NOW + 1, 101), true],
  ["101 after, 100 before", instants(NOW - 99, 201), true],
  ["101 after, 101 before", instants(NOW - 100, 202), false],
  ["9999 after, as many before", instants(NOW - 9998, 2 * 9999), false],
  ["10000 after, as many before", instants(NOW - 9999, 2 * 10_000), true],
] as const;

for (const [name, readAt, isDoubtful] of MANY) {
  Deno.test(`${name}: ${isDoubtful ? "this clock may be behind" : "that clock was ahead"}`, async () => {
    const { repairState, beforeFailure, rewinds } = open({ readAt });
    // Last read at this moment, so only the outcome of a poll is ahead.
    const state = stateAt(NOW);
    if (isDoubtful) {
      const error = await assertRejects(() => repairState(KEY, state));
      assert(error instanceof ClockDoubt && error.now === NOW);
      await beforeFailure(KEY);
      assertEquals(rewinds, []);
    } else {
      assertEquals(await repairState(KEY, state), state);
      assertEquals(rewinds, [{ account: KEY, base: state, to: NOW, state, rows: [], now: NOW }]);
    }
    // Servers confirm this clock.
    const sure = open({ readAt, aheadMs: 0 });
    assertEquals(await sure.repairState(KEY, state), state);
  });
}

Deno.test("an account that was never read successfully keeps its empty state", async () => {
  const { repairState, rewinds, removed } = open();
  const state = stateAt(null);
  assertEquals(await repairState(KEY, state), state);
  assertEquals([rewinds.length, removed], [1, [KEY]]);
});

Deno.test("what another process has repaired is read again", async () => {
  const { repairState, stored, removed, log } = open({ isRepaired: true });
  assertEquals(await repairState(KEY, stateAt(NOW)), stored);
  assertEquals([removed, log.lines], [[], []]);
});

Deno.test("only doubts about the clock let a failure be stored without repair", async () => {
  const { beforeFailure } = createClockRepair({
    store: { recall: () => Promise.reject(new Error("The disk is full")) },
    clock: new FakeClock(NOW),
    hub: createHub(),
    log: createMemoryLog(),
    removed: () => {},
  });
  await assertRejects(() => beforeFailure(KEY), /The disk is full/);
});

Deno.test("each poll says what servers say about the clock, and the log once for each change of over a minute", () => {
  const { hintOf, setAhead, log } = open();
  const levels = () => log.lines.splice(0).map(({ level }) => level);
  const ahead =
    "This computer's clock is 2m ahead of the clocks of the servers that answered, so readings are dated by " +
    "theirs: correct the clock";
  assertEquals([hintOf(undefined), hintOf("Slow"), levels()], [{}, { hint: "Slow" }, []]);
  setAhead(MINUTE);
  assertEquals([Object.keys(hintOf(undefined)), levels()], [["hint"], []]);
  setAhead(MINUTE + 1);
  assertEquals([Object.keys(hintOf(undefined)), levels()], [["hint"], ["warn"]]);
  setAhead(2 * MINUTE);
  assertEquals([hintOf(undefined), levels()], [{ hint: ahead }, []]);
  assertEquals(hintOf("Slow"), { hint: `Slow (${ahead})` });
  setAhead(-2 * MINUTE);
  assertEquals([hintOf(undefined), levels()], [{ hint: ahead.replace("ahead of", "behind") }, ["warn"]]);
  assertEquals([hintOf(undefined).hint !== undefined, levels()], [true, []]);
  setAhead(0);
  assertEquals([hintOf(undefined), levels()], [{}, ["info"]]);
  setAhead(null);
  assertEquals([hintOf(undefined), levels()], [{}, []]);
});

Deno.test("an answer from the past names both times", () => {
  const { kind, hint } = pastFailure(NOW, NOW + MINUTE);
  assertEquals(kind, "unavailable");
  assertEquals(
    hint,
    "This answer is dated 2026-03-02T12:00:00.000Z, but the database holds later readings, " +
      "up to 2026-03-02T12:01:00.000Z: nothing was added. Try again without an earlier time",
  );
});
