/** Where the data is and whose days are meant: all the settings a command needs that only reads. */
import { configPlace, createEnvironment, type EnvironmentOptions } from "../config/environment.ts";
import { choose, type Option, type OptionContext } from "../config/option.ts";
import { DB, TIMEZONE } from "../config/place.ts";
import { problemText } from "../config/problem.ts";
import { readFileText, systemTimezone } from "../config/system.ts";
import { type Io, usageError } from "./io.ts";
import type { Typed } from "./table.ts";
import { textOf } from "./values.ts";

export interface Place {
  /** Absolute, or `:memory:`. */
  readonly dbPath: string;
  /** The IANA zone of days. Found out when asked for, since zones take time to load. @throws {CliError} */
  zone(): string;
}

/** @throws {CliError} when what is set cannot be used */
export async function findPlace(typed: Typed, { env, cwd, home }: Io): Promise<Place> {
  const options = { env, cwd, home, readFile: readFileText, configPath: textOf(typed, "config") };
  // Reading TOML is loaded for those who have a file.
  const readConfigFile = hasConfigFile(options)
    ? (await import("../config/file.ts")).readConfigFile
    : undefined;
  const environment = createEnvironment({ ...options, ...readConfigFile ? { readConfigFile } : {} });
  const broken = environment.configFile()?.problem;
  if (broken) throw usageError(problemText(broken));
  const flags = { db: textOf(typed, "db"), timezone: textOf(typed, "timezone") };
  function take<T>(option: Option<T>, zone: string): T {
    const context: OptionContext = {
      home,
      cwd,
      systemTimezone: zone,
      timezone: zone,
      resolve: environment.resolve,
    };
    const { value, problems } = choose(option, { environment, flags }, context);
    const wrong = problems.find((problem) => problem.level === "error");
    if (wrong) throw usageError(problemText(wrong));
    return value;
  }
  return { dbPath: take(DB, "UTC"), zone: () => take(TIMEZONE, systemTimezone()) };
}

/** One that cannot be read is one as well: what is wrong with it is told when it is read. */
function hasConfigFile(options: EnvironmentOptions): boolean {
  const place = configPlace(options);
  if (place === null) return false;
  try {
    return options.readFile(place.path) !== null;
  } catch {
    return true;
  }
}
