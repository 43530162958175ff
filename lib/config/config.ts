/**
 * The effective settings: merges flags, environment and defaults into one typed value, with the origin of
 * each and every problem at once.
 *
 * May import the other files of `lib/config/`, the contract of a provider, `nearest` and the origin of a
 * provider. Everything it reads is injected. It never throws, and never shows a secret.
 */
import { findBaseUrl, folderProblem, secretsOfFolder } from "./base_url.ts";
import type { Environment } from "./environment.ts";
import {
  BACKUP_EVERY,
  BACKUP_KEEP,
  createIntervalOption,
  DB,
  INTERVAL,
  KEEP_AUDIT,
  KEEP_OUTCOMES,
  KEEP_READINGS,
  LOG_FORMAT,
  LOG_LEVEL,
  type Option,
  type OptionContext,
  OPTIONS,
  PORT,
  RUN_COMMANDS,
  SESSION_IDLE,
  TIMEZONE,
  UPDATE_CHECK,
} from "./options.ts";
import { ACCESS_NAMES, ACCESS_SECRETS, TRUST_LOCAL } from "./access_options.ts";
import { checkConfigFile } from "./file_check.ts";
import { type ListenConfig, readListen } from "./listen_options.ts";
import { choose } from "./option.ts";
import type { Problem } from "./problem.ts";
import type { LogFormat, LogLevel } from "../base/log.ts";
import { nearest } from "../base/nearest.ts";
import type { Schedule } from "../poll/schedule.ts";
import { refreshSetting } from "./refresh.ts";
import {
  baseUrlVariables,
  enabledVariable,
  nameVariable,
  type Provider,
  refreshVariable,
  variablePart,
} from "../provider/contract.ts";

export { createEnvironment, type Environment } from "./environment.ts";
export { type ListenConfig } from "./listen_options.ts";
export { type OptionFacts, OPTIONS } from "./options.ts";
export { type Problem, problemText } from "./problem.ts";
export { homeDirectory, systemEnvironment, systemTimezone } from "./system.ts";

export interface Config {
  /** Absolute, or `:memory:`. */
  readonly dbPath: string;
  /** True when the database's folder is this program's own, by default or by `DATA_DIR`. */
  readonly ownFolder: boolean;
  readonly schedule: Schedule;
  /** By provider id, where it differs from the global schedule. */
  readonly schedules: Readonly<Record<string, Schedule>>;
  /** 0 picks any free port. */
  readonly port: number;
  readonly listen: ListenConfig;
  readonly timezone: string;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  /** A session ends after this long without use, in milliseconds. */
  readonly sessionIdleMs: number;
  /** Retention in milliseconds; 0 keeps everything forever. */
  readonly keepReadingsMs: number;
  readonly keepOutcomesMs: number;
  /** Interval of automatic backups in milliseconds; 0 for none. */
  readonly backupEveryMs: number;
  readonly backupKeep: number;
  readonly keepAuditMs: number;
  /** Whether providers may run the commands they declare. */
  readonly runCommands: boolean;
  /** Whether to ask the release server for a newer version. */
  readonly updateCheck: boolean;
  /** Whether users on this machine need no sign-in even where others do. */
  readonly trustLocal: boolean;
}

/** One effective setting, in words for people. */
export interface Origin {
  readonly key: string;
  /** For secrets: `set (hidden)`. */
  readonly value: string;
  /** `--port`, `SYNTRACK_PORT in ./.env`, `default`. */
  readonly source: string;
}

export interface ConfigResult {
  /**
   * Complete even when there are errors: invalid settings have
   * their default. Check `problems` before acting on it.
   */
  readonly config: Config;
  readonly origins: readonly Origin[];
  readonly problems: readonly Problem[];
}

export interface ConfigInput {
  readonly environment: Environment;
  /** By option key, `port` for `--port`; undefined when absent. */
  readonly flags?: Readonly<Record<string, string | undefined>>;
  readonly providers: readonly Provider[];
  readonly home: string | null;
  readonly cwd: string;
  readonly systemTimezone: string;
  /** Further `SYNTRACK_` names that other parts use. */
  readonly alsoKnown?: readonly string[];
}

