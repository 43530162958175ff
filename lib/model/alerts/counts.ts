/** Counts of alerts since the process started, for monitoring. */
import type { DeliveryReason } from "./delivery.ts";

/** Why a message was not sent, or not at once. */
export type SuppressedReason = Exclude<DeliveryReason, "now"> | "paused";

export const SUPPRESSED_REASONS: readonly SuppressedReason[] = [
  "quiet-hours",
  "snoozed",
  "not-wanted",
  "expired",
  "paused",
];

/** Counts over all channels of one type, in messages. */
export interface ChannelCounts {
  /** Id of the type of channel, such as `ntfy`. */
  readonly type: string;
  readonly sent: number;
  /** Failed attempts, whether or not another one follows. */
  readonly failed: number;
  readonly givenUp: number;
  readonly suppressed: Readonly<Record<SuppressedReason, number>>;
  /** Messages due now. */
  readonly waiting: number;
}

export interface AlertCounts {
  readonly raised: number;
  /** Alerts of kinds that are turned off. */
  readonly turnedOff: number;
  /** Channel types in use, by id. */
  readonly channels: readonly ChannelCounts[];
}

export const NO_ALERT_COUNTS: AlertCounts = { raised: 0, turnedOff: 0, channels: [] };
