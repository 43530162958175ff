/** How long what is kept, from the settings. */
import type { Config } from "../config.ts";
import type { Retention } from "../store/store.ts";

/** Forecasts and charts of a month need them, however short readings are kept. */
const FIVE_MINUTE_DAYS_MS = 90 * 86_400_000;

export function retentionOf(config: Pick<Config, "keepReadingsMs" | "keepOutcomesMs">): Retention {
  const { keepReadingsMs, keepOutcomesMs } = config;
  return {
    readingsMs: keepReadingsMs,
    fiveMinutesMs: keepReadingsMs === 0 ? 0 : Math.max(keepReadingsMs, FIVE_MINUTE_DAYS_MS),
    outcomesMs: keepOutcomesMs,
  };
}
