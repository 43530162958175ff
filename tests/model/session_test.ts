import { type AccountState, DEFAULT_RULES } from "../../lib/model/engine/advance.ts";
import { GAP_INTERVALS } from "../../lib/model/engine/interval.ts";
import { advanceSessions, closeIfIdle, endIfIdle, type Session } from "../../lib/model/engine/session.ts";
import type { Rise } from "../../lib/model/engine/session_parts.ts";
import fc from "fast-check";
import { assert, assertEquals } from "../support/assert.ts";
import {
  ACCOUNT,
  BALANCE,
  type FakePoll,
  HOUR_MS,
  MINUTE_MS,
  ONE_WEEK,
  reading,
  replay,
  replayOne,
  ROLLING,
  utc,
} from "../support/readings.ts";

const at = (time: string) => utc(`2026-11-21 ${time}`);
const RESET = at("15:00");
const IDLE_MS = DEFAULT_RULES.idleMs;

/** One quota, with a reading every `everyMin` minutes from 10:00. */
function sessionsOf(used: readonly (number | null)[], everyMin = 1): readonly Session[] {
  return replayOne(used.map((value, i) => ({
    at: at("10:00") + i * everyMin * MINUTE_MS,
    used: value,
    resetsAt: RESET,
  }))).sessions;
}

const times = (sessions: readonly Session[]) =>
  sessions.map(({ startedAt, lastRiseAt, endedAt }) => [startedAt, lastRiseAt, endedAt]);

Deno.test("a session begins with the reading before the first rise and ends with the last rise", () => {
  const idle = Array.from({ length: 12 }, () => 7);
  assertEquals(sessionsOf([5, 5, 6, 6, 7, ...idle]), [{
    account: ACCOUNT,
    startedAt: at("10:01"),
    endedAt: at("10:04"),
    lastRiseAt: at("10:04"),
    readings: 3,
    quotas: [{
      quota: "five-hour",
      startedAt: at("10:01"),
      lastRiseAt: at("10:04"),
      start: 5,
      end: 7,
      leftStart: null,
      leftEnd: null,
      consumed: 2,
    }],
  }]);
});

Deno.test("the first reading is a baseline, not use", () => {
  assertEquals(sessionsOf([50]), []);
  assertEquals(sessionsOf([50, 50, 50]), []);
});

Deno.test("ten idle minutes still belong to a session, eleven end it", () => {
  const rest = (minutes: number) => Array.from({ length: minutes }, () => 1);
  assertEquals(times(sessionsOf([0, ...rest(10), 2])), [[at("10:00"), at("10:11"), null]]);
  assertEquals(times(sessionsOf([0, ...rest(11), 2])), [
    [at("10:00"), at("10:01"), at("10:01")],
    [at("10:11"), at("10:12"), null],
  ]);
});

Deno.test("idle readings inside a session count, those after the last rise do not", () => {
  const [session] = sessionsOf([0, 1, 1, 1, 2, 2, 2]);
  assertEquals(session?.readings, 4);
  const [longer] = sessionsOf([0, 1, 1, 1, 2, 2, 2, 3]);
  assertEquals(longer?.readings, 7);
});

Deno.test("the idle time comes from the rules", () => {
  const polls = [0, 1, 1, 1, 2].map((used, i) => ({
    at: at("10:00") + i * MINUTE_MS,
    readings: [reading({ used, resetsAt: RESET })],
  }));
  assertEquals(replay(polls, undefined, { ...DEFAULT_RULES, idleMs: 2 * MINUTE_MS }).sessions.length, 2);
  assertEquals(replay(polls, undefined, { ...DEFAULT_RULES, idleMs: 3 * MINUTE_MS }).sessions.length, 1);
});

Deno.test("a gap ends a session at its last rise, and the next begins no earlier than the idle time allows", () => {
  const { sessions } = replayOne([
    { at: at("10:00"), used: 0, resetsAt: RESET },
    { at: at("10:05"), used: 4, resetsAt: RESET },
    { at: at("13:00"), used: 9, resetsAt: RESET },
  ]);
  assertEquals(times(sessions), [
    [at("10:00"), at("10:05"), at("10:05")],
    [at("12:50"), at("13:00"), null],
  ]);
});

