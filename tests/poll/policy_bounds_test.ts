/** When the next poll is due, exactly at the bounds of each rule. */
import { nextPoll, type NextPollInput, type NextReason, saneRetryAfter } from "../../lib/poll/policy.ts";
import type { Schedule } from "../../lib/poll/schedule.ts";
import { assertEquals } from "../support/assert.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;
const NOW = Date.parse("2026-03-02T12:01:00Z");
/** So little jitter that it adds a fraction of a millisecond. */
const TINY = 0.00001;

function every(ms: number): Schedule {
  return { kind: "every", ms };
}

function cron(expression: string): Schedule {
  return { kind: "cron", expression, zone: "UTC" };
}

interface Case {
  readonly name: string;
  readonly input: Partial<NextPollInput>;
  /** From `NOW`. */
  readonly inMs: number;
  readonly reason: NextReason;
}

const LIMITED = { kind: "rate_limited", failuresInARow: 1, random: 0 } as const;
const FIVE = cron("*/5 * * * *");

const TABLE: readonly Case[] = [
  // A wait of a week is plausible, any longer one is a mistake.
  {
    name: "429 for a week",
    input: { ...LIMITED, retryAt: NOW + 7 * DAY },
    inMs: 7 * DAY,
    reason: "retry-after",
  },
  {
    name: "429 for more than a week",
    input: { ...LIMITED, retryAt: NOW + 7 * DAY + 1 },
    inMs: 5 * MINUTE,
    reason: "rate-limited",
  },
  {
    name: "429 for as long as our own wait",
    input: { ...LIMITED, retryAt: NOW + 5 * MINUTE },
    inMs: 5 * MINUTE,
    reason: "retry-after",
  },
  {
    name: "429 for a moment less than our own wait",
    input: { ...LIMITED, retryAt: NOW + 5 * MINUTE - 1 },
    inMs: 5 * MINUTE,
    reason: "rate-limited",
  },
  {
    name: "429 at a provider whose minimum is as long as our own wait",
    input: { ...LIMITED, everyMs: 5 * MINUTE },
    inMs: 5 * MINUTE,
    reason: "rate-limited",
  },
  {
    name: "429 at a provider whose minimum is longer than our own wait",
    input: { ...LIMITED, everyMs: 5 * MINUTE + 1 },
    inMs: 5 * MINUTE + 1,
    reason: "politeness",
  },
  // Half of ten percent of five minutes.
  { name: "429 with jitter", input: { ...LIMITED, random: 0.5 }, inMs: 315 * SECOND, reason: "rate-limited" },
  // A tenth of the 20 seconds to the cron time, of which half.
  {
    name: "cron soon",
    input: { now: NOW + 40 * SECOND, schedule: cron("* * * * *"), random: 0.5 },
    inMs: 61 * SECOND,
    reason: "cron",
  },
  {
    name: "cron at the minimum of the provider",
    input: { schedule: FIVE, everyMs: 4 * MINUTE, random: 0 },
    inMs: 4 * MINUTE,
    reason: "cron",
  },
  {
    name: "cron just before the minimum of the provider",
    input: { schedule: FIVE, everyMs: 4 * MINUTE + 1, random: 0 },
    inMs: 4 * MINUTE + 1,
    reason: "politeness",
  },
  // The jitter of a quarter above the middle is 2.5 % of the interval.
  {
    name: "an interval that jitter lengthens to the minimum of the provider",
    input: { everyMs: 61_500, random: 0.75 },
    inMs: 61_500,
    reason: "interval",
  },
  {
    name: "an interval that even with jitter is below the minimum of the provider",
    input: { everyMs: 61_501, random: 0.75 },
    inMs: 61_501,
    reason: "politeness",
  },
  {
    name: "an interval as long as the minimum of the provider",
    input: { everyMs: MINUTE, random: 0 },
    inMs: MINUTE,
    reason: "interval",
  },
  // Half of ten percent of the 30 seconds after a reset.
  {
    name: "a reset with jitter",
    input: { resets: [NOW + 10 * SECOND], random: 0.5 },
    inMs: 41_500,
    reason: "reset",
  },
  // Fractions become the next whole millisecond.
  { name: "429 and a fraction", input: { ...LIMITED, random: TINY }, inMs: 300_001, reason: "rate-limited" },
  {
    name: "429 for an hour and a fraction",
    input: { ...LIMITED, retryAt: NOW + 60 * MINUTE, random: TINY },
    inMs: 60 * MINUTE + 1,
    reason: "retry-after",
  },
  { name: "cron and a fraction", input: { schedule: FIVE, random: TINY }, inMs: 240_001, reason: "cron" },
  { name: "an interval and a fraction", input: { random: 0.5 + TINY }, inMs: 60_001, reason: "interval" },
  {
    name: "a reset and a fraction",
    input: { resets: [NOW + 10 * SECOND], random: TINY },
    inMs: 40_001,
    reason: "reset",
  },
];

for (const { name, input, inMs, reason } of TABLE) {
  Deno.test(`nextPoll() at a bound: ${name}`, () => {
    const plain: NextPollInput = {
      now: NOW,
      schedule: every(MINUTE),
      everyMs: 0,
      kind: "ok",
      failuresInARow: 0,
      resets: [],
      watching: false,
      random: 0.5,
    };
    assertEquals(nextPoll({ ...plain, ...input }), { at: NOW + inMs, reason });
  });
}

Deno.test("saneRetryAfter() takes only an instant, at most a week ahead", () => {
  const taken = [undefined, NaN, Infinity, NOW - 1, NOW + 7 * DAY, NOW + 7 * DAY + 1].map((at) =>
    saneRetryAfter(at, NOW)
  );
  assertEquals(taken, [null, null, null, NOW - 1, NOW + 7 * DAY, null]);
});
