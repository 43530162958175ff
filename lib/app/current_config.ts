/**
 * The current settings: a running server rereads them, so that changed files take effect without a restart.
 * Broken settings are reported once, and the last valid ones stay in force.
 *
 * Every option says whether it is live. The others keep their values from the start and are reported as
 * waiting for a restart: in the log when they change, and wherever the settings are shown.
 */
import type { Log } from "../provider/context.ts";
import type { Clock } from "../base/clock.ts";
import {
  type Config,
  type ConfigResult,
  type Environment,
  type OptionFacts,
  OPTIONS,
  problemText,
} from "../config/config.ts";

export interface CurrentConfigParts {
  readonly first: Config;
  readonly read: () => ConfigResult;
  readonly environment: Pick<Environment, "configFile" | "reload">;
  readonly clock: Pick<Clock, "now">;
  readonly log: Pick<Log, "warn" | "info">;
}

export interface CurrentConfig {
  (): Config;
  /** Keys of settings that changed since the start and wait for a restart. */
  pending(): readonly string[];
}

/** Polls are minutes apart, and reading again within seconds gives the same result. */
const EVERY_MS = 10_000;

const FIXED = OPTIONS.filter(({ effect }) => effect === "restart");
/** Custom sources become providers at the start. */
const CUSTOM = "custom";

export function currentConfig(parts: CurrentConfigParts): CurrentConfig {
  const { first, read, environment, clock, log } = parts;
  const firstCustom = readCustom(environment);
  let current = first;
  let text = environment.configFile()?.text ?? null;
  let lastErrors = "";
  let waiting: readonly string[] = [];
  let readAt = clock.now();

  function readNow(): Config {
    const at = clock.now();
    if (at >= readAt && at - readAt < EVERY_MS) return current;
    readAt = at;
    // Otherwise these are the files as of the last poll, and a change takes effect a minute late.
    environment.reload();
    const { config, problems } = read();
    const errors = problems.filter(({ level }) => level === "error").map(problemText).join("; ");
    if (errors !== "" && errors !== lastErrors) {
      log.warn("The settings are not valid; the last valid ones stay in force", { problem: errors });
    }
    lastErrors = errors;
    if (errors !== "") return current;
    const stands = environment.configFile()?.text ?? null;
    const next = { ...config, ...selectFixed(first) };
    const changed = listChangedKeys(current, next);
    const before = waiting;
    waiting = [
      ...FIXED.filter((option) => !isSame(readValue(first, option), readValue(config, option)))
        .map(({ key }) => key),
      ...readCustom(environment) === firstCustom ? [] : [CUSTOM],
    ];
    if (stands !== text || changed.length > 0 || !isSame(before, waiting)) {
      log.info(stands === text ? "The settings were reloaded" : "The config file was reloaded", {
        ...changed.length === 0 ? {} : { changed: changed.join(", ") },
        ...waiting.length === 0 ? {} : { needRestart: waiting.join(", ") },
      });
    }
    text = stands;
    return current = next;
  }

  return Object.assign(readNow, {
    pending() {
      readNow();
      return waiting;
    },
  });
}

/** What was decided at the start, including the folder of the database. */
function selectFixed(first: Config): Partial<Config> {
  const fields = new Set(["ownFolder", ...FIXED.map(({ field }) => field.split(".")[0]!)]);
  return Object.fromEntries([...fields].map((field) => [field, first[field as keyof Config]]));
}

/** Returns an option's value in a configuration. */
export function readValue(config: Config, { field }: Pick<OptionFacts, "field">): unknown {
  return field.split(".").reduce<unknown>((part, name) => (part as Record<string, unknown>)[name], config);
}

function listChangedKeys(before: Config, after: Config): readonly string[] {
  const own = OPTIONS.filter((option) => !isSame(readValue(before, option), readValue(after, option)));
  const ids = Object.keys({ ...before.schedules, ...after.schedules });
  const intervals = ids.filter((id) => !isSame(before.schedules[id], after.schedules[id]));
  return [...own.map(({ key }) => key), ...intervals.map((id) => `interval of ${id}`)];
}

function readCustom(environment: Pick<Environment, "configFile">): string {
  return JSON.stringify(environment.configFile()?.file?.custom ?? []);
}

/** Compares strings, numbers, and small objects whose members are in the same order. */
function isSame(one: unknown, other: unknown): boolean {
  const [a, b] = [one, other].map((value) =>
    JSON.stringify(value, (_key, part: unknown) => part instanceof Map ? [...part] : part)
  );
  return a === b;
}
