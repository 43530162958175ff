/** The channels as the dashboard manages them: with their health, without their secrets. */
import { VaultError } from "../accounts/vault/vault_error.ts";
import { type ChannelHealth, channelHealth } from "../model/alerts/channel_health.ts";
import type { ChannelRule } from "../model/alerts/delivery.ts";
import type { Resolve } from "../net/resolve_host.ts";
import type { Alerts } from "./alerts.ts";
import { ChannelError, type ChannelReach, type ChannelSetting } from "./channel.ts";
import { CHANNEL_TYPES, channelType } from "./channels/mod.ts";
import type { Mirror } from "./mirror.ts";
import { refusePrivate } from "./public_only.ts";
import {
  type Channel,
  ChannelSettingsError,
  isFromConfig,
  type NewChannel,
  refuseFromConfig,
  type StoredChannels,
} from "./stored_channels.ts";

export interface ManagedChannel {
  readonly id: string;
  readonly type: string;
  /** Product name of its type. */
  readonly typeName: string;
  readonly rule: ChannelRule;
  readonly enabled: boolean;
  readonly health: ChannelHealth;
  /**
   * False when this process may not reach it: it was added after the permissions were narrowed at startup.
   */
  readonly isReachable: boolean;
  /** True for a command of the config file, which can only be removed there. */
  readonly isFromConfig: boolean;
}

/** A type that may be added from the dashboard. */
export interface ChannelTypeFacts {
  readonly id: string;
  readonly name: string;
  readonly settings: readonly ChannelSetting[];
}

/** The outcome of a test message. */
export interface ChannelTest {
  readonly isTaken: boolean;
  /** Why it failed, one sentence; empty on success. */
  readonly problem: string;
  readonly tookMs: number;
  /** The target, as `host` or `host:port`, or the command that was run. */
  readonly asked: readonly string[];
}

export interface ManagedChannels {
  list(): Promise<readonly ManagedChannel[]>;
  types(): readonly ChannelTypeFacts[];
  /**
   * Adds a channel, or replaces the one with that name.
   *
   * @param isLocal whether the caller is at the machine, and so may use addresses of its own network
   * @throws {ChannelSettingsError}
   */
  add(channel: NewChannel, isLocal: boolean): Promise<void>;
  /** Changes which alerts a channel takes, and when; resolves to false when there is no such channel. */
  setRule(id: string, rule: ChannelRule): Promise<boolean>;
  /** Pauses a channel or ends its pause; resolves to false when there is no such channel. */
  setEnabled(id: string, enabled: boolean): Promise<boolean>;
  /**
   * Removes a channel, and the current state it shows if that can be reached; resolves to false when there is no
   * such channel.
   */
  remove(id: string): Promise<boolean>;
  /** Sends a test message at once; null when there is no such channel. */
  test(id: string, signal: AbortSignal): Promise<ChannelTest | null>;
}

/** Types that run the user's own commands: they can be added only at the machine itself. */
const LOCAL_ONLY_TYPES: ReadonlySet<string> = new Set(["hook"]);

export interface ManagedChannelsParts {
  readonly stored: StoredChannels;
  readonly alerts: Pick<Alerts, "deliveries" | "test">;
  /** Removes the current state that a channel shows, before the channel is removed. */
  readonly mirror: Pick<Mirror, "retract">;
  readonly now: () => number;
  readonly os: string;
  /** Whether this process may reach all of it. */
  readonly isGranted: (reach: ChannelReach) => boolean;
  /** Why nothing can be added, such as in the demo; null when it can. */
  readonly closed: string | null;
  readonly resolve?: Resolve;
}

export function createManagedChannels(parts: ManagedChannelsParts): ManagedChannels {
  const { stored, alerts, mirror, now, os, isGranted, closed, resolve } = parts;

  async function readReach(channel: Channel): Promise<ChannelReach> {
    const type = channelType(channel.type);
    const secrets = await channel.open().catch(() => null);
    return type && secrets
      ? type.reach({ ...channel.settings, ...secrets }, os)
      : { hosts: [], commands: [] };
  }

  async function find(id: string): Promise<Channel | undefined> {
    return (await stored.list()).find((one) => one.id === id);
  }

  return {
    async list() {
      const [channels, deliveries] = await Promise.all([stored.list(), alerts.deliveries()]);
      return await Promise.all(channels.map(async (channel) => ({
        id: channel.id,
        type: channel.type,
        typeName: channelType(channel.type)?.name ?? channel.type,
        rule: channel.rule,
        enabled: channel.enabled,
        health: channelHealth(channel.id, deliveries),
        isReachable: isGranted(await readReach(channel)),
        isFromConfig: isFromConfig(channel),
      })));
    },
    types: () =>
      closed !== null ? [] : CHANNEL_TYPES.filter(({ id }) => !LOCAL_ONLY_TYPES.has(id))
        .map(({ id, name, settings }) => ({ id, name, settings })),
    async add(channel, isLocal) {
      if (closed !== null) throw new ChannelSettingsError(closed);
      if (LOCAL_ONLY_TYPES.has(channel.type)) {
        throw new ChannelSettingsError(
          "Your own commands can only be added on the machine itself, in its config file under [hooks]",
        );
      }
      if ((await find(channel.id))?.type === "hook") {
        throw new ChannelSettingsError(
          "A channel of that name exists and can only be changed on the machine itself",
        );
      }
      // Validates the input before looking up its addresses.
      stored.check(channel);
      const type = channelType(channel.type);
      if (!isLocal && type) {
        try {
          await refusePrivate(type.reach(channel.values, os), resolve);
        } catch (error) {
          throw error instanceof ChannelError ? new ChannelSettingsError(error.message) : error;
        }
      }
      await stored.add({ ...channel, publicOnly: !isLocal });
    },
    setRule: (id, rule) => stored.setRule(id, rule),
    setEnabled: (id, enabled) => stored.setEnabled(id, enabled),
    async remove(id) {
      const channel = await find(id);
      if (!channel) return false;
      refuseFromConfig(channel);
      // Otherwise a mirror would publish all of it again in between.
      await stored.setEnabled(id, false);
      try {
        await mirror.retract(channel, new AbortController().signal);
      } catch (error) {
        // A receiver or key that no longer exists must not keep the channel.
        if (!(error instanceof ChannelError || error instanceof VaultError)) throw error;
      }
      return await stored.remove(id);
    },
    async test(id, signal) {
      const channel = await find(id);
      if (!channel) return null;
      const { hosts, socket, commands } = await readReach(channel);
      const asked = [...hosts, ...socket ? [`${socket.host}:${socket.port}`] : [], ...commands];
      const startedAt = now();
      try {
        await alerts.test(channel, signal);
        return { isTaken: true, problem: "", tookMs: now() - startedAt, asked };
      } catch (error) {
        const problem = error instanceof ChannelError ? error.message : "The message could not be sent";
        return { isTaken: false, problem, tookMs: now() - startedAt, asked };
      }
    },
  };
}
