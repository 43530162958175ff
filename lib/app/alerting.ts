/** Alerts of the running program: their inputs, and the channels that send messages. */
import { type Alerts, createAlerts, type PollAlerts } from "../alerts/alerts.ts";
import { type AlertFollower, followAlerts } from "../alerts/follow.ts";
import { createMirror, type Mirror } from "../alerts/mirror.ts";
import { createPushSubscriptions, type PushSubscriptions } from "../alerts/push_subscriptions.ts";
import { createOutside } from "../alerts/outside.ts";
import type { ChannelReach } from "../alerts/channel.ts";
import { createManagedChannels, type ManagedChannels } from "../alerts/managed_channels.ts";
import {
  createStoredChannels,
  type StoredChannels,
  type StoredChannelsParts,
} from "../alerts/stored_channels.ts";
import type { StoredParts } from "../accounts/stored.ts";
import type { AlertFacts } from "./alert_facts.ts";
import type { AccountKey } from "../model/quota.ts";
import type { Clock } from "../base/clock.ts";
import { createReleaseCheck, type ReleaseCheck } from "./release_check.ts";
import type { Hub } from "../base/hub.ts";
import type { Outcome } from "../model/outcome.ts";
import type { AccountView } from "../model/view/view.ts";
import type { UnstoredPoll } from "../read/ahead.ts";
import type { ExpectedAccount } from "../read/present.ts";
import type { Store } from "../store/store.ts";
import { bracketAddress } from "../net/address.ts";
import type { Log } from "../provider/context.ts";

export interface AlertingParts {
  readonly stored: StoredParts;
  /** The commands in the config file now. */
  readonly hooks?: StoredChannelsParts["hooks"];
  readonly store: Store;
  readonly hub: Hub;
  readonly clock: Clock;
  readonly log: Log;
  readonly zone: () => string;
  readonly accounts: (only?: AccountKey) => Promise<readonly AccountView[]>;
  /** An account as it will be once an outcome is stored. */
  readonly expected: (outcome: Outcome, poll: UnstoredPoll | null) => Promise<ExpectedAccount>;
  readonly facts: AlertFacts;
  /** Whether update checks are on now. */
  readonly checksUpdates: () => boolean;
  /** True when the figures are invented: nothing is sent. */
  readonly demo: boolean;
  /** True when each message must be sent at most once, even if the program is stopped meanwhile. */
  readonly once?: boolean;
}

export interface Alerting {
  readonly alerts: Alerts;
  readonly channels: StoredChannels;
  /** The channels as the dashboard manages them. */
  readonly managed: ManagedChannels;
  readonly mirror: Mirror;
  readonly push: PushSubscriptions;
  readonly release: ReleaseCheck;
  /** Evaluates alerts with each poll from now on, and sends their messages. */
  start(): AlertFollower;
  /** Evaluates alerts with each poll from now on. */
  watch(): void;
  /** Returns what an outcome raises, to be stored with it; null until alerts are watched. */
  planForPoll(outcome: Outcome, poll: UnstoredPoll | null): Promise<PollAlerts | null>;
}

export function createAlerting(parts: AlertingParts): Alerting {
  const { stored, store, hub, clock, log, zone, accounts, facts, checksUpdates, demo, once = false } = parts;
  let isWatching = false;
  const channels = createStoredChannels({ ...stored, hooks: parts.hooks });
  const used = demo ? { list: () => Promise.resolve([]), remove: () => Promise.resolve(false) } : channels;
  // The user's own commands get the environment a shell would give them, but none of our keys.
  const outside = createOutside({ env: readVariable });
  const mirror = createMirror({ docs: store.docs, channels: used, clock, log, outside, accounts });
  const release = createReleaseCheck({
    docs: store.docs,
    clock,
    log,
    isOn: () => !demo && checksUpdates(),
    env: readVariable,
  });
  const alerts = createAlerts({
    store,
    channels: used,
    clock,
    log,
    zone,
    outside,
    accounts,
    once,
    ...facts,
    release: () => release.known(),
  });
  const managed = createManagedChannels({
    stored: demo ? { ...channels, list: () => Promise.resolve([]) } : channels,
    alerts,
    mirror,
    now: () => clock.now(),
    os: Deno.build.os,
    isGranted,
    closed: demo ? "The demo sends nothing, so it has no channels" : null,
  });
  const push = createPushSubscriptions({ ...stored, channels });
  return {
    alerts,
    channels,
    managed,
    mirror,
    push,
    release,
    start() {
      isWatching = true;
      return followAlerts(alerts, mirror, { hub, log });
    },
    watch: () => void (isWatching = true),
    async planForPoll(outcome, poll) {
      if (!isWatching) return null;
      const expected = await parts.expected(outcome, poll);
      return await alerts.planForPoll(
        expected.account,
        (account, budget) => facts.spend(account, budget, expected),
      );
    },
  };
}

/** With `--sandbox`, hosts of channels are granted at the start. */
function isGranted({ hosts, socket, commands }: ChannelReach): boolean {
  const wanted: Deno.PermissionDescriptor[] = [
    ...hosts.map((host) => ({ name: "net", host }) as const),
    ...socket ? [{ name: "net", host: `${bracketAddress(socket.host)}:${socket.port}` } as const] : [],
    ...commands.map((command) => ({ name: "run", command }) as const),
  ];
  return wanted.every((one) => Deno.permissions.querySync(one).state === "granted");
}

function readVariable(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch {
    // A process with few permissions may not be allowed to read the variable.
    return undefined;
  }
}
