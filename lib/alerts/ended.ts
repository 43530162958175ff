/**
 * Finds incidents that are over although no message says so: a quota that had reached 80% was reset, or a login
 * was renewed. Channels that keep incidents open then get a message, so that none stays open forever.
 */
import type { Alert, AlertKind } from "../model/alerts/alert.ts";
import { openAlerts } from "../model/alerts/open.ts";
import type { AlertRules } from "../model/alerts/rules.ts";
import { DAY_MS, WEEK_MS } from "../model/duration.ts";
import type { AccountView } from "../model/view/view.ts";
import type { AddedDoc } from "../store/store.ts";
import { channelType } from "./channels/mod.ts";
import { deliveryDoc, type StoredDelivery } from "./outbox.ts";
import type { RaisedAlert } from "./plan.ts";
import type { Channel } from "./stored_channels.ts";

export interface EndedInput {
  readonly channels: readonly Pick<Channel, "id" | "type" | "enabled">[];
  readonly deliveries: readonly StoredDelivery[];
  /** Newest first. */
  readonly raised: readonly RaisedAlert[];
  readonly accounts: readonly AccountView[];
  readonly rules: AlertRules;
  readonly now: number;
}

/** Their end has its own message, once new readings prove it. */
const EPISODES: ReadonlySet<AlertKind> = new Set(["failing", "sign-in-expired", "silent"]);

/** Reports whether a channel keeps incidents open. */
export function keepsIncidents({ type, enabled }: Pick<Channel, "type" | "enabled">): boolean {
  return enabled && channelType(type)?.incidents === true;
}

/** Returns the messages that close ended incidents, under ids that store each only once. */
export function listEndedDeliveries(
  { channels, deliveries, raised, accounts, rules, now }: EndedInput,
): readonly AddedDoc[] {
  const open = new Set(
    openAlerts(raised, accounts, [], now, rules).map(({ id, repeats }) => repeats ?? id),
  );
  return channels.filter(keepsIncidents).flatMap(({ id: channel }) => {
    const own = deliveries.filter((one) => one.channel === channel);
    const closed = new Set(own.flatMap(({ alert }) => alert.resolves ?? []));
    return own.flatMap(({ alert, state }) => {
      const isIncident = state === "sent" && alert.resolves === undefined && alert.repeats === undefined;
      if (!isIncident || closed.has(alert.id) || open.has(alert.id)) return [];
      if (isUndecided(alert, accounts, now)) return [];
      return [
        deliveryDoc({
          alert: createEnded(alert, now),
          channel,
          state: "waiting",
          createdAt: now,
          dueAt: now,
          attempts: 0,
          note: "",
        }, now),
      ];
    });
  });
}

/** Reports whether it is too early to tell: a figure is unknown, or only new readings can prove the end. */
function isUndecided(
  { kind, account: key, quota: id }: Alert,
  accounts: readonly AccountView[],
  now: number,
): boolean {
  const account = accounts.find((one) => one.key === key);
  if (account === undefined || account.hidden || account.paused) return false;
  if (EPISODES.has(kind)) return !isAbandoned(account, now);
  const quota = account.quotas.find((one) => one.quota === id);
  return quota !== undefined && !quota.gone && quota.share === null && quota.remaining === null &&
    quota.used === null;
}

/**
 * Reports whether no reading will prove anything, because the account is no longer configured. Its login may only be out
 * of sight for a while, or in the environment of another process, which polls it at least this often.
 */
function isAbandoned({ health: { state, triedAt } }: AccountView, now: number): boolean {
  return state === "off" && now - (triedAt ?? 0) > DAY_MS;
}

function createEnded(alert: Alert, now: number): Alert {
  return {
    ...alert,
    id: `ended|${alert.id}`,
    severity: "info",
    at: now,
    title: `${alert.title}: over`,
    text: "What it reported no longer applies.",
    details: "",
    expiresAt: now + WEEK_MS,
    resolves: alert.id,
  };
}
