import fc from "fast-check";
import {
  JITTER,
  MAX_RATE_LIMITED_MS,
  MAX_RETRY_AFTER_MS,
  nextPoll,
  type NextPollInput,
  type NextReason,
} from "../../lib/poll/policy.ts";
import { MIN_INTERVAL_MS, type Schedule } from "../../lib/poll/schedule.ts";
import { FAILURE_KINDS, type OutcomeKind } from "../../lib/model/outcome.ts";
import { assert, assertEquals } from "../support/assert.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** A full minute, but not a multiple of five. */
const NOW = Date.parse("2026-03-02T12:01:00Z");

const BASE: NextPollInput = {
  now: NOW,
  schedule: { kind: "every", ms: MINUTE },
  everyMs: 0,
  kind: "ok",
  failuresInARow: 0,
  resets: [],
  watching: false,
  random: 0.5,
};

interface Case {
  readonly name: string;
  readonly input: Partial<NextPollInput>;
  /** From `NOW`. */
  readonly inMs: number | null;
  readonly reason: NextReason;
}

const CRON: Schedule = { kind: "cron", expression: "*/5 * * * *", zone: "UTC" };
/** No jitter if it only lengthens. */
const CALM = { random: 0 } as const;

const TABLE: readonly Case[] = [
  { name: "ok: the interval", input: {}, inMs: MINUTE, reason: "interval" },
  { name: "ok: the least jitter", input: { random: 0 }, inMs: 57 * SECOND, reason: "interval" },
  { name: "ok: nearly the most jitter", input: { random: 0.999 }, inMs: 62_994, reason: "interval" },
  {
    name: "ok: jitter never goes below ten seconds",
    input: { schedule: { kind: "every", ms: 10 * SECOND }, random: 0 },
    inMs: 10 * SECOND,
    reason: "interval",
  },
  {
    name: "ok: a provider that wants peace",
    input: { everyMs: 5 * MINUTE },
    inMs: 5 * MINUTE,
    reason: "politeness",
  },
  { name: "ok: cron", input: { ...CALM, schedule: CRON }, inMs: 4 * MINUTE, reason: "cron" },
  {
    name: "ok: cron, and a provider that wants peace",
    input: { ...CALM, schedule: CRON, everyMs: 5 * MINUTE },
    inMs: 5 * MINUTE,
    reason: "politeness",
  },
  {
    name: "ok: cron jitter stays within five seconds",
    input: { schedule: { kind: "cron", expression: "0 0 1 * *", zone: "UTC" }, random: 0.999 },
    inMs: Date.parse("2026-04-01T00:00:04.995Z") - NOW,
    reason: "cron",
  },
  {
    name: "ok: cron that never comes true",
    input: { schedule: { kind: "cron", expression: "0 0 31 2 *", zone: "UTC" } },
    inMs: null,
    reason: "never",
  },
  {
    name: "ok: a reset before the regular poll",
    input: { ...CALM, resets: [NOW + 10 * SECOND] },
    inMs: 40 * SECOND,
    reason: "reset",
  },
  {
    name: "ok: the nearest of several resets",
    input: {
      ...CALM,
      schedule: { kind: "every", ms: HOUR },
      resets: [NOW + HOUR, NOW + MINUTE, NOW + 5 * MINUTE],
    },
    inMs: 90 * SECOND,
    reason: "reset",
  },
  {
    name: "ok: a reset after the regular poll changes nothing",
    input: { resets: [NOW + 40 * SECOND] },
    inMs: MINUTE,
    reason: "interval",
  },
  {
    name: "ok: a reset 20 s ago is followed as well",
    input: { ...CALM, schedule: { kind: "every", ms: HOUR }, resets: [NOW - 20 * SECOND] },
    inMs: 10 * SECOND,
    reason: "reset",
  },
  {
    name: "ok: a reset that was followed already is over",
    input: { resets: [NOW - 30 * SECOND] },
    inMs: MINUTE,
    reason: "interval",
  },
  {
    name: "ok: no reset is followed sooner than the provider wants",
    input: { ...CALM, schedule: { kind: "every", ms: HOUR }, everyMs: 5 * MINUTE, resets: [NOW + MINUTE] },
    inMs: 5 * MINUTE,
    reason: "reset",
  },
  {
    name: "ok: a reset is followed by a cron schedule too",
    input: { ...CALM, schedule: CRON, resets: [NOW + MINUTE] },
    inMs: 90 * SECOND,
    reason: "reset",
  },
  {
    name: "ok: of two resets that coincide, once",
    input: { ...CALM, schedule: { kind: "every", ms: HOUR }, resets: [NOW + MINUTE, NOW + MINUTE] },
    inMs: 90 * SECOND,
    reason: "reset",
  },
  {
    name: "429: however often it was refused, six hours",
    input: { ...CALM, kind: "rate_limited", failuresInARow: 5_000 },
    inMs: 6 * HOUR,
    reason: "rate-limited",
  },
  {
    name: "429: five minutes",
    input: { ...CALM, kind: "rate_limited", failuresInARow: 1 },
    inMs: 5 * MINUTE,
    reason: "rate-limited",
  },
  {
    name: "429: doubled",
    input: { ...CALM, kind: "rate_limited", failuresInARow: 2 },
    inMs: 10 * MINUTE,
    reason: "rate-limited",
  },
  {
    name: "429: doubled again",
    input: { ...CALM, kind: "rate_limited", failuresInARow: 6 },
    inMs: 160 * MINUTE,
    reason: "rate-limited",
  },
  {
    name: "429: six hours at most",
    input: { ...CALM, kind: "rate_limited", failuresInARow: 8 },
    inMs: 6 * HOUR,
    reason: "rate-limited",
  },
  {
    name: "429: six hours after a thousand",
    input: { ...CALM, kind: "rate_limited", failuresInARow: 1_000 },
    inMs: 6 * HOUR,
    reason: "rate-limited",
  },
  {
    name: "429: retry after 0 s is no invitation",
    input: { ...CALM, kind: "rate_limited", failuresInARow: 1, retryAt: NOW },
    inMs: 5 * MINUTE,
    reason: "rate-limited",
  },
  {
    name: "429: a shorter wait than ours does not shorten it",
    input: { ...CALM, kind: "rate_limited", failuresInARow: 3, retryAt: NOW + MINUTE },
    inMs: 20 * MINUTE,
    reason: "rate-limited",
  },
  {
    name: "429: a longer wait than ours is kept",
    input: { ...CALM, kind: "rate_limited", failuresInARow: 1, retryAt: NOW + 8 * HOUR },
    inMs: 8 * HOUR,
    reason: "retry-after",
  },
  {
    name: "429: jitter lies after the named instant",
    input: { kind: "rate_limited", failuresInARow: 1, retryAt: NOW + HOUR, random: 0.5 },
    inMs: HOUR + 3 * SECOND,
    reason: "retry-after",
  },
  {
    name: "429: a wait of years is a mistake",
    input: { ...CALM, kind: "rate_limited", failuresInARow: 1, retryAt: NOW + 1_000 * 24 * HOUR },
    inMs: 5 * MINUTE,
    reason: "rate-limited",
  },
  {
    name: "429: nobody watching changes nothing, and somebody neither",
    input: { ...CALM, kind: "rate_limited", failuresInARow: 8, watching: true },
    inMs: 6 * HOUR,
    reason: "rate-limited",
  },
  {
    name: "429: the schedule may be longer than the wait",
    input: { schedule: { kind: "every", ms: HOUR }, kind: "rate_limited", failuresInARow: 1 },
    inMs: HOUR,
    reason: "interval",
  },
  {
    name: "unavailable: the interval",
    input: { ...CALM, kind: "unavailable", failuresInARow: 1 },
    inMs: MINUTE,
    reason: "unavailable",
  },
  {
    name: "unavailable: doubled",
    input: { ...CALM, kind: "unavailable", failuresInARow: 4 },
    inMs: 8 * MINUTE,
    reason: "unavailable",
  },
  {
    name: "unavailable: half an hour at most",
    input: { ...CALM, kind: "unavailable", failuresInARow: 9 },
    inMs: 30 * MINUTE,
    reason: "unavailable",
  },
  {
    name: "unavailable: five minutes at most while somebody watches",
    input: { ...CALM, kind: "unavailable", failuresInARow: 9, watching: true },
    inMs: 5 * MINUTE,
    reason: "unavailable",
  },
  {
    name: "unavailable: never sooner than the schedule",
    input: { schedule: { kind: "every", ms: HOUR }, kind: "unavailable", failuresInARow: 1 },
    inMs: HOUR,
    reason: "interval",
  },
  {
    name: "unavailable: a named instant is kept",
    input: { ...CALM, kind: "unavailable", failuresInARow: 1, retryAt: NOW + 10 * MINUTE },
    inMs: 10 * MINUTE,
    reason: "retry-after",
  },
  {
    name: "unavailable: cron waits for its next instant",
    input: {
      ...CALM,
      schedule: { kind: "cron", expression: "0 * * * *", zone: "UTC" },
      kind: "unavailable",
      failuresInARow: 1,
    },
    inMs: 59 * MINUTE,
    reason: "cron",
  },
  {
    name: "auth: tried again",
    input: { ...CALM, kind: "auth", failuresInARow: 1 },
    inMs: MINUTE,
    reason: "auth",
  },
  {
    name: "auth: tried a third time",
    input: { ...CALM, kind: "auth", failuresInARow: 2 },
    inMs: 2 * MINUTE,
    reason: "auth",
  },
  {
    name: "auth: not in haste with a short interval",
    input: { ...CALM, schedule: { kind: "every", ms: 10 * SECOND }, kind: "auth", failuresInARow: 1 },
    inMs: MINUTE,
    reason: "auth",
  },
  {
    name: "auth: three failuresInARow",
    input: { kind: "auth", failuresInARow: 3 },
    inMs: null,
    reason: "auth-rest",
  },
  {
    name: "auth: still out after somebody asked",
    input: { kind: "auth", failuresInARow: 4 },
    inMs: null,
    reason: "auth-rest",
  },
  {
    name: "bad response: an hour",
    input: { ...CALM, kind: "bad_response", failuresInARow: 1 },
    inMs: HOUR,
    reason: "bad-response",
  },
  {
    name: "bad response: an hour each time",
    input: { ...CALM, kind: "bad_response", failuresInARow: 9 },
    inMs: HOUR,
    reason: "bad-response",
  },
  { name: "missing: rests", input: { kind: "missing", failuresInARow: 1 }, inMs: null, reason: "missing" },
  {
    name: "a failure does not follow resets",
    input: { ...CALM, kind: "unavailable", failuresInARow: 5, resets: [NOW + MINUTE] },
    inMs: 16 * MINUTE,
    reason: "unavailable",
  },
];

