/** The whole program for a command that polls or shows what is configured. */
import { checkNamed } from "./check_named.ts";
import { problemText } from "../config/problem.ts";
import { openStore } from "../app/compose.ts";
import { type SetUp, setUp } from "../app/set_up.ts";
import { openToRead } from "../app/open_store.ts";
import type { Environment } from "../config/environment.ts";
import type { Provider } from "../provider/contract.ts";
import type { ProviderStatus } from "../app/context.ts";
import type { Store } from "../store/store.ts";
import { CliError, EXIT_USAGE } from "./io.ts";
import { LISTENING, type OptionRow, SIGN_IN_OPTIONS } from "./options.ts";
import { unknownProvider } from "./products.ts";
import type { Tools } from "./tools.ts";
import { hasFlag, parseTypedText } from "./values.ts";

export interface ProgramOptions {
  /** The default log level: `debug` to `error`. */
  readonly quiet?: boolean;
  /** The default log level, if it differs from the usual one. */
  readonly level?: "debug";
  /** Receives log lines instead of stderr. */
  readonly logLine?: (line: string) => void;
  /** Replaces the user's own. */
  readonly environment?: Environment;
  /** Replaces those of the registry. */
  readonly providers?: readonly Provider[];
  /** Added to the typed options. */
  readonly flags?: Readonly<Record<string, string | undefined>>;
}

/** Command-line flags that are settings: with a value, and without one. */
const SETTING_FLAGS = [
  "config",
  "db",
  "timezone",
  "interval",
  "log-format",
  ...listNames(({ value }) => value !== undefined),
];
const SETTING_SWITCHES = listNames(({ value }) => value === undefined);

function listNames(which: (row: OptionRow) => boolean): readonly string[] {
  return [...LISTENING, ...SIGN_IN_OPTIONS].filter(which).map(({ name }) => name);
}

/** Prepares everything, and checks nothing. */
export function programFor(tools: Tools, options: ProgramOptions = {}): SetUp {
  const { io, typed, clock } = tools;
  const typedFlags = Object.fromEntries([
    ...SETTING_FLAGS.map((name) => [name, parseTypedText(typed, name)]),
    ...SETTING_SWITCHES.map((name) => [name, hasFlag(typed, name) ? "on" : undefined]),
  ]);
  return setUp({
    env: io.env,
    cwd: io.cwd,
    home: io.home,
    clock,
    flags: { ...typedFlags, ...options.flags },
    logLine: options.logLine ?? ((line) => io.stderr.write(`${line}\n`)),
    ...options.quiet ? { quietLevel: "error" } : options.level ? { quietLevel: options.level } : {},
    ...options.environment ? { environment: options.environment } : {},
    ...options.providers ? { providers: options.providers } : {},
  });
}

/**
 * Does the same for a command that acts on the settings: reports warnings, and ends on errors, all of them at
 * once.
 *
 * @throws {CliError}
 */
export function checkProgram(tools: Tools, options: ProgramOptions = {}): SetUp {
  const program = programFor(tools, options);
  const provider = parseTypedText(tools.typed, "provider");
  const wrong = provider === undefined
    ? null
    : unknownProvider(provider, program.providers.map(({ id }) => id));
  if (wrong) throw wrong;
  const errors = program.problems.filter(({ level }) => level === "error").map(problemText);
  const [first, ...rest] = errors;
  if (first !== undefined) {
    const message = [first, ...rest.map((one) => `syntrack: ${one}`)].join("\n");
    throw new CliError(
      EXIT_USAGE,
      message,
      "See `syntrack config` for all settings and where they come from",
    );
  }
  for (const problem of program.problems) tools.report(`syntrack: warning: ${problemText(problem)}`);
  return program;
}

/** Returns every provider with the accounts found now. Sends no request, and only reads the database. */
export async function listProviders(tools: Tools): Promise<readonly ProviderStatus[]> {
  const program = programFor(tools, { quiet: true });
  await using store = await readStore(program);
  const composed = program.compose(store);
  await composed.scheduler.discover();
  const statuses = await composed.providers();
  await composed.stop();
  return statuses;
}

/**
 * Opens the database for a command. A read-only command creates none: an empty one replaces it when there is
 * none yet.
 *
 * @throws {CliError} for a named file that does not exist. @throws {StoreError}
 */
export async function openFor(
  tools: Tools,
  program: Pick<SetUp, "config">,
  use: "read" | "write",
): Promise<Store> {
  if (use === "write") return await openStore(program.config);
  const store = await openToRead(program.config.dbPath);
  if (store !== null) return store;
  await checkNamed(tools);
  return await openStore({ ...program.config, dbPath: ":memory:" });
}

/** Opens the database for its stored accounts; an empty one when there is none or it cannot be read. */
export async function readStore({ config }: Pick<SetUp, "config">): Promise<Store> {
  const openEmpty = () => openStore({ ...config, dbPath: ":memory:" });
  try {
    return await openToRead(config.dbPath) ?? await openEmpty();
  } catch {
    // The commands that need it report what is wrong.
    return await openEmpty();
  }
}
