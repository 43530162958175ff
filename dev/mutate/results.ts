/** The known results of mutants, one JSON line each, so that an interrupted run can continue. */
import { createHash } from "node:crypto";
import { dirname } from "node:path";
import type { Mutant } from "./mutants.ts";

/**
 * `killed`: a test failed; `late`: the tests did not end in time; `survived`: all passed;
 * `equivalent`: no test can notice it, so none was run.
 */
export type Outcome = "killed" | "late" | "survived" | "equivalent";

export interface Results {
  get(id: string): Outcome | undefined;
  add(id: string, mutant: Mutant, outcome: Outcome): void;
}

/**
 * Identifies a mutant by everything that determines its result: the change, its source, and the tests to run.
 *
 * @param tests contents of the tests
 */
export function identifyResult(mutant: Mutant, source: string, tests: readonly string[]): string {
  const { path, at, to } = mutant;
  const hash = createHash("sha256").update(JSON.stringify([path, at, to, source]));
  for (const test of tests) hash.update(test);
  return hash.digest("hex").slice(0, 24);
}

export function openResults(path: string): Results {
  const known = new Map<string, Outcome>();
  for (const line of readText(path).split("\n")) {
    const read = readLine(line);
    if (read) known.set(read.id, read.outcome);
  }
  return {
    get: (id) => known.get(id),
    add(id, { path: file, line, from, to }, outcome) {
      known.set(id, outcome);
      Deno.mkdirSync(dirname(path), { recursive: true });
      const text = `${JSON.stringify({ id, outcome, at: `${file}:${line}`, from, to })}\n`;
      Deno.writeTextFileSync(path, text, { append: true });
    },
  };
}

/** The last line may be incomplete, if a run was interrupted while writing it. */
function readLine(line: string): { readonly id: string; readonly outcome: Outcome } | null {
  try {
    const { id, outcome } = JSON.parse(line);
    return typeof id === "string" && typeof outcome === "string" ? { id, outcome: outcome as Outcome } : null;
  } catch {
    return null;
  }
}

function readText(path: string): string {
  try {
    const text = Deno.readTextFileSync(path);
    return text === "" || text.endsWith("\n") ? text : cutToLine(path, text);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

/** Removes an incomplete last line; otherwise the next line would be appended to it and be lost too. */
function cutToLine(path: string, text: string): string {
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  Deno.writeTextFileSync(path, whole);
  return whole;
}
