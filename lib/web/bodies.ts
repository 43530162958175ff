/** Request bodies. The same schemas check requests and describe the API. */
import * as v from "valibot";
import { CURRENCY, DENSITIES, MAX_KEEP_DAYS, MAX_LABEL, MAX_PRICE } from "../model/setting_limits.ts";
import type { AccountKey } from "../model/quota.ts";
import { isDay, MAX_PRICE_CHANGES } from "../model/spend/price.ts";

const MAX_HIDDEN = 500;
const MAX_ACCOUNTS = 500;

/** A type of insight, or the key of one. */
const HiddenKey = v.pipe(
  v.string(),
  v.minLength(1, "expected at least one character"),
  v.maxLength(300, "expected at most 300 characters"),
);
const HiddenKeys = v.pipe(
  v.array(HiddenKey),
  v.maxLength(MAX_HIDDEN, `expected at most ${MAX_HIDDEN} keys`),
);
const Display = v.picklist(["used", "left"]);

/** Where `warning` and `critical` begin, from above 0 up to `most`. */
function createThresholdsSchema(most: number) {
  const range = `expected a number above 0 and at most ${most}`;
  const Threshold = v.pipe(v.number(), v.gtValue(0, range), v.maxValue(most, range));
  return v.pipe(
    v.strictObject({ warning: Threshold, critical: Threshold }),
    v.check(({ warning, critical }) => warning < critical, "expected warning to be below critical"),
  );
}

/** Whether the zone exists is checked later: that is an unknown word, not a wrong type. */
const Zone = v.pipe(v.string(), v.maxLength(64, "expected at most 64 characters"));

/** A key, `provider/name`; whether such an account exists is checked later. */
const AnyAccount = v.pipe(v.string(), v.maxLength(300, "expected at most 300 characters"));
const AccountOrder = v.pipe(
  v.array(AnyAccount),
  v.maxLength(MAX_ACCOUNTS, `expected at most ${MAX_ACCOUNTS} accounts`),
);
const Label = v.nullable(
  v.pipe(v.string(), v.maxLength(MAX_LABEL, `expected at most ${MAX_LABEL} characters`)),
);
/** ISO 4217. */
export const CurrencyCode = v.pipe(
  v.string(),
  v.regex(CURRENCY, "expected three capital letters, such as USD"),
);
const Price = {
  amount: v.pipe(
    v.number(),
    v.minValue(0, `expected a number from 0 to ${MAX_PRICE}`),
    v.maxValue(MAX_PRICE, `expected a number from 0 to ${MAX_PRICE}`),
  ),
  currency: CurrencyCode,
};
const Day = v.pipe(v.string(), v.check(isDay, "expected a day such as 2026-11-21"));
/** Monthly price of a plan from a day on, by default today; null removes it. */
const NewPrice = v.strictObject({ ...Price, since: v.optional(Day) });
/** A price over time, which replaces all that was known of it; a price of null ends the plan. */
const Prices = v.pipe(
  v.array(v.strictObject({ since: v.nullable(Day), price: v.nullable(v.strictObject(Price)) })),
  v.maxLength(MAX_PRICE_CHANGES, `expected at most ${MAX_PRICE_CHANGES} prices`),
);
/** Accounts by key: the given fields of the given accounts change; everything else stays. */
const AccountsChange = v.pipe(
  v.record(
    v.string(),
    v.strictObject({
      label: v.optional(Label),
      polling: v.optional(v.boolean()),
      hidden: v.optional(v.boolean()),
      price: v.optional(v.nullable(NewPrice)),
      prices: v.optional(Prices),
    }),
  ),
  v.check((accounts) => Object.keys(accounts).length <= MAX_ACCOUNTS, `expected at most ${MAX_ACCOUNTS}`),
);
const keepRange = `expected a whole number from 0 to ${MAX_KEEP_DAYS}`;
/** 0 keeps them forever, null restores what the server was started with. */
const KeepDays = v.nullable(
  v.pipe(
    v.number(),
    v.integer(keepRange),
    v.minValue(0, keepRange),
    v.maxValue(MAX_KEEP_DAYS, keepRange),
  ),
);
const WorkDays = v.picklist([5, 6, 7]);
const Theme = v.picklist(["system", "light", "dark"]);
const Density = v.picklist(DENSITIES);

/** `PUT /api/settings`: any of these; thresholds in percent, and an empty zone for that of the server. */
export const QuotaSettingsBody = v.strictObject({
  timezone: v.optional(Zone),
  hidden_insights: v.optional(HiddenKeys),
  display: v.optional(Display),
  thresholds: v.optional(createThresholdsSchema(100)),
  work_days: v.optional(WorkDays),
  theme: v.optional(Theme),
  density: v.optional(Density),
  keep_readings_days: v.optional(KeepDays),
  account_order: v.optional(AccountOrder),
  accounts: v.optional(AccountsChange),
});

/** `PUT /api/v1/settings`: any of these; thresholds as shares, and null for the zone of the server. */
export const SettingsBody = v.strictObject({
  timeZone: v.optional(v.nullable(Zone)),
  hiddenInsights: v.optional(HiddenKeys),
  display: v.optional(Display),
  thresholds: v.optional(createThresholdsSchema(1)),
  workDays: v.optional(WorkDays),
  theme: v.optional(Theme),
  density: v.optional(Density),
  keepReadingsDays: v.optional(KeepDays),
  accountOrder: v.optional(AccountOrder as v.GenericSchema<string[], AccountKey[]>),
  accounts: v.optional(AccountsChange),
});

/** `POST /api/refresh`. */
export const RefreshBody = v.strictObject({ account: v.optional(v.string()) });

/** The name of an account, without its provider; its characters are checked later. */
const AccountName = v.pipe(v.string(), v.maxLength(64, "expected at most 64 characters"));
/** A secret or another setting of a provider: accepted but never returned. */
const AccountValue = v.pipe(v.string(), v.maxLength(16_384, "expected at most 16384 characters"));

/** `POST /api/v1/accounts`: values by the names of the provider's settings. */
export const NewAccountBody = v.strictObject({
  provider: v.string(),
  name: v.optional(AccountName),
  values: v.record(v.string(), AccountValue),
});

/** `PUT /api/v1/accounts`: another name, whether it is polled, whether it is hidden. */
export const AccountChangeBody = v.strictObject({
  account: AnyAccount,
  name: v.optional(AccountName),
  polling: v.optional(v.boolean()),
  hidden: v.optional(v.boolean()),
});

/** `DELETE /api/v1/accounts`: with `purge`, its history goes as well. */
export const AccountRemovalBody = v.strictObject({ account: AnyAccount, purge: v.optional(v.boolean()) });

const Endpoint = v.pipe(v.string(), v.maxLength(1024, "expected at most 1024 characters"));
const PushKey = v.pipe(v.string(), v.maxLength(200, "expected at most 200 characters"));

/** `POST /api/v1/push`: a subscription as a browser states it. */
export const PushSubscriptionBody = v.strictObject({
  endpoint: Endpoint,
  keys: v.strictObject({ p256dh: PushKey, auth: PushKey }),
  browser: v.optional(v.pipe(v.string(), v.maxLength(64, "expected at most 64 characters"))),
});

/** `DELETE /api/v1/push`. */
export const PushRemovalBody = v.strictObject({ endpoint: Endpoint });
