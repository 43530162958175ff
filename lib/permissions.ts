/**
 * The permissions the runtime has to grant so that the program can do what it is configured for, and
 * nothing besides. Pure.
 */
import type { ProviderReach } from "./reach.ts";

export interface OwnPaths {
  /** Where the program itself lies; null for a single executable, which brings itself along. */
  readonly program: string | null;
  /** Folders of ours, in which everything is read and written: `~/.syntrack`, that of the database. */
  readonly folders: readonly string[];
  /** Files of ours that are only read, such as `./.env`. */
  readonly files: readonly string[];
  /** Where the dashboard listens, `127.0.0.1:9211`. */
  readonly listen: string;
  /** Folders of vendors' files whose owner asked for renewed logins. */
  readonly renewed?: readonly string[];
  /** The command that lists processes; `ps` unless given. */
  readonly processList?: string;
}

/**
 * One flag a line, as `deno run` takes them; no list is empty.
 *
 * @throws {RangeError} for a path with a comma, which separates the values of a flag and cannot be escaped
 */
export function permissionFlags(reach: readonly ProviderReach[], own: OwnPaths): readonly string[] {
  const on = reach.filter(({ enabled }) => enabled);
  const hosts = unique([own.listen, ...on.flatMap((provider) => provider.hosts)]);
  const written = unique([...own.folders, ...own.renewed ?? []]);
  const read = unique([
    ...own.program === null ? [] : [own.program],
    ...written,
    ...own.files,
    ...on.flatMap(({ files }) => files.flatMap(({ path }) => withSideFiles(path))),
  ]);
  const odd = [...read, ...written].find((path) => path.includes(","));
  if (odd !== undefined) throw new RangeError(`Cannot list "${odd}": a path with a comma fits no permission`);
  // Before a login is renewed its tool must not run, which only the system's own list tells.
  const asking = (own.renewed ?? []).length > 0 ? [own.processList ?? "ps"] : [];
  const commands = unique([...on.flatMap((provider) => provider.commands), ...asking]);
  return [
    `--allow-net=${hosts.join(",")}`,
    `--allow-read=${read.join(",")}`,
    `--allow-write=${written.join(",")}`,
    // Which variables are set is not known beforehand: a second key is one more name.
    "--allow-env",
    ...commands.length === 0 ? [] : [`--allow-run=${commands.join(",")}`],
    // Without it the runtime would ask on a terminal instead of refusing.
    "--no-prompt",
  ];
}

/** A database that is in use has two files beside it, which tell that it is. */
function withSideFiles(path: string): readonly string[] {
  return /\.(?:vscdb|sqlite3?|db)$/.test(path) ? [path, `${path}-wal`, `${path}-shm`] : [path];
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
