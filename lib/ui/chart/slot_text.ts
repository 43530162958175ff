/** Formats calendar slots. */
import type { Interval } from "../../model/history/usage.ts";
import { dateText, dayText, momentText, monthText } from "../dates.ts";

/** Formats a slot by its start: `Thu 19 Nov`, `week of 16 Nov`, `Nov 2026`, `Thu 19 Nov 15:30`. */
export function slotText(at: number, interval: Interval, zone: string): string {
  switch (interval) {
    case "1d":
      return dateText(at, zone);
    case "1w":
      return `week of ${dayText(at, zone)}`;
    case "1mo":
      return monthText(at, zone);
    default:
      return momentText(at, zone);
  }
}
