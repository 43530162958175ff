/** Derives the retention policy from the settings. */
import { DAY_MS } from "../model/duration.ts";
import type { Config } from "../config/config.ts";
import type { Settings } from "./settings.ts";
import type { Retention } from "../store/store.ts";

export { findLastStored, pruningInstant } from "../poll/maintenance.ts";

/** Forecasts and monthly charts need this much, however short readings are kept. */
const FIVE_MINUTE_DAYS_MS = 90 * DAY_MS;

/** @param settings the dashboard's settings, which override those the program was started with */
export function deriveRetention(
  config: Pick<Config, "keepReadingsMs" | "keepOutcomesMs" | "keepAuditMs">,
  settings: Pick<Settings, "keepReadingsDays">,
): Retention {
  const { keepOutcomesMs } = config;
  const { keepReadingsDays: days } = settings;
  const keepReadingsMs = days === null ? config.keepReadingsMs : days * DAY_MS;
  return {
    readingsMs: keepReadingsMs,
    fiveMinutesMs: keepReadingsMs === 0 ? 0 : Math.max(keepReadingsMs, FIVE_MINUTE_DAYS_MS),
    outcomesMs: keepOutcomesMs,
    auditMs: config.keepAuditMs,
  };
}
