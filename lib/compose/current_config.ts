/**
 * The settings as they stand now: a server reads them again while it runs, so that what changes in a
 * file takes effect without a restart. What is broken is told once, and the last good settings stay.
 *
 * Where the server listens and where its data is are taken at the start and no more.
 */
import type { Log } from "../asking.ts";
import type { Clock } from "../clock.ts";
import { type Config, type ConfigResult, type Environment, problemText } from "../config.ts";

export interface CurrentConfigParts {
  readonly first: Config;
  readonly read: () => ConfigResult;
  readonly environment: Pick<Environment, "configFile">;
  readonly clock: Pick<Clock, "now">;
  readonly log: Pick<Log, "warn" | "info">;
}

/** Polls are minutes apart, and asking twice within seconds gives the same. */
const EVERY_MS = 10_000;

export function currentConfig(parts: CurrentConfigParts): () => Config {
  const { read, environment, clock, log } = parts;
  let current = parts.first;
  let text = environment.configFile()?.text ?? null;
  let told = "";
  let readAt = clock.now();
  return () => {
    const now = clock.now();
    if (now >= readAt && now - readAt < EVERY_MS) return current;
    readAt = now;
    const { config, problems } = read();
    const errors = problems.filter(({ level }) => level === "error").map(problemText).join("; ");
    if (errors !== "" && errors !== told) {
      log.warn("The settings cannot be used; the last good ones stay", { problem: errors });
    }
    told = errors;
    if (errors !== "") return current;
    const stands = environment.configFile()?.text ?? null;
    if (stands !== text) log.info("The config file was read again", {});
    text = stands;
    return current = config;
  };
}
