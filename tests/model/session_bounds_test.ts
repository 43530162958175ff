/** Sessions at their bounds: which rise belongs to which, and what a correction leaves of them. */
import { DEFAULT_RULES } from "../../lib/model/engine/advance.ts";
import {
  advanceSessions,
  type Session,
  sessionIdleMs,
  type SessionInput,
  type SessionQuota,
  type SessionState,
} from "../../lib/model/engine/session.ts";
import type { Rise } from "../../lib/model/engine/session_parts.ts";
import { assertEquals } from "../support/assert.ts";
import { ACCOUNT, MINUTE_MS, utc } from "../support/readings.ts";

const at = (time: string) => utc(`2026-11-21 ${time}`);
const IDLE_MS = DEFAULT_RULES.idleMs;
/** The distances between many readings, in minutes. */
const every = (minutes: number) => Array.from({ length: 9 }, () => minutes * MINUTE_MS);

function rise(when: number, fields: Partial<Rise> = {}): Rise {
  const amounts = { start: 1, end: 2, leftStart: null, leftEnd: null, consumed: 1 };
  return { quota: "weekly", at: when, from: when - 5 * MINUTE_MS, ...amounts, ...fields };
}

function quotaOf(from: number, to: number, quota = "five-hour"): SessionQuota {
  return {
    quota,
    startedAt: from,
    lastRiseAt: to,
    start: 0,
    end: 5,
    leftStart: null,
    leftEnd: null,
    consumed: 5,
  };
}

function session(from: number, to: number, fields: Partial<Session> = {}): Session {
  return {
    account: ACCOUNT,
    startedAt: from,
    lastRiseAt: to,
    endedAt: null,
    readings: 3,
    quotas: [quotaOf(from, to)],
    ...fields,
  };
}

function advance(before: SessionState | undefined, when: number, input: Partial<SessionInput>) {
  const none = { undone: [], rises: [], doubtful: true, read: new Map() };
  const { sessions, changes } = advanceSessions(
    before,
    { account: ACCOUNT, at: when, ...none, ...input },
    DEFAULT_RULES,
  );
  return { sessions: sessions!, changes };
}
const times = (sessions: readonly Session[]) =>
  sessions.map(({ startedAt, lastRiseAt }) => [startedAt, lastRiseAt]);

Deno.test("an account without use has no sessions, and one rise is enough to begin one", () => {
  const none = advance(undefined, at("10:00"), {});
  assertEquals([none.sessions, none.changes], [undefined, []]);
  const { sessions } = advance(undefined, at("10:00"), { rises: [rise(at("10:00"))] });
  assertEquals(sessions.last && times([sessions.last]), [[at("09:55"), at("10:00")]]);
});

Deno.test("a session is idle as long as its quota that is read least often needs", () => {
  const read = new Map([["often", { distances: every(1) }], ["seldom", { distances: every(30) }]]);
  const idle = (...names: readonly string[]) =>
    sessionIdleMs({ quotas: names.map((name) => quotaOf(0, 1, name)) }, read, IDLE_MS);
  assertEquals([idle("often"), idle("seldom")], [IDLE_MS, 45 * MINUTE_MS]);
  assertEquals([idle("often", "seldom"), idle("seldom", "often")], [45 * MINUTE_MS, 45 * MINUTE_MS]);
});

Deno.test("rises of one snapshot count in order of time, and readings from the first to the last of them", () => {
  const rises = [rise(at("10:10"), { quota: "five-hour" }), rise(at("10:05"))];
  const { sessions } = advance(undefined, at("10:10"), { rises });
  assertEquals(times([sessions.last!]), [[at("10:00"), at("10:10")]]);
  assertEquals([sessions.last!.readings, sessions.idle], [2, 0]);
  // The reading after a rise that became known late was without one.
  const late = advance(undefined, at("10:10"), { rises: [rise(at("10:05"))] }).sessions;
  assertEquals([late.last!.readings, late.idle], [1, 1]);
  const next = advance(late, at("10:15"), { rises: [rise(at("10:15"))] }).sessions;
  assertEquals([next.last!.readings, next.idle], [3, 0]);
});

Deno.test("a late rise up to the last one adds its use to the session, and no readings", () => {
  const before = { last: session(at("10:00"), at("10:20")), idle: 2, past: [] };
  for (const time of ["10:00", "10:19", "10:20"]) {
    const { last, idle } = advance(before, at("10:30"), { rises: [rise(at(time))] }).sessions;
    assertEquals([last!.readings, idle, last!.lastRiseAt, last!.quotas.length], [3, 3, at("10:20"), 2], time);
  }
});

Deno.test("the amounts at the end of a session are those of its last rise, of several the one known last", () => {
  const before = { last: session(at("10:00"), at("10:20")), idle: 0, past: [] };
  const end = (time: string) =>
    advance(before, at("10:25"), { rises: [rise(at(time), { quota: "five-hour", end: 9 })] }).sessions.last!
      .quotas[0]!;
  assertEquals([end("10:19").end, end("10:20").end, end("10:25").end], [5, 9, 9]);
  assertEquals(end("10:19").consumed, 6);
});

