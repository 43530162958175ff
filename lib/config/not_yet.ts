/** Settings people bring along from elsewhere that this version does not heed: they are told, never passed over. */
import type { Environment } from "./environment.ts";
import type { Problem } from "./problem.ts";

/** Who may sign in: nobody can yet, which is why only this machine is served. */
const SIGNING_IN = /^(?:AUTH_SECRET|SYNTRACK_AUTH_TOKENS?|SYNTRACK_ADMIN_[A-Z_]+?)(?:_FILE)?$/;

export function isNotYet(name: string): boolean {
  return SIGNING_IN.test(name);
}

/** One line for all of them, with where each stands and without what it holds. */
export function notYetProblems(environment: Pick<Environment, "names">): readonly Problem[] {
  const found = environment.names().filter(({ name }) => isNotYet(name));
  if (found.length === 0) return [];
  const field = [...new Set(found.map(({ name, source }) => `${name} in ${source}`))].join(", ");
  const are = found.length === 1 ? "is" : "are";
  return [{
    level: "warning",
    field,
    problem: `${are} not used by this version yet: nobody signs in, and only this machine is served`,
  }];
}
