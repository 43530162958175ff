/** The program as it would run, with what it would touch: for `doctor` and for whoever starts it with permissions. */
import { dirname, join } from "node:path";
import { type Composed, openStore } from "../compose.ts";
import type { SetUp } from "../compose/set_up.ts";
import { type OwnPaths, permissionFlags } from "../permissions.ts";
import { type ProviderReach, reachOf } from "../reach.ts";
import type { Outcome } from "../model/outcome.ts";
import { programFor } from "./program_for.ts";
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

/** Looks for accounts, and asks them once where `online`; the database is neither read nor written. */
export async function inspect(tools: Tools, online = false): Promise<Inspected> {
  const program = programFor(tools, { quiet: true });
  const { config, environment, providers } = program;
  await using store = await openStore({ ...config, dbPath: ":memory:" });
  const composed = program.compose(store);
  await composed.scheduler.look();
  const outcomes = online ? await composed.scheduler.pollNow() : [];
  const accounts = composed.scheduler.accounts();
  const problems = composed.scheduler.problems();
  await composed.stop();
  const os = Deno.build.os === "darwin" || Deno.build.os === "windows" ? Deno.build.os : "linux";
  const reach = reachOf({
    providers,
    environment,
    os,
    runCommands: config.runCommands,
    accounts: accounts.map(({ provider, hosts }) => ({ provider, account: { hosts } })),
  });
  return { program, accounts, problems, reach, own: ownPaths(tools, program), outcomes };
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
