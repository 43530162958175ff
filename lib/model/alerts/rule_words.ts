/** Which alerts a channel takes, in words. */
import { type ChannelRule, quietHoursText } from "./delivery.ts";
import { summaryTimesWords } from "./summary.ts";

/** As in `daily 08:00`, `every kind from warning on`, `quiet 22:00-07:00`. */
export function takesWords({ least, kinds, quiet, summaries }: ChannelRule): readonly string[] {
  return [
    ...summaries ? summaryTimesWords(summaries) : [],
    `${kinds ? kinds.join(", ") : "every kind"}${least ? ` from ${least} on` : ""}`,
    ...quiet ? [`quiet ${quietHoursText(quiet)}`] : [],
  ];
}
