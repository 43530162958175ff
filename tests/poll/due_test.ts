import type { Outcome } from "../../lib/model/outcome.ts";
import {
  type Due,
  type DueInput,
  earliestManualPoll,
  type ManualPollInput,
  nextPollAt,
} from "../../lib/poll/due.ts";
import { assertEquals } from "../support/assert.ts";
import { HOUR, MINUTE, NOW, SECOND } from "./support.ts";

function last(changes: Partial<Outcome> = {}): Outcome {
  return {
    account: "acme/default",
    at: NOW - 20 * SECOND,
    durationMs: 5,
    kind: "ok",
    failures: 0,
    nextAt: NOW + 40 * SECOND,
    nextReason: "interval",
    credential: "same",
    ...changes,
  };
}

const BASE: DueInput = {
  last: last(),
  credential: "same",
  schedule: { kind: "every", ms: MINUTE },
  everyMs: 0,
  watching: false,
  now: NOW,
};

interface Case {
  readonly name: string;
  readonly input: Partial<DueInput>;
  readonly due: Due;
}

const TABLE: readonly Case[] = [
  { name: "an account never polled: now", input: { last: null }, due: { at: NOW, reason: "first" } },
  { name: "a success: when planned", input: {}, due: { at: NOW + 40 * SECOND, reason: "planned" } },
  {
    name: "a success long ago: at once, once",
    input: { last: last({ at: NOW - 8 * HOUR, nextAt: NOW - 8 * HOUR + MINUTE }) },
    due: { at: NOW - 8 * HOUR + MINUTE, reason: "planned" },
  },
  {
    name: "a success whose interval has been shortened",
    input: { last: last({ nextAt: NOW + HOUR }), schedule: { kind: "every", ms: 30 * SECOND } },
    due: { at: NOW + 11_500, reason: "interval-changed" },
  },
  {
    name: "a success whose interval has been shortened below what the provider wants",
    input: { last: last({ nextAt: NOW + HOUR }), everyMs: 5 * MINUTE },
    due: { at: NOW + 280 * SECOND, reason: "interval-changed" },
  },
  {
    name: "a success under a new cron expression",
    input: {
      last: last({ nextAt: NOW + HOUR }),
      schedule: { kind: "cron", expression: "*/5 * * * *", zone: "UTC" },
    },
    due: { at: NOW + 5 * SECOND, reason: "interval-changed" },
  },
  {
    name: "a success with nothing planned, under a schedule that comes true again",
    input: { last: last({ nextAt: null }) },
    due: { at: NOW + 43 * SECOND, reason: "interval-changed" },
  },
  {
    name: "a wait: kept though the interval is shorter",
    input: { last: last({ kind: "rate_limited", nextAt: NOW + 3 * HOUR }) },
    due: { at: NOW + 3 * HOUR, reason: "planned" },
  },
  {
    name: "a wait of another credential: forgotten",
    input: { last: last({ kind: "rate_limited", nextAt: NOW + 3 * HOUR }), credential: "new" },
    due: { at: NOW, reason: "credential-changed" },
  },
  {
    name: "a rest: until something changes",
    input: { last: last({ kind: "auth", nextAt: null }) },
    due: { at: null, reason: "resting" },
  },
  {
    name: "a rest of a login that had ended by a clock a day ahead: now",
    input: { last: last({ kind: "auth", reason: "expired", at: NOW + 24 * HOUR, nextAt: null }) },
    due: { at: NOW, reason: "clock-changed" },
  },
  {
    name: "a rest of a login that was refused by its vendor, whatever the clock was",
    input: { last: last({ kind: "auth", at: NOW + 24 * HOUR, nextAt: null }) },
    due: { at: null, reason: "resting" },
  },
  {
    name: "a rest of a login that has ended by this clock",
    input: { last: last({ kind: "auth", reason: "expired", nextAt: null }) },
    due: { at: null, reason: "resting" },
  },
  {
    name: "a rest of another credential: forgotten",
    input: { last: last({ kind: "auth", nextAt: null }), credential: "new" },
    due: { at: NOW, reason: "credential-changed" },
  },
  {
    name: "an outage while nobody watches: when planned",
    input: { last: last({ kind: "unavailable", nextAt: NOW + 30 * MINUTE }) },
    due: { at: NOW + 30 * MINUTE, reason: "planned" },
  },
  {
    name: "an outage while somebody watches: sooner",
    input: { last: last({ kind: "unavailable", nextAt: NOW + 30 * MINUTE }), watching: true },
    due: { at: NOW + 310 * SECOND, reason: "interval-changed" },
  },
  {
    name: "an outage whose end the vendor has named, while somebody watches: when it says",
    input: {
      last: last({ kind: "unavailable", nextAt: NOW + 30 * MINUTE, nextReason: "retry-after" }),
      watching: true,
    },
    due: { at: NOW + 30 * MINUTE, reason: "planned" },
  },
  {
    name: "an attempt in the future: now, as the clock was set back",
    input: { last: last({ at: NOW + 24 * HOUR, nextAt: NOW + 25 * HOUR }) },
    due: { at: NOW, reason: "clock-changed" },
  },
  {
    name: "an attempt a moment in the future: when planned",
    input: { last: last({ at: NOW + 5 * SECOND, nextAt: NOW + 65 * SECOND }) },
    due: { at: NOW + 65 * SECOND, reason: "planned" },
  },
  {
    name: "an attempt a minute in the future: when planned",
    input: { last: last({ at: NOW + MINUTE, nextAt: NOW + 2 * MINUTE }) },
    due: { at: NOW + 2 * MINUTE, reason: "planned" },
  },
  {
    name: "an attempt more than a minute in the future: now",
    input: { last: last({ at: NOW + MINUTE + 1, nextAt: NOW + 2 * MINUTE }) },
    due: { at: NOW, reason: "clock-changed" },
  },
  // A minute and five percent after the attempt is the latest that the interval allows.
  {
    name: "a success planned for the latest time of its interval",
    input: { last: last({ at: NOW, nextAt: NOW + 63 * SECOND }) },
    due: { at: NOW + 63 * SECOND, reason: "planned" },
  },
  {
    name: "a success planned later than its interval allows",
    input: { last: last({ at: NOW, nextAt: NOW + 63 * SECOND + 1 }) },
    due: { at: NOW + 63 * SECOND, reason: "interval-changed" },
  },
  {
    name: "a success under an interval of a fraction of a millisecond more",
    input: { last: last({ at: NOW, nextAt: NOW + HOUR }), schedule: { kind: "every", ms: 30_010 } },
    due: { at: NOW + 31_511, reason: "interval-changed" },
  },
  {
    name: "a success under an interval too short for any poll: ten seconds",
    input: { last: last({ at: NOW, nextAt: NOW + HOUR }), schedule: { kind: "every", ms: SECOND } },
    due: { at: NOW + 10 * SECOND, reason: "interval-changed" },
  },
  {
    name: "a success just before a cron time: ten seconds later",
    input: {
      last: last({ at: NOW - SECOND, nextAt: NOW + HOUR }),
      schedule: { kind: "cron", expression: "* * * * *", zone: "UTC" },
    },
    due: { at: NOW + 9 * SECOND, reason: "interval-changed" },
  },
  {
    name: "a success just before a cron time, at a provider that wants peace",
    input: {
      last: last({ at: NOW - SECOND, nextAt: NOW + HOUR }),
      schedule: { kind: "cron", expression: "* * * * *", zone: "UTC" },
      everyMs: 5 * MINUTE,
    },
    due: { at: NOW + 299 * SECOND, reason: "interval-changed" },
  },
  {
    name: "a success under a cron expression that matches no day: when planned",
    input: {
      last: last({ nextAt: NOW + HOUR }),
      schedule: { kind: "cron", expression: "0 0 31 2 *", zone: "UTC" },
    },
    due: { at: NOW + HOUR, reason: "planned" },
  },
  {
    name: "a success with nothing planned, under a cron expression that matches no day: rests",
    input: {
      last: last({ nextAt: null }),
      schedule: { kind: "cron", expression: "0 0 31 2 *", zone: "UTC" },
    },
    due: { at: null, reason: "resting" },
  },
  {
    name: "an outage while somebody watches, at an interval of ten minutes: as late as that",
    input: {
      last: last({ at: NOW, kind: "unavailable", nextAt: NOW + 30 * MINUTE }),
      schedule: { kind: "every", ms: 10 * MINUTE },
      watching: true,
    },
    due: { at: NOW + 11 * MINUTE, reason: "interval-changed" },
  },
  {
    name: "an outage while somebody watches, at an interval with a fraction of a millisecond",
    input: {
      last: last({ at: NOW, kind: "unavailable", nextAt: NOW + 30 * MINUTE }),
      schedule: { kind: "every", ms: 600_001 },
      watching: true,
    },
    due: { at: NOW + 660_002, reason: "interval-changed" },
  },
  {
    name: "a refusal while somebody watches: when planned",
    input: { last: last({ kind: "auth", nextAt: NOW + 30 * MINUTE }), watching: true },
    due: { at: NOW + 30 * MINUTE, reason: "planned" },
  },
];

