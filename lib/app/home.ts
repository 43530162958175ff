/** Limits which folders can be named from outside: those in the home of the user that runs the program. */
import { isAbsolute, relative } from "../base/path.ts";
import type { Environment } from "../config/environment.ts";
import { resolveRealPath } from "../config/system.ts";

/** Reports whether a path is in the home folder, with links resolved. */
export function isInHome(path: string, { resolve }: Pick<Environment, "resolve">): boolean {
  const home = resolve("~");
  const at = resolve(path);
  const within = relative(resolveRealPath(home) ?? home, resolveRealPath(at) ?? at);
  return !isAbsolute(within) && !/^\.\.(?:[/\\]|$)/.test(within);
}
