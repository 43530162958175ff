/**
 * The program as it would run, with everything it would touch:
 * for `doctor` and for starting it with permissions.
 */
import { isAddress, isKvName, parseDatabaseFile, parseKvPlace } from "../base/database_name.ts";
import { dirname, isAbsolute, join, relative } from "../base/path.ts";
import { ROOT } from "../base/address.ts";
import { systemOs } from "../sandbox/sandbox.ts";
import { backupFolder } from "../app/backups.ts";
import { type Composed, openStore } from "../app/compose.ts";
import { lockPathsFor } from "../app/process_locks.ts";
import type { SetUp } from "../app/set_up.ts";
import { planEndpoints } from "../app/serve/plan.ts";
import { bracketAddress } from "../net/address.ts";
import { type OwnPaths, permissionFlags } from "../sandbox/permissions.ts";
import { type AccessListParts, listAccess, type ProviderReach } from "../sandbox/access_list.ts";
import { releaseHosts } from "../app/release_check.ts";
import { listChannelReach } from "../alerts/stored_channels.ts";
import type { Outcome } from "../model/outcome.ts";
import type { Store } from "../store/store.ts";
import { keyPathFor } from "../app/stored_accounts.ts";
import { RUN_COMMANDS } from "../config/options.ts";
import { failure } from "./io.ts";
import { checkProgram, programFor, readStore } from "./program_for.ts";
import { systemTailnet } from "./tailnet.ts";
import type { Tools } from "./tools.ts";

/** Files SQLite creates beside an open database. */
const SQLITE_FILES: readonly string[] = ["", "-wal", "-shm", "-journal"];

export interface InspectionReport {
  readonly program: SetUp;
  readonly accounts: ReturnType<Composed["scheduler"]["accounts"]>;
  /** Why discovery failed, by provider id. */
  readonly problems: ReadonlyMap<string, string>;
  /** Everything discovery looks for. */
  readonly reach: readonly ProviderReach[];
  /** The part of it that was found: what the program needs for its present accounts. */
  readonly found: readonly ProviderReach[];
  readonly own: OwnPaths;
  /** The outcome of a poll of each account, or the last one where the vendor asked to wait; empty unless `online`. */
  readonly outcomes: readonly (Outcome & { readonly isNew: boolean })[];
}

export interface InspectOptions {
  /** True to poll every account once. */
  readonly online?: boolean;
  /** Settings in addition to the typed ones. */
  readonly flags?: Readonly<Record<string, string>>;
}

/** Discovers accounts, and polls them once if `online`; the database is only read. */
export async function inspect(
  tools: Tools,
  { online = false, flags = {} }: InspectOptions = {},
): Promise<InspectionReport> {
  const program = programFor(tools, { quiet: true, flags });
  const { config, environment, providers } = program;
  await using store = await openStore({ ...config, dbPath: ":memory:" });
  await copyAccounts(program, store, tools.now);
  const there = new Map<string, { files: Set<string>; commands: Set<string> }>();
  const composed = program.compose(store, {
    onFound(provider, what) {
      const own = there.get(provider) ?? { files: new Set(), commands: new Set() };
      there.set(provider, own);
      if ("file" in what) own.files.add(what.file);
      else own.commands.add(what.command);
    },
  });
  await composed.scheduler.discover();
  const polled = online ? await composed.scheduler.pollNow(undefined, { force: true }) : [];
  const outcomes = polled.map((outcome) => ({ ...outcome, isNew: composed.scheduler.isOwn(outcome) }));
  const accounts = composed.scheduler.accounts();
  const reached = await composed.reached();
  const channels = await listChannelReach(await composed.alerting.channels.list(), Deno.build.os);
  const problems = composed.scheduler.problems();
  await composed.stop();
  const os: AccessListParts["os"] = systemOs();
  const all = { providers, environment, os, runCommands: config.runCommands, accounts: reached };
  const reach = listAccess(all);
  const found = listAccess({ ...all, there });
  const renewed = [...new Set(reached.flatMap((one) => one.renewed ?? []))];
  const own = {
    ...listOwnPaths(tools, program, await tailnetAddresses(program)),
    // The umask restricts a socket from the beginning, and no single permission covers the umask.
    system: config.listen.unix !== null
      ? "all" as const
      : shouldUseTailnet(program)
      ? ["networkInterfaces"]
      : [],
    renewed,
    channels,
    releases: config.updateCheck ? releaseHosts((name) => tools.io.env[name]) : [],
    ...os === "windows" && { processList: "tasklist" },
  };
  return { program, accounts, problems, reach, found, own, outcomes };
}

/**
 * Copies what is stored about accounts and channels into a writable database. Which of two accounts with one login is
 * polled depends on the choices of users and on the last outcomes.
 */
async function copyAccounts(program: SetUp, to: Store, now: number): Promise<void> {
  await using from = await readStore(program);
  for (const kind of ["accounts", "identities", "renewals", "channels", "settings"] as const) {
    for (const { id, doc } of await from.docs.list<object>(kind, now)) await to.docs.put(kind, id, doc, now);
  }
  for (const { outcome } of await from.latest()) if (outcome !== null) await to.note(outcome);
}

/**
 * Returns what to grant: only what was found. Commands run outside the runtime's restrictions, so none is
 * granted unless a setting asks for it.
 *
 * @throws {CliError} for unusable settings, because the list would be wrong
 */
