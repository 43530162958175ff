/** The open alerts in the head of every page and above its content, and how they are kept up to date. */
import { signal } from "@preact/signals";
import type { AlertSeverity } from "../../model/alerts/alert.ts";

/** One open alert. */
export interface OpenAlert {
  /** Tells it from others in a cookie: part of the digest of its id. */
  readonly mark: string;
  readonly severity: AlertSeverity;
  readonly title: string;
  readonly text: string;
  readonly href: string;
  /** Epoch milliseconds. */
  readonly raisedAt: number;
}

export interface OpenAlerts {
  /** How many there are, of which `alerts` holds the gravest. */
  readonly count: number;
  readonly alerts: readonly OpenAlert[];
}

export const NO_OPEN_ALERTS: OpenAlerts = { count: 0, alerts: [] };

/** Cookie with the marks of what this browser does not want to see above its pages any more. */
export const DISMISSED_COOKIE = "dismissed";

/** What the server said last, shared by everything on the page; null before that. */
export const liveAlerts = signal<OpenAlerts | null>(null);

/** Words for the bell: `No open alerts`, `1 open alert`. */
export function bellText(count: number): string {
  return count === 0 ? "No open alerts" : count === 1 ? "1 open alert" : `${count} open alerts`;
}