export const HIDDEN_VALUE = "set (hidden)";

export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some((problem) => problem.level === "error");
}

export function readConfig(input: ConfigInput): ConfigResult {
  const { environment, providers, systemTimezone, home, cwd } = input;
  const origins: Origin[] = [];
  const problems: Problem[] = [];
  const context: OptionContext = {
    home,
    cwd,
    systemTimezone,
    timezone: systemTimezone,
    resolve: environment.resolve,
  };
  function take<T>(option: Option<T>, within = context): T {
    const choice = choose(option, input, within);
    problems.push(...choice.problems);
    origins.push({ key: option.key, value: option.show(choice.value), source: choice.source });
    return choice.value;
  }

  const dbPath = take(DB);
  const ownFolder = /^(default|DATA_DIR\b)/.test(origins.at(-1)?.source ?? "");
  const timezone = take(TIMEZONE);
  const zoned = { ...context, timezone };
  const schedule = take(INTERVAL, zoned);
  const config: Config = {
    dbPath,
    ownFolder,
    timezone,
    schedule,
    schedules: readSchedules(providers, environment, (option) => take(option, zoned)),
    port: take(PORT),
    listen: readListen(take),
    logLevel: take(LOG_LEVEL),
    logFormat: take(LOG_FORMAT),
    sessionIdleMs: take(SESSION_IDLE),
    keepReadingsMs: take(KEEP_READINGS),
    keepOutcomesMs: take(KEEP_OUTCOMES),
    backupEveryMs: take(BACKUP_EVERY),
    backupKeep: take(BACKUP_KEEP),
    keepAuditMs: take(KEEP_AUDIT),
    runCommands: take(RUN_COMMANDS),
    updateCheck: take(UPDATE_CHECK),
    trustLocal: take(TRUST_LOCAL),
  };
  for (const name of ACCESS_NAMES) addAccess(name, environment, origins, problems);
  for (const provider of providers) addProvider(provider, environment, origins, problems);
  problems.push(
    ...environment.problems(),
    ...fileProblems(input),
    ...openFiles(input),
    ...unknownNames(input),
  );
  return { config, origins, problems };
}

/** Adds a setting that grants access; of a secret only its source. */
function addAccess(name: string, environment: Environment, origins: Origin[], problems: Problem[]) {
  const isSecret = ACCESS_SECRETS.includes(name);
  const { found, problem } = isSecret ? environment.findSecret(name) : { found: environment.find(name) };
  if (problem) problems.push(problem);
  if (found) origins.push({ key: name, value: isSecret ? HIDDEN_VALUE : found.value, source: found.source });
}

function readSchedules(
  providers: readonly Provider[],
  environment: Environment,
  take: (option: Option<Schedule>) => Schedule,
): Readonly<Record<string, Schedule>> {
  const schedules: Record<string, Schedule> = {};
  for (const { id } of providers) {
    const variable = intervalVariable(id);
    if (environment.find(variable)) schedules[id] = take(createIntervalOption(variable, id));
  }
  return schedules;
}

function intervalVariable(provider: string): string {
  return `SYNTRACK_${variablePart(provider)}_INTERVAL`;
}

/**
 * Adds a provider's effective settings. A problem here is only a warning: it disables this provider, whose
 * state reports it, and no other.
 */
