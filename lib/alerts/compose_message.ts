/** Composes one message from alerts: the text of a single one, or a digest of several, whose lines no name makes endless. */
import type { Alert, AlertSeverity } from "../model/alerts/alert.ts";
import type { Message } from "./channel.ts";
import { oneLine } from "./escape.ts";

const ORDER: readonly AlertSeverity[] = ["info", "warning", "critical"];
const MAX_LINES = 12;

/** @param alerts at least one, in the order in which they were raised */
export function composeMessage(alerts: readonly Alert[], at: number): Message {
  const [first] = alerts;
  if (first === undefined) throw new TypeError("Cannot compose a message: there is no alert");
  const severity = alerts.reduce<AlertSeverity>(
    (most, one) => ORDER.indexOf(one.severity) > ORDER.indexOf(most) ? one.severity : most,
    "info",
  );
  const long = alerts.map(({ title, text, details }) =>
    [title, text, details].filter((part) => part !== "").join("\n")
  );
  if (alerts.length === 1) {
    return { id: first.id, alerts, title: first.title, text: first.text, long: long[0]!, severity, at };
  }
  const sorted = alerts.toSorted((a, b) => ORDER.indexOf(b.severity) - ORDER.indexOf(a.severity));
  const lines = sorted.slice(0, MAX_LINES).map(({ title }) => `- ${oneLine(title)}`);
  const more = alerts.length - lines.length;
  return {
    id: `digest|${first.id}|${alerts.length}`,
    alerts,
    title: `${alerts.length} alerts: ${sorted[0]!.title}`,
    text: [...lines, ...more > 0 ? [`and ${more} more`] : []].join("\n"),
    long: long.join("\n\n"),
    severity,
    at,
  };
}
