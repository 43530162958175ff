/** Where the data is and whose days are meant: all the settings a command needs that only reads. */
import { createEnvironment } from "../config/environment.ts";
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
export function findPlace(typed: Typed, { env, cwd, home }: Io): Place {
  const environment = createEnvironment({ env, cwd, home, readFile: readFileText });
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
