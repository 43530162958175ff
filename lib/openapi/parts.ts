/**
 * The description of the HTTP API: its operations and their responses, as Valibot schemas, and the one
 * document generated from them.
 *
 * May import the model and the schemas with which `lib/web` checks requests. Nothing that runs in the server
 * imports it: the document is generated, and tests check every response against it.
 */
import * as v from "valibot";
import { DENSITIES } from "../model/setting_limits.ts";
import { STATUS_WORDS } from "../model/view/status.ts";
import { UNITS } from "../model/quota.ts";

/** UTC with milliseconds. */
export const Instant = v.pipe(v.string(), v.isoTimestamp());
export const MaybeInstant = v.nullable(Instant);
export const MaybeNumber = v.nullable(v.number());
export const MaybeText = v.nullable(v.string());
export const Whole = v.pipe(v.number(), v.integer(), v.minValue(0));

export const UnitWord = v.picklist(UNITS);
export const Status = v.picklist(STATUS_WORDS);
export const HealthState = v.picklist(["fresh", "stale", "waiting", "failing", "expired", "off", "new"]);
export const Failure = v.picklist(["missing", "auth", "rate_limited", "unavailable", "bad_response"]);
export const Severity = v.picklist(["positive", "info", "warning", "negative"]);
export const Display = v.picklist(["used", "left"]);
export const Theme = v.picklist(["system", "light", "dark"]);
export const Density = v.picklist(DENSITIES);
/** What a plan costs for a month. */
export const Price = v.strictObject({ amount: v.number(), currency: v.string() });
/** A price over time, each from a day on; the first one may have no day, and a price of null ends the plan. */
export const Prices = v.array(v.strictObject({ since: MaybeText, price: v.nullable(Price) }));
/** Settings of single accounts, by account key. */
export const AccountsSet = v.record(
  v.string(),
  v.strictObject({
    label: MaybeText,
    polling: v.boolean(),
    hidden: v.optional(v.literal(true)),
    /** The last one entered. */
    price: v.optional(Price),
    prices: v.optional(Prices),
  }),
);

/** Returns the schema of one provider's response, or with `provider=both` of all by provider. */
export function forAll<const Schema extends v.GenericSchema>(schema: Schema) {
  return v.union([schema, v.record(v.string(), schema)]);
}

const FieldProblems = v.array(v.strictObject({ field: v.string(), message: v.string() }));

/** The error body of everything but `/api/v1`. */
export const ErrorAnswer = v.strictObject({
  error: v.string(),
  errors: v.optional(FieldProblems),
  /** The same under the service API's name. */
  details: v.optional(FieldProblems),
});

/** The error body of `/api/v1`: RFC 9457. */
export const Problem = v.strictObject({
  type: v.literal("about:blank"),
  title: v.string(),
  status: v.pipe(v.number(), v.integer()),
  detail: v.string(),
  errors: v.optional(FieldProblems),
});