Deno.test("a reset is not use; use after it is", () => {
  const idle = replayOne([
    { at: at("14:50"), used: 80, resetsAt: RESET },
    { at: at("15:01"), used: 0, resetsAt: at("20:00") },
    { at: at("15:02"), used: 0, resetsAt: at("20:00") },
  ]);
  assertEquals(idle.sessions, []);
  const busy = replayOne([
    { at: at("14:58"), used: 80, resetsAt: RESET },
    { at: at("14:59"), used: 82, resetsAt: RESET },
    { at: at("15:01"), used: 3, resetsAt: at("20:00") },
    { at: at("15:02"), used: 4, resetsAt: at("20:00") },
  ]);
  const [session] = busy.sessions;
  assertEquals(times(busy.sessions), [[at("14:58"), at("15:02"), null]]);
  assertEquals([session?.quotas[0]?.start, session?.quotas[0]?.end, session?.quotas[0]?.consumed], [
    80,
    4,
    6,
  ]);
  const after = replayOne([
    { at: at("14:55"), used: 80, resetsAt: RESET },
    { at: at("15:01"), used: 3, resetsAt: at("20:00") },
  ]);
  assertEquals([after.sessions[0]?.quotas[0]?.start, after.sessions[0]?.quotas[0]?.consumed], [0, 3]);
});

Deno.test("quotas of one account share its sessions, each with its own values", () => {
  const weekly = (used: number) => reading({ quota: "weekly", window: ONE_WEEK, used });
  const poll = (time: string, used: number, week: number): FakePoll => ({
    at: at(time),
    readings: [reading({ used, resetsAt: RESET }), weekly(week)],
  });
  const { sessions } = replay([
    poll("10:00", 10, 40),
    poll("10:05", 11, 40),
    poll("10:10", 11, 41),
    poll("10:18", 12, 41),
    // Read every 8 minutes by now, so 12 without a rise are not idle yet.
    poll("10:31", 12, 41),
  ]);
  assertEquals(times(sessions), [[at("10:00"), at("10:18"), at("10:18")]]);
  assertEquals(sessions[0]?.quotas.map((one) => [one.quota, one.startedAt, one.start, one.end]), [
    ["five-hour", at("10:00"), 10, 12],
    ["weekly", at("10:05"), 40, 41],
  ]);
  assertEquals(sessions[0]?.readings, 3);
});

Deno.test("a balance is used when it falls, and a top-up is not use", () => {
  const { sessions } = replayOne(
    ([["10:00", 12], ["10:05", 9], ["10:09", 59], ["10:14", 58]] as const).map(([time, remaining]) => ({
      at: at(time),
      used: null,
      limit: null,
      remaining,
      window: BALANCE,
    })),
  );
  assertEquals(times(sessions), [[at("10:00"), at("10:14"), null]]);
  const [quota] = sessions[0]?.quotas ?? [];
  assertEquals([quota?.start, quota?.leftStart, quota?.leftEnd, quota?.consumed], [null, 12, 58, 4]);
});

Deno.test("a rolling window that refills is not used", () => {
  const { sessions } = replayOne([90, 80, 70, 71].map((used, i) => ({
    at: at("10:00") + i * MINUTE_MS,
    used,
    window: ROLLING,
  })));
  assertEquals(times(sessions), [[at("10:02"), at("10:03"), null]]);
});

Deno.test("rounding is not use", () => {
  const { sessions } = replayOne([{ at: at("10:00"), used: 0.3 }, { at: at("10:01"), used: 0.1 + 0.2 }]);
  assertEquals(sessions, []);
});

Deno.test("a session that began with a wrong rise is removed", () => {
  const week = { quota: "weekly", window: ONE_WEEK };
  const back = utc("2026-11-26 10:00");
  const { sessions, state } = replayOne([
    { ...week, at: at("09:00"), used: 2, resetsAt: back },
    { ...week, at: at("09:01"), used: 3, resetsAt: back },
    { ...week, at: at("10:05"), used: 30, resetsAt: at("10:05") + 7 * 24 * HOUR_MS },
    { ...week, at: at("11:05"), used: 31, resetsAt: at("10:05") + 7 * 24 * HOUR_MS },
    { ...week, at: at("11:06"), used: 3, resetsAt: back },
  ]);
  assertEquals(times(sessions), [[at("09:00"), at("09:01"), at("09:01")]]);
  assertEquals(state.sessions?.last, sessions[0]);
  assertEquals(state.sessions?.past, []);
});

