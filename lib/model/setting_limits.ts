/** Limits of user settings, for forms and programs alike. */
import { DAY_MS, MINUTE_MS } from "./duration.ts";

/** Density of pages: cards or a list on the overview, and the height of table rows. */
export const DENSITIES = ["comfortable", "compact"] as const;
export type Density = typeof DENSITIES[number];

/** Maximum length of an account's label. */
export const MAX_LABEL = 60;
/** Maximum retention of raw readings in days, other than forever. */
export const MAX_KEEP_DAYS = 3650;
/** Maximum monthly price or budget, in any currency: plans cost millions in dong or rupiah. */
export const MAX_PRICE = 1e9;
/** ISO 4217: `USD`. */
export const CURRENCY = /^[A-Z]{3}$/;
/** Maximum number of thresholds of a quota. */
export const MAX_THRESHOLDS = 10;
/** Maximum of a threshold as a share; quotas may exceed their limit. */
export const MAX_THRESHOLD = 10;
/** Maximum threshold of a balance, in any unit. */
export const MAX_AMOUNT = 1e9;
/** Maximum of a threshold as an amount, in any unit: tokens are counted in billions. */
export const MAX_THRESHOLD_AMOUNT = 1e15;
/** How often, and how many times, an open alert is repeated. */
export const MIN_REPEAT_MS = 15 * MINUTE_MS;
export const MAX_REPEAT_MS = 7 * DAY_MS;
export const MAX_REPEATS = 20;
/** Maximum notice before an expiry, or delay after a failure. */
export const MAX_NOTICE_MS = 30 * DAY_MS;
