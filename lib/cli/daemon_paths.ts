/** The folders of a server of this user. */
import { type DaemonPaths, daemonPaths } from "../daemon/paths.ts";
import type { Io } from "./io.ts";

/** Null where no home is known to keep the run file in. */
export function pathsFor({ home, child }: Pick<Io, "home" | "child">, test: boolean): DaemonPaths | null {
  return home === null ? null : daemonPaths(home, child?.test ?? test);
}
