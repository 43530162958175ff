/** The program as it would run, with what it would touch: for `doctor` and for whoever starts it with permissions. */
import { dirname, isAbsolute, join, relative } from "node:path";
import { ROOT } from "../base/address.ts";
import { type Composed, openStore } from "../app/compose.ts";
import type { SetUp } from "../app/set_up.ts";
import { planEndpoints } from "../app/serve/plan.ts";
import { bracketed } from "../net/address.ts";
import { type OwnPaths, permissionFlags } from "../sandbox/permissions.ts";
import { type AccessListParts, listAccess, type ProviderReach } from "../sandbox/access_list.ts";
import type { Outcome } from "../model/outcome.ts";
import type { Store } from "../store/store.ts";
import { keyPathOf } from "../app/stored_accounts.ts";
import { RUN_COMMANDS } from "../config/options.ts";
import { failure } from "./io.ts";
import { checkedProgram, programFor, readStore } from "./program_for.ts";
import type { Tools } from "./tools.ts";

/** What SQLite lays beside a database while it is open. */
const SQLITE_FILES: readonly string[] = ["", "-wal", "-shm", "-journal"];

export interface InspectionReport {
  readonly program: SetUp;
  readonly accounts: ReturnType<Composed["scheduler"]["accounts"]>;
  /** By provider id: why looking for accounts failed. */
  readonly problems: ReadonlyMap<string, string>;
  /** Everything that is looked for. */
  readonly reach: readonly ProviderReach[];
  /** Of it, what was found: what the program needs to go on with the accounts there are. */
  readonly found: readonly ProviderReach[];
  readonly own: OwnPaths;
  /** How a poll of each account ended; empty unless they were asked. */
  readonly outcomes: readonly Outcome[];
}

export interface InspectOptions {
  /** Ask every account once. */
  readonly online?: boolean;
  /** Settings beside what was typed. */
  readonly flags?: Readonly<Record<string, string>>;
}

/** Looks for accounts, and asks them once where `online`; of the database only the stored accounts are read. */
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
  await composed.scheduler.look();
  const outcomes = online ? await composed.scheduler.pollNow() : [];
  const accounts = composed.scheduler.accounts();
  const reached = await composed.reached();
  const problems = composed.scheduler.problems();
  await composed.stop();
  const os: AccessListParts["os"] = Deno.build.os === "darwin" || Deno.build.os === "windows"
    ? Deno.build.os
    : "linux";
  const all = { providers, environment, os, runCommands: config.runCommands, accounts: reached };
  const reach = listAccess(all);
  const found = listAccess({ ...all, there });
  const renewed = [...new Set(reached.flatMap((one) => one.renewed ?? []))];
  const own = {
    ...listOwnPaths(tools, program),
    renewed,
    ...os === "windows" && { processList: "tasklist" },
  };
  return { program, accounts, problems, reach, found, own, outcomes };
}

/** What is stored about accounts, into a database that may be written. */
async function copyAccounts(program: SetUp, to: Store, now: number): Promise<void> {
  await using from = await readStore(program);
  for (const kind of ["accounts", "identities", "renewals"] as const) {
    for (const { id, doc } of await from.docs.list<object>(kind, now)) await to.docs.put(kind, id, doc, now);
  }
}

/**
 * What is granted: what was found and nothing else. Commands are run outside of whatever the runtime enforces, so
 * none is granted that nobody asked for by a setting.
 *
 * @throws {CliError} for settings that cannot be used, as the list would be of something else
 */
export async function inspectToGrant(tools: Tools): Promise<InspectionReport> {
  const { origins } = checkedProgram(tools, { quiet: true });
  const isAsked = origins.some(({ key, source }) => key === RUN_COMMANDS.key && source !== "default");
  return await inspect(tools, isAsked ? {} : { flags: { [RUN_COMMANDS.key]: "off" } });
}

/** @throws {CliError} for a path that fits no permission */
export function flagsOf({ found, own }: InspectionReport): readonly string[] {
  try {
    return permissionFlags(found, own);
  } catch (error) {
    if (error instanceof RangeError) throw failure(error.message, "Move it to a path without a comma");
    throw error;
  }
}

/** What leaves the list though the list allows it, one sentence each, for whoever is about to rely on it. */
export function warningsOf({ program, found }: InspectionReport): readonly string[] {
  const commands = [...new Set(found.flatMap((one) => one.found && one.enabled ? one.commands : []))];
  if (commands.length > 0) {
    return [
      `${commands.join(", ")} may be run, as ${RUN_COMMANDS.names[0]} says; ` +
      "a command is bound by no list, and does what its own settings say",
    ];
  }
  const asked = program.providers.some((provider) => (provider.commands ?? []).length > 0);
  return !asked || program.config.runCommands ? [] : [
    `No command is run, so keychains and vendors' tools are not asked; ${RUN_COMMANDS.names[0]}=on allows it`,
  ];
}

/** What this program reads and writes of its own. */
function listOwnPaths({ io }: Tools, { config, environment }: SetUp): OwnPaths {
  const folder = io.home === null ? null : join(io.home, ".syntrack");
  const configFile = environment.configFile()?.path;
  const endpoints = planEndpoints(config.listen, config.port);
  const socket = config.listen.unix;
  const env = join(io.cwd, ".env");
  const data = config.dbPath === ":memory:" ? [] : dataPaths(config.dbPath, io.home);
  return {
    program: Deno.build.standalone ? null : ROOT.pathname.replace(/\/$/, ""),
    folders: [...new Set([...folder === null ? [] : [folder], ...data, ...socket === null ? [] : [socket]])],
    files: [env, ...configFile === undefined ? [] : [configFile]],
    deciding: [
      env,
      ...configFile === undefined ? [] : [configFile],
      ...folder === null ? [] : [".env", "config.toml", "custom"].map((name) => join(folder, name)),
    ],
    listen: endpoints.flatMap((one) => {
      if ("path" in one) return [];
      const host = bracketed(one.hostname);
      return [one.port === 0 ? host : `${host}:${one.port}`];
    }),
  };
}

/** The folder of the database, or the files in it where that holds the home of somebody. */
function dataPaths(dbPath: string, home: string | null): readonly string[] {
  const folder = dirname(dbPath);
  const toHome = home === null ? null : relative(folder, home);
  const holdsHome = toHome !== null && !isAbsolute(toHome) && !/^\.\.(?:[/\\]|$)/.test(toHome);
  if (!holdsHome && dirname(folder) !== folder) return [folder];
  const events = join(folder, "custom-events.db");
  const beside = [dbPath, events].flatMap((path) => SQLITE_FILES.map((suffix) => `${path}${suffix}`));
  const key = keyPathOf({ dbPath });
  return [...beside, ...key === null ? [] : [key], join(folder, "custom")];
}
