/** The location of the data and the time zone: all the settings that a read-only command needs. */
import {
  configPlace,
  createEnvironment,
  type Environment,
  type EnvironmentOptions,
  envPaths,
  missingConfig,
} from "../config/environment.ts";
import { choose, type Option, type OptionContext } from "../config/option.ts";
import { DB, TIMEZONE } from "../config/data_options.ts";
import { type Problem, problemText } from "../config/problem.ts";
import { readFileText, systemTimezone } from "../config/system.ts";
import { type Io, usageError } from "./io.ts";
import type { Typed } from "./table.ts";
import { parseTypedText } from "./values.ts";

export interface DataLocation {
  /** Absolute, or `:memory:`. */
  readonly dbPath: string;
  /**
   * Returns the IANA zone of days. Determined when needed,
   * because zones take time to load. @throws {CliError}
   */
  zone(): string;
  /**
   * Returns an option's value. Unusable values count as not set; commands that act on settings report them.
   */
  setting<T>(option: Option<T>): T;
  /** Paths of the files that may hold settings, whether they exist or not. */
  readonly settingsFiles: readonly string[];
}

/** @throws {CliError} when a setting is unusable */
export async function findDataLocation(typed: Typed, { env, cwd, home }: Io): Promise<DataLocation> {
  const options = { env, cwd, home, readFile: readFileText, configPath: parseTypedText(typed, "config") };
  // Loads the TOML parser only if there is a config file.
  const readConfigFile = hasConfigFile(options)
    ? (await import("../config/file.ts")).readConfigFile
    : undefined;
  const environment = createEnvironment({ ...options, ...readConfigFile ? { readConfigFile } : {} });
  const broken = readConfigFile ? environment.configFile()?.problem : missingFile(options);
  if (broken) throw usageError(problemText(broken));
  if (readConfigFile) await checkEntries(environment, home);
  const flags = { db: parseTypedText(typed, "db"), timezone: parseTypedText(typed, "timezone") };
  function read<T>(option: Option<T>, zone: string) {
    const context: OptionContext = {
      home,
      cwd,
      systemTimezone: zone,
      timezone: zone,
      resolve: environment.resolve,
    };
    return choose(option, { environment, flags }, context);
  }
  function take<T>(option: Option<T>, zone: string): T {
    const { value, problems } = read(option, zone);
    const wrong = problems.find((problem) => problem.level === "error");
    if (wrong) throw usageError(problemText(wrong));
    return value;
  }
  const config = configPlace(options);
  const { here, own } = envPaths(cwd, home);
  return {
    settingsFiles: [here, own, config?.path].filter((path) => typeof path === "string"),
    dbPath: take(DB, "UTC"),
    zone: () => take(TIMEZONE, systemTimezone()),
    setting: (option) => read(option, "UTC").value,
  };
}

function missingFile(options: EnvironmentOptions): Problem | null {
  const place = configPlace(options);
  return place && missingConfig(place);
}

/**
 * Rejects unknown config entries, like the commands that act: a setting that has no effect would make the
 * answer wrong. Loads providers only for a file that mentions them.
 *
 * @throws {CliError}
 */
async function checkEntries(environment: Environment, home: string | null): Promise<void> {
  const state = environment.configFile();
  if (!state?.file || state.text === null) return;
  const { document } = state.file;
  const [{ checkConfigFile }, { OPTIONS }] = await Promise.all([
    import("../config/file_check.ts"),
    import("../config/options.ts"),
  ]);
  const speaks = document.providers !== undefined || document.accounts !== undefined;
  const providers = speaks ? await knownProviders(environment, home) : [];
  const variables = OPTIONS.flatMap(({ names }) => names);
  const { text, label } = state;
  const problems = checkConfigFile(state.file, { text, label, providers, variables }).map(problemText);
  const [first, ...rest] = problems;
  if (first === undefined) return;
  throw usageError(
    [first, ...rest.map((one) => `syntrack: ${one}`)].join("\n"),
    "`syntrack config check` lists everything that is wrong in it",
  );
}

async function knownProviders(environment: Environment, home: string | null) {
  const [{ providers }, { customSources }] = await Promise.all([
    import("../app/set_up.ts"),
    import("../app/custom.ts"),
  ]);
  const custom = customSources({
    home,
    environment,
    registry: providers,
    dbPath: () => ":memory:",
    zone: () => "UTC",
  });
  return [...providers, ...custom.providers];
}

/** Counts an unreadable file too: reading it reports the problem. */
function hasConfigFile(options: EnvironmentOptions): boolean {
  const place = configPlace(options);
  if (place === null) return false;
  try {
    return options.readFile(place.path) !== null;
  } catch {
    return true;
  }
}