Deno.test("a session spans lost readings up to two and a half intervals, but none that showed idleness", () => {
  const read = new Map([["weekly", { distances: every(30) }]]);
  const joins = (minutes: number, from: number) => {
    const last = session(at("08:00"), at("10:00"));
    const when = at("10:00") + minutes * MINUTE_MS;
    const { sessions } = advance({ last, idle: 0, past: [] }, when, { rises: [rise(when, { from })], read });
    return sessions.last!.startedAt === at("08:00");
  };
  const lastRise = at("10:00");
  assertEquals([joins(75, lastRise), joins(75.001, lastRise), joins(75, lastRise + 1)], [true, false, false]);
  // Up to the idle time it does not matter.
  assertEquals([joins(45, lastRise + 1), joins(45.001, lastRise + 1)], [true, false]);
});

Deno.test("a rise from before the last session joins the earlier one it belongs to, or becomes one between them", () => {
  const past = [
    session(at("08:00"), at("08:20"), { endedAt: at("08:20") }),
    session(at("09:30"), at("09:40")),
  ];
  const before = { last: session(at("11:00"), at("11:20")), idle: 0, past };
  const after = (when: number) => advance(before, at("11:25"), { rises: [rise(when)] }).sessions;
  const [first, second] = [[at("08:00"), at("08:20")], [at("09:30"), at("09:40")]];
  assertEquals(times(after(at("08:00")).past), [first, second]);
  assertEquals(times(after(at("08:30")).past), [[at("08:00"), at("08:30")], second]);
  const { past: between, last } = after(at("08:30") + 1);
  assertEquals(times(between), [first, [at("08:25") + 1, at("08:30") + 1], second]);
  assertEquals(between.map(({ readings }) => readings), [3, 1, 3]);
  assertEquals(last, before.last);
  const [joined] = after(at("08:30")).past;
  assertEquals([joined!.readings, joined!.endedAt, joined!.quotas.length], [3, at("08:30"), 2]);
  assertEquals(times(after(at("07:00")).past)[0], [at("06:55"), at("07:00")]);
});

Deno.test("sixteen past sessions can still be corrected, as long as anything is doubtful", () => {
  const past = Array.from(
    { length: 16 },
    (_, i) => session(at("01:00") + i * 20 * MINUTE_MS, at("01:05") + i * 20 * MINUTE_MS),
  );
  const before = { last: session(at("10:00"), at("10:20")), idle: 0, past };
  const after = (doubtful: boolean) =>
    advance(before, at("12:00"), { rises: [rise(at("12:00"))], doubtful }).sessions.past;
  assertEquals(times(after(true)), times([...past.slice(1), before.last]));
  assertEquals(after(false), []);
});

Deno.test("when all use of the last session is reverted, the one before it is the last again", () => {
  const past = ["07", "08", "09"].map((hour) =>
    session(at(`${hour}:00`), at(`${hour}:20`), { endedAt: at(`${hour}:20`) })
  );
  const before = { last: session(at("10:00"), at("10:20")), idle: 0, past };
  const { sessions, changes } = advance(before, at("10:25"), {
    undone: [{ quota: "five-hour", before: { at: at("09:50") } as never }],
  });
  assertEquals([sessions.last, sessions.past], [past[2]!, past.slice(0, 2)]);
  assertEquals(changes, [{ kind: "void-session", startedAt: at("10:00") }]);
});

Deno.test("a session without the use of one quota is as long as that of the others", () => {
  const quotas = [
    quotaOf(at("09:50"), at("10:40")),
    quotaOf(at("10:00"), at("10:20"), "weekly"),
    quotaOf(at("10:05"), at("10:30"), "monthly"),
  ];
  const last = session(at("09:50"), at("10:40"), { quotas });
  const { sessions } = advance({ last, idle: 0, past: [] }, at("10:41"), {
    undone: [{ quota: "five-hour", before: { at: at("09:50") } as never }],
  });
  assertEquals([times([sessions.last!]), sessions.last!.quotas], [
    [[at("10:00"), at("10:30")]],
    quotas.slice(1),
  ]);
});

Deno.test("of a quota with reverted rises those before remain, if they belong to the session", () => {
  const last = session(at("10:00"), at("10:40"));
  const remaining = (rises: readonly Rise[]) =>
    advance({ last, idle: 0, past: [] }, at("10:41"), {
      undone: [{ quota: "five-hour", before: { at: at("10:30"), rises } as never }],
    }).sessions.last?.quotas.map(({ lastRiseAt, consumed, end }) => [lastRiseAt, consumed, end]);
  assertEquals(remaining([]), undefined);
  assertEquals(remaining([rise(at("10:00"))]), undefined);
  assertEquals(remaining([rise(at("10:00") + 1), rise(at("10:30"), { end: 4 })]), [[at("10:30"), 2, 4]]);
});
