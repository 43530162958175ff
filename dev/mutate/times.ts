/** Which tests are able to judge mutants, and in which batches they run. */
import type { TestTime, Workshop } from "./workshop.ts";

export interface AbleTest {
  readonly test: string;
  readonly ms: number;
}

export interface Times {
  /** Leaves out tests that fail unchanged or are slow; the quickest come first. Measures each once. */
  able(workshop: Workshop, tests: readonly string[]): Promise<readonly AbleTest[]>;
}

/** Quick tests share a process, as long as together they take no longer than this. */
const BATCH_MS = 5000;

export function createTimes(slowMs: number, report: (text: string) => void = console.error): Times {
  const measured = new Map<string, TestTime>();
  return {
    async able(workshop, tests) {
      const able: AbleTest[] = [];
      for (const test of tests) {
        const { ms, passes } = measured.get(test) ?? await workshop.measure(test, slowMs);
        if (!measured.has(test)) {
          measured.set(test, { ms, passes });
          if (ms >= slowMs) report(`Takes more than ${slowMs / 1000} s, so it is not run: ${test}`);
          else if (!passes) report(`Fails as it is, so it is not run: ${test}`);
        }
        if (passes && ms < slowMs) able.push({ test, ms });
      }
      return able.sort((a, b) => a.ms - b.ms);
    },
  };
}

/** Groups tests that start together, so that a mutant noticed by an early test does not wait for the others. */
export function splitIntoBatches(tests: readonly AbleTest[]): readonly (readonly AbleTest[])[] {
  const batches: AbleTest[][] = [];
  let total = Infinity;
  for (const one of tests) {
    if (total + one.ms > BATCH_MS) {
      batches.push([]);
      total = 0;
    }
    batches.at(-1)!.push(one);
    total += one.ms;
  }
  return batches;
}
