/** Computes the permissions the runtime must grant for the current configuration, and no more. Pure. */
import type { Environment } from "../config/environment.ts";
import { OPTIONS } from "../config/options.ts";
import { baseUrlVariables, type Provider } from "../provider/contract.ts";
import type { ProviderReach } from "./access_list.ts";

export interface OwnPaths {
  /** The path of the program; null for a single executable, which contains it. */
  readonly program: string | null;
  /** Our folders, with full read and write access: `~/.syntrack`, and the database's. */
  readonly folders: readonly string[];
  /** Our read-only files, such as `./.env`. */
  readonly files: readonly string[];
  /** The address the dashboard listens on, `127.0.0.1:9211`. */
  readonly listen: readonly string[];
  /**
   * System information to query: `networkInterfaces` for the address of the tailnet; all where the runtime has no name
   * for it.
   */
  readonly system?: readonly string[] | "all";
  /**
   * Files that determine the program's permissions, so that it must not
   * change them: env files, the config file, declarations.
   */
  readonly deciding?: readonly string[];
  /** The host of a database on a server, `kv.example:443`. */
  readonly database?: readonly string[];
  /** What the channels of alerts reach. */
  readonly channels?: { readonly hosts: readonly string[]; readonly commands: readonly string[] };
  /** Hosts to ask for a newer version. */
  readonly releases?: readonly string[];
  /** Folders of vendors' files whose owner opted in to login renewal. */
  readonly renewed?: readonly string[];
  /**
   * The command that lists processes.
   * @default {"ps"}
   */
  readonly processList?: string;
}

/**
 * Returns one flag per line, as `deno run` takes them, and none for an empty list.
 *
 * @throws {RangeError} for a path with a comma, which separates values of a flag and cannot be escaped
 */
export function permissionFlags(reach: readonly ProviderReach[], own: OwnPaths): readonly string[] {
  const on = reach.filter(({ enabled, found }) => enabled && found);
  const hosts = removeDuplicates([
    ...own.listen,
    ...own.database ?? [],
    ...on.flatMap((provider) => provider.hosts),
    ...own.channels?.hosts ?? [],
    ...own.releases ?? [],
  ]);
  const written = removeDuplicates([...own.folders, ...own.renewed ?? []]);
  const read = removeDuplicates([
    ...own.program === null ? [] : [own.program],
    ...written,
    ...own.files,
    ...on.flatMap(({ files }) => files.flatMap(({ path }) => withSideFiles(path))),
  ]);
  // Before renewing a login, check in the system's process list that its tool is not running.
  const asking = (own.renewed ?? []).length > 0 ? [own.processList ?? "ps"] : [];
  const commands = removeDuplicates([
    ...on.flatMap((provider) => provider.commands),
    ...asking,
    ...own.channels?.commands ?? [],
  ]);
  // A program that may be run could be overwritten, and then do more than this process.
  const isWritable = (path: string) => written.some((folder) => path.startsWith(`${folder}/`));
  const barred = removeDuplicates([...own.deciding ?? [], ...commands.filter(isWritable)]);
  const odd = [...read, ...written, ...barred, ...commands].find((path) => path.includes(","));
  if (odd !== undefined) throw new RangeError(`Cannot list "${odd}": a path with a comma fits no permission`);
  return [
    `--allow-net=${hosts.join(",")}`,
    `--allow-read=${read.join(",")}`,
    `--allow-write=${written.join(",")}`,
    // Code that could write these files could grant itself the rest at the next start.
    ...barred.length === 0 ? [] : [`--deny-write=${barred.join(",")}`],
    ...systemFlags(own.system ?? []),
    // The set of variables is not known in advance: a second key adds a name.
    "--allow-env",
    ...commands.length === 0 ? [] : [`--allow-run=${commands.join(",")}`],
    // Without it the runtime would prompt on a terminal instead of refusing.
    "--no-prompt",
  ];
}

/** System variables every program needs: folders, locale, memory, network access. */
const SYSTEM_VARIABLES =
  /^(?:HOME|USER|LOGNAME|USERPROFILE|PATH|TZ|TERM|LANG|LC_[A-Z]+|TMPDIR|TEMP|TMP|SYSTEMROOT|XDG_[A-Z_]+|(?:LOCAL)?APPDATA|NO_COLOR|FORCE_COLOR|COLUMNS|DENO_[A-Z_]+|MALLOC_[A-Z_]+|(?:HTTPS?|ALL|NO)_PROXY|(?:https?|all|no)_proxy|SSL_CERT_(?:FILE|DIR)|DBUS_SESSION_BUS_ADDRESS|DISPLAY|WAYLAND_DISPLAY|TMUX)$/;

/** Returns the variables to grant: those of the system, this program and the discovered providers. */
export function grantedEnvironment(
  reach: readonly ProviderReach[],
  { environment, providers }: {
    readonly environment: Pick<Environment, "names">;
    readonly providers: readonly Provider[];
  },
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const on = new Set(reach.filter((one) => one.enabled && one.found).map(({ id }) => id));
  const known = listNames(environment, providers.filter(({ id }) => on.has(id)));
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => {
      const [name, value] = entry;
      return value !== undefined &&
        (SYSTEM_VARIABLES.test(name) || name.startsWith("SYNTRACK_") || known.has(name));
    }),
  );
}

/** Returns the names of set settings: plain, numbered, and those that name a file or an account. */
function listNames(
  environment: Pick<Environment, "names">,
  providers: readonly Provider[],
): ReadonlySet<string> {
  const own = new Set([
    ...OPTIONS.flatMap(({ names }) => names),
    ...providers.flatMap((one) => [...baseUrlVariables(one), ...one.settings.map(({ name }) => name)]),
    // Places may start with variables of vendors' tools that are not settings.
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

/** Adds the two side files of a database in use, which signal that it is in use. */
function withSideFiles(path: string): readonly string[] {
  return /\.(?:vscdb|sqlite3?|db)$/.test(path) ? [path, `${path}-wal`, `${path}-shm`] : [path];
}

function removeDuplicates(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}

function systemFlags(system: readonly string[] | "all"): readonly string[] {
  if (system === "all") return ["--allow-sys"];
  return system.length === 0 ? [] : [`--allow-sys=${system.join(",")}`];
}
