/** The answers about alerts: what was raised, the rules, and the channels. */
import * as v from "valibot";
import { ALERT_KINDS } from "../model/alerts/alert.ts";
import { Threshold } from "../web/alert_bodies.ts";
import { Instant, MaybeInstant, MaybeNumber, MaybeText, Whole } from "./parts.ts";

const AlertRule = {
  thresholds: v.optional(v.array(Threshold)),
  balanceBelow: v.optional(v.number()),
  /** What an account may spend in a calendar month. */
  budget: v.optional(v.number()),
  /** Of that budget; absent while the account has stated no money. */
  budgetCurrency: v.optional(v.string()),
  /** How long until an open alert is sent again; 0 for never. */
  repeatEverySeconds: v.optional(v.number()),
  /** Maximum number of times it is sent again. */
  repeatMost: v.optional(Whole),
  /** Kinds that are turned off. */
  off: v.optional(v.array(v.picklist(ALERT_KINDS))),
};

export const AlertRules = v.strictObject({
  rules: v.strictObject({
    ...AlertRule,
    /** 0 to 1. */
    runOutProbability: v.number(),
    expiryNoticeSeconds: v.number(),
    failingAfterSeconds: v.number(),
    /** Rules of kinds of windows, accounts and quotas; what one leaves out is inherited. */
    only: v.array(v.strictObject({ of: v.string(), ...AlertRule })),
  }),
});

export const Channels = v.strictObject({
  channels: v.array(v.strictObject({
    id: v.string(),
    type: v.string(),
    enabled: v.boolean(),
    /** The minimum severity it takes; null for every one. */
    least: v.nullable(v.picklist(["info", "warning", "critical"])),
    /** The only kinds it takes; null for all. */
    kinds: v.nullable(v.array(v.picklist(ALERT_KINDS))),
    /** The minimum severity it still sends in quiet hours. */
    urgent: v.picklist(["info", "warning", "critical", "none"]),
    /** `22:00-07:00` */
    quiet: MaybeText,
    /** The time of its daily summary: `08:00`. */
    daily: MaybeText,
    /** Day and time of its weekly summary: `mon-08:00`. */
    weekly: MaybeText,
    /** False when the server has to be restarted before it may reach it. */
    reachable: v.boolean(),
    state: v.picklist(["well", "trouble", "new"]),
    /** Since when the receiver has rejected messages. */
    since: MaybeInstant,
    problem: v.string(),
    sentAt: MaybeInstant,
    waiting: Whole,
    answers: v.array(v.strictObject({
      at: Instant,
      state: v.picklist(["waiting", "sent", "given-up", "expired"]),
      note: v.string(),
    })),
  })),
  /** What may be added over HTTP. */
  types: v.array(v.strictObject({
    id: v.string(),
    name: v.string(),
    settings: v.array(v.strictObject({
      name: v.string(),
      help: v.string(),
      /** Stored encrypted and never returned. */
      secret: v.boolean(),
      optional: v.boolean(),
      choices: v.array(v.string()),
    })),
  })),
});

export const Snoozes = v.strictObject({
  snoozes: v.array(v.strictObject({
    /** `*`, or the key of an account or a quota. */
    target: v.string(),
    /** Null for every kind. */
    kind: v.nullable(v.picklist(ALERT_KINDS)),
    until: Instant,
  })),
});

export const RemovedChannel = v.strictObject({ removed: v.string() });

export const ChannelTest = v.strictObject({
  id: v.string(),
  taken: v.boolean(),
  problem: v.string(),
  tookMs: v.number(),
  /** Hosts that were asked, and commands that were run. */
  asked: v.array(v.string()),
});

export const AlertReplay = v.strictObject({
  /** `*`, or the key of a kind of window, an account or a quota. */
  of: v.string(),
  days: Whole,
  /** Number of readings checked. */
  readings: Whole,
  /** Number of alerts they would have raised, without forecasts and failing accounts. */
  count: Whole,
  /** The newest of them. */
  alerts: v.array(v.strictObject({
    kind: v.picklist(ALERT_KINDS),
    account: v.string(),
    at: Instant,
    title: v.string(),
    text: v.string(),
  })),
});

export const Alerts = v.strictObject({
  alerts: v.array(v.strictObject({
    id: v.string(),
    kind: v.picklist(ALERT_KINDS),
    severity: v.picklist(["info", "warning", "critical"]),
    account: v.string(),
    quota: MaybeText,
    at: Instant,
    raisedAt: Instant,
    expiresAt: Instant,
    title: v.string(),
    text: v.string(),
    details: v.string(),
    /** Id of the alert that this one repeats. */
    repeats: v.optional(v.string()),
    /** Id of the alert that this one ends or withdraws. */
    resolves: v.optional(v.string()),
    figures: v.nullable(v.strictObject({
      used: MaybeNumber,
      limit: MaybeNumber,
      remaining: MaybeNumber,
      share: MaybeNumber,
      unit: v.string(),
      resetsAt: MaybeInstant,
      /** The used share that was crossed, or an amount. */
      threshold: v.optional(v.number()),
      /** Present when the threshold is an amount. */
      thresholdOf: v.optional(v.picklist(["used", "left"])),
    })),
    deliveries: v.array(v.strictObject({
      channel: v.string(),
      state: v.picklist(["waiting", "sent", "given-up", "expired"]),
      attempts: Whole,
      note: v.string(),
    })),
  })),
});
