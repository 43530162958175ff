/** All channel types. A new one is a file beside this one and a line here. */
import type { ChannelType } from "../channel.ts";
import {
  apprise,
  discord,
  googleChat,
  gotify,
  matrix,
  mattermost,
  ntfy,
  pushover,
  slackChannel,
  teams,
  telegram,
} from "./http.ts";
import { desktop, hook, terminalBell, tmux } from "./local.ts";
import { mail } from "./mail.ts";
import { mqtt } from "./mqtt.ts";
import { opsgenie, pagerduty } from "./on_call.ts";
import { webPush } from "./web_push.ts";
import { webhook } from "./webhook.ts";

export const CHANNEL_TYPES: readonly ChannelType[] = [
  mail,
  webPush,
  ntfy,
  gotify,
  pushover,
  telegram,
  discord,
  slackChannel,
  mattermost,
  teams,
  googleChat,
  matrix,
  pagerduty,
  opsgenie,
  apprise,
  webhook,
  mqtt,
  desktop,
  tmux,
  terminalBell,
  hook,
];

export function channelType(id: string): ChannelType | undefined {
  return CHANNEL_TYPES.find((one) => one.id === id);
}
