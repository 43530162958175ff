/** Schemas of query parameters. The same ones check requests and describe the API. */
import { HttpError } from "fresh";
import * as v from "valibot";
import { type RangeName, RANGES } from "../model/history/history.ts";
import { HORIZON_SPANS } from "../model/horizon/horizon.ts";
import { INSIGHT_RANGES } from "../model/insights/insight.ts";
import { INTERVALS } from "../model/history/usage.ts";
import { GROUPINGS, MEASURES } from "../model/history/usage_groups.ts";
import { plain } from "../base/text.ts";
import { unknownWord } from "./unknown_word.ts";

/** An id; `both` and `all` look like one. */
export const ProviderParam = v.pipe(v.string(), v.regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/));
/** A name, or the word for a quota: any text that is not empty. */
export const NameParam = v.pipe(v.string(), v.minLength(1), v.maxLength(300));
/** `provider/name`. */
export const AccountParam = v.pipe(v.string(), v.regex(/^[a-z0-9-]+\/[^/]+$/));
/** `provider/name/quota`. */
export const QuotaParam = v.pipe(v.string(), v.regex(/^[a-z0-9-]+\/[^/]+\/.+$/));
/** A date, a time in the zone, an instant or epoch milliseconds; empty counts as absent. */
export const EdgeParam = v.pipe(
  v.string(),
  v.regex(
    /^$|^[0-9]{10,15}$|^(19[7-9][0-9]|[2-9][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,3})?)?(Z|[+-][01][0-9]:[0-5][0-9])?)?$/,
  ),
);
/** A day; empty counts as absent. */
export const DayParam = v.pipe(
  v.string(),
  v.regex(/^$|^(19[7-9][0-9]|[2-9][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$/),
);

export const RangeParam = v.picklist(RANGES.map(({ name }) => name) as readonly RangeName[]);
export const InsightRangeParam = v.picklist(INSIGHT_RANGES);

/** An integer within bounds, as text. */
function count(least: number, most: number) {
  return v.pipe(
    v.string(),
    v.regex(/^[0-9]{1,9}$/),
    v.transform(Number),
    v.integer(),
    v.minValue(least),
    v.maxValue(most),
  );
}

export const PageLimitParam = count(1, 200);
/** Id of an audit log entry. */
export const AuditCursorParam = count(1, 999_999_999);
export const OverviewLimitParam = count(1, 500);
export const LogLimitParam = count(1, 50_000);
export const LogDaysParam = count(1, 30);

/** Hours back in the history of the service API. */
export const HoursParam = count(1, 168);
/** Of a terminal. */
export const ColumnsParam = count(20, 1000);
export const LogLinesParam = count(1, 500);

/** Charts available as images. */
export const ImageParam = v.picklist(["history", "consumption", "calendar", "breakdown", "horizon"]);
export const HorizonParam = v.picklist(HORIZON_SPANS);
export const ThemeParam = v.picklist(["light", "dark"]);
export const DisplayParam = v.picklist(["used", "left"]);
/** Whether a history also shows the period before. */
export const EarlierParam = v.picklist(["0", "1"]);
/** In pixels. */
export const WidthParam = count(320, 2400);
export const HeightParam = count(160, 1600);
/** Number of days in one analysis. */
export const DaysParam = count(1, 365);
export const IntervalParam = v.picklist(["auto", ...INTERVALS]);
export const GroupingParam = v.picklist(GROUPINGS);
export const MeasureParam = v.picklist(MEASURES);
export const ComparisonParam = v.picklist(["none", "previous", "year"]);

/** Opaque: the `next` of an earlier answer. */
export const CursorParam = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,400}$/));

/** @throws {HttpError} 400 for a word that is not in the list */
export function parseWord<const Words extends readonly string[]>(
  schema: v.PicklistSchema<Words, undefined>,
  what: string,
  word: string,
): Words[number] {
  const result = v.safeParse(schema, word);
  if (!result.success) throw unknownWord(what, word, schema.options);
  return result.output;
}

/**
 * Parses a numeric parameter, or returns `fallback` when it is absent.
 *
 * @throws {HttpError} 400 unless it is an integer within bounds
 */
export function parseNumberParam(
  query: URLSearchParams,
  name: string,
  schema: ReturnType<typeof count>,
  fallback: number,
): number {
  const text = query.get(name);
  if (text === null) return fallback;
  const result = v.safeParse(schema, text);
  if (result.success) return result.output;
  const [, , , , least, most] = schema.pipe;
  throw new HttpError(
    400,
    `Cannot read ${name} "${
      plain(text, 32)
    }": expected a whole number from ${least.requirement} to ${most.requirement}`,
  );
}
