import { assert } from "./assert.ts";

/** Whatever else runs makes an attempt slower, and none faster. */
const ATTEMPTS = 5;

/** Asserts that some work takes less than a time in one of several attempts. */
export async function assertFast(lessThanMs: number, work: () => unknown): Promise<void> {
  const spent: number[] = [];
  while (spent.length < ATTEMPTS) {
    const before = performance.now();
    await work();
    spent.push(performance.now() - before);
    if (spent.at(-1)! < lessThanMs) return;
  }
  assert(false, `It took ${spent.map(Math.round).join(", ")} ms, not less than ${lessThanMs} ms`);
}