for (const { name, input, inMs, reason } of TABLE) {
  Deno.test(`nextPoll() ${name}`, () => {
    const expected = { at: inMs === null ? null : NOW + inMs, reason };
    assertEquals(nextPoll({ ...BASE, ...input }), expected);
  });
}

Deno.test("nextPoll() has every reason in its table", () => {
  const reasons: Readonly<Record<NextReason, true>> = {
    "interval": true,
    "cron": true,
    "politeness": true,
    "reset": true,
    "retry-after": true,
    "rate-limited": true,
    "unavailable": true,
    "bad-response": true,
    "auth": true,
    "auth-rest": true,
    "missing": true,
    "never": true,
  };
  assertEquals([...new Set(TABLE.map((row) => row.reason))].sort(), Object.keys(reasons).sort());
});

const schedules: fc.Arbitrary<Schedule> = fc.oneof(
  fc.integer({ min: 10, max: 3600 }).map((seconds) => ({ kind: "every", ms: seconds * SECOND }) as const),
  fc.constantFrom("* * * * *", "*/5 * * * *", "0 9-17 * * MON-FRI", "@daily").map((expression) =>
    ({ kind: "cron", expression, zone: "Europe/Berlin" }) as const
  ),
);

const inputs: fc.Arbitrary<NextPollInput> = fc.record({
  now: fc.integer({ min: 0, max: 4_000_000_000_000 }),
  schedule: schedules,
  everyMs: fc.constantFrom(0, MINUTE, 5 * MINUTE),
  kind: fc.constantFrom<OutcomeKind>("ok", ...FAILURE_KINDS),
  retryInMs: fc.option(fc.integer({ min: -HOUR, max: MAX_RETRY_AFTER_MS }), { nil: undefined }),
  failuresInARow: fc.integer({ min: 1, max: 200 }),
  resetsInMs: fc.array(fc.integer({ min: -HOUR, max: 8 * HOUR }), { maxLength: 4 }),
  watching: fc.boolean(),
  random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
}).map(({ retryInMs, resetsInMs, ...rest }) => ({
  ...rest,
  retryAt: retryInMs === undefined ? undefined : rest.now + retryInMs,
  resets: resetsInMs.map((ms) => rest.now + ms),
}));

