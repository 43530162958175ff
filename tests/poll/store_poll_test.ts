/** How a success is stored: against other processes, against wrong clocks, and what is logged of it. */
import { advance, emptyState } from "../../lib/model/engine/advance.ts";
import type { AccountState } from "../../lib/model/engine/state.ts";
import type { Outcome } from "../../lib/model/outcome.ts";
import type { AccountKey } from "../../lib/model/quota.ts";
import type { ClockRepair } from "../../lib/poll/clock_repair.ts";
import type { PolledStore, PollJob } from "../../lib/poll/poll_job.ts";
import { createStorePoll } from "../../lib/poll/store_poll.ts";
import type { Answer } from "../../lib/provider/contract.ts";
import type { Poll } from "../../lib/store/store.ts";
import { assertEquals, assertRejects } from "../support/assert.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { account, ANSWER, createMemoryLog, fakeProvider, MINUTE, NOW, reading } from "./support.ts";

const KEY: AccountKey = "acme/default";

function outcomeAt(at: number): Outcome {
  return {
    account: KEY,
    at,
    durationMs: 0,
    kind: "ok",
    failures: 0,
    nextAt: null,
    nextReason: "interval",
    credential: "one",
  };
}

/** The state after a poll at an instant; null for none. */
function stateAt(at: number | null): AccountState {
  const empty = emptyState(KEY);
  return at === null ? empty : advance(empty, { account: KEY, at, readings: [reading(1)] }).state;
}

interface Setup {
  /** Time of the last poll as the store remembers it. */
  readonly remembered?: number | null;
  /** The same as other processes have left it. */
  readonly stored?: number | null;
  /** How often another process is faster. */
  readonly lost?: number;
  readonly isAhead?: ClockRepair["isAhead"];
  readonly isRemoved?: boolean;
}

function open({ remembered = null, stored = remembered, lost = 0, ...setup }: Setup = {}) {
  const recalled: boolean[] = [];
  const committed: Poll[] = [];
  const noted: Outcome[] = [];
  const repaired: (number | null)[] = [];
  let left = lost;
  const store = {
    recall(_: AccountKey, { mayBeOld = false } = {}) {
      recalled.push(mayBeOld);
      return Promise.resolve(stateAt(mayBeOld ? remembered : stored));
    },
    commit(poll: Poll) {
      const isTaken = --left < 0;
      if (isTaken) committed.push(poll);
      return Promise.resolve(isTaken);
    },
    note: (outcome: Outcome) => Promise.resolve(noted.push(outcome) > 0),
    docs: { get: () => Promise.resolve(setup.isRemoved ? null : {}) },
  } as unknown as PolledStore;
  const log = createMemoryLog();
  const storePoll = createStorePoll({
    store,
    repair: {
      isAhead: setup.isAhead ?? (() => false),
      repairState: (_, before) => {
        repaired.push(before.at);
        return Promise.resolve(stateAt(null));
      },
      beforeFailure: () => Promise.resolve(),
      hintOf: () => ({}),
    },
    clock: new FakeClock(NOW),
    log,
    redact: (text) => text,
  });
  return {
    recalled,
    committed,
    noted,
    repaired,
    log,
    put: (at = NOW, answer: Answer = ANSWER, job: Partial<PollJob> = {}) =>
      storePoll(
        { provider: fakeProvider(), account: account(), last: null, ...job } as PollJob,
        outcomeAt(at),
        answer,
      ),
  };
}

Deno.test("a poll overtaken seven times is stored by the eighth try, and after eight the store rejects it", async () => {
  const seven = open({ lost: 7 });
  assertEquals((await seven.put()).failure, null);
  assertEquals([seven.committed.length, seven.recalled.length], [1, 8]);
  const eight = open({ lost: 8 });
  await assertRejects(() => eight.put(), /Other processes keep storing polls of "acme\/default"/);
  assertEquals([eight.committed.length, eight.recalled.length], [0, 8]);
});

Deno.test("the remembered state will do, unless this poll would not be newer than it", async () => {
  const older = open({ remembered: NOW - 1 });
  await older.put();
  assertEquals([older.recalled, older.committed.length], [[true], 1]);
  // Another process has removed what this one remembers.
  for (const remembered of [NOW, NOW + 1]) {
    const removed = open({ remembered, stored: null });
    await removed.put();
    assertEquals([removed.recalled, removed.committed.length], [[true, false], 1]);
  }
});

Deno.test("an answer not newer than the stored data is left out, and one of over a minute before it fails", async () => {
  for (
    const [late, level, failure] of [
      [0, "debug", undefined],
      [1, "warn", undefined],
      [MINUTE, "warn", undefined],
      [MINUTE + 1, "warn", "unavailable"],
    ] as const
  ) {
    const { put, committed, noted, log } = open({ remembered: NOW + late });
    const stored = await put();
    assertEquals([late, stored.failure?.kind, stored.changes], [late, failure, []]);
    assertEquals([committed.length, noted.length], [0, failure === undefined ? 1 : 0]);
    const left = log.lines.filter(({ message }) => message.startsWith("Left out"));
    assertEquals(left.map(({ level }) => level), [level]);
  }
});

Deno.test("data ahead of the clock is repaired first, whether the state or only the last outcome is ahead", async () => {
  const later = outcomeAt(NOW + 5);
  for (
    const [ahead, last, repaired] of [
      [NOW - 1, null, [NOW - 1]],
      [NOW + 5, later, [NOW - 1]],
      [NOW + 5, null, []],
      [null, later, []],
    ] as const
  ) {
    const all = open({ remembered: NOW - 1, isAhead: (at) => at !== null && at === ahead });
    await all.put(NOW, ANSWER, { last });
    assertEquals([all.repaired, all.committed.length], [repaired.slice(), 1]);
  }
});

Deno.test("an account that was removed in the meantime stores nothing", async () => {
  const login = { name: "default", isStored: true, find: () => undefined };
  const { put, committed } = open({ isRemoved: true, remembered: NOW - 1 });
  assertEquals(await put(NOW, ANSWER, { login }), { changes: [], failure: null, isGone: true });
  assertEquals(committed, []);
});

Deno.test("what an answer contains besides quotas is stored with it, and only that", async () => {
  const facts = [{ key: "resets", label: "Resets", count: 2, expiresAt: null }];
  const dropped = [{ what: "limits.fable", why: "no figure" }];
  const stored = async (answer: Partial<Answer>) => {
    const { put, committed } = open();
    await put(NOW, { ...ANSWER, ...answer });
    return committed[0]!.snapshot;
  };
  const plain = { account: KEY, at: NOW, readings: ANSWER.readings };
  assertEquals(await stored({}), plain);
  assertEquals(await stored({ facts, plan: "Pro", dropped }), { ...plain, plan: "Pro", facts, dropped });
});

Deno.test("up to 200 dropped parts of an account are logged, each once", async () => {
  const parts = (count: number, from = 0) => ({
    ...ANSWER,
    dropped: Array.from(
      { length: count },
      (_, index) => ({ what: `part ${from + index}`, why: "no figure" }),
    ),
  });
  const { put, log } = open();
  const logged = () => log.lines.splice(0).length;
  await put(NOW, parts(150));
  assertEquals(logged(), 150);
  await put(NOW + 1, parts(150));
  assertEquals(logged(), 0);
  await put(NOW + 2, parts(80, 150));
  assertEquals(logged(), 50);
});
