/** The channels as JSON, without their secrets and settings. */
import type { ChannelHealth } from "../model/alerts/channel_health.ts";
import { channelTimes } from "../model/alerts/rule_words.ts";
import type { ChannelRule } from "../model/alerts/delivery.ts";
import { isoInstant } from "../model/time.ts";

interface Channel {
  readonly id: string;
  readonly type: string;
  readonly rule: ChannelRule;
  readonly enabled: boolean;
  readonly isReachable: boolean;
  readonly health: ChannelHealth;
}

interface Type {
  readonly id: string;
  readonly name: string;
  readonly settings: readonly {
    readonly name: string;
    readonly help: string;
    readonly secret?: true;
    readonly optional?: true;
    readonly choices?: readonly string[];
  }[];
}

/** @param types the ones that may be added over HTTP */
export function channelsJson(channels: readonly Channel[], types: readonly Type[]) {
  return {
    channels: channels.map(({ id, type, rule, enabled, isReachable, health }) => ({
      id,
      type,
      enabled,
      least: rule.least ?? null,
      kinds: rule.kinds ?? null,
      ...channelTimes(rule),
      reachable: isReachable,
      state: health.state,
      since: isoInstant(health.since),
      problem: health.problem,
      sentAt: isoInstant(health.sentAt),
      waiting: health.waiting,
      answers: health.answers.map(({ at, state, note }) => ({ at: isoInstant(at), state, note })),
    })),
    types: types.map(({ id, name, settings }) => ({
      id,
      name,
      settings: settings.map(({ name, help, secret = false, optional = false, choices = [] }) => ({
        name,
        help,
        secret,
        optional,
        choices,
      })),
    })),
  };
}
