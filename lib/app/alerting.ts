/** Alerts of the running program: what they look at, and by which channels messages leave. */
import { type Alerts, createAlerts } from "../alerts/alerts.ts";
import { followAlerts } from "../alerts/follow.ts";
import { createOutside } from "../alerts/outside.ts";
import { createStoredChannels, type StoredChannels } from "../alerts/stored_channels.ts";
import type { StoredParts } from "../accounts/stored.ts";
import type { AlertFacts } from "./alert_facts.ts";
import type { AccountKey } from "../model/quota.ts";
import type { Clock } from "../base/clock.ts";
import type { Hub } from "../base/hub.ts";
import type { AccountView } from "../model/view/view.ts";
import type { Store } from "../store/store.ts";
import type { Log } from "../provider/context.ts";

export interface AlertingParts {
  readonly stored: StoredParts;
  readonly store: Store;
  readonly hub: Hub;
  readonly clock: Clock;
  readonly log: Log;
  readonly zone: () => string;
  readonly accounts: (only?: AccountKey) => Promise<readonly AccountView[]>;
  readonly facts: AlertFacts;
  /** True where figures are invented: nothing leaves. */
  readonly demo: boolean;
}

export interface Alerting {
  readonly alerts: Alerts;
  readonly channels: StoredChannels;
  /** Follows the polls from now on. */
  start(): { tick(): Promise<void>; stop(): Promise<void> };
}

export function createAlerting(
  { stored, store, hub, clock, log, zone, accounts, facts, demo }: AlertingParts,
): Alerting {
  const channels = createStoredChannels(stored);
  const alerts = createAlerts({
    store,
    channels: demo ? { list: () => Promise.resolve([]) } : channels,
    clock,
    log,
    zone,
    // Commands of the person's own get what a shell would give them, and no key of ours.
    outside: createOutside({ env: readVariable }),
    accounts,
    ...facts,
  });
  return { alerts, channels, start: () => followAlerts(alerts, { hub, log }) };
}

function readVariable(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch {
    // A process with few permissions may not read it.
    return undefined;
  }
}
