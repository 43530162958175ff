/** The rows of the commands about alerts in the table of commands. */
import { DAYS, limitOption } from "./options.ts";
import { ONLY } from "./table_access.ts";

export const ALERT_ACTIONS = [
  "list",
  "explain",
  "snooze",
  "unsnooze",
  "send",
  "test",
  "replay",
  "budget",
] as const;
export type AlertAction = typeof ALERT_ACTIONS[number];

export const ALERTS = {
  name: "alerts",
  summary: "show alerts and why they were raised, and snooze them",
  operands: [
    { name: "action", help: "what to do; list by default", choices: ALERT_ACTIONS, optional: true },
    {
      name: "target",
      help: "all, provider/name or provider/name/quota; for test: the name of a channel",
      optional: true,
    },
    { name: "amount", help: "the monthly budget, such as 50; 0 for none", optional: true },
  ],
  options: [
    { name: "for", value: "TIME", help: "how long to snooze, such as 30m, 4h or 2d", byDefault: "4h" },
    {
      name: "until",
      value: "TIME",
      help: "snooze until then instead: reset, 18:00 or 2026-12-03 18:00, in your zone",
    },
    { name: "kind", value: "KIND", help: "only alerts of this kind" },
    {
      name: "currency",
      value: "CODE",
      help: "of the budget, such as EUR; without it that of the account's money",
    },
    limitOption("20"),
    { ...DAYS, byDefault: "30" },
  ],
  examples: [
    ["syntrack alerts", "the newest ones"],
    ["syntrack alerts explain", "why there was none"],
    ["syntrack alerts test phone", "sends a test message through a channel"],
    ["syntrack alerts replay --days 30", "how many alerts you would have had"],
    ["syntrack alerts snooze zai/default --for 2h", "nothing of this account is sent for two hours"],
    ["syntrack alerts snooze zai/default/tokens --until reset", "until the quota resets"],
    ["syntrack alerts budget openai/default 50", "tells you when a month has cost more"],
    ["syntrack alerts budget deepseek/default 200 --currency CNY", "in another currency"],
  ],
} as const;

export const FEED_ACTIONS = ["list", "add", "revoke"] as const;
export type FeedAction = typeof FEED_ACTIONS[number];

export const FEEDS = {
  name: "feeds",
  summary: "addresses for calendars and feed readers: coming resets and expected run-outs, or alerts",
  operands: [
    { name: "action", help: "what to do; list by default", choices: FEED_ACTIONS, optional: true },
    { name: "name", help: "name of the feed, such as calendar", optional: true },
  ],
  options: [
    {
      name: "kind",
      value: "KIND",
      help: "its content: calendar (iCalendar) or alerts (Atom)",
      choices: ["calendar", "alerts"],
      byDefault: "calendar",
    },
    ONLY,
    { name: "port", short: "p", value: "PORT", help: "port of the server to use, if several run" },
  ],
  examples: [
    ["syntrack feeds add phone", "an address to subscribe to in a calendar"],
    ["syntrack feeds add reader --kind alerts --only zai/work", "alerts of one account"],
    ["syntrack feeds revoke phone", "at once"],
  ],
} as const;

export const CHANNEL_ACTIONS = ["list", "types", "add", "change", "remove", "test"] as const;
export type ChannelAction = typeof CHANNEL_ACTIONS[number];

export const CHANNELS = {
  name: "channels",
  summary: "where alerts are sent: mail, ntfy, Telegram, Slack, webhooks, commands and more",
  operands: [
    { name: "action", help: "what to do; list by default", choices: CHANNEL_ACTIONS, optional: true },
    { name: "name", help: "name of the channel, such as phone", optional: true },
    { name: "type", help: "its type, such as ntfy", optional: true },
  ],
  options: [
    {
      name: "set",
      value: "NAME=VALUE",
      help: "a setting that is not secret; may be repeated",
      repeated: true,
    },
    { name: "stdin", help: "read secrets from standard input" },
    {
      name: "least",
      value: "SEVERITY",
      help: "the lowest severity it receives",
      choices: ["info", "warning", "critical"],
    },
    {
      name: "kinds",
      value: "KIND,...",
      help: "the only kinds it receives; all for every kind, none for summaries only",
    },
    {
      name: "quiet-hours",
      value: "HH:MM-HH:MM",
      help: "hours in which only urgent messages are sent; none to end them",
    },
    {
      name: "urgent",
      value: "SEVERITY",
      help: "what counts as urgent in quiet hours",
      choices: ["warning", "critical", "none"],
      byDefault: "critical",
    },
    { name: "daily", value: "HH:MM", help: "send a daily summary at this hour; none to stop" },
    {
      name: "weekly",
      value: "DAY-HH:MM",
      help: "send a weekly summary, such as mon-08:00; none to stop",
    },
  ],
  examples: [
    ["syntrack channels types", "the available types"],
    ["syntrack channels add phone ntfy", "asks for the topic"],
    ["syntrack channels add team slack --quiet-hours 22:00-07:00", "asks for the address of the webhook"],
    ["syntrack channels test phone", "sends a message"],
    ["syntrack channels change phone --daily 08:00", "adds a daily summary"],
  ],
} as const;
