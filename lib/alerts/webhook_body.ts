/**
 * The body of a webhook: the fields of the second reference system, so that recipes carry over, and the
 * alerts unchanged beside them.
 */
import type { Alert, AlertKind } from "../model/alerts/alert.ts";
import { isoInstant } from "../model/time.ts";
import type { Message } from "./channel.ts";
import { plainText } from "./escape.ts";

/** The event names of the second reference system, if it has one. */
const EVENTS: Partial<Readonly<Record<AlertKind, string>>> = {
  back: "reset",
  "early-reset": "reset",
  "sign-in-expired": "auth_error",
  test: "test",
};

export function webhookBody(message: Message): Readonly<Record<string, unknown>> {
  const [first] = message.alerts;
  return {
    ...first && eventFields(first),
    id: message.id,
    title: plainText(message.title),
    message: plainText(message.text),
    timestamp: isoInstant(message.at),
    alerts: message.alerts.map((alert) => ({
      id: alert.id,
      kind: alert.kind,
      severity: alert.severity,
      account: alert.account,
      quota: alert.quota,
      at: isoInstant(alert.at),
      title: plainText(alert.title),
      text: plainText(alert.text),
      details: plainText(alert.details),
      ...alert.repeats !== undefined && { repeats: alert.repeats },
      ...alert.resolves !== undefined && { resolves: alert.resolves },
      ...alert.figures && { figures: { ...alert.figures, resetsAt: isoInstant(alert.figures.resetsAt) } },
    })),
  };
}

function eventFields({ kind, severity, account, quota, figures }: Alert) {
  const slash = account.indexOf("/");
  const toPercent = (share: number) => Math.round(share * 10_000) / 100;
  return {
    event: EVENTS[kind] ?? (severity === "critical" ? "critical" : severity === "warning" ? "warning" : kind),
    provider: account.slice(0, slash),
    account_id: account.slice(slash + 1),
    ...quota !== null && { quota_key: quota },
    ...figures && figures.share !== null && { utilization: toPercent(figures.share) },
    ...figures && figures.limit !== null && { limit: figures.limit },
    ...figures?.threshold !== undefined && {
      threshold: kind === "threshold" && figures.thresholdOf === undefined
        ? toPercent(figures.threshold)
        : figures.threshold,
    },
    ...figures && figures.resetsAt !== null && { reset_at: isoInstant(figures.resetsAt) },
  };
}
