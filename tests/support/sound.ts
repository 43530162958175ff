/** What must hold of whatever a provider gives, and how failures are told apart. */
import { FAILURE_KINDS } from "../../lib/model/outcome.ts";
import { type Reading, UNITS } from "../../lib/model/quota.ts";
import { assert, assertEquals, assertMatch } from "./assert.ts";

export const KEBAB = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** What must hold of readings whatever the vendor answered. */
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
    // Only a balance can be a debt.
    assert(remaining === null || (Number.isFinite(remaining) && (remaining >= 0 || kind === "balance")));
    assert(seconds === null || (Number.isInteger(seconds) && seconds > 0));
    assert(
      (seconds === null) === ["calendar", "balance", "allocation"].includes(kind),
      `${kind} of ${seconds}`,
    );
    // Throws for what is no instant.
    if (reading.resetsAt !== null) new Date(reading.resetsAt).toISOString();
    for (const part of reading.parts ?? []) assert(Number.isFinite(part.used) && part.used >= 0);
  }
}

/** The kind of a failure, or words for what is none. */
export function kindOf(error: unknown): string {
  const kind: unknown = typeof error === "object" && error !== null ? Reflect.get(error, "kind") : undefined;
  return FAILURE_KINDS.find((one) => one === kind) ?? `none: ${error}`;
}
