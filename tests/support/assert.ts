/**
 * The assertions of the tests: thin wrappers around `node:assert`, so that no test
 * library is needed.
 */
import nodeAssert from "node:assert/strict";

export function assert(value: unknown, message?: string): asserts value {
  // Its types distinguish an absent message from an undefined one.
  if (message === undefined) nodeAssert.ok(value);
  else nodeAssert.ok(value, message);
}

export function assertEquals<T>(actual: T, expected: T, message?: string): void {
  if (message === undefined) nodeAssert.deepStrictEqual(actual, expected);
  else nodeAssert.deepStrictEqual(actual, expected, message);
}

/** Compares two numbers that may differ by rounding. */
export function assertClose(actual: number, expected: number, tolerance = 1e-9): void {
  const near = Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected));
  nodeAssert.ok(near, `Expected a number near ${expected}, got ${actual}`);
}

export function assertMatch(actual: string, pattern: RegExp, message?: string): void {
  if (message === undefined) nodeAssert.match(actual, pattern);
  else nodeAssert.match(actual, pattern, message);
}

export function assertStringIncludes(actual: string, part: string): void {
  nodeAssert.ok(
    actual.includes(part),
    `Expected ${JSON.stringify(actual)} to include ${JSON.stringify(part)}`,
  );
}

/** Runs `action`, which must throw, and returns what it threw. */
export function assertThrows(action: () => unknown, pattern?: RegExp): unknown {
  try {
    action();
  } catch (error) {
    if (pattern) nodeAssert.match(messageOf(error), pattern);
    return error;
  }
  throw new nodeAssert.AssertionError({ message: "Expected a throw, got none" });
}

/** Awaits `action`, which must reject, and returns what it rejected with. */
export async function assertRejects(action: () => Promise<unknown>, pattern?: RegExp): Promise<unknown> {
  try {
    await action();
  } catch (error) {
    if (pattern) nodeAssert.match(messageOf(error), pattern);
    return error;
  }
  throw new nodeAssert.AssertionError({ message: "Expected a rejection, got none" });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
