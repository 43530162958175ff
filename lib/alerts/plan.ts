/** Plans what raised alerts store: the alerts, and a message for each channel that gets it. Pure. */
import type { SuppressedReason } from "../model/alerts/counts.ts";
import type { Alert } from "../model/alerts/alert.ts";
import { deliveryTime, type Snooze } from "../model/alerts/delivery.ts";
import { DAY_MS } from "../model/duration.ts";
import { harmless } from "../base/text.ts";
import type { AddedDoc, GuardedDocs } from "../store/store.ts";
import { plainText } from "./escape.ts";
import { deliveryDoc } from "./outbox.ts";
import type { Channel } from "./stored_channels.ts";

/** An alert as stored. */
export interface RaisedAlert extends Alert {
  readonly raisedAt: number;
}

/** Where messages go, and which are not sent. */
export interface Outlets {
  readonly channels: readonly Pick<Channel, "id" | "type" | "rule" | "enabled">[];
  readonly snoozes: readonly Snooze[];
}

/** A channel that does not get an alert at once, by its type. */
export type Suppression = readonly [type: string, reason: SuppressedReason];

/** What an evaluation changes. */
export interface PlannedAlerts {
  /** Null when it changes nothing. */
  readonly docs: GuardedDocs | null;
  readonly raised: readonly Alert[];
  /** Of each raised alert. */
  readonly suppressions: readonly (readonly Suppression[])[];
  /** Number of alerts that rules have turned off. */
  readonly turnedOff: number;
}

const KEEP_MS = 60 * DAY_MS;

/** Names of accounts and quotas come from outside, and would turn the direction of the sentences around them. */
function withHarmlessTexts(alert: Alert): Alert {
  const { title, text, details } = alert;
  return { ...alert, title: harmless(title), text: plainText(text), details: plainText(details) };
}

/** @param memory the memory that the alerts follow from, and the one to store after them */
export function planAlerts(
  { raised: wanted, memory, outlets, turnedOff, now, zone }: {
    readonly raised: readonly Alert[];
    readonly memory: Pick<GuardedDocs["guard"], "id" | "was" | "doc">;
    readonly outlets: Outlets;
    readonly turnedOff: number;
    readonly now: number;
    readonly zone: string;
  },
): PlannedAlerts {
  const raised = wanted.map(withHarmlessTexts);
  const stored = raised.map((alert) => storedAlert(alert, outlets, now, zone));
  const isSame = JSON.stringify(memory.doc) === JSON.stringify(memory.was);
  return {
    docs: isSame && raised.length === 0 ? null : {
      guard: { kind: "alert_memory", ...memory },
      added: stored.flatMap(({ added }) => added),
      now,
    },
    raised,
    suppressions: stored.map(({ suppressions }) => suppressions),
    turnedOff,
  };
}

function storedAlert(
  alert: Alert,
  { channels, snoozes }: Outlets,
  now: number,
  zone: string,
): { readonly added: readonly AddedDoc[]; readonly suppressions: readonly Suppression[] } {
  const raised: RaisedAlert = { ...alert, raisedAt: now };
  const added: AddedDoc[] = [{ kind: "alerts", id: alert.id, doc: raised, expiresAt: now + KEEP_MS }];
  const suppressions: Suppression[] = [];
  for (const { id, type, rule, enabled } of channels) {
    if (!enabled) {
      suppressions.push([type, "paused"]);
      continue;
    }
    const { at, reason } = deliveryTime(alert, rule, snoozes, now, zone);
    if (reason !== "now") suppressions.push([type, reason]);
    // A message the channel does not take leaves nothing in the outbox; one held back does.
    if (at === null && reason !== "snoozed") continue;
    added.push(deliveryDoc({
      alert,
      channel: id,
      state: at === null ? "expired" : "waiting",
      createdAt: now,
      dueAt: at ?? now,
      attempts: 0,
      note: reason === "now" ? "" : reason,
      ...reason === "quiet-hours" && { held: true },
    }, now));
  }
  return { added, suppressions };
}
