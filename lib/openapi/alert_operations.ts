/** The operations about alerts: what was raised, the rules, and the channels. */
import {
  AlertRulesBody,
  ChannelChangeBody,
  ChannelNameBody,
  NewChannelBody,
  SnoozeBody,
  SnoozeTargetBody,
} from "../web/alert_bodies.ts";
import * as answers from "./alert_answers.ts";
import type { Operation } from "./operation.ts";

const FAILURES = [400, 413, 415, 422];

export const ALERT_OPERATIONS: readonly Operation[] = [
  {
    path: "/api/v1/alerts",
    method: "get",
    group: "Native API",
    summary: "The newest alerts, and their delivery in every channel",
    answer: answers.Alerts,
    failures: [],
  },
  {
    path: "/api/v1/alerts/snoozes",
    method: "get",
    group: "Native API",
    summary: "What is snoozed",
    answer: answers.Snoozes,
    failures: [],
  },
  {
    path: "/api/v1/alerts/snoozes",
    method: "post",
    group: "Native API",
    summary:
      "Snoozes everything, an account or a quota, of one kind or all: for hours, until an instant, or until the next reset",
    body: SnoozeBody,
    answer: answers.Snoozes,
    failures: FAILURES,
  },
  {
    path: "/api/v1/alerts/snoozes",
    method: "delete",
    group: "Native API",
    summary: "Ends the snoozes of a target",
    body: SnoozeTargetBody,
    answer: answers.Snoozes,
    failures: [...FAILURES, 404],
  },
  {
    path: "/api/v1/rules",
    method: "get",
    group: "Native API",
    summary: "When alerts are raised: for everything, and for accounts and quotas that have their own rules",
    answer: answers.AlertRules,
    failures: [],
  },
  {
    path: "/api/v1/rules",
    method: "put",
    group: "Native API",
    summary:
      "Changes the rules of everything, or of what `of` names; an absent field stays, and null restores the inherited value",
    body: AlertRulesBody,
    answer: answers.AlertRules,
    failures: FAILURES,
  },
  {
    path: "/api/v1/rules/replay",
    method: "get",
    group: "Native API",
    summary:
      "What alerts rules would have raised in the last 30 days; an absent field keeps its current value",
    parameters: [
      {
        name: "of",
        description: "Key of an account or a quota, or a kind of window such as */5h; everything by default",
      },
      {
        name: "thresholds",
        description: "Lines, separated by commas: 80 for percent used, 20% left, 500 used, 1000 left",
      },
      { name: "balanceBelow", description: "Amount below which a balance raises an alert" },
      { name: "failingMinutes", description: "How long an account may fail" },
      { name: "kind", description: "A kind that is on; those in force by default", repeated: true },
    ],
    answer: answers.AlertReplay,
    failures: [400],
  },
  {
    path: "/api/v1/channels",
    method: "get",
    group: "Native API",
    summary: "Where alerts are sent, the state of each channel, and what can be added; never a secret",
    answer: answers.Channels,
    failures: [],
  },
  {
    path: "/api/v1/channels",
    method: "post",
    group: "Native API",
    summary:
      "Adds a channel, or replaces the one of that name; its secrets are stored encrypted. Private addresses only at the machine",
    body: NewChannelBody,
    answer: answers.Channels,
    failures: FAILURES,
  },
  {
    path: "/api/v1/channels",
    method: "put",
    group: "Native API",
    summary:
      "Changes which alerts a channel receives and when, pauses it, or resumes it; an absent field stays",
    body: ChannelChangeBody,
    answer: answers.Channels,
    failures: [...FAILURES, 404],
  },
  {
    path: "/api/v1/channels",
    method: "delete",
    group: "Native API",
    summary: "Removes a channel with its secrets",
    body: ChannelNameBody,
    answer: answers.RemovedChannel,
    failures: [...FAILURES, 404],
  },
  {
    path: "/api/v1/channels/test",
    method: "post",
    group: "Native API",
    summary: "Sends a test message by a channel right away, and reports the result",
    body: ChannelNameBody,
    answer: answers.ChannelTest,
    failures: [...FAILURES, 404],
  },
];
