/**
 * Settings from other trackers that this version does not support: it reports them instead of ignoring them.
 */
import type { Environment } from "./environment.ts";
import type { Problem } from "./problem.ts";

/** Sign-in settings: there is no sign-in yet, so only this machine is served. */
const SIGNING_IN = /^(?:AUTH_SECRET|SYNTRACK_AUTH_TOKENS?|SYNTRACK_ADMIN_[A-Z_]+?)(?:_FILE)?$/;

export function isNotYet(name: string): boolean {
  return SIGNING_IN.test(name);
}

/** Reports all of them in one line, with the place of each but not its value. */
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
