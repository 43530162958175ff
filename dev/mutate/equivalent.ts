/** Changes that make no difference, so that no test can notice them, each with its reason. */
import type { Mutant } from "./mutants.ts";

interface Equivalent {
  readonly path: string;
  /** The trimmed line, so that it is found wherever it moves. */
  readonly code: string;
  readonly from: string;
  /** Which of the same operators or constants in that line, counted from 0. */
  readonly place?: number;
  readonly to: string;
  readonly why: string;
}

export const EQUIVALENT: readonly Equivalent[] = [
  {
    path: "lib/read/analysis.ts",
    code: "const MAX_FINDINGS = 2048;",
    from: "2048",
    to: "2049",
    why: "A memory limit: an entry that is not cached is computed again, with the same result",
  },
  {
    path: "lib/model/time.ts",
    code: "if (cache.size >= most) cache.delete(cache.keys().next().value!);",
    from: ">=",
    to: ">",
    why: "A memory limit: a formatter that is not cached is created again, with the same result",
  },
  {
    path: "lib/poll/known_quotas.ts",
    code: "if (fresh.length === 0 || excess <= 0) return { before, snapshot };",
    from: "<=",
    to: "<",
    why: "Without an excess no quota makes room and each new one fits: the answer is the same",
  },
];

/** Returns why a mutant makes no difference, or `null` if it should be noticed. */
export function whyEquivalent(
  { path, line, column, from, to }: Mutant,
  text: string,
  known: readonly Equivalent[] = EQUIVALENT,
): string | null {
  const whole = text.split("\n")[line - 1] ?? "";
  const before = whole.slice(0, column - 1).split(from).length - 1;
  return known.find((one) =>
    one.path === path && one.code === whole.trim() && one.from === from && one.to === to &&
    (one.place ?? 0) === before
  )?.why ?? null;
}
