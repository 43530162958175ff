/** A sample that repeats for the same seed and grows by adding: a larger one contains every smaller one. */
import { createHash } from "node:crypto";
import type { Mutant } from "./mutants.ts";

export function drawSample(mutants: readonly Mutant[], size: number, seed: number): readonly Mutant[] {
  return mutants
    .map((mutant) => ({ mutant, place: hashPlace(mutant, seed) }))
    .sort((a, b) => a.place < b.place ? -1 : 1)
    .slice(0, size)
    .map(({ mutant }) => mutant);
}

function hashPlace({ path, at, to }: Mutant, seed: number): string {
  return createHash("sha256").update(`${seed} ${path} ${at} ${to}`).digest("hex");
}
