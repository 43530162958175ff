/**
 * The permissions the runtime has to grant so that the program can do what it is configured for, and
 * nothing besides. Pure.
 */
import type { Environment } from "../config/environment.ts";
import { OPTIONS } from "../config/options.ts";
import { baseUrlVariables, type Provider } from "../provider/contract.ts";
import type { ProviderReach } from "./access_list.ts";

export interface OwnPaths {
  /** Where the program itself lies; null for a single executable, which brings itself along. */
  readonly program: string | null;
  /** Folders of ours, in which everything is read and written: `~/.syntrack`, that of the database. */
  readonly folders: readonly string[];
  /** Files of ours that are only read, such as `./.env`. */
  readonly files: readonly string[];
  /** Where the dashboard listens, each as `127.0.0.1:9211`. */
  readonly listen: readonly string[];
  /** What decides what the program may do, so that it must not change it: env files, the config file, declarations. */
  readonly deciding?: readonly string[];
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
  const on = reach.filter(({ enabled, found }) => enabled && found);
  const hosts = unique([...own.listen, ...on.flatMap((provider) => provider.hosts)]);
  const written = unique([...own.folders, ...own.renewed ?? []]);
  const read = unique([
    ...own.program === null ? [] : [own.program],
    ...written,
    ...own.files,
    ...on.flatMap(({ files }) => files.flatMap(({ path }) => withSideFiles(path))),
  ]);
  const barred = unique(own.deciding ?? []);
  const odd = [...read, ...written, ...barred].find((path) => path.includes(","));
  if (odd !== undefined) throw new RangeError(`Cannot list "${odd}": a path with a comma fits no permission`);
  // Before a login is renewed its tool must not run, which only the system's own list tells.
  const asking = (own.renewed ?? []).length > 0 ? [own.processList ?? "ps"] : [];
  const commands = unique([...on.flatMap((provider) => provider.commands), ...asking]);
  return [
    `--allow-net=${hosts.join(",")}`,
    `--allow-read=${read.join(",")}`,
    `--allow-write=${written.join(",")}`,
    // Whoever could write them would grant themselves the rest at the next start.
    ...barred.length === 0 ? [] : [`--deny-write=${barred.join(",")}`],
    // Which variables are set is not known beforehand: a second key is one more name.
    "--allow-env",
    ...commands.length === 0 ? [] : [`--allow-run=${commands.join(",")}`],
    // Without it the runtime would ask on a terminal instead of refusing.
    "--no-prompt",
  ];
}

/** Variables of the system that any program needs: where things lie, how to speak, the way out into the network. */
const OF_THE_SYSTEM =
  /^(?:HOME|USER|LOGNAME|USERPROFILE|PATH|TZ|TERM|LANG|LC_[A-Z]+|TMPDIR|TEMP|TMP|SYSTEMROOT|XDG_[A-Z_]+|(?:LOCAL)?APPDATA|NO_COLOR|FORCE_COLOR|COLUMNS|DENO_[A-Z_]+|(?:HTTPS?|ALL|NO)_PROXY|(?:https?|all|no)_proxy|SSL_CERT_(?:FILE|DIR)|DBUS_SESSION_BUS_ADDRESS)$/;

/** Of the environment what the system, this program and the providers that were found are set by. */
export function grantedEnvironment(
  reach: readonly ProviderReach[],
  { environment, providers }: {
    readonly environment: Pick<Environment, "names">;
    readonly providers: readonly Provider[];
  },
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const on = new Set(reach.filter((one) => one.enabled && one.found).map(({ id }) => id));
  const known = namesOf(environment, providers.filter(({ id }) => on.has(id)));
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => {
      const [name, value] = entry;
      return value !== undefined &&
        (OF_THE_SYSTEM.test(name) || name.startsWith("SYNTRACK_") || known.has(name));
    }),
  );
}

/** Names of settings that are set, as they are, numbered, and as what names a file or an account. */
function namesOf(
  environment: Pick<Environment, "names">,
  providers: readonly Provider[],
): ReadonlySet<string> {
  const own = new Set([
    ...OPTIONS.flatMap(({ names }) => names),
    ...providers.flatMap((one) => [...baseUrlVariables(one), ...one.settings.map(({ name }) => name)]),
    // Places begin with variables of vendors' tools that are no settings.
    ...providers.flatMap(({ places = [] }) =>
      places.flatMap(({ path }) => /^\$\{([A-Z][A-Z0-9_]*):-/.exec(path)?.[1] ?? [])
    ),
  ]);
  const names = environment.names().map(({ name }) => name);
  return new Set(
    names.filter((name) =>
      own.has(name.replace(/_(?:FILE|NAME)$/, "").replace(/_\d{1,4}$/, "")) || own.has(name)
    ),
  );
}

/** A database that is in use has two files beside it, which tell that it is. */
function withSideFiles(path: string): readonly string[] {
  return /\.(?:vscdb|sqlite3?|db)$/.test(path) ? [path, `${path}-wal`, `${path}-shm`] : [path];
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
