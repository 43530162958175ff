/** `--test`: a server that somebody tries something with touches nothing of the one in earnest, whatever the settings say. */
import { daemonPaths } from "../daemon/paths.ts";
import type { Io } from "./io.ts";
import type { Typed } from "./table.ts";

/** The same with a database and a port of its own, unless they were typed. */
export function asTest(typed: Typed, { home }: Pick<Io, "home">): Typed {
  if (home === null) return typed;
  const { database, port } = daemonPaths(home, true);
  const begins = typed.command === "start" || typed.command === "serve";
  const own = { ...database && { db: database }, ...begins && port && { port } };
  return { ...typed, options: { ...own, ...typed.options } };
}
