/** The folders of this user's server. */
import { type DaemonPaths, daemonPaths } from "../daemon/paths.ts";
import type { Io } from "./io.ts";

/** Returns null without a home folder for the run file. */
export function pathsFor({ home, child }: Pick<Io, "home" | "child">, test: boolean): DaemonPaths | null {
  return home === null ? null : daemonPaths(home, child?.test ?? test);
}
