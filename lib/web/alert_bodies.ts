/** Request bodies about alerts. The same schemas check requests and describe the API. */
import * as v from "valibot";
import { ALERT_KINDS } from "../model/alerts/alert.ts";
import { CurrencyCode } from "./bodies.ts";
import { DAY_MS, SECOND_MS } from "../model/duration.ts";
import {
  MAX_AMOUNT,
  MAX_NOTICE_MS,
  MAX_REPEAT_MS,
  MAX_REPEATS,
  MAX_THRESHOLD,
  MAX_THRESHOLD_AMOUNT,
  MAX_THRESHOLDS,
  MIN_REPEAT_MS,
} from "../model/setting_limits.ts";

const Share = v.pipe(
  v.number(),
  v.gtValue(0, "expected a share above 0"),
  v.maxValue(MAX_THRESHOLD, `expected a share of ${MAX_THRESHOLD} at most`),
);
const ShareLeft = v.pipe(
  v.number(),
  v.gtValue(0, "expected a share above 0"),
  v.ltValue(1, "expected a share below 1 of what is left"),
);
const Of = v.picklist(["used", "left"]);
/** A used share of the limit, 0.8 for 80%; or a share or an amount that is used or left. */
export const Threshold = v.union(
  [
    Share,
    v.strictObject({ of: v.literal("used"), share: Share }),
    v.strictObject({ of: v.literal("left"), share: ShareLeft }),
    v.strictObject({
      of: Of,
      amount: v.pipe(
        v.number(),
        v.gtValue(0, "expected an amount above 0"),
        v.maxValue(MAX_THRESHOLD_AMOUNT, `expected an amount of ${MAX_THRESHOLD_AMOUNT} at most`),
      ),
    }),
  ],
  `expected a share above 0 and of ${MAX_THRESHOLD} at most, or an object with of (used or left) and share or amount`,
);
const Thresholds = v.pipe(
  v.array(Threshold),
  v.maxLength(MAX_THRESHOLDS, `expected at most ${MAX_THRESHOLDS} thresholds`),
);
const Amount = v.pipe(
  v.number(),
  v.minValue(0, "expected an amount of 0 or more"),
  v.maxValue(MAX_AMOUNT, `expected an amount of ${MAX_AMOUNT} at most`),
);
const Kinds = v.pipe(v.array(v.picklist(ALERT_KINDS)), v.maxLength(40, "expected at most 40 kinds"));
const Seconds = v.pipe(
  v.number(),
  v.minValue(0, "expected 0 seconds or more"),
  v.maxValue(MAX_NOTICE_MS / SECOND_MS, `expected ${MAX_NOTICE_MS / DAY_MS} days at most`),
);

const RepeatSeconds = v.union([
  v.literal(0),
  v.pipe(
    v.number(),
    v.minValue(MIN_REPEAT_MS / SECOND_MS),
    v.maxValue(MAX_REPEAT_MS / SECOND_MS),
  ),
], `expected 0 for never, or ${MIN_REPEAT_MS / SECOND_MS} to ${MAX_REPEAT_MS / SECOND_MS} seconds`);

/** Absent fields stay; null makes an account or quota inherit again. */
export const AlertRulesBody = v.strictObject({
  /** Default: everything. */
  of: v.optional(v.pipe(v.string(), v.maxLength(300, "expected at most 300 characters"))),
  thresholds: v.optional(v.nullable(Thresholds)),
  balanceBelow: v.optional(v.nullable(Amount)),
  off: v.optional(v.nullable(Kinds)),
  /** What an account may spend in a calendar month; null or 0 for no budget. */
  budget: v.optional(v.nullable(Amount)),
  /** The currency of that budget. Default: that of the one before, or of the account's money. */
  budgetCurrency: v.optional(CurrencyCode),
  /** How long until an open alert is sent again; 0 for never. */
  repeatEverySeconds: v.optional(v.nullable(RepeatSeconds)),
  /** Maximum number of times it is sent again. */
  repeatMost: v.optional(v.nullable(v.pipe(
    v.number(),
    v.integer("expected a whole number"),
    v.minValue(1, "expected 1 or more"),
    v.maxValue(MAX_REPEATS, `expected ${MAX_REPEATS} at most`),
  ))),
  runOutProbability: v.optional(
    v.pipe(v.number(), v.minValue(0, "expected 0 to 1"), v.maxValue(1, "expected 0 to 1")),
  ),
  expiryNoticeSeconds: v.optional(Seconds),
  failingAfterSeconds: v.optional(Seconds),
});
export type AlertRulesBody = v.InferOutput<typeof AlertRulesBody>;

const Target = v.pipe(v.string(), v.maxLength(300, "expected at most 300 characters"));

export const SnoozeTargetBody = v.strictObject({
  /** `*` for everything, or the key of an account or a quota. */
  target: Target,
});
/** Until an instant, for hours, or until the next announced reset. */
export const SnoozeBody = v.strictObject({
  target: Target,
  /** Default: every kind. */
  kind: v.optional(v.picklist(ALERT_KINDS)),
  hours: v.optional(v.pipe(
    v.number(),
    v.gtValue(0, "expected more than 0 hours"),
    v.maxValue(24 * 366, "expected a year at most"),
  )),
  until: v.optional(v.pipe(v.string(), v.isoTimestamp("expected an instant such as 2026-11-29T18:00:00Z"))),
  untilReset: v.optional(v.literal(true)),
});
export type SnoozeBody = v.InferOutput<typeof SnoozeBody>;

const ChannelName = v.pipe(
  v.string(),
  v.minLength(1, "expected at least one character"),
  v.maxLength(64, "expected at most 64 characters"),
);
const Value = v.pipe(v.string(), v.maxLength(4096, "expected at most 4096 characters"));

const ShortText = v.optional(
  v.nullable(v.pipe(v.string(), v.maxLength(20, "expected at most 20 characters"))),
);

const RuleOfChannel = {
  /** The minimum severity it takes. */
  least: v.optional(v.nullable(v.picklist(["info", "warning", "critical"]))),
  /** The only kinds it takes; null for all. */
  kinds: v.optional(v.nullable(Kinds)),
  /** `22:00-07:00`; null for none. */
  quiet: ShortText,
  /** The minimum severity it still sends in quiet hours. */
  urgent: v.optional(v.nullable(v.picklist(["warning", "critical", "none"]))),
  /** The time of a daily summary: `08:00`; null for none. */
  daily: ShortText,
  /** The day and time of a weekly summary: `mon-08:00`; null for none. */
  weekly: ShortText,
};

export const NewChannelBody = v.strictObject({
  id: ChannelName,
  /** Id of a type that may be added over HTTP. */
  type: ChannelName,
  /** Settings and secrets by name. */
  values: v.record(v.string(), Value),
  ...RuleOfChannel,
});
/** Absent fields stay; null gives back the default. */
export const ChannelChangeBody = v.strictObject({
  id: ChannelName,
  /** False pauses it. */
  enabled: v.optional(v.boolean()),
  ...RuleOfChannel,
});
export const ChannelNameBody = v.strictObject({ id: ChannelName });
