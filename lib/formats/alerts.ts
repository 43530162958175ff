/** Alerts as JSON, on the command line and over HTTP. */
import type { Alert } from "../model/alerts/alert.ts";
import { isoInstant } from "../model/time.ts";

/** The delivery of one alert in one channel. */
export interface AlertDelivery {
  readonly alert: Pick<Alert, "id">;
  readonly channel: string;
  readonly state: string;
  readonly attempts: number;
  readonly note: string;
}

/** An alert as stored; `raisedAt` in epoch milliseconds. */
export type StoredAlert = Alert & { readonly raisedAt: number };

/** Instants are ISO 8601 in UTC, unknown is null. */
export function alertJson(
  { raisedAt, at, expiresAt, figures, ...alert }: StoredAlert,
  deliveries: readonly AlertDelivery[],
) {
  return {
    ...alert,
    at: isoInstant(at),
    raisedAt: isoInstant(raisedAt),
    expiresAt: isoInstant(expiresAt),
    figures: figures ? { ...figures, resetsAt: isoInstant(figures.resetsAt) } : null,
    deliveries: deliveries
      .filter((one) => one.alert.id === alert.id)
      .map(({ channel, state, attempts, note }) => ({ channel, state, attempts, note })),
  };
}
