/** Loads histories from this server. */
import { previousPeriodMs, previousPeriodRange, shiftLines } from "../../model/history/earlier.ts";
import type { HistoryRange, HistoryView, Line } from "../../model/history/history.ts";
import { JSON_REQUEST, pathTo } from "../base_path.ts";

/**
 * Loads the history of quotas, all of them when null; returns null when the server refuses.
 *
 * @throws when the server cannot be reached
 */
export async function loadSeries(
  span: HistoryRange,
  quotas: readonly string[] | null,
): Promise<HistoryView | null> {
  const parameters = new URLSearchParams((quotas ?? []).map((key) => ["quota", key]));
  for (const [name, value] of Object.entries(span)) parameters.set(name, String(value));
  const answer = await fetch(pathTo(`/api/v1/series?${parameters}`), JSON_REQUEST);
  return answer.ok ? await answer.json() : null;
}

/** Loads the lines of the period before a history, moved into it; like {@linkcode loadSeries}. */
export async function loadEarlier(
  { from, to }: Pick<HistoryView, "from" | "to">,
  quotas: readonly string[] | null,
): Promise<readonly Line[] | null> {
  const before = await loadSeries(previousPeriodRange(from, to), quotas);
  return before && shiftLines(before.lines, previousPeriodMs(from, to));
}
