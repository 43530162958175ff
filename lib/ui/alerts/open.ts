/** The open alerts in the header of every page and above its content, and their updates. */
import { signal } from "@preact/signals";
import type { AlertSeverity } from "../../model/alerts/alert.ts";

/** One open alert. */
export interface OpenAlert {
  /** Identifies it in a cookie: part of the digest of its id. */
  readonly mark: string;
  readonly severity: AlertSeverity;
  readonly title: string;
  readonly text: string;
  readonly href: string;
  /** Epoch milliseconds. */
  readonly raisedAt: number;
}

export interface OpenAlerts {
  /** Their total number; `alerts` holds the most severe. */
  readonly count: number;
  readonly alerts: readonly OpenAlert[];
}

export const NO_OPEN_ALERTS: OpenAlerts = { count: 0, alerts: [] };

/** Cookie with the marks of alerts dismissed in this browser. */
export const DISMISSED_COOKIE = "dismissed";

/** The server's last message, shared by everything on the page; null before the first. */
export const liveAlerts = signal<OpenAlerts | null>(null);

/** Reports whether the server has announced other alerts since these were rendered. */
export function haveChanged(drawn: OpenAlerts): boolean {
  const live = liveAlerts.value;
  return live !== null && JSON.stringify(live) !== JSON.stringify(drawn);
}

/** Label of the bell: `No open alerts`, `1 open alert`. */
export function bellText(count: number): string {
  return count === 0 ? "No open alerts" : count === 1 ? "1 open alert" : `${count} open alerts`;
}