Deno.test("a session keeps the use of other quotas when one of them had wrong readings", () => {
  const lie = at("10:05") + 7 * 24 * HOUR_MS;
  const truth = utc("2026-11-26 10:00");
  const poll = (time: string, used: number, week: number, weekReset: number): FakePoll => ({
    at: at(time),
    readings: [
      reading({ used, resetsAt: RESET }),
      reading({ quota: "weekly", window: ONE_WEEK, used: week, resetsAt: weekReset }),
    ],
  });
  const { sessions, changes } = replay([
    poll("10:00", 10, 3, truth),
    poll("10:05", 10, 30, lie),
    poll("10:10", 12, 30, lie),
    poll("10:15", 12, 31, lie),
    poll("10:20", 12, 3, truth),
  ]);
  assertEquals(times(sessions), [[at("10:05"), at("10:10"), null]]);
  assertEquals(sessions[0]?.quotas.map(({ quota, consumed }) => [quota, consumed]), [["five-hour", 2]]);
  assert(changes.flat().some(({ kind }) => kind === "void-session"), "It is no longer the one from 10:00");
});

Deno.test("a session without an end is shown as ended at its last rise", () => {
  const [open] = sessionsOf([0, 1, 2]);
  assert(open);
  assertEquals(endIfIdle(open, open.lastRiseAt + IDLE_MS, IDLE_MS), open);
  assertEquals(endIfIdle(open, open.lastRiseAt + IDLE_MS + 1, IDLE_MS).endedAt, at("10:02"));
  const ended = { ...open, endedAt: open.lastRiseAt };
  assertEquals(endIfIdle(ended, at("23:00"), IDLE_MS), ended);
});

Deno.test("closeIfIdle() ends the session of a state once, and does nothing without one", () => {
  const { state } = replayOne([
    { at: at("10:00"), used: 0, resetsAt: RESET },
    { at: at("10:01"), used: 1, resetsAt: RESET },
  ]);
  assertEquals(closeIfIdle(state, at("10:11"), DEFAULT_RULES), { state, changes: [] });
  const closed = closeIfIdle(state, at("12:00"), DEFAULT_RULES);
  assertEquals(closed.state.sessions?.last?.endedAt, at("10:01"));
  assertEquals(closed.changes.map(({ kind }) => kind), ["session"]);
  assertEquals(closeIfIdle(closed.state, at("13:00"), DEFAULT_RULES).changes, []);
  assertEquals(
    closeIfIdle({ ...state, sessions: undefined } as never, at("13:00"), DEFAULT_RULES).changes,
    [],
  );
});

Deno.test("a change of unit concerns only an open session with use of that quota", () => {
  const poll = (time: string, used: number, tokens: number, unit: "tokens" | "credits"): FakePoll => ({
    at: at(time),
    readings: [
      reading({ used, resetsAt: RESET }),
      reading({ quota: "tokens", unit, limit: null, used: tokens, window: ONE_WEEK }),
    ],
  });
  // Nothing can convert it, as there is no limit.
  const others = replay([
    poll("10:00", 1, 7, "tokens"),
    poll("10:01", 2, 7, "tokens"),
    poll("10:02", 3, 1, "credits"),
    poll("10:03", 4, 1, "credits"),
  ]);
  assertEquals(times(others.sessions), [[at("10:00"), at("10:03"), null]]);
  const own = replay([
    poll("10:00", 1, 7, "tokens"),
    poll("10:01", 2, 8, "tokens"),
    poll("10:02", 3, 1, "credits"),
  ]);
  assertEquals(times(own.sessions), [
    [at("10:00"), at("10:01"), at("10:01")],
    [at("10:01"), at("10:02"), null],
  ]);
  // An ended one stays as it was stored.
  const later = replay([
    poll("10:00", 1, 7, "tokens"),
    poll("10:01", 1, 8, "tokens"),
    poll("10:30", 1, 8, "tokens"),
    poll("10:31", 1, 1, "credits"),
  ]);
  assertEquals(times(later.sessions), [[at("10:00"), at("10:01"), at("10:01")]]);
  assertEquals(later.changes.at(-1)!.filter(({ kind }) => kind.includes("session")), []);
});

const rises = fc.array(
  fc.record({
    pause: fc.integer({ min: 1, max: 25 }),
    five: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 3 })),
    week: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.constant(1)),
    both: fc.boolean(),
  }),
  { maxLength: 60 },
).map((steps): readonly FakePoll[] => {
  let [now, five, week] = [at("00:00"), 0, 0];
  return steps.map((step) => {
    now += step.pause * MINUTE_MS;
    five += step.five;
    week += step.week;
    const weekly = reading({ quota: "weekly", window: ONE_WEEK, limit: 1000, used: week });
    return {
      at: now,
      readings: [reading({ limit: 1000, used: five }), ...step.both ? [weekly] : []],
    };
  });
});

/** The maximum idle time within a session: no quota is read less often than its longest wait. */
function mostIdleMs(polls: readonly FakePoll[]): number {
  const waits = ["five-hour", "weekly"].flatMap((quota) => {
    const own = polls.filter(({ readings }) => readings.some((one) => one.quota === quota));
    return own.slice(1).map((poll, i) => poll.at - own[i]!.at);
  });
  return Math.max(IDLE_MS, GAP_INTERVALS * Math.max(0, ...waits));
}

