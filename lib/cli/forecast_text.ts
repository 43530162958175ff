/** A forecast in a few words for a terminal: never a figure when there is none. */
import type { Forecast, ForecastState } from "../model/forecast/forecast.ts";
import { REASON_WORDS } from "../model/view/forecast_reasons.ts";
import { forecastWord, outlookWords } from "../model/view/forecast_words.ts";
import { formatDuration, formatShare } from "../model/view/format.ts";
import type { Window } from "../model/quota.ts";
import { isRunOutUnlikely } from "../model/view/status.ts";
import { wallText } from "../model/time.ts";
import type { Paint } from "./paint.ts";

/** Returns a sign and a word; the colour only repeats what they say. */
export function forecastSign(
  forecast: Pick<Forecast, "state" | "reason" | "runOutProbability">,
  paint: Paint,
): string {
  return inState(paint, forecast, `${SIGNS[forecast.state]} ${forecastWord(forecast)}`);
}

const SIGNS: Readonly<Record<ForecastState, string>> = {
  idle: "○",
  analysing: "○",
  lasts: "●",
  tight: "▲",
  "runs-dry": "✕",
  exhausted: "✕",
  blocked: "✕",
  unknown: "○",
};

/** Formats `✕ runs out at 2026-11-21 15:20 (in 2h), 40m before the reset`, `● safe, lasts about 9 days`. */
export function forecastLine(
  forecast: Forecast,
  kind: Window["kind"],
  now: number,
  zone: string,
  paint: Paint,
): string {
  const { state, emptyAt, marginMs, projectedShare, reason } = forecast;
  const word = forecastSign(forecast, paint);
  if (state === "runs-dry" && emptyAt !== null) {
    const margin = marginMs === null ? "" : `, ${formatDuration(marginMs)} before the reset`;
    return `${word} at ${emptyText(emptyAt, now, zone)}${margin}`;
  }
  if (state === "lasts" || state === "tight") {
    if (projectedShare !== null) return `${word}, ${formatShare(projectedShare)} at the reset`;
    const outlook = outlookWords(forecast, kind, now);
    if (outlook !== "" && outlook !== word) return `${word}, ${outlook}`;
  }
  return state === "exhausted" ? word : `${word}: ${lowerFirst(REASON_WORDS[reason])}`;
}

export function emptyText(emptyAt: number, now: number, zone: string): string {
  return `${wallText(emptyAt, zone)} (in ${formatDuration(emptyAt - now)})`;
}

function inState(
  paint: Paint,
  forecast: Pick<Forecast, "state" | "runOutProbability">,
  text: string,
): string {
  if (isRunOutUnlikely(forecast)) return paint.yellow(text);
  switch (forecast.state) {
    case "blocked":
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

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
