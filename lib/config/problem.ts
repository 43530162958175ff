/** A problem with a setting, in three parts users can act on. Imports nothing. */

export interface Problem {
  /** Errors stop a command; warnings are shown once. */
  readonly level: "error" | "warning";
  /** The setting, by the name its owner used: `--port`, `SYNTRACK_PORT in ./.env`. */
  readonly field: string;
  readonly problem: string;
  /** The current value; never present for secrets. */
  readonly got?: string;
  readonly wanted?: string;
}

/** Formats `field: problem, got "x", expected y`. */
export function problemText(problem: Problem): string {
  const got = problem.got === undefined ? "" : `, got ${JSON.stringify(problem.got)}`;
  const wanted = problem.wanted === undefined ? "" : `, expected ${problem.wanted}`;
  return `${problem.field}: ${problem.problem}${got}${wanted}`;
}
