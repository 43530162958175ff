/** Turns the process environment into a program that can be composed: settings, secrets, log, providers. */
import { providers as registry } from "../../providers/mod.ts";
import type { Log } from "../provider/context.ts";
import type { Clock } from "../base/clock.ts";
import { compose, type Composed, type ComposeParts } from "./compose.ts";
import { readAccessSecrets } from "../config/access_options.ts";
import { parseTokens, tokenFile, tokenSource } from "../access/tokens.ts";
import {
  type ConfigResult,
  createEnvironment,
  type Environment,
  readConfig,
  systemTimezone,
} from "../config/config.ts";
import { readHooks } from "./hooks.ts";
import { type CustomPlace, customSources } from "./custom.ts";
import { currentConfig } from "./current_config.ts";
import { join } from "../base/path.ts";
import { readConfigFile } from "../config/file.ts";
import { readFileText, resolveRealPath } from "../config/system.ts";
import { createLog, type LogLevel } from "../base/log.ts";
import type { Provider } from "../provider/contract.ts";
import { createRecentLog } from "../base/recent_log.ts";
import { createRedactor } from "../base/redact.ts";
import type { Store } from "../store/store.ts";

export interface SetUpEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly home: string | null;
  readonly clock: Clock;
  /** By option key; undefined when not set. */
  readonly flags: Readonly<Record<string, string | undefined>>;
  /** The default log level. */
  readonly quietLevel?: LogLevel;
  /** Writes one line of the log, without its line break. */
  readonly logLine: (line: string) => void;
  /** Replaces the one built from the other fields, for a program with its own settings. */
  readonly environment?: Environment;
  /** Replaces the providers of the registry, for the same. */
  readonly providers?: readonly Provider[];
}

export interface SetUp extends ConfigResult {
  readonly environment: Environment;
  readonly providers: readonly Provider[];
  readonly log: Log;
  /** Where the sources that users declare are kept. */
  readonly place: CustomPlace;
  compose(
    store: Store,
    options?: Pick<
      ComposeParts,
      "answers" | "demo" | "onFound" | "instanceId" | "instances" | "trouble" | "setUpHint"
    >,
  ): Composed;
}

export { registry as providers };

export function setUp(outside: SetUpEnvironment): SetUp {
  const { env, cwd, home, clock, flags } = outside;
  const redactor = createRedactor();
  const environment = outside.environment ??
    createEnvironment({
      env,
      cwd,
      home,
      readFile: readFileText,
      realPath: resolveRealPath,
      readConfigFile,
      configPath: flags.config,
      onSecret: redactor.learn,
    });
  const place: CustomPlace = {
    home,
    environment,
    registry,
    dbPath: () => result.config.dbPath,
    zone: () => result.config.timezone,
  };
  const custom = outside.providers ? { providers: [], problems: [] } : customSources(place);
  const providers = outside.providers ?? [...registry, ...custom.providers];
  function read() {
    const found = readConfig({ environment, flags, providers, home, cwd, systemTimezone: systemTimezone() });
    return { ...found, problems: [...found.problems, ...readHooks(environment).problems] };
  }
  const result = read();
  const { config, origins } = result;
  const levelIsSet = origins.some(({ key, source }) => key === "log-level" && source !== "default");
  const recentLog = createRecentLog();
  const log = createLog({
    keep: recentLog.keep,
    level: levelIsSet ? config.logLevel : outside.quietLevel ?? config.logLevel,
    format: config.logFormat,
    clock,
    redactor,
    sink: outside.logLine,
  });

  function createAccess(): NonNullable<ComposeParts["access"]> {
    const { tokens, admin, signInSecret } = readAccessSecrets(environment);
    const fixed = [tokens, flags["auth-token"] ?? ""].flatMap(parseTokens);
    fixed.forEach(redactor.learn);
    const measureUptime = () => performance.now();
    const file = home === null ? null : tokenFile(join(home, ".syntrack", "tokens"));
    return {
      running: measureUptime,
      tokens: tokenSource(fixed, file, measureUptime, redactor.learn),
      trustLocal: config.trustLocal,
      ...admin && { admin },
      ...signInSecret !== null && { signInSecret },
    };
  }

  return {
    ...result,
    problems: [...result.problems, ...custom.problems],
    environment,
    providers,
    place,
    log,
    compose(store, options = {}) {
      const current = currentConfig({ first: config, read, environment, clock, log });
      return compose({
        config,
        current,
        environment,
        providers,
        clock,
        log,
        recentLog,
        redactor,
        store,
        // The demo shows no one's data, and lets no one in.
        ...options.demo
          ? {}
          : { access: createAccess(), vaultKey: readAccessSecrets(environment).vaultKey ?? undefined },
        ...options,
      });
    },
  };
}
