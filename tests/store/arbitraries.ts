/** Arbitrary polls: any numbers a provider could state, known or unknown, at rising times. */
import fc from "fast-check";
import type { Reading } from "../../lib/model/quota.ts";
import { UNITS } from "../../lib/model/quota.ts";
import { DAY_MS, type FakePoll, FIVE_HOURS, HOUR_MS, MONTHLY, ROLLING } from "../support/readings.ts";
import { START } from "./polls.ts";

/** Whole numbers, and fractions without exact decimals; not so small that a share of them would be infinite. */
const amount = fc.oneof(
  fc.integer({ min: 0, max: 2_000_000 }),
  fc.integer({ min: 1, max: 2_000_000 }).map((value) => value / 7),
);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null, freq: 4 });

const readingArbitrary: fc.Arbitrary<Reading> = fc.record({
  quota: fc.constantFrom("five-hour", "seven-day", "credits"),
  label: fc.string({ unit: "grapheme" }),
  unit: fc.constantFrom(...UNITS),
  used: maybe(amount),
  limit: maybe(amount),
  remaining: maybe(amount),
  window: fc.constantFrom(FIVE_HOURS, MONTHLY, ROLLING),
  resetsAt: maybe(fc.integer({ min: START - DAY_MS, max: START + 9 * DAY_MS })),
}, { noNullPrototype: true });

export const pollsArbitrary: fc.Arbitrary<readonly FakePoll[]> = fc.array(
  fc.record({
    after: fc.integer({ min: 1, max: 7 * HOUR_MS }),
    readings: fc.uniqueArray(readingArbitrary, { selector: ({ quota }) => quota, maxLength: 3 }),
  }),
  { maxLength: 12 },
).map((polls) => {
  let at = START;
  return polls.map(({ after, readings }) => ({ at: at += after, readings }));
});
