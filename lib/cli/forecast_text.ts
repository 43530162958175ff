/** A forecast in a few words for a terminal: never a figure where there is none. */
import type { Forecast, ForecastState } from "../model/forecast.ts";
import { FORECAST_WORDS, REASON_WORDS } from "../model/forecast_words.ts";
import { formatDuration, formatShare } from "../model/format.ts";
import { wallText } from "../model/time.ts";
import type { Paint } from "./paint.ts";

/** A sign and a word: the colour only repeats what they say. */
export function forecastWord({ state }: Pick<Forecast, "state">, paint: Paint): string {
  return inState(paint, state, `${SIGNS[state]} ${FORECAST_WORDS[state]}`);
}

const SIGNS: Readonly<Record<ForecastState, string>> = {
  idle: "○",
  analysing: "○",
  lasts: "●",
  tight: "▲",
  "runs-dry": "✕",
  exhausted: "✕",
  unknown: "○",
};

/** `✕ runs dry at 2026-11-21 15:20 (in 2h), 40m before the reset`. */
export function forecastLine(forecast: Forecast, now: number, zone: string, paint: Paint): string {
  const { state, emptyAt, marginMs, projectedShare, reason } = forecast;
  const word = forecastWord(forecast, paint);
  if (state === "runs-dry" && emptyAt !== null) {
    const margin = marginMs === null ? "" : `, ${formatDuration(marginMs)} before the reset`;
    return `${word} at ${emptyText(emptyAt, now, zone)}${margin}`;
  }
  if ((state === "lasts" || state === "tight") && projectedShare !== null) {
    return `${word}, ${formatShare(projectedShare)} at the reset`;
  }
  return state === "exhausted" ? word : `${word}: ${lowered(REASON_WORDS[reason])}`;
}

export function emptyText(emptyAt: number, now: number, zone: string): string {
  return `${wallText(emptyAt, zone)} (in ${formatDuration(emptyAt - now)})`;
}

function inState(paint: Paint, state: ForecastState, text: string): string {
  switch (state) {
    case "runs-dry":
    case "exhausted":
      return paint.red(text);
    case "tight":
      return paint.yellow(text);
    case "lasts":
      return paint.green(text);
    default:
      return paint.dim(text);
  }
}

function lowered(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