function addProvider(
  provider: Provider,
  environment: Environment,
  origins: Origin[],
  problems: Problem[],
) {
  const origin = findBaseUrl(provider, environment);
  if (origin.problem) problems.push({ ...origin.problem, level: "warning" });
  const { baseUrl } = origin;
  if (baseUrl) {
    origins.push({ key: `origin of ${provider.id}`, value: baseUrl.origin, source: baseUrl.source });
    if (baseUrl.fromFolder && secretsOfFolder(provider, environment).size === 0) {
      problems.push({ ...folderProblem(baseUrl.source), level: "warning" });
    }
  }
  const refresh = refreshSetting(provider, environment);
  if (refresh.problem) problems.push(refresh.problem);
  if (refresh.reasons.length > 0 && refresh.source !== undefined) {
    origins.push({
      key: `refresh of ${provider.id}`,
      value: refresh.reasons.join(", "),
      source: refresh.source,
    });
  }
  const replacing = new Set(baseUrlVariables(provider));
  for (const { name, secret } of provider.settings) {
    if (replacing.has(name)) continue;
    const { found, problem } = secret ? environment.findSecret(name) : { found: environment.find(name) };
    if (problem) problems.push({ ...problem, level: "warning" });
    if (found) origins.push({ key: name, value: secret ? HIDDEN_VALUE : found.value, source: found.source });
  }
}

/** Reports unknown or invalid entries of the config file. */
function fileProblems({ environment, providers }: ConfigInput): readonly Problem[] {
  const state = environment.configFile();
  if (!state?.file || state.text === null || state.problem) return [];
  const variables = OPTIONS.flatMap((option) => option.names);
  const lists = OPTIONS.flatMap((option) => option.list ? option.names : []);
  return checkConfigFile(state.file, { text: state.text, label: state.label, providers, variables, lists });
}

/** Reports files with secrets that other users of this machine can read. */
function openFiles({ environment, providers }: ConfigInput): readonly Problem[] {
  const secrets = new Set([
    ...ACCESS_SECRETS,
    ...providers.flatMap(({ settings }) => settings.filter((one) => one.secret).map((one) => one.name)),
  ]);
  const isSecret = (name: string) => secrets.has(name.replace(/_\d{1,4}$/, ""));
  return environment.files().flatMap(({ label, mode, names }): readonly Problem[] => {
    if (mode === null || (mode & 0o077) === 0 || !names.some(isSecret)) return [];
    return [{
      level: "warning",
      field: label,
      problem: "others on this machine can read the secrets in it",
      got: (mode & 0o777).toString(8).padStart(4, "0"),
      wanted: `0600, as chmod 600 ${label} sets it`,
    }];
  });
}

/** They decide whose releases `syntrack update` trusts: only the process environment may set them, no file. */
const PROCESS_NAMES: ReadonlySet<string> = new Set(["SYNTRACK_UPDATE_URL", "SYNTRACK_UPDATE_KEY"]);

/** Reports unknown names with our prefix: most likely typos. */
function unknownNames({ environment, providers, alsoKnown = [] }: ConfigInput): readonly Problem[] {
  const known = new Set([
    "SYNTRACK_CONFIG",
    ...ACCESS_NAMES.flatMap((name) => [name, `${name}_FILE`]),
    ...OPTIONS.flatMap((option) => option.names),
    ...providers.flatMap((provider) => [
      intervalVariable(provider.id),
      enabledVariable(provider.id),
      refreshVariable(provider.id),
      nameVariable(provider.id),
      ...baseUrlVariables(provider),
      ...provider.settings.map(({ name }) => name),
    ]),
    ...alsoKnown,
  ]);
  const fileLabel = environment.configFile()?.label;
  return environment.names().flatMap(({ name, source }): readonly Problem[] => {
    // The config file's entries were checked under their own names.
    if (!name.startsWith("SYNTRACK_") || known.has(name) || source === fileLabel) return [];
    if (PROCESS_NAMES.has(name)) {
      const problem = "only read from the environment of the process, ignored here";
      return source === "the environment"
        ? []
        : [{ level: "warning", field: `${name} in ${source}`, problem }];
    }
    const suggestion = nearest(name, [...known].filter((one) => one.startsWith("SYNTRACK_")));
    return [{
      level: "warning",
      field: `${name} in ${source}`,
      problem: suggestion === null ? "no such setting" : `no such setting, did you mean ${suggestion}?`,
    }];
  });
}
