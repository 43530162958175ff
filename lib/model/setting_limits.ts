/** What user settings may be: the same in forms and for programs. */
import { DAY_MS, MINUTE_MS } from "./duration.ts";

/** How densely pages are set: cards or a list on the overview, and the height of rows in tables. */
export const DENSITIES = ["comfortable", "compact"] as const;
export type Density = typeof DENSITIES[number];

/** Maximum length of an account's label. */
export const MAX_LABEL = 60;
/** Maximum retention of raw readings in days, unless kept forever. */
export const MAX_KEEP_DAYS = 3650;
/** A month of a plan, in any currency. */
export const MAX_PRICE = 1_000_000;
/** ISO 4217: `USD`. */
export const CURRENCY = /^[A-Z]{3}$/;
/** Number of thresholds of a quota. */
export const MAX_THRESHOLDS = 10;
/** A threshold as a share; quotas may go over their limit. */
export const MAX_THRESHOLD = 10;
/** A balance to be told below, in any unit. */
export const MAX_AMOUNT = 1e9;
/** A threshold as an amount, in any unit: tokens are counted in billions. */
export const MAX_THRESHOLD_AMOUNT = 1e15;
/** How often an open alert is told again, and how many times. */
export const MIN_REPEAT_MS = 15 * MINUTE_MS;
export const MAX_REPEAT_MS = 7 * DAY_MS;
export const MAX_REPEATS = 20;
/** How long before an end, or after a failure, people are told. */
export const MAX_NOTICE_MS = 30 * DAY_MS;
