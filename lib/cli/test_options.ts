/** `--test`: a trial server, which touches nothing of the regular one, whatever the settings say. */
import { daemonPaths } from "../daemon/paths.ts";
import type { Io } from "./io.ts";
import type { Typed } from "./table.ts";

/** Returns the options with a separate database and port, unless they were typed. */
export function asTest(typed: Typed, { home }: Pick<Io, "home">): Typed {
  if (home === null) return typed;
  const { database, port } = daemonPaths(home, true);
  const begins = typed.command === "start" || typed.command === "serve";
  const own = { ...database && { db: database }, ...begins && port && { port } };
  return { ...typed, options: { ...own, ...typed.options } };
}
