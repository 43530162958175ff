/** The build that tests serve. */
import { ensureBuilt } from "../../dev/build.ts";

/**
 * Set for processes whose tests find the build made: an older runtime would make its own in the same place, under
 * those that serve it.
 */
export const BUILT_VARIABLE = "SYNTRACK_TESTS_BUILT";

let built: Promise<boolean> | undefined;

/** Ensures that `_fresh/` matches the sources. They are read once a process, for they do not change during tests. */
export function ensureBuiltOnce(): Promise<boolean> {
  return built ??= Deno.env.has(BUILT_VARIABLE) ? Promise.resolve(false) : ensureBuilt();
}