for (const { name, input, due } of TABLE) {
  Deno.test(`dueAt() after ${name}`, () => assertEquals(nextPollAt({ ...BASE, ...input }), due));
}

const ASKABLE: readonly (readonly [string, Partial<ManualPollInput>, number])[] = [
  ["never polled: always", { last: null }, -Infinity],
  ["just polled: at once", {}, NOW - 20 * SECOND],
  ["just polled, at a provider that wants peace: later", { everyMs: MINUTE }, NOW + 40 * SECOND],
  ["resting after refusals: at once", { last: last({ kind: "auth", nextAt: null }) }, NOW - 20 * SECOND],
  [
    "in our own long back-off: five minutes after the last attempt",
    { last: last({ kind: "rate_limited", nextAt: NOW + 6 * HOUR }) },
    NOW + 280 * SECOND,
  ],
  [
    "told to wait by the vendor: not before",
    { last: last({ kind: "rate_limited", nextAt: NOW + HOUR, retryAt: NOW + HOUR }) },
    NOW + HOUR,
  ],
  [
    "told to wait with another credential: always",
    { last: last({ kind: "rate_limited", retryAt: NOW + HOUR }), credential: "new" },
    -Infinity,
  ],
  ["polled in the future, by a clock ahead: always", { last: last({ at: NOW + 1 }) }, -Infinity],
  ["polled at this very moment: at once", { last: last({ at: NOW }) }, NOW],
  [
    "in our own back-off, at a provider that wants more peace: later",
    { last: last({ kind: "rate_limited", nextAt: NOW + 6 * HOUR }), everyMs: 10 * MINUTE },
    NOW + 580 * SECOND,
  ],
  [
    "told to wait for less than our own five minutes: these",
    { last: last({ kind: "rate_limited", retryAt: NOW + MINUTE }) },
    NOW + 280 * SECOND,
  ],
  [
    "told to wait for more than a week, which is a mistake: our own five minutes",
    { last: last({ kind: "rate_limited", retryAt: NOW + 8 * 24 * HOUR }) },
    NOW + 280 * SECOND,
  ],
  ["failed with other settings: always", { last: last({ kind: "unavailable" }), settings: "new" }, -Infinity],
  ["polled with other settings: at once", { settings: "new" }, NOW - 20 * SECOND],
  [
    "that failed, by somebody who insists: always",
    { last: last({ kind: "unavailable" }), everyMs: MINUTE, force: true },
    -Infinity,
  ],
  [
    "told to wait by an overloaded vendor, by somebody who insists: not before",
    { last: last({ kind: "unavailable", retryAt: NOW + MINUTE }), force: true },
    NOW + MINUTE,
  ],
  ["just polled, by somebody who insists: always", { everyMs: MINUTE, force: true }, -Infinity],
  [
    "told to wait by the vendor, by somebody who insists: not before",
    { last: last({ kind: "rate_limited", retryAt: NOW + MINUTE }), force: true },
    NOW + MINUTE,
  ],
  [
    "in our own back-off, by somebody who insists: always",
    { last: last({ kind: "rate_limited" }), force: true },
    -Infinity,
  ],
];

for (const [name, input, at] of ASKABLE) {
  Deno.test(`earliestManualPoll() of an account ${name}`, () =>
    assertEquals(earliestManualPoll({ ...BASE, ...input }), at));
}
