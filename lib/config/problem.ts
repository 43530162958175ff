/** What is wrong with a setting, in three parts that people can act on. Imports nothing. */

export interface Problem {
  /** Errors keep a command from running; warnings are told once. */
  readonly level: "error" | "warning";
  /** What is meant, by the name its owner used: `--port`, `SYNTRACK_PORT in ./.env`. */
  readonly field: string;
  readonly problem: string;
  /** What stands there; never present for secrets. */
  readonly got?: string;
  readonly wanted?: string;
}

/** `field: problem, got "x", wanted y` */
export function problemText(problem: Problem): string {
  const got = problem.got === undefined ? "" : `, got ${JSON.stringify(problem.got)}`;
  const wanted = problem.wanted === undefined ? "" : `, wanted ${problem.wanted}`;
  return `${problem.field}: ${problem.problem}${got}${wanted}`;
}
