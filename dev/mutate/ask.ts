/**
 * Asks the tests about mutants: the near tests about each mutant alone, since they notice most; all others
 * about many mutants at once, since they rarely notice any. When they do, about half of those, and so on.
 */
import type { Mutant } from "./mutants.ts";
import type { Related } from "./related.ts";
import type { Outcome } from "./results.ts";
import { type AbleTest, splitIntoBatches, type Times } from "./times.ts";
import type { Workshop } from "./workshop.ts";

export interface Question {
  readonly mutant: Mutant;
  readonly related: Related;
}

export interface Asker {
  /** Asks the near tests about one mutant. */
  askNear(workshop: Workshop, question: Question): Promise<Outcome>;
  /** Asks other tests about mutants of different files; tells each that is noticed, and returns the rest. */
  askTogether(
    workshops: readonly Workshop[],
    group: readonly Question[],
    testsOf: (related: Related) => readonly string[],
    noticed: (question: Question, outcome: Outcome) => void,
  ): Promise<readonly Question[]>;
}

/** A test that takes this much longer than before is in an endless loop. */
const PATIENCE = 6;
const MIN_PATIENCE_MS = 5000;
/** More could hide each other's effects. */
const MAX_TOGETHER = 24;
/** Test files that share a process. */
const FILES_TOGETHER = 4;

/** Mutants of one file are in different groups, since they could undo each other. */
export function groupQuestions(questions: readonly Question[]): readonly (readonly Question[])[] {
  const groups: Question[][] = [];
  for (const question of questions) {
    const group = groups.find((one) =>
      one.length < MAX_TOGETHER && one.every(({ mutant }) => mutant.path !== question.mutant.path)
    );
    if (group) group.push(question);
    else groups.push([question]);
  }
  return groups;
}

/** @param maxMs when a test is ended at the latest */
export function createAsker(times: Times, maxMs: number): Asker {
  /** On a busy machine tests can be late without a loop, so the clock ends them only at the second, longer try. */
  async function tryTwice(workshop: Workshop, mutants: readonly Mutant[], batch: readonly AbleTest[]) {
    const tests = batch.map(({ test }) => test);
    const usualMs = batch.reduce((sum, { ms }) => sum + ms, 0);
    const limitMs = Math.min(maxMs, Math.max(MIN_PATIENCE_MS, usualMs * PATIENCE));
    const outcome = await workshop.try(mutants, tests, limitMs);
    return outcome === "late" && limitMs < maxMs ? workshop.try(mutants, tests, maxMs) : outcome;
  }

  async function askEach(workshop: Workshop, mutant: Mutant, tests: readonly AbleTest[]): Promise<Outcome> {
    for (const batch of splitIntoBatches(tests)) {
      const outcome = await tryTwice(workshop, [mutant], batch);
      if (outcome !== "survived") return outcome;
    }
    return "survived";
  }

  return {
    async askNear(workshop, { mutant, related }) {
      return askEach(workshop, mutant, await times.able(workshop, related.near));
    },
    async askTogether(workshops, group, testsOf, noticed) {
      const left = new Set(group);
      const tests = [...new Set(group.flatMap(({ related }) => testsOf(related)))];
      const mutantsIn = (questions: Iterable<Question>) => [...questions].map(({ mutant }) => mutant);

      /** Asks about all of some mutants, then about each half of them, down to the one that was noticed. */
      async function search(
        workshop: Workshop,
        among: readonly Question[],
        able: readonly AbleTest[],
      ): Promise<void> {
        const asked = able.filter(({ test }) => among.some(({ related }) => testsOf(related).includes(test)));
        if (asked.length === 0) return;
        const outcome = await tryTwice(workshop, mutantsIn(among), asked);
        if (outcome === "survived") return;
        const [question] = among;
        if (among.length === 1 && question) {
          if (left.delete(question)) noticed(question, outcome);
          return;
        }
        const half = among.length >> 1;
        await search(workshop, among.slice(0, half), asked);
        await search(workshop, among.slice(half), asked);
      }

      async function ask(workshop: Workshop, batch: readonly string[]): Promise<void> {
        if (await workshop.try(mutantsIn(left), batch, maxMs) === "survived") return;
        // Only now does it matter which of them pass unchanged.
        await search(workshop, [...left], await times.able(workshop, batch));
      }

      await Promise.all(workshops.map(async (workshop) => {
        while (tests.length > 0 && left.size > 0) await ask(workshop, tests.splice(0, FILES_TOGETHER));
      }));
      return [...left];
    },
  };
}
