/** The build that tests serve. */
import { ensureBuilt } from "../../dev/build.ts";

let built: Promise<boolean> | undefined;

/** Ensures that `_fresh/` matches the sources. They are read once a process, for they do not change during tests. */
export function ensureBuiltOnce(): Promise<boolean> {
  return built ??= ensureBuilt();
}
