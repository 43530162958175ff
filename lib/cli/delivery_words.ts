/** Describes how an alert will leave by a channel, or left. */
import type { ExplainedDelivery } from "../alerts/explain_delivery.ts";
import { plain } from "../base/text.ts";
import { instantWords } from "../model/alerts/message.ts";

export function deliveryWords({ reason, at, note }: ExplainedDelivery, now: number, zone: string): string {
  const said = note === "" ? "" : `, ${plain(note)}`;
  const when = at === null ? "" : ` ${instantWords(at, now, zone)}`;
  switch (reason) {
    case "now":
      return "now, sent at once";
    case "sent":
      return "sent";
    case "waiting":
      return `waiting${said}${at === null || at <= now ? "" : `, tried again${when}`}`;
    case "given-up":
      return `given-up${said}`;
    case "expired":
      return `expired${said || ", too late to be sent"}`;
    case "quiet-hours":
      return `quiet-hours, sent${when}`;
    case "snoozed":
      return "snoozed, not sent";
    case "not-wanted":
      return "not-wanted, the channel does not take its kind or severity";
    case "paused":
      return "paused, so nothing is sent";
  }
}