Deno.test("sessions are separated by more than the idle time, and contain all use", () => {
  fc.assert(fc.property(rises, (polls) => {
    const { sessions, entries } = replay(polls);
    for (const [index, session] of sessions.entries()) {
      const before = sessions[index - 1];
      if (before) {
        assertEquals(before.endedAt, before.lastRiseAt);
        assert(session.startedAt >= before.lastRiseAt);
      }
      assert(session.startedAt < session.lastRiseAt && session.quotas.length > 0 && session.readings > 0);
      for (const quota of session.quotas) {
        assert(quota.startedAt >= session.startedAt && quota.lastRiseAt <= session.lastRiseAt);
        assertEquals((quota.end ?? NaN) - (quota.start ?? NaN), quota.consumed);
      }
    }
    for (const quota of ["five-hour", "weekly"]) {
      const own = sessions.flatMap(({ quotas }) => quotas).filter((one) => one.quota === quota);
      const sum = (parts: readonly { readonly consumed: number }[]) =>
        parts.reduce((total, { consumed }) => total + consumed, 0);
      assertEquals(sum(own), sum(entries.get(quota) ?? []));
    }
    // Each rise is in exactly one session, and none is idle for too long.
    const risen = new Set([...entries.values()].flat().flatMap((e) => e.consumed > 0 ? [e.at] : []));
    for (const session of sessions) {
      const own = [...risen].filter((time) => time > session.startedAt && time <= session.lastRiseAt)
        .sort((a, b) => a - b);
      assertEquals(own.at(-1), session.lastRiseAt);
      assert(own.every((time, i) => i === 0 || time - (own[i - 1] ?? 0) <= mostIdleMs(polls)));
      const inside = polls.filter((poll) => poll.at >= (own[0] ?? 0) && poll.at <= session.lastRiseAt);
      assertEquals(session.readings, inside.length);
    }
  }));
});

Deno.test("a restart between any two polls changes no session", () => {
  fc.assert(fc.property(rises, fc.nat(60), (polls, cut) => {
    const whole = replay(polls);
    const first = replay(polls.slice(0, cut));
    const restored: AccountState = JSON.parse(JSON.stringify(first.state));
    const second = replay(polls.slice(cut), restored);
    const kept = new Map([...first.sessions, ...second.sessions].map((one) => [one.startedAt, one]));
    assertEquals([...kept.values()], [...whole.sessions]);
  }));
});

Deno.test("reverted readings take only later rises from a session", () => {
  const { state } = replayOne([0, 1, 2].map((used, minute) => ({
    at: at("10:00") + minute * MINUTE_MS,
    used,
    resetsAt: RESET,
  })));
  const { cycle, reading: last } = state.quotas["five-hour"]!;
  const revert = (to: number) =>
    advanceSessions(state.sessions, {
      account: ACCOUNT,
      at: at("10:03"),
      undone: [{ quota: "five-hour", before: { at: to, cycle, reading: last } }],
      rises: [],
      doubtful: false,
      read: new Map(),
    }, DEFAULT_RULES).changes.map(({ kind }) => kind);
  assertEquals(revert(at("10:02")), []);
  assertEquals(revert(at("10:02") - 1), ["void-session"]);
});

Deno.test("a rise known only later joins the session that had begun by then, or is a separate one before it", () => {
  const last: Session = {
    account: ACCOUNT,
    startedAt: at("10:00"),
    lastRiseAt: at("10:20"),
    endedAt: null,
    readings: 3,
    quotas: [],
  };
  const rise = (when: number): Rise => ({
    quota: "weekly",
    at: when,
    from: when - 5 * MINUTE_MS,
    start: 1,
    end: 2,
    leftStart: null,
    leftEnd: null,
    consumed: 1,
  });
  const after = (when: number) =>
    times(
      advanceSessions({ last, idle: 0, past: [] }, {
        account: ACCOUNT,
        at: at("10:25"),
        undone: [],
        rises: [rise(when)],
        doubtful: true,
        read: new Map(),
      }, DEFAULT_RULES).changes.flatMap((change) => change.kind === "session" ? [change.session] : []),
    );
  assertEquals(after(at("10:00")), [[at("10:00"), at("10:20"), null]]);
  assertEquals(after(at("10:19")), [[at("10:00"), at("10:20"), null]]);
  assertEquals(after(at("10:00") - 1), [[at("09:55") - 1, at("10:00") - 1, at("10:00") - 1]]);
});
