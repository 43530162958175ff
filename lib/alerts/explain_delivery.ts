/** Explains how an alert is or would be delivered: by which channels, now, later or not at all, and why. Pure. */
import type { Alert, Decision } from "../model/alerts/alert.ts";
import type { SuppressedReason } from "../model/alerts/counts.ts";
import { deliveryTime } from "../model/alerts/delivery.ts";
import type { AccountKey } from "../model/quota.ts";
import type { DeliveryState, StoredDelivery } from "./outbox.ts";
import type { Outlets, RaisedAlert } from "./plan.ts";

export interface ExplainedDelivery {
  readonly channel: string;
  /** The outcome, or the expected one; `now` for what would be sent at once. */
  readonly reason: DeliveryState | SuppressedReason | "now";
  /** When it will be sent, epoch milliseconds; null for never, and for finished deliveries. */
  readonly at: number | null;
  /** The receiver's answer, or why it was held back; empty when there is nothing to report. */
  readonly note: string;
}

export interface DeliveryFacts extends Outlets {
  /** Newest first. */
  readonly raised: readonly RaisedAlert[];
  readonly deliveries: readonly StoredDelivery[];
  readonly now: number;
  readonly zone: string;
}

/** Returns one for each channel; none for a decision without a message. */
export function explainDeliveries(
  { reason, alert, kind, quota, account }: Decision & { readonly account: AccountKey },
  facts: DeliveryFacts,
): readonly ExplainedDelivery[] {
  if (alert !== undefined) return facts.channels.map((channel) => predictDelivery(alert, channel, facts));
  if (reason !== "already-raised") return [];
  const before = facts.raised.find((one) =>
    one.kind === kind && one.account === account && one.quota === quota && one.repeats === undefined
  );
  return before === undefined
    ? []
    : facts.channels.map(({ id }) => recallDelivery(before, id, facts.deliveries));
}

function predictDelivery(
  alert: Alert,
  { id: channel, rule, enabled }: Outlets["channels"][number],
  { snoozes, now, zone }: DeliveryFacts,
): ExplainedDelivery {
  if (!enabled) return { channel, reason: "paused", at: null, note: "" };
  return { channel, ...deliveryTime(alert, rule, snoozes, now, zone), note: "" };
}

function recallDelivery(
  alert: Alert,
  channel: string,
  deliveries: readonly StoredDelivery[],
): ExplainedDelivery {
  const own = deliveries.find((one) => one.channel === channel && one.alert.id === alert.id);
  // A message that a channel does not take leaves nothing in the outbox.
  if (own === undefined) return { channel, reason: "not-wanted", at: null, note: "" };
  const { state, dueAt, note } = own;
  if (state === "expired" && note === "snoozed") return { channel, reason: "snoozed", at: null, note: "" };
  if (state === "waiting" && note === "quiet-hours") {
    return { channel, reason: "quiet-hours", at: dueAt, note: "" };
  }
  return { channel, reason: state, at: state === "waiting" ? dueAt : null, note };
}
