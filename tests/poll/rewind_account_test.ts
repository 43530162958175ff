/** A state rewound to an instant is the state of that time, and the stored history ends there. */
import { advance, emptyState } from "../../lib/model/engine/advance.ts";
import type { AccountState } from "../../lib/model/engine/state.ts";
import type { Reading } from "../../lib/model/quota.ts";
import { rewindTo } from "../../lib/poll/rewind_account.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { FIVE_HOURS, HOUR_MS, MINUTE_MS, ONE_WEEK, reading, SECOND_MS, utc } from "../support/readings.ts";
import { openTestStore } from "../support/test_store.ts";

const KEY = "acme/work";
const START = utc("2026-11-21 10:00");
const RESET = START + 23 * MINUTE_MS + 20 * SECOND_MS;
/** Facts are kept whatever happens. */
const FACTS = [{ key: "resets", label: "Resets", count: 2, expiresAt: null }];

/** Rising for a while, idle for an hour, rising again; a reset in between, and a second quota. */
function readingsAt(minute: number): readonly Reading[] {
  const at = START + minute * MINUTE_MS;
  const level = minute < 12 ? minute : minute < 80 ? 12 : minute - 68;
  const five = at < RESET
    ? { used: 10 + level, resetsAt: RESET }
    : { used: Math.max(0, level - 12), resetsAt: RESET + 5 * HOUR_MS };
  return [
    reading({ ...five, window: FIVE_HOURS }),
    ...minute < 15
      ? []
      : [reading({ quota: "weekly", window: ONE_WEEK, used: level, resetsAt: START + 90 * HOUR_MS })],
  ];
}

async function fill() {
  const store = await openTestStore();
  const states: (readonly [at: number, state: AccountState])[] = [];
  let state = emptyState(KEY);
  for (let minute = 0; minute <= 100; minute++) {
    const at = START + minute * MINUTE_MS;
    const snapshot = { account: KEY, at, readings: readingsAt(minute), facts: FACTS } as const;
    const step = advance(state, snapshot);
    const outcome = {
      account: KEY,
      at,
      durationMs: 0,
      kind: "ok",
      failures: 0,
      nextAt: null,
      nextReason: "interval",
      credential: null,
    } as const;
    await store.commit({ snapshot, ...step, outcome });
    state = step.state;
    states.push([at, state]);
  }
  return { store, states, last: state };
}

/** What a rewound state has in common with one that never went further. */
function compare({ at, plan, facts, quotas, sessions }: AccountState) {
  return {
    at,
    plan,
    facts,
    quotas: Object.fromEntries(
      Object.entries(quotas).map((
        [id, { reading, at, cycle, open, mark }],
      ) => [id, { reading, at, cycle, open, mark }]),
    ),
    // Whether it has ended is decided by the next reading.
    session: sessions?.last && { ...sessions.last, endedAt: null },
  };
}

Deno.test("rewound to the time of a poll or until the next one, an account is as it was then", async () => {
  const { store, states, last } = await fill();
  await using _ = store;
  for (const minute of [0, 1, 4, 5, 12, 14, 15, 23, 24, 25, 59, 60, 79, 81, 99]) {
    const [at, state] = states[minute]!;
    for (const to of [at, at + 1, at + 50 * SECOND_MS]) {
      const rewound = await rewindTo(store, last, to);
      assertEquals([rewound.account, rewound.base, rewound.to], [KEY, last, to]);
      assertEquals([minute, to - at, compare(rewound.state)], [minute, to - at, compare(state)]);
    }
  }
});

Deno.test("rewound to a time before the first poll, nothing is known", async () => {
  const { store, last } = await fill();
  await using _ = store;
  const { state, rows } = await rewindTo(store, last, START - 1);
  assertEquals([state.at, state.quotas, state.sessions, rows], [null, {}, undefined, []]);
});

Deno.test("the rows that replace stored ones contain nothing later", async () => {
  const { store, states, last } = await fill();
  await using _ = store;
  const to = START + 50 * MINUTE_MS + 10 * SECOND_MS;
  const { rows } = await rewindTo(store, last, to);
  const [, state] = states[50]!;
  const buckets = rows.flatMap((row) =>
    row.kind === "bucket" && row.quota.endsWith("five-hour") ? [row.bucket] : []
  );
  assertEquals(buckets, state.quotas["five-hour"]!.open.slice());
  const cycles = rows.flatMap((row) => row.kind === "cycle" ? [row.cycle] : []);
  assertEquals(cycles, Object.values(state.quotas).map(({ cycle }) => cycle));
  const sessions = rows.flatMap((row) => row.kind === "session" ? [row.session] : []);
  assertEquals(sessions.length, 1);
  assert(sessions[0]!.lastRiseAt === START + 12 * MINUTE_MS);
});

Deno.test("readings since the last rise count as idle", async () => {
  const { store, states, last } = await fill();
  await using _ = store;
  const before = await rewindTo(store, last, START + 13 * MINUTE_MS - 1);
  assertEquals(before.state.sessions?.idle, 0);
  for (const minute of [12, 13, 14]) {
    const [at] = states[minute]!;
    const { state } = await rewindTo(store, last, at);
    assertEquals([state.sessions?.idle, state.sessions?.past], [minute - 12, []]);
    // It ended only an hour of idleness later.
    assertEquals(state.sessions?.last?.endedAt, null);
  }
});

Deno.test("the last full snapshot stays known unless it is later", async () => {
  const { store, last } = await fill();
  await using _ = store;
  const to = START + 30 * MINUTE_MS;
  const wholeAt = async (ms: number) =>
    (await rewindTo(store, { ...last, wholeAt: to + ms }, to)).state.wholeAt;
  assertEquals([await wholeAt(-1), await wholeAt(0), await wholeAt(1)], [to - 1, to, undefined]);
  const { facts: _facts, ...without } = last;
  assertEquals("facts" in (await rewindTo(store, without, to)).state, false);
});

Deno.test("buckets that need no readings left out stay as they are stored, even without the readings", async () => {
  const { store, last } = await fill();
  await using _ = store;
  const to = last.at!;
  const bucketsOf = async () =>
    (await rewindTo(store, last, to)).rows.flatMap((row) => row.kind === "bucket" ? [row.bucket] : []);
  const before = await bucketsOf();
  await store.prune(
    { readingsMs: 1, fiveMinutesMs: 1000 * HOUR_MS, outcomesMs: 1000 * HOUR_MS },
    to + HOUR_MS,
  );
  assertEquals([(await bucketsOf()).length, await bucketsOf()], [before.length, before]);
  assertEquals(before.length > 0, true);
});
