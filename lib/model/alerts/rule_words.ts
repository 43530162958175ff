/** Describes what a channel accepts and when. */
import { CHANNEL_KINDS } from "./channel_kinds.ts";
import { dayMinuteText } from "./day_minute.ts";
import { type ChannelRule, quietHoursText } from "./delivery.ts";
import { summaryTimesWords, weeklyText } from "./summary.ts";

const MAX_NAMED = 4;

/** Formats `daily 08:00`, `every kind from warning on`, `quiet 22:00-07:00`. */
export function takesWords({ least, kinds, quiet, urgent, summaries }: ChannelRule): readonly string[] {
  const named = kinds === undefined
    ? "every kind"
    : kinds.length === 0
    ? "no alerts"
    : kinds.length <= MAX_NAMED
    ? kinds.join(", ")
    : `${kinds.length} of ${CHANNEL_KINDS.length} kinds`;
  const from = least === undefined || least === "info" || kinds?.length === 0 ? "" : ` from ${least} on`;
  const loud = urgent === "none" ? " for everything" : urgent === "warning" ? " but for warnings" : "";
  return [
    ...summaries ? summaryTimesWords(summaries) : [],
    `${named}${from}`,
    ...quiet ? [`quiet ${quietHoursText(quiet)}${loud}`] : [],
  ];
}

/** Returns the schedule of a channel as programs read and write it; null for none. */
export function channelTimes({ quiet, urgent, summaries }: ChannelRule) {
  const { daily, weekly } = summaries ?? {};
  return {
    urgent: urgent ?? "critical",
    quiet: quiet ? quietHoursText(quiet) : null,
    daily: daily ? dayMinuteText(daily.minute) : null,
    weekly: weekly ? weeklyText(weekly) : null,
  };
}
