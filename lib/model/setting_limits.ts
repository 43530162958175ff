/** Limits of user settings. */

/** Maximum length of an account's label. */
export const MAX_LABEL = 60;
/** Maximum retention of raw readings in days, unless kept forever. */
export const MAX_KEEP_DAYS = 3650;
/** A month of a plan, in any currency. */
export const MAX_PRICE = 1_000_000;
/** ISO 4217: `USD`. */
export const CURRENCY = /^[A-Z]{3}$/;
