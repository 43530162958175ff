/** Invariants of every provider's results, and classification of failures. */
import { FAILURE_KINDS } from "../../lib/model/outcome.ts";
import { type Reading, readingShare, readingUtilization, UNITS } from "../../lib/model/quota.ts";
import { assert, assertEquals, assertMatch } from "./assert.ts";

const YEAR_2000 = Date.UTC(2000, 0);
const YEAR_2100 = Date.UTC(2100, 0);

export const KEBAB = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** Checks what must hold for readings, whatever the vendor answered. */
export function checkReadings(readings: readonly Reading[]) {
  const ids = readings.map((reading) => reading.quota);
  assertEquals([...new Set(ids)], ids);
  for (const reading of readings) {
    assertMatch(reading.quota, KEBAB);
    assert(reading.label.length > 0);
    assert(UNITS.includes(reading.unit));
    const { kind, seconds } = reading.window;
    for (const value of [reading.used, reading.limit]) {
      assert(value === null || (Number.isFinite(value) && value >= 0), `${reading.quota}: ${value}`);
    }
    const { remaining } = reading;
    // Only a balance can be negative.
    assert(remaining === null || (Number.isFinite(remaining) && (remaining >= 0 || kind === "balance")));
    assert(seconds === null || (Number.isInteger(seconds) && seconds > 0));
    assert(
      (seconds === null) === ["calendar", "balance", "allocation"].includes(kind),
      `${kind} of ${seconds}`,
    );
    for (const share of [readingShare(reading), readingUtilization(reading)]) {
      assert(share === null || (Number.isFinite(share) && share >= 0), `${reading.quota}: ${share}`);
    }
    for (const instant of [reading.resetsAt, reading.startedAt ?? null]) {
      assert(
        instant === null || (instant >= YEAR_2000 && instant < YEAR_2100),
        `${reading.quota}: ${instant}`,
      );
    }
    for (const part of reading.parts ?? []) assert(Number.isFinite(part.used) && part.used >= 0);
  }
}

/** Returns the kind of a failure, or a description of anything else. */
export function kindOf(error: unknown): string {
  const kind: unknown = typeof error === "object" && error !== null ? Reflect.get(error, "kind") : undefined;
  return FAILURE_KINDS.find((one) => one === kind) ?? `none: ${error}`;
}
