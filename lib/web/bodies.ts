/** What may be sent in a body. The same schemas check requests and describe the API. */
import * as v from "valibot";

const MOST_HIDDEN = 500;

/** A type of insight, or the key of one. */
const HiddenKey = v.pipe(
  v.string(),
  v.minLength(1, "expected at least one character"),
  v.maxLength(300, "expected at most 300 characters"),
);
const HiddenKeys = v.pipe(
  v.array(HiddenKey),
  v.maxLength(MOST_HIDDEN, `expected at most ${MOST_HIDDEN} keys`),
);
const Display = v.picklist(["used", "left"]);

/** Where `warning` and `critical` begin, from above 0 up to `most`. */
function thresholds(most: number) {
  const range = `expected a number above 0 and at most ${most}`;
  const Threshold = v.pipe(v.number(), v.gtValue(0, range), v.maxValue(most, range));
  return v.pipe(
    v.strictObject({ warning: Threshold, critical: Threshold }),
    v.check(({ warning, critical }) => warning < critical, "expected warning to be below critical"),
  );
}

/** Whether the zone is known is looked at afterwards: that is a word not known, not a wrong type. */
const Zone = v.pipe(v.string(), v.maxLength(64, "expected at most 64 characters"));

/** `PUT /api/settings`: some of these; thresholds in percent, and an empty zone for that of the server. */
export const QuotaSettingsBody = v.strictObject({
  timezone: v.optional(Zone),
  hidden_insights: v.optional(HiddenKeys),
  display: v.optional(Display),
  thresholds: v.optional(thresholds(100)),
});

/** `PUT /api/v1/settings`: some of these; thresholds as shares, and null for the zone of the server. */
export const SettingsBody = v.strictObject({
  timeZone: v.optional(v.nullable(Zone)),
  hiddenInsights: v.optional(HiddenKeys),
  display: v.optional(Display),
  thresholds: v.optional(thresholds(1)),
});

/** `POST /api/refresh`. */
export const RefreshBody = v.strictObject({ account: v.optional(v.string()) });