export async function inspectToGrant(tools: Tools): Promise<InspectionReport> {
  const { origins } = checkProgram(tools, { quiet: true });
  const isAsked = origins.some(({ key, source }) => key === RUN_COMMANDS.key && source !== "default");
  return await inspect(tools, isAsked ? {} : { flags: { [RUN_COMMANDS.key]: "off" } });
}

/** @throws {CliError} for a path that no permission can express */
export function listFlags({ found, own }: InspectionReport): readonly string[] {
  try {
    return permissionFlags(found, own);
  } catch (error) {
    if (error instanceof RangeError) throw failure(error.message, "Move it to a path without a comma");
    throw error;
  }
}

/**
 * Returns what escapes the list although the list allows it, one sentence each, for users about to rely on it.
 */
export function listWarnings(report: InspectionReport): readonly string[] {
  const commands = report.own.channels?.commands ?? [];
  return [
    ...commandWarnings(report),
    ...commands.length === 0 ? [] : [
      `${commands.join(", ")} may be run for alerts; permissions do not limit what a command does`,
    ],
  ];
}

function commandWarnings({ program, found }: InspectionReport): readonly string[] {
  const commands = [...new Set(found.flatMap((one) => one.found && one.enabled ? one.commands : []))];
  if (commands.length > 0) {
    return [
      `${commands.join(", ")} may be run, as ${RUN_COMMANDS.names[0]} says; ` +
      "permissions do not limit what a command does",
    ];
  }
  const hasCommands = program.providers.some((provider) => (provider.commands ?? []).length > 0);
  return !hasCommands || program.config.runCommands ? [] : [
    `No command is run, so keychains and vendors' tools are not queried; ${
      RUN_COMMANDS.names[0]
    }=on allows it`,
  ];
}

/** Returns the program's own files and folders. */
function listOwnPaths(
  { io }: Tools,
  { config, environment }: SetUp,
  tailnet: readonly string[],
): OwnPaths {
  const folder = io.home === null ? null : join(io.home, ".syntrack");
  const configFile = environment.configFile()?.path;
  const endpoints = planEndpoints(config.listen, config.port, tailnet);
  const { tlsCert, tlsKey } = config.listen;
  const socket = config.listen.unix;
  const env = join(io.cwd, ".env");
  const file = parseDatabaseFile(config.dbPath);
  const data = file === null ? [] : dataPaths(file, io.home);
  return {
    program: Deno.build.standalone ? null : ROOT.pathname.replace(/\/$/, ""),
    folders: [...new Set([...folder === null ? [] : [folder], ...data, ...socket === null ? [] : [socket]])],
    files: [env, configFile, tlsCert, tlsKey].filter((path) => typeof path === "string"),
    deciding: [
      env,
      ...configFile === undefined ? [] : [configFile],
      ...folder === null ? [] : [".env", "config.toml", "custom"].map((name) => join(folder, name)),
    ].flatMap(withTarget),
    database: databaseHosts(config.dbPath),
    listen: [
      ...endpoints.flatMap((one) => {
        if ("path" in one) return [`unix:${one.path}`];
        const host = bracketAddress(one.hostname);
        return [one.port === 0 ? host : `${host}:${one.port}`];
      }),
      // The control port for `stop`: listens on any free port, and connects to none.
      ...socket !== null || typeof tlsCert === "string" ? ["127.0.0.1:0"] : [],
    ],
  };
}

/** Returns a file, and where it leads if it is a link: the runtime refuses only the name it was given. */
function withTarget(path: string): readonly string[] {
  try {
    return [path, Deno.realPathSync(path)];
  } catch {
    return [path];
  }
}

/** The server of a key-value database may name others in its answer, which only its own documents tell. */
function databaseHosts(dbPath: string): readonly string[] {
  const place = isKvName(dbPath) ? parseKvPlace(dbPath) : "";
  return isAddress(place) ? [new URL(place).host] : [];
}

function shouldUseTailnet({ config }: SetUp): boolean {
  return config.listen.tailscale || config.listen.tailscaleIp !== null;
}

/** Returns the tailnet's present addresses; without any, the start reports it. */
async function tailnetAddresses(program: SetUp): Promise<readonly string[]> {
  if (!shouldUseTailnet(program)) return [];
  const found = await systemTailnet(program.config).find();
  return "addresses" in found ? found.addresses : [];
}

/** Returns the database's folder, or only the files in it when that contains a home folder. */
function dataPaths(dbPath: string, home: string | null): readonly string[] {
  const folder = dirname(dbPath);
  const toHome = home === null ? null : relative(folder, home);
  const holdsHome = toHome !== null && !isAbsolute(toHome) && !/^\.\.(?:[/\\]|$)/.test(toHome);
  if (!holdsHome && dirname(folder) !== folder) return [folder];
  const events = join(folder, "custom-events.db");
  const beside = [dbPath, events].flatMap((path) => SQLITE_FILES.map((suffix) => `${path}${suffix}`));
  const key = keyPathFor({ dbPath });
  return [
    ...beside,
    ...Object.values(lockPathsFor(dbPath)),
    ...key === null ? [] : [key],
    backupFolder(dbPath),
    join(folder, "custom"),
  ];
}
