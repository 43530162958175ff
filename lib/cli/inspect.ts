/** The program as it would run, with what it would touch: for `doctor` and for whoever starts it with permissions. */
import { dirname, join } from "node:path";
import { type Composed, openStore } from "../compose.ts";
import type { SetUp } from "../compose/set_up.ts";
import { type OwnPaths, permissionFlags } from "../permissions.ts";
import { type ProviderReach, reachOf } from "../reach.ts";
import type { Outcome } from "../model/outcome.ts";
import type { Store } from "../store/store.ts";
import { programFor, readStore } from "./program_for.ts";
import type { Tools } from "./tools.ts";

export interface Inspected {
  readonly program: SetUp;
  readonly accounts: ReturnType<Composed["scheduler"]["accounts"]>;
  /** By provider id: why looking for accounts failed. */
  readonly problems: ReadonlyMap<string, string>;
  readonly reach: readonly ProviderReach[];
  readonly own: OwnPaths;
  /** How a poll of each account ended; empty unless they were asked. */
  readonly outcomes: readonly Outcome[];
}

/** Looks for accounts, and asks them once where `online`; of the database only the stored accounts are read. */
export async function inspect(tools: Tools, online = false): Promise<Inspected> {
  const program = programFor(tools, { quiet: true });
  const { config, environment, providers } = program;
  await using store = await openStore({ ...config, dbPath: ":memory:" });
  await copyAccounts(program, store, tools.now);
  const composed = program.compose(store);
  await composed.scheduler.look();
  const outcomes = online ? await composed.scheduler.pollNow() : [];
  const accounts = composed.scheduler.accounts();
  const reached = await composed.reached();
  const problems = composed.scheduler.problems();
  await composed.stop();
  const os = Deno.build.os === "darwin" || Deno.build.os === "windows" ? Deno.build.os : "linux";
  const reach = reachOf({
    providers,
    environment,
    os,
    runCommands: config.runCommands,
    accounts: reached,
  });
  const renewed = [...new Set(reached.flatMap((one) => one.renewed ?? []))];
  const own = { ...ownPaths(tools, program), renewed, ...os === "windows" && { processList: "tasklist" } };
  return { program, accounts, problems, reach, own, outcomes };
}

/** What is stored about accounts, into a database that may be written. */
async function copyAccounts(program: SetUp, to: Store, now: number): Promise<void> {
  await using from = await readStore(program);
  for (const kind of ["accounts", "identities", "renewals"] as const) {
    for (const { id, doc } of await from.docs.list<object>(kind, now)) await to.docs.put(kind, id, doc, now);
  }
}

export function flagsOf({ reach, own }: Inspected): readonly string[] {
  return permissionFlags(reach, own);
}

/** What this program reads and writes of its own. */
function ownPaths({ io }: Tools, { config, environment }: SetUp): OwnPaths {
  const home = io.home === null ? [] : [join(io.home, ".syntrack")];
  const folders = config.dbPath === ":memory:" ? home : [...home, dirname(config.dbPath)];
  const configFile = environment.configFile()?.path;
  const host = config.host.includes(":") ? `[${config.host}]` : config.host;
  return {
    program: Deno.build.standalone ? null : new URL("../../", import.meta.url).pathname.replace(/\/$/, ""),
    folders: [...new Set(folders)],
    files: [join(io.cwd, ".env"), ...configFile === undefined ? [] : [configFile]],
    listen: config.port === 0 ? host : `${host}:${config.port}`,
  };
}