Deno.test("nextPoll() is a whole millisecond, at least ten seconds and the provider's minimum interval away", () => {
  fc.assert(fc.property(inputs, (input) => {
    const { at } = nextPoll(input);
    if (at === null) return;
    assert(Number.isSafeInteger(at));
    assert(at >= input.now + Math.max(MIN_INTERVAL_MS, input.everyMs));
  }));
});

Deno.test("nextPoll() never comes before the time a vendor stated", () => {
  fc.assert(fc.property(inputs, (input) => {
    const { at } = nextPoll(input);
    if (at === null || input.kind === "ok" || input.retryAt === undefined) return;
    assert(at >= input.retryAt);
  }));
});

Deno.test("nextPoll() after a failure is never sooner than the regular schedule", () => {
  fc.assert(fc.property(inputs, (input) => {
    const { at } = nextPoll(input);
    const regular = nextPoll({ ...input, kind: "ok", resets: [] });
    if (input.kind !== "ok" && at !== null && regular.at !== null) assert(at >= regular.at);
  }));
});

Deno.test("nextPoll() waits at most six hours plus jitter, unless vendor or schedule require more", () => {
  fc.assert(fc.property(inputs, (input) => {
    const { at } = nextPoll(input);
    const regular = nextPoll({ ...input, kind: "ok", resets: [] });
    if (at === null || regular.at === null) return;
    const most = input.now + MAX_RATE_LIMITED_MS * (1 + JITTER) + 1;
    assert(at <= Math.max(most, regular.at, (input.retryAt ?? 0) + 6 * SECOND + 1));
  }));
});

Deno.test("nextPoll() never waits less after another failure", () => {
  fc.assert(fc.property(inputs, (input) => {
    const before = nextPoll(input).at ?? Infinity;
    const after = nextPoll({ ...input, failuresInARow: input.failuresInARow + 1 }).at ?? Infinity;
    assert(input.kind === "ok" || after >= before);
  }));
});

Deno.test("nextPoll() follows a reset only if that comes before the regular poll", () => {
  fc.assert(fc.property(inputs, (input) => {
    const next = nextPoll({ ...input, kind: "ok" });
    const regular = nextPoll({ ...input, kind: "ok", resets: [] });
    if (next.reason !== "reset") return assertEquals(next, regular);
    assert(next.at !== null && (regular.at === null || next.at < regular.at));
  }));
});
